import { Builder } from 'flatbuffers'
import type { Block } from '../blocks/block.js'
import { encapsulate, METADATA_V5 } from '../blocks/block-codec.js'
import { vectorFields } from '../columns/packed-lists.js'
import type { ArrowType } from '../records/record.js'
import { recordOf } from '../records/records.js'
import { type DataType, type Field, field, type Schema } from '../types.js'
import { type ArrowForm, arrowBatch, entryType, VARIANT_FIELDS } from './arrow-batch.js'
import { VARIANT_MARK } from './arrow-tags.js'
import { type MessagePlace, PLACE_BYTES } from './flat-metadata.js'

/*
 * Arrow's IPC streaming format: a schema message, record batches (our blocks, byte for byte), and an end marker. What
 * it calls the types is in their records.
 */
const HEADER_SCHEMA = 1
export const END_OF_STREAM = new Uint8Array([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0])

/** The whole of a result as one Arrow IPC stream, which any Arrow library reads. */
export function encodeArrowStream(schema: Schema, blocks: readonly Block[], form: ArrowForm = {}): Uint8Array {
  const written = blocks.map((block) => arrowBatch(schema, block, form))
  return Buffer.concat([encodeSchemaMessage(schema, form), ...written, END_OF_STREAM])
}

/** A result as the parts of an Arrow IPC stream, as they come. */
export async function* streamArrow(schema: Schema, blocks: AsyncIterable<Block>): AsyncGenerator<Uint8Array> {
  yield encodeSchemaMessage(schema)
  for await (const block of blocks) yield unshared(arrowBatch(schema, block, {}))
  yield END_OF_STREAM
}

/** Files and pipes take no shared memory. */
export const unshared = (bytes: Uint8Array): Uint8Array =>
  bytes.buffer instanceof SharedArrayBuffer ? new Uint8Array(bytes) : bytes

/** The message that begins a stream. */
export function encodeSchemaMessage(schema: Schema, form: ArrowForm = {}): Uint8Array {
  const builder = new Builder(1024)
  return encapsulate(builder, HEADER_SCHEMA, encodeSchema(builder, schema, form), 0)
}

/** What ends a file whose record batches are at some places: where they are, so that one is found without the others. */
export function encodeFooter(schema: Schema, batches: readonly MessagePlace[], form: ArrowForm = {}): Uint8Array {
  const builder = new Builder(1024)
  const table = encodeSchema(builder, schema, form)
  builder.startVector(PLACE_BYTES, batches.length, 8)
  for (const { position, metadataBytes, bodyBytes } of batches.toReversed()) {
    builder.prep(8, PLACE_BYTES)
    builder.writeInt64(BigInt(bodyBytes))
    builder.pad(4)
    builder.writeInt32(metadataBytes)
    builder.writeInt64(BigInt(position))
  }
  const places = builder.endVector()
  builder.startObject(5)
  builder.addFieldInt16(0, METADATA_V5, 0)
  builder.addFieldOffset(1, table, 0)
  builder.addFieldOffset(3, places, 0)
  builder.finish(builder.endObject())
  return builder.asUint8Array()
}

function encodeSchema(builder: Builder, schema: Schema, form: ArrowForm): number {
  const fields = offsetVector(
    builder,
    schema.fields.map((field) => encodeField(builder, field, form)),
  )
  builder.startObject(4)
  builder.addFieldOffset(1, fields, 0)
  return builder.endObject()
}

function encodeField(builder: Builder, column: Field, form: ArrowForm, isOfVariant = false): number {
  const isVariant = column.type.kind === 'variant'
  const children = childFields(column.type).map((child) => encodeField(builder, child, form, isVariant))
  const childVector = offsetVector(builder, children)
  const name = builder.createString(column.name)
  const arrow = recordOf(column.type).arrow(column.type, form.decimalBits)
  const type = encodeType(builder, arrow)
  const marks = isOfVariant && column.name === 'metadata' ? encodeMark(builder) : 0
  builder.startObject(7)
  builder.addFieldOffset(0, name, 0)
  builder.addFieldInt8(1, column.nullable ? 1 : 0, 0)
  builder.addFieldInt8(2, arrow.tag, 0)
  builder.addFieldOffset(3, type, 0)
  builder.addFieldOffset(5, childVector, 0)
  builder.addFieldOffset(6, marks, 0)
  return builder.endObject()
}

/** As Spark tells that a struct is a variant: `variant: true` beside the column of its keys. */
function encodeMark(builder: Builder): number {
  const [key, value] = [VARIANT_MARK, 'true'].map((text) => builder.createString(text))
  builder.startObject(2)
  builder.addFieldOffset(0, key!, 0)
  builder.addFieldOffset(1, value!, 0)
  return offsetVector(builder, [builder.endObject()])
}

/** The columns that one of a type consists of. */
function childFields(type: DataType): readonly Field[] {
  if (type.kind === 'struct') return type.fields
  if (type.kind === 'variant') return VARIANT_FIELDS
  if (type.kind === 'array') return vectorFields(type)
  return type.kind === 'map' ? [field('entries', entryType(type), false)] : []
}

function offsetVector(builder: Builder, offsets: readonly number[]): number {
  builder.startVector(4, offsets.length, 4)
  for (const offset of offsets.toReversed()) builder.addOffset(offset)
  return builder.endVector()
}

/** A table of Arrow's types, as the record of the type says it. */
function encodeType(builder: Builder, { slots }: ArrowType): number {
  const texts = slots.map((slot) => (slot.as === 'text' && slot.value ? builder.createString(slot.value) : 0))
  builder.startObject(slots.length)
  slots.forEach((slot, i) => {
    if (slot.as === 'int8') builder.addFieldInt8(i, slot.value, slot.default)
    else if (slot.as === 'int16') builder.addFieldInt16(i, slot.value, slot.default)
    else if (slot.as === 'int32') builder.addFieldInt32(i, slot.value, slot.default)
    else builder.addFieldOffset(i, texts[i]!, 0)
  })
  return builder.endObject()
}
