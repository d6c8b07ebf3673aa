import type { ColumnBuffers } from '../column-buffers.js'
import type { ArrowSlot, ArrowType, Encoded, Read, Shape, Storage, StoredValue } from './record.js'

/* What types have in common that are held alike. */

export const NONE: Storage = Object.freeze({ kind: 'none' })
export const BITS: Storage = Object.freeze({ kind: 'boolean' })
export const VARIABLE: Storage = Object.freeze({ kind: 'variable' })
const fixed = (bytes: 1 | 2 | 4 | 8 | 16): Storage => Object.freeze({ kind: 'fixed', bytes })
export const [FIXED1, FIXED2, FIXED4, FIXED8, FIXED16] = [fixed(1), fixed(2), fixed(4), fixed(8), fixed(16)]

const readInt32 =
  ({ view, at }: ColumnBuffers): Read<number> =>
  (row) =>
    view.getInt32(at + row * 4, true)

export const readInt64 =
  ({ view, at }: ColumnBuffers): Read<bigint> =>
  (row) =>
    view.getBigInt64(at + row * 8, true)

const encodeInteger = (value: Exclude<StoredValue, null>): bigint => BigInt(value as number | bigint)

/** Integers of one, two, four and eight bytes. */
export const INT8 = {
  shape: (): Shape => 'i32',
  storage: () => FIXED1,
  readStored:
    ({ view, at }: ColumnBuffers): Read<number> =>
    (row) =>
      view.getInt8(at + row),
  encodeStored: encodeInteger,
} as const
export const INT16 = {
  shape: (): Shape => 'i32',
  storage: () => FIXED2,
  readStored:
    ({ view, at }: ColumnBuffers): Read<number> =>
    (row) =>
      view.getInt16(at + row * 2, true),
  encodeStored: encodeInteger,
} as const
export const INT32 = {
  shape: (): Shape => 'i32',
  storage: () => FIXED4,
  readStored: readInt32,
  encodeStored: encodeInteger,
} as const
export const INT64 = {
  shape: (): Shape => 'i64',
  storage: () => FIXED8,
  readStored: readInt64,
  encodeStored: encodeInteger,
} as const

/** Values that users and memory have alike. */
export const asStored = (value: Exclude<StoredValue, null>): Encoded => value as Encoded

/** An integer of so many bits that a user gave as a bigint or a number. */
export function integerOf(value: unknown, bits: 8 | 16 | 32 | 64): bigint | undefined {
  if (typeof value !== 'bigint' && !(typeof value === 'number' && Number.isSafeInteger(value))) return undefined
  const integer = BigInt(value)
  return BigInt.asIntN(bits, integer) === integer ? integer : undefined
}

/** A type of Arrow, of which each value is the same. */
export const arrowType = (tag: number, ...slots: readonly ArrowSlot[]): (() => ArrowType) => {
  const type = Object.freeze({ tag, slots })
  return () => type
}
export const arrowInt16 = (value: number, unless: number): ArrowSlot => ({ as: 'int16', value, default: unless })
