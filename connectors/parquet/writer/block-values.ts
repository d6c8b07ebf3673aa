import type { Block } from '../../../columnar/block.js'
import { type BlockLayout, type BufferRange, bufferCount, parseBlock } from '../../../columnar/block-codec.js'
import { type Leaf, leavesOf } from '../../../columnar/leaves.js'
import { type DataType, type Field, isShortDecimal, type Schema } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'

/** A value as the Parquet writer takes it: unscaled decimals, days, microseconds; structs as objects. */
export type StoredValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | { readonly [field: string]: StoredValue }

type Read = (row: number) => StoredValue

interface Cursor {
  readonly view: DataView
  readonly bytes: Buffer
  readonly layout: BlockLayout
  readonly leaves: readonly Leaf[]
  leaf: number
  buffer: number
}

/** The values of each column of a block. */
export function blockValues(schema: Schema, block: Block): readonly StoredValue[][] {
  const { buffer, byteOffset, byteLength } = block.bytes
  const cursor: Cursor = {
    view: new DataView(buffer, byteOffset, byteLength),
    bytes: Buffer.from(buffer, byteOffset, byteLength),
    layout: parseBlock(block.bytes),
    leaves: leavesOf(schema),
    leaf: 0,
    buffer: 0,
  }
  return schema.fields.map((field) => {
    const read = reader(field.type, cursor)
    const values = new Array<StoredValue>(block.rows)
    for (let row = 0; row < block.rows; row++) values[row] = read(row)
    return values
  })
}

function reader(type: DataType, cursor: Cursor): Read {
  const leaf = cursor.leaves[cursor.leaf]!
  const { offset: validity } = cursor.layout.buffers[cursor.buffer] ?? { offset: 0 }
  const data = cursor.layout.buffers[cursor.buffer + 1]?.offset ?? 0
  const variable = cursor.layout.buffers[cursor.buffer + 2] ?? { offset: 0, length: 0 }
  const nullCount = cursor.layout.nullCounts[cursor.leaf]!
  cursor.leaf++
  cursor.buffer += bufferCount(leaf)
  const read = type.kind === 'struct' ? structReader(type.fields, cursor) : plainReader(type, cursor, data, variable)
  if (nullCount === 0) return read
  const { bytes } = cursor
  return (row) => ((bytes[validity + (row >> 3)]! >> (row & 7)) & 1 ? read(row) : null)
}

function structReader(fields: readonly Field[], cursor: Cursor): Read {
  const readers = fields.map((field) => [field.name, reader(field.type, cursor)] as const)
  return (row) => Object.fromEntries(readers.map(([name, read]) => [name, read(row)]))
}

function plainReader(type: DataType, { view, bytes }: Cursor, at: number, variable: BufferRange): Read {
  switch (type.kind) {
    case 'boolean':
      return (row) => ((bytes[at + (row >> 3)]! >> (row & 7)) & 1) === 1
    case 'tinyint':
      return (row) => view.getInt8(at + row)
    case 'smallint':
      return (row) => view.getInt16(at + row * 2, true)
    case 'int':
    case 'date':
      return (row) => view.getInt32(at + row * 4, true)
    case 'bigint':
    case 'timestamp':
    case 'timestamp_ntz':
      return (row) => view.getBigInt64(at + row * 8, true)
    case 'float':
      return (row) => view.getFloat32(at + row * 4, true)
    case 'double':
      return (row) => view.getFloat64(at + row * 8, true)
    case 'decimal':
      if (isShortDecimal(type)) return (row) => view.getBigInt64(at + row * 8, true)
      return (row) => (view.getBigInt64(at + row * 16 + 8, true) << 64n) | view.getBigUint64(at + row * 16, true)
    case 'string':
    case 'binary': {
      // Bytes rather than text: a string may hold bytes that are not UTF-8. Copied at once, because the block may be reused.
      const text = Uint8Array.from(bytes.subarray(variable.offset, variable.offset + variable.length))
      return (row) => text.subarray(view.getInt32(at + row * 4, true), view.getInt32(at + row * 4 + 4, true))
    }
    default:
      throw new MillraceError('INTERNAL_ERROR', { message: `values of type ${type.kind} in a Parquet writer` })
  }
}
