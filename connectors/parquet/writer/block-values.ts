import type { Block } from '../../../columnar/block.js'
import type { ColumnBuffers, Nested } from '../../../columnar/column-buffers.js'
import { columnReaders, fixedReader } from '../../../columnar/column-reader.js'
import type { DataType, Schema } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'

type PlainValue = boolean | number | bigint | Uint8Array

/** A value as the Parquet writer takes it: unscaled decimals, days, microseconds, bytes of strings; structs as objects. */
export type StoredValue = Nested<PlainValue>

/** What values take in JavaScript: their places in an array, and what lies elsewhere. The bytes of texts are not counted. */
const PLACE_BYTES = 8
const NUMBER_BYTES = 16
const BIGINT_BYTES = 24
const VIEW_BYTES = 104
const OBJECT_BYTES = 32

/** How many bytes a value of a type takes as `StoredValue`. */
export function valueBytes(type: DataType): number {
  if (type.kind === 'struct')
    return type.fields.reduce((sum, field) => sum + valueBytes(field.type), PLACE_BYTES + OBJECT_BYTES)
  if (type.kind === 'string' || type.kind === 'binary') return PLACE_BYTES + VIEW_BYTES
  const isWide = type.kind === 'bigint' || type.kind === 'decimal' || type.kind === 'timestamp'
  return PLACE_BYTES + (isWide ? BIGINT_BYTES : NUMBER_BYTES)
}

/** The values of each column of a block. */
export function blockValues(schema: Schema, block: Block): readonly StoredValue[][] {
  return columnReaders(schema, block, plainReader).map((read) => {
    const values = new Array<StoredValue>(block.rows)
    for (let row = 0; row < block.rows; row++) values[row] = read(row)
    return values
  })
}

function plainReader(type: DataType, buffers: ColumnBuffers): (row: number) => PlainValue {
  if (type.kind === 'string' || type.kind === 'binary') return bytesReader(buffers)
  const read = fixedReader(type, buffers)
  if (read) return read
  throw new MillraceError('INTERNAL_ERROR', { message: `values of type ${type.kind} in a Parquet writer` })
}

/** Bytes rather than text: a string may hold bytes that are not UTF-8. Copied at once, because the block may be reused. */
function bytesReader({ view, bytes, at, data }: ColumnBuffers): (row: number) => Uint8Array {
  const text = Uint8Array.from(bytes.subarray(data.offset, data.offset + data.length))
  return (row) => text.subarray(view.getInt32(at + row * 4, true), view.getInt32(at + row * 4 + 4, true))
}
