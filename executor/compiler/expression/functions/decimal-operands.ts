import type { DecimalType } from '../../../../columnar/types.js'
import { isShortDecimal, STRING } from '../../../../columnar/types.js'
import type { Origin } from '../../../../common/errors/condition.js'
import { MillraceError } from '../../../../common/errors/millrace-error.js'
import { RESULT_HIGH, RESULT_LOW } from '../../../kernels/interface/text.js'
import type { FunctionBuilder } from '../../wasm/function-builder.js'
import { i32Constant, i64Constant, type Operand, told } from '../../wasm/types.js'
import { asBytes, loadBytesResult } from '../bytes-result.js'
import { ANSI_CONFIG, DETAIL_DECIMAL, DETAIL_PRODUCT } from '../error-sites.js'
import { ifNotNullAnd } from '../nulls.js'
import type { Scope } from '../scope.js'
import { isConstant, scalar, type Value, type WideValue } from '../value.js'

/** A decimal's unscaled integer in two limbs, wherever it came from. */
export interface Limbs {
  readonly low: Operand
  readonly high: Operand
  /** As in WideValue; a constant 1 when every value of the type fits one limb. */
  readonly narrow: Operand | undefined
  /** The most digits it can have. */
  readonly digits: number
}

const ONE = i32Constant(1)

export const powerOfTen = (exponent: number): bigint => 10n ** BigInt(exponent)

export function decimalTypeOf(value: Value): DecimalType {
  if (value.type.kind !== 'decimal') {
    throw new MillraceError('INTERNAL_ERROR', { message: `a decimal was expected, not ${value.type.kind}` })
  }
  return value.type
}

/** The limbs of a decimal value as they are. */
export function limbsOf(f: FunctionBuilder, value: Value): Limbs {
  const digits = decimalTypeOf(value).precision
  if (value.kind === 'wide') return { low: value.low, high: value.high, narrow: value.narrow, digits }
  const low = (value as { readonly value: Operand }).value
  return { low, high: signOf(f, low), narrow: ONE, digits }
}

/** The high limb of a value that fits the low one. */
export function signOf(f: FunctionBuilder, low: Operand): Operand {
  if (isConstant(low)) return i64Constant(told(low, (value) => value < 0) ? -1n : 0n)
  f.get(low).i64(63n).op('i64.shr_s')
  return f.setNew('i64')
}

export const isSurelyNarrow = ({ narrow }: { readonly narrow: Operand | undefined }): boolean =>
  narrow?.kind === 'constant' && narrow.value === 1

/** Pushes 1 when the value fits its low limb. */
export function pushNarrow(f: FunctionBuilder, { low, high, narrow }: Omit<Limbs, 'digits'>): void {
  if (narrow) f.get(narrow)
  else f.get(low).i64(63n).op('i64.shr_s').get(high).op('i64.eq')
}

/** The result of the type from its limbs. A short type takes the low one. */
export function decimalValue(type: DecimalType, limbs: Omit<Limbs, 'digits'>, isNull: Operand | undefined): Value {
  const { low, high, narrow } = limbs
  return isShortDecimal(type) ? scalar(type, low, isNull) : { kind: 'wide', type, low, high, narrow, isNull }
}

/** Loads the two limbs a kernel left at the start of the data area. */
export function loadResult(scope: Scope): Pick<WideValue, 'low' | 'high' | 'narrow'> {
  const { f } = scope
  const base = scope.context.constantsBase
  f.get(base).load('i64.load', RESULT_LOW)
  const low = f.setNew('i64')
  f.get(base).load('i64.load', RESULT_HIGH)
  return { low, high: f.setNew('i64'), narrow: undefined }
}

/** A decimal that left its type. */
export interface OutOfRange {
  readonly type: DecimalType
  /** The scale of what a kernel refused. */
  readonly scale: number
  readonly isNull: Operand | undefined
  readonly origin: Origin | undefined
  readonly isProduct?: boolean
}

/** Raises for the decimal that a kernel has refused. */
export function raiseOutOfRange(scope: Scope, { type, scale, origin, isProduct }: Omit<OutOfRange, 'isNull'>): void {
  const value = isProduct ? DETAIL_PRODUCT : DETAIL_DECIMAL
  const parameters = { value, precision: String(type.precision), scale: String(type.scale), config: ANSI_CONFIG }
  scope.f.i32(scale).get(scope.context.constantsBase).call(scope.kernel('refusedDecimal'))
  const text = asBytes(loadBytesResult({ type: STRING }, scope, undefined))
  scope.raise('NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION', parameters, origin, text)
}

/** Pops a kernel's verdict: when not 0, the decimal does not fit its type. */
export function raiseWhenOutOfRange(scope: Scope, fault: OutOfRange): void {
  ifNotNullAnd(scope.f, fault.isNull, () => raiseOutOfRange(scope, fault))
}

/** Raises for a sum in three limbs that left its type. */
export function raiseTotalOutOfRange(
  scope: Scope,
  type: DecimalType,
  [low, high, top]: readonly [low: Operand, high: Operand, top: Operand],
  origin: Origin | undefined,
): void {
  scope.f.get(low).get(high).get(top).call(scope.kernel('refuseTotal'))
  raiseOutOfRange(scope, { type, scale: type.scale, origin })
}
