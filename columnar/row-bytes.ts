import { MillraceError } from '../common/errors/millrace-error.js'
import { encodedValue } from './blocks/block-from-rows.js'
import { unpacked } from './packed-reader.js'
import { packed } from './packed-writer.js'
import { plainRecordOf } from './records/records.js'
import { rowKeys } from './row-keys.js'
import type { Row } from './rows.js'
import { type ArrayType, type Field, struct } from './types.js'
import type { Value } from './value-reader.js'

/** Rows as bytes on their own, in the form in which an array has them (packed-writer.ts), and back. */
export class RowBytes {
  readonly #type: ArrayType
  readonly #name: string
  readonly #keys: ReadonlySet<string>

  /** @param name tells the row in messages */
  constructor(fields: readonly Field[], name: string) {
    this.#type = { kind: 'array', element: struct(fields), containsNull: false }
    this.#name = name
    this.#keys = new Set(rowKeys(fields))
  }

  /** @throws INVALID_ROW_VALUE for what is no row of these columns */
  write(row: unknown): Uint8Array {
    const refuse = (value: unknown, reason: string): MillraceError =>
      new MillraceError('INVALID_ROW_VALUE', { column: this.#name, row: 0, value: String(value), reason })
    if (typeof row !== 'object' || row === null) throw refuse(row, 'an object is wanted')
    const extra = Object.keys(row).find((key) => !this.#keys.has(key))
    if (extra !== undefined) throw refuse(extra, 'there is no such column')
    return packed(this.#type, [row], (type, value) => encodedValue(type, value, refuse), refuse)!
  }

  read(bytes: Uint8Array): Row {
    const rows = unpacked<Value>(this.#type, bytes, (type, buffers) => plainRecordOf(type).readUser(buffers, type))
    return (rows as readonly Row[])[0]!
  }
}
