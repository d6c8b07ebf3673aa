import type { Block } from '../../../columnar/blocks/block.js'
import type { ColumnBuffers, Nested } from '../../../columnar/column-buffers.js'
import { columnReaders } from '../../../columnar/column-reader.js'
import type { Read, Shape } from '../../../columnar/records/record.js'
import { plainRecordOf } from '../../../columnar/records/records.js'
import { shapeOf } from '../../../columnar/shape.js'
import type { DataType, PlainType, Schema } from '../../../columnar/types.js'
import { type VariantParts, variantParts } from '../../../columnar/variant-parts.js'

type PlainValue = boolean | number | bigint | Uint8Array | VariantParts

/** A value as the Parquet writer takes it: unscaled decimals, days, microseconds (of times too), bytes of strings; structs as objects. */
export type StoredValue = Nested<PlainValue>

/** What a value takes in JavaScript: its place in an array, and by its shape what lies elsewhere. The bytes of texts are not counted. */
const PLACE_BYTES = 8
const VALUE_BYTES: Readonly<Record<Shape, number>> = {
  i32: 16,
  f32: 16,
  f64: 16,
  i64: 24,
  wide: 24,
  bytes: 104,
  struct: 32,
}
/** What an element of an array takes for each byte of the block: its value, that again in a list of the leaf's values, and two levels. */
const ELEMENT_FACTOR = 12

/** How many bytes a value of a type takes as `StoredValue`; the elements of arrays and maps are not counted. */
export function valueBytes(type: DataType): number {
  const own = PLACE_BYTES + VALUE_BYTES[shapeOf(type)]
  return type.kind === 'struct' ? type.fields.reduce((sum, field) => sum + valueBytes(field.type), own) : own
}

/** How many bytes a byte of a block takes until it is encoded: texts and that again, or the elements of arrays and maps. */
export const bytesFactor = ({ fields }: Schema): number =>
  fields.some(({ type }) => hasElements(type)) ? ELEMENT_FACTOR : 2

const hasElements = (type: DataType): boolean =>
  type.kind === 'struct'
    ? type.fields.some((field) => hasElements(field.type))
    : type.kind === 'array' || type.kind === 'map'

const NANOS_PER_MICRO = 1000n

/** The values of each column of a block. */
export function blockValues(schema: Schema, block: Block): readonly StoredValue[][] {
  return columnReaders(schema, block, plainReader).map((read) => {
    const values = new Array<StoredValue>(block.rows)
    for (let row = 0; row < block.rows; row++) values[row] = read(row)
    return values
  })
}

/** The bytes of texts are copied at once, because the block may be reused. */
function plainReader(type: PlainType, buffers: ColumnBuffers): Read<PlainValue> {
  const record = plainRecordOf(type)
  if (type.kind === 'time') {
    const nanos = record.readStored(buffers, type) as Read<bigint>
    return (row) => nanos(row) / NANOS_PER_MICRO
  }
  if (type.kind === 'variant') {
    const read = record.readStored(buffers, type) as Read<Uint8Array>
    return (row) => {
      const { value, metadata } = variantParts(Uint8Array.from(read(row)))
      return { value, metadata }
    }
  }
  const { bytes, data } = buffers
  const isBytes = record.storage(type).kind === 'variable'
  const copied = isBytes
    ? {
        ...buffers,
        bytes: Buffer.from(bytes.subarray(data.offset, data.offset + data.length)),
        data: { ...data, offset: 0 },
      }
    : buffers
  return record.readStored(copied, type) as Read<PlainValue>
}
