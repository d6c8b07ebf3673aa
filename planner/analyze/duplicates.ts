import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import { nameKey } from './names.js'

/** @throws COLUMN_ALREADY_EXISTS when two names are the same but for the case of their letters */
export function refuseTwice(columns: readonly { readonly name: string }[]): void {
  const seen = new Set<string>()
  for (const { name } of columns) {
    const key = nameKey(name)
    if (seen.has(key)) throw new MillraceError('COLUMN_ALREADY_EXISTS', { columnName: quotedName(key) })
    seen.add(key)
  }
}
