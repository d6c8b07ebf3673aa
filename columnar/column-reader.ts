import type { Block } from './blocks/block.js'
import { type BlockLayout, bufferCount } from './blocks/block-codec.js'
import { parseBlock } from './blocks/block-parser.js'
import type { BufferRange } from './blocks/buffer-range.js'
import type { ColumnBuffers, Nested } from './column-buffers.js'
import { type Leaf, leavesOf } from './leaves.js'
import { packedReader } from './packed-reader.js'
import type { Read } from './records/record.js'
import { objectMaker, rowKeys } from './row-keys.js'
import type { DataType, Field, PlainType, Schema } from './types.js'

interface Cursor<V> {
  readonly view: DataView
  readonly bytes: Buffer
  readonly layout: BlockLayout
  readonly leaves: readonly Leaf[]
  readonly plain: (type: PlainType, buffers: ColumnBuffers) => Read<V>
  leaf: number
  buffer: number
}

const NOWHERE: BufferRange = { offset: 0, length: 0 }

/** A reader for each column of the schema, row by row over this block; `plain` makes those of types that have no others in them. */
export function columnReaders<V>(
  schema: Schema,
  block: Block,
  plain: (type: PlainType, buffers: ColumnBuffers) => Read<V>,
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
