import { ARROW } from '../arrow/arrow-tags.js'
import type { ColumnBuffers } from '../column-buffers.js'
import { Decimal } from '../decimal.js'
import { type DecimalType, isShortDecimal } from '../types.js'
import type { ArrowSlot, Read, RecordOf } from './record.js'
import {
  arrowInt16,
  arrowType,
  asStored,
  BITS,
  FIXED4,
  FIXED8,
  FIXED16,
  INT8,
  INT16,
  INT32,
  INT64,
  integerOf,
  readInt64,
} from './words.js'

const readBit =
  ({ bytes, at }: ColumnBuffers): Read<boolean> =>
  (row) =>
    ((bytes[at + (row >> 3)]! >> (row & 7)) & 1) === 1

export const booleanRecord: RecordOf<'boolean'> = {
  shape: () => 'i32',
  storage: () => BITS,
  arrow: arrowType(ARROW.bool),
  readStored: readBit,
  readUser: readBit,
  encodeStored: asStored,
  encodeUser: (value) => (typeof value === 'boolean' ? value : undefined),
}

const signedInt = (bits: number): readonly ArrowSlot[] => [
  { as: 'int32', value: bits, default: 0 },
  { as: 'int8', value: 1, default: 0 },
]

export const tinyintRecord: RecordOf<'tinyint'> = {
  ...INT8,
  arrow: arrowType(ARROW.int, ...signedInt(8)),
  readUser: INT8.readStored,
  encodeUser: (value) => integerOf(value, 8),
}
export const smallintRecord: RecordOf<'smallint'> = {
  ...INT16,
  arrow: arrowType(ARROW.int, ...signedInt(16)),
  readUser: INT16.readStored,
  encodeUser: (value) => integerOf(value, 16),
}
export const intRecord: RecordOf<'int'> = {
  ...INT32,
  arrow: arrowType(ARROW.int, ...signedInt(32)),
  readUser: INT32.readStored,
  encodeUser: (value) => integerOf(value, 32),
}
export const bigintRecord: RecordOf<'bigint'> = {
  ...INT64,
  arrow: arrowType(ARROW.int, ...signedInt(64)),
  readUser: INT64.readStored,
  encodeUser: (value) => integerOf(value, 64),
}

const PRECISION = { single: 1, double: 2 } as const
const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)
const readFloat =
  ({ view, at }: ColumnBuffers): Read<number> =>
  (row) =>
    view.getFloat32(at + row * 4, true)
const readDouble =
  ({ view, at }: ColumnBuffers): Read<number> =>
  (row) =>
    view.getFloat64(at + row * 8, true)

export const floatRecord: RecordOf<'float'> = {
  shape: () => 'f32',
  storage: () => FIXED4,
  arrow: arrowType(ARROW.floatingPoint, arrowInt16(PRECISION.single, 0)),
  readStored: readFloat,
  readUser: readFloat,
  encodeStored: asStored,
  encodeUser: numberOf,
}
export const doubleRecord: RecordOf<'double'> = {
  shape: () => 'f64',
  storage: () => FIXED8,
  arrow: arrowType(ARROW.floatingPoint, arrowInt16(PRECISION.double, 0)),
  readStored: readDouble,
  readUser: readDouble,
  encodeStored: asStored,
  encodeUser: numberOf,
}

/** As stored they are their unscaled digits. */
export const decimalRecord: RecordOf<'decimal'> = {
  shape: (type) => (isShortDecimal(type) ? 'i64' : 'wide'),
  storage: (type) => (isShortDecimal(type) ? FIXED8 : FIXED16),
  arrow: (type, bits = isShortDecimal(type) ? undefined : 128) => ({
    tag: ARROW.decimal,
    slots: [
      { as: 'int32', value: type.precision, default: 0 },
      { as: 'int32', value: type.scale, default: 0 },
      { as: 'int32', value: bits ?? 64, default: 128 },
    ],
  }),
  readStored: unscaledReader,
  readUser: (buffers, type) => {
    const unscaled = unscaledReader(buffers, type)
    return (row) => new Decimal(unscaled(row), type.scale)
  },
  encodeStored: INT64.encodeStored,
  encodeUser: encodeDecimal,
}

function unscaledReader(buffers: ColumnBuffers, type: DecimalType): Read<bigint> {
  if (isShortDecimal(type)) return readInt64(buffers)
  const { view, at } = buffers
  return (row) => (view.getBigInt64(at + row * 16 + 8, true) << 64n) | view.getBigUint64(at + row * 16, true)
}

function encodeDecimal(value: unknown, type: DecimalType): bigint | undefined {
  const given = value instanceof Decimal ? value : decimalOf(value)
  if (given === undefined) return undefined
  const { unscaled } = given.withScale(type.scale)
  const limit = 10n ** BigInt(type.precision)
  return unscaled > -limit && unscaled < limit ? unscaled : undefined
}

function decimalOf(value: unknown): Decimal | undefined {
  if (typeof value === 'bigint') return new Decimal(value, 0)
  if (typeof value === 'number' && Number.isFinite(value)) return Decimal.parse(String(value))
  if (typeof value === 'string') return Decimal.tryParse(value)
  return undefined
}
