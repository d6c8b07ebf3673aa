import { Builder } from 'flatbuffers'
import { entryType, hasLists, nestedBatch } from './arrow-batch.js'
import type { Block } from './block.js'
import { encapsulate } from './block-codec.js'
import { type DataType, type Field, field, isShortDecimal, type Schema } from './types.js'
import { widenDecimals } from './wide-decimals.js'

/*
 * Arrow's IPC streaming format: a schema message, record batches (our blocks, byte for byte), and an end marker. Numbers are the
 * union tags and enum values of Arrow's Schema.fbs.
 */
const HEADER_SCHEMA = 1
const TYPE = {
  null: 1,
  int: 2,
  floatingPoint: 3,
  binary: 4,
  utf8: 5,
  bool: 6,
  decimal: 7,
  date: 8,
  timestamp: 10,
  interval: 11,
  list: 12,
  struct: 13,
  map: 17,
  duration: 18,
}
const PRECISION = { single: 1, double: 2 }
const UNIT_MICROS = 2
const DATE_DAYS = 0
const INTERVAL_YEAR_MONTH = 0
const END_OF_STREAM = new Uint8Array([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0])

/** How wide decimals are written: as they are (64 bits up to 18 digits), or all in 128 for readers that know no other. */
export interface StreamOptions {
  readonly decimalBits?: 128
}

/** The whole of a result as one Arrow IPC stream, which any Arrow library reads. */
export function encodeArrowStream(schema: Schema, blocks: readonly Block[], options: StreamOptions = {}): Uint8Array {
  const written = hasNested(schema)
    ? blocks.map((block) => nestedBatch(schema, block, options.decimalBits && 16))
    : options.decimalBits === 128
      ? blocks.map((block) => widenDecimals(schema, block))
      : blocks
  return Buffer.concat([encodeSchemaMessage(schema, options), ...written.map((block) => block.bytes), END_OF_STREAM])
}

/** A result as the parts of an Arrow IPC stream, as they come. */
export async function* streamArrow(schema: Schema, blocks: AsyncIterable<Block>): AsyncGenerator<Uint8Array> {
  yield encodeSchemaMessage(schema)
  const isNested = hasNested(schema)
  // Files and pipes take no shared memory.
  for await (const block of blocks) yield isNested ? nestedBatch(schema, block).bytes : Uint8Array.from(block.bytes)
  yield END_OF_STREAM
}

const hasNested = ({ fields }: Schema): boolean => fields.some(({ type }) => hasLists(type))

/** The message that begins a stream. */
function encodeSchemaMessage(schema: Schema, options: StreamOptions = {}): Uint8Array {
  const builder = new Builder(1024)
  const fields = offsetVector(
    builder,
    schema.fields.map((field) => encodeField(builder, field, options)),
  )
  builder.startObject(4)
  builder.addFieldOffset(1, fields, 0)
  return encapsulate(builder, HEADER_SCHEMA, builder.endObject(), 0)
}

function encodeField(builder: Builder, column: Field, options: StreamOptions): number {
  const children = childFields(column.type).map((child) => encodeField(builder, child, options))
  const childVector = offsetVector(builder, children)
  const name = builder.createString(column.name)
  const [tag, type] = encodeType(builder, column.type, options)
  builder.startObject(7)
  builder.addFieldOffset(0, name, 0)
  builder.addFieldInt8(1, column.nullable ? 1 : 0, 0)
  builder.addFieldInt8(2, tag, 0)
  builder.addFieldOffset(3, type, 0)
  builder.addFieldOffset(5, childVector, 0)
  return builder.endObject()
}

/** The columns that one of a type consists of. */
function childFields(type: DataType): readonly Field[] {
  switch (type.kind) {
    case 'struct':
      return type.fields
    case 'array':
      return [field('element', type.element, type.containsNull)]
    case 'map':
      return [field('entries', entryType(type), false)]
    default:
      return []
  }
}

function offsetVector(builder: Builder, offsets: readonly number[]): number {
  builder.startVector(4, offsets.length, 4)
  for (const offset of offsets.toReversed()) builder.addOffset(offset)
  return builder.endVector()
}

function encodeType(builder: Builder, type: DataType, options: StreamOptions): [tag: number, offset: number] {
  switch (type.kind) {
    case 'void':
      return [TYPE.null, table(builder, 0)]
    case 'boolean':
      return [TYPE.bool, table(builder, 0)]
    case 'tinyint':
      return [TYPE.int, signedInt(builder, 8)]
    case 'smallint':
      return [TYPE.int, signedInt(builder, 16)]
    case 'int':
      return [TYPE.int, signedInt(builder, 32)]
    case 'bigint':
      return [TYPE.int, signedInt(builder, 64)]
    case 'float':
      return [TYPE.floatingPoint, table(builder, 1, () => builder.addFieldInt16(0, PRECISION.single, 0))]
    case 'double':
      return [TYPE.floatingPoint, table(builder, 1, () => builder.addFieldInt16(0, PRECISION.double, 0))]
    case 'decimal':
      return [
        TYPE.decimal,
        decimalType(builder, type.precision, type.scale, options.decimalBits ?? (isShortDecimal(type) ? 64 : 128)),
      ]
    case 'string':
      return [TYPE.utf8, table(builder, 0)]
    case 'binary':
      return [TYPE.binary, table(builder, 0)]
    case 'date':
      return [TYPE.date, table(builder, 1, () => builder.addFieldInt16(0, DATE_DAYS, 1))]
    case 'timestamp':
      return [TYPE.timestamp, timestampType(builder, 'UTC')]
    case 'timestamp_ntz':
      return [TYPE.timestamp, timestampType(builder, undefined)]
    case 'interval_ym':
      return [TYPE.interval, table(builder, 1, () => builder.addFieldInt16(0, INTERVAL_YEAR_MONTH, 0))]
    case 'interval_dt':
      return [TYPE.duration, table(builder, 1, () => builder.addFieldInt16(0, UNIT_MICROS, 1))]
    case 'struct':
      return [TYPE.struct, table(builder, 0)]
    case 'array':
      return [TYPE.list, table(builder, 0)]
    case 'map':
      // Their keys are not sorted, which is the default.
      return [TYPE.map, table(builder, 1)]
  }
}

function table(builder: Builder, slots: number, fill: () => void = () => {}): number {
  builder.startObject(slots)
  fill()
  return builder.endObject()
}

function signedInt(builder: Builder, bits: number): number {
  return table(builder, 2, () => {
    builder.addFieldInt32(0, bits, 0)
    builder.addFieldInt8(1, 1, 0)
  })
}

function decimalType(builder: Builder, precision: number, scale: number, bits: number): number {
  return table(builder, 3, () => {
    builder.addFieldInt32(0, precision, 0)
    builder.addFieldInt32(1, scale, 0)
    builder.addFieldInt32(2, bits, 128)
  })
}

function timestampType(builder: Builder, zone: string | undefined): number {
  const name = zone === undefined ? 0 : builder.createString(zone)
  return table(builder, 2, () => {
    builder.addFieldInt16(0, UNIT_MICROS, 0)
    builder.addFieldOffset(1, name, 0)
  })
}
