import { MillraceError } from '../../common/errors/millrace-error.js'

/** Lists of the characters of a longer text, and of the bytes of its key, would be longer than those of JavaScript may be; its words take seconds. */
const MOST_CHARACTERS = 4_000_000

/** @throws UNSUPPORTED_FEATURE for a text that is taken apart into characters or words, and is too long for that */
export function refuseLong(text: string): void {
  if (text.length <= MOST_CHARACTERS) return
  const feature = `collations of texts of more than ${MOST_CHARACTERS} characters`
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature })
}
