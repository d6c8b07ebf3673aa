import { MillraceError } from '../common/errors/millrace-error.js'
import type { Block } from './block.js'
import { type BlockLayout, bufferCount, parseBlock } from './block-codec.js'
import { Decimal } from './decimal.js'
import { type Leaf, leavesOf } from './leaves.js'
import { type DataType, isShortDecimal, type Schema } from './types.js'

/** A value as users see it: bigint for bigint, Decimal, Date for dates and timestamps, an object for a struct. */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Date
  | Decimal
  | { readonly [field: string]: Value }

/** Reads one column of a block, row by row. For the edges only: what users collect, show or write in small. */
export type ValueReader = (row: number) => Value

const MICROS_PER_MILLI = 1000n
const MILLIS_PER_DAY = 86_400_000

interface Cursor {
  readonly view: DataView
  readonly bytes: Buffer
  readonly layout: BlockLayout
  readonly leaves: readonly Leaf[]
  leaf: number
  buffer: number
}

/** A reader for each column of the schema, over this block. */
export function valueReaders(schema: Schema, block: Block): readonly ValueReader[] {
  const { buffer, byteOffset, byteLength } = block.bytes
  const cursor: Cursor = {
    view: new DataView(buffer, byteOffset, byteLength),
    bytes: Buffer.from(buffer, byteOffset, byteLength),
    layout: parseBlock(block.bytes),
    leaves: leavesOf(schema),
    leaf: 0,
    buffer: 0,
  }
  return schema.fields.map((field) => readerOf(field.type, cursor))
}

function readerOf(type: DataType, cursor: Cursor): ValueReader {
  const leaf = cursor.leaves[cursor.leaf]!
  const buffers = cursor.layout.buffers.slice(cursor.buffer, cursor.buffer + bufferCount(leaf))
  const nullCount = cursor.layout.nullCounts[cursor.leaf]!
  cursor.leaf++
  cursor.buffer += buffers.length
  const read =
    type.kind === 'struct'
      ? structReader(type.fields, cursor)
      : plainReader(
          type,
          cursor,
          buffers.slice(1).map((b) => b.offset),
        )
  if (nullCount === 0) return read
  const { bytes } = cursor
  const validity = buffers[0]?.offset
  if (validity === undefined) return () => null
  return (row) => ((bytes[validity + (row >> 3)]! >> (row & 7)) & 1 ? read(row) : null)
}

function structReader(
  fields: readonly { readonly name: string; readonly type: DataType }[],
  cursor: Cursor,
): ValueReader {
  const readers = fields.map((field) => [field.name, readerOf(field.type, cursor)] as const)
  return (row) => Object.fromEntries(readers.map(([name, read]) => [name, read(row)]))
}

function plainReader(type: DataType, cursor: Cursor, offsets: readonly number[]): ValueReader {
  const { view, bytes } = cursor
  const at = offsets[0] ?? 0
  switch (type.kind) {
    case 'void':
      return () => null
    case 'boolean':
      return (row) => ((bytes[at + (row >> 3)]! >> (row & 7)) & 1) === 1
    case 'tinyint':
      return (row) => view.getInt8(at + row)
    case 'smallint':
      return (row) => view.getInt16(at + row * 2, true)
    case 'int':
    case 'interval_ym':
      return (row) => view.getInt32(at + row * 4, true)
    case 'bigint':
    case 'interval_dt':
      return (row) => view.getBigInt64(at + row * 8, true)
    case 'float':
      return (row) => view.getFloat32(at + row * 4, true)
    case 'double':
      return (row) => view.getFloat64(at + row * 8, true)
    case 'decimal':
      return isShortDecimal(type)
        ? (row) => new Decimal(view.getBigInt64(at + row * 8, true), type.scale)
        : (row) =>
            new Decimal(
              (view.getBigInt64(at + row * 16 + 8, true) << 64n) | view.getBigUint64(at + row * 16, true),
              type.scale,
            )
    case 'date':
      return (row) => new Date(view.getInt32(at + row * 4, true) * MILLIS_PER_DAY)
    case 'timestamp':
    case 'timestamp_ntz':
      return (row) => new Date(Number(floorDivide(view.getBigInt64(at + row * 8, true), MICROS_PER_MILLI)))
    case 'string':
      return variableReader(cursor, offsets, (start, end) => bytes.toString('utf8', start, end))
    case 'binary':
      return variableReader(cursor, offsets, (start, end) => Uint8Array.from(bytes.subarray(start, end)))
    case 'struct':
    case 'array':
    case 'map':
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `values of type ${type.kind}` })
  }
}

function variableReader(
  { view }: Cursor,
  offsets: readonly number[],
  read: (start: number, end: number) => Value,
): ValueReader {
  const [at, data] = [offsets[0]!, offsets[1]!]
  return (row) => read(data + view.getInt32(at + row * 4, true), data + view.getInt32(at + row * 4 + 4, true))
}

function floorDivide(a: bigint, b: bigint): bigint {
  return a >= 0n ? a / b : -((-a + b - 1n) / b)
}
