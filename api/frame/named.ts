import type { MillraceError } from '../../common/errors/millrace-error.js'

/** What a name means, in any case. */
export function named<T>(
  name: string,
  meanings: Readonly<Record<string, T>>,
  refused: (supported: string) => MillraceError,
): T {
  const key = name.toLowerCase()
  if (Object.hasOwn(meanings, key)) return meanings[key]!
  throw refused(
    Object.keys(meanings)
      .map((one) => `'${one}'`)
      .join(', '),
  )
}
