import type { Block } from './block.js'
import { type BlockLayout, type BufferRange, bufferCount } from './block-codec.js'
import { parseBlock } from './block-parser.js'
import type { ColumnBuffers, Nested } from './column-buffers.js'
import { type Leaf, leavesOf } from './leaves.js'
import { packedReader } from './packed-reader.js'
import { objectMaker, rowKeys } from './row-keys.js'
import { type DataType, type Field, isShortDecimal, type Schema } from './types.js'

type Read<V> = (row: number) => V

interface Cursor<V> {
  readonly view: DataView
  readonly bytes: Buffer
  readonly layout: BlockLayout
  readonly leaves: readonly Leaf[]
  readonly plain: (type: DataType, buffers: ColumnBuffers) => Read<V>
  leaf: number
  buffer: number
}

const NOWHERE: BufferRange = { offset: 0, length: 0 }

/** A reader for each column of the schema, row by row over this block; `plain` makes those of types that are no structs. */
export function columnReaders<V>(
  schema: Schema,
  block: Block,
  plain: (type: DataType, buffers: ColumnBuffers) => Read<V>,
): readonly Read<Nested<V>>[] {
  const { buffer, byteOffset, byteLength } = block.bytes
  const leaves = leavesOf(schema)
  const cursor: Cursor<V> = {
    view: new DataView(buffer, byteOffset, byteLength),
    bytes: Buffer.from(buffer, byteOffset, byteLength),
    layout: parseBlock(block.bytes, leaves),
    leaves,
    plain,
    leaf: 0,
    buffer: 0,
  }
  return schema.fields.map((field) => readerOf(field.type, cursor))
}

function readerOf<V>(type: DataType, cursor: Cursor<V>): Read<Nested<V>> {
  const { view, bytes, layout } = cursor
  const leaf = cursor.leaves[cursor.leaf]!
  const buffers = layout.buffers.slice(cursor.buffer, cursor.buffer + bufferCount(leaf))
  const nullCount = layout.nullCounts[cursor.leaf]!
  cursor.leaf++
  cursor.buffer += buffers.length
  const [validity, values = NOWHERE, data = NOWHERE] = buffers
  const place = { view, bytes, at: values.offset, data }
  const read: Read<Nested<V>> =
    type.kind === 'struct'
      ? structReader(type.fields, cursor)
      : type.kind === 'array' || type.kind === 'map'
        ? packedReader(type, place, cursor.plain)
        : cursor.plain(type, place)
  if (nullCount === 0) return read
  if (validity === undefined) return () => null
  const { offset } = validity
  return (row) => ((bytes[offset + (row >> 3)]! >> (row & 7)) & 1 ? read(row) : null)
}

function structReader<V>(fields: readonly Field[], cursor: Cursor<V>): Read<Nested<V>> {
  const readers = fields.map((field) => readerOf(field.type, cursor))
  const make = objectMaker<Nested<V>>(rowKeys(fields))
  return (row) => make((i) => readers[i]!(row))
}

/** Reads values of fixed width as they are stored: dates as days, times as microseconds, decimals unscaled. Undefined for other types. */
export function fixedReader(
  type: DataType,
  { view, bytes, at }: ColumnBuffers,
): Read<boolean> | Read<number> | Read<bigint> | undefined {
  switch (type.kind) {
    case 'boolean':
      return (row) => ((bytes[at + (row >> 3)]! >> (row & 7)) & 1) === 1
    case 'tinyint':
      return (row) => view.getInt8(at + row)
    case 'smallint':
      return (row) => view.getInt16(at + row * 2, true)
    case 'int':
    case 'interval_ym':
    case 'date':
      return int32Reader(view, at)
    case 'bigint':
    case 'interval_dt':
    case 'timestamp':
    case 'timestamp_ntz':
      return int64Reader(view, at)
    case 'float':
      return (row) => view.getFloat32(at + row * 4, true)
    case 'double':
      return (row) => view.getFloat64(at + row * 8, true)
    case 'decimal':
      return decimalReader(type, view, at)
    default:
      return undefined
  }
}

export const int32Reader =
  (view: DataView, at: number): Read<number> =>
  (row) =>
    view.getInt32(at + row * 4, true)

export const int64Reader =
  (view: DataView, at: number): Read<bigint> =>
  (row) =>
    view.getBigInt64(at + row * 8, true)

/** The unscaled digits of a decimal. */
export function decimalReader(type: DataType & { readonly kind: 'decimal' }, view: DataView, at: number): Read<bigint> {
  if (isShortDecimal(type)) return int64Reader(view, at)
  return (row) => (view.getBigInt64(at + row * 16 + 8, true) << 64n) | view.getBigUint64(at + row * 16, true)
}
