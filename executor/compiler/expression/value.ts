import type { DataType, DecimalType, StructType } from '../../../columnar/types.js'
import { type Constant, i32Constant, type Operand } from '../wasm/types.js'
import type { KnownBytes } from './known-bytes.js'

/**
 * The value of an expression for the current row, held in locals or known constants that nothing changes afterwards.
 * `isNull` is an i32, 1 for NULL, or undefined when the value is never NULL, so that such values cost nothing. What the
 * other operands hold under a NULL is arbitrary, but a string's address and length are always readable.
 */
export type Value = ScalarValue | WideValue | BytesValue | StructValue

/**
 * A value in one local: i32 for boolean, tinyint … int, date and interval_ym; i64 for bigint, timestamps, interval_dt and
 * decimals up to 18 digits (unscaled); f32 for float; f64 for double. Booleans are 0 or 1, small integers sign-extended.
 */
export interface ScalarValue {
  readonly kind: 'scalar'
  readonly type: DataType
  readonly value: Operand
  readonly isNull: Operand | undefined
}

/** A decimal of more than 18 digits: an unscaled two's complement integer in two i64. */
export interface WideValue {
  readonly kind: 'wide'
  readonly type: DecimalType
  readonly low: Operand
  readonly high: Operand
  /** An i32: when 1, `high` is merely the sign of `low`. Undefined when the code that made it does not know. */
  readonly narrow: Operand | undefined
  readonly isNull: Operand | undefined
}

/** A string (UTF-8), a binary, or a packed array or map (columnar/packed-writer.ts): i32 address and i32 length in bytes. */
export interface BytesValue {
  readonly kind: 'bytes'
  readonly type: DataType
  readonly address: Operand
  readonly length: Operand
  /** The bytes themselves where they are known while compiling. */
  readonly constant?: KnownBytes
  /** The two i64 that it is among keys, where it comes from a row that has it (see `TextKey`): long strings need not be hashed again. */
  readonly words?: readonly [low: Operand, high: Operand]
  readonly isNull: Operand | undefined
}

/** A struct is only a tuple of its fields while compiling. What the fields of a NULL struct hold is arbitrary. */
export interface StructValue {
  readonly kind: 'struct'
  readonly type: StructType
  readonly fields: readonly Value[]
  readonly isNull: Operand | undefined
}

export const ALWAYS_NULL: Constant = i32Constant(1)

/** Whether a value is NULL in every row. */
export function isAlwaysNull(value: Value): boolean {
  return value.isNull?.kind === 'constant' && value.isNull.value === 1
}

export function scalar(type: DataType, value: Operand, isNull: Operand | undefined): ScalarValue {
  return { kind: 'scalar', type, value, isNull }
}

export function bytes(type: DataType, address: Operand, length: Operand, isNull: Operand | undefined): BytesValue {
  return { kind: 'bytes', type, address, length, isNull }
}

/** The locals and constants that hold a value, depth first, without its null flag. */
export function partsOf(value: Value): readonly Operand[] {
  switch (value.kind) {
    case 'scalar':
      return [value.value]
    case 'wide':
      return [value.low, value.high]
    case 'bytes':
      return [value.address, value.length]
    case 'struct':
      return value.fields.flatMap((field) => (field.isNull ? [...partsOf(field), field.isNull] : partsOf(field)))
  }
}

export const isConstant = (operand: Operand): operand is Constant => operand.kind === 'constant'

/** The same value with another null flag. */
export function withNull(value: Value, isNull: Operand | undefined): Value {
  return { ...value, isNull }
}

/** A value with every operand, null flags included, replaced. */
export function carriedValue(value: Value, carry: (operand: Operand) => Operand): Value {
  const isNull = value.isNull && carry(value.isNull)
  switch (value.kind) {
    case 'scalar':
      return { ...value, value: carry(value.value), isNull }
    case 'wide':
      return {
        ...value,
        low: carry(value.low),
        high: carry(value.high),
        narrow: value.narrow && carry(value.narrow),
        isNull,
      }
    case 'bytes':
      return {
        ...value,
        address: carry(value.address),
        length: carry(value.length),
        ...(value.words && { words: [carry(value.words[0]), carry(value.words[1])] as const }),
        isNull,
      }
    case 'struct':
      return { ...value, fields: value.fields.map((field) => carriedValue(field, carry)), isNull }
  }
}

/** As `carriedValue`; of a struct a field is carried when it is looked at, for who asks for a struct mostly wants some of its fields. */
export function lazilyCarried(value: Value, carry: (operand: Operand) => Operand): Value {
  if (value.kind !== 'struct') return carriedValue(value, carry)
  const fields = value.fields.slice()
  for (const [i, field] of value.fields.entries()) {
    let carried: Value | undefined
    const get = (): Value => {
      carried ??= lazilyCarried(field, carry)
      return carried
    }
    Object.defineProperty(fields, i, { get, enumerable: true })
  }
  return { ...value, fields, isNull: value.isNull && carry(value.isNull) }
}
