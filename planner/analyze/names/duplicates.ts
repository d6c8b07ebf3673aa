import { type DataType, type Field, partTypes } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
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

/** The same of the fields of structs as well. @throws COLUMN_ALREADY_EXISTS */
export function refuseTwiceWithin(fields: readonly Field[]): void {
  refuseTwice(fields)
  for (const { type } of fields) refuseTwiceIn(type)
}

function refuseTwiceIn(type: DataType): void {
  if (type.kind === 'struct') refuseTwiceWithin(type.fields)
  else for (const part of partTypes(type)) refuseTwiceIn(part)
}
