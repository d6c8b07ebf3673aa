import { type DataType, sameType } from '../../../columnar/types.js'
import { literal } from '../../plan/expression/build.js'
import type { Call, Cast, Expression, Literal } from '../../plan/expression/expression.js'
import type { ScalarFunction } from '../../plan/expression/functions.js'
import type { LiteralValue } from '../../plan/expression/literal.js'
import { decimalText } from '../../plan/expression/literal-text.js'
import { transformUp } from '../../plan/expression/transform.js'
import { addMonths } from '../calendar.js'
import { rescale } from '../decimal-arithmetic.js'
import { expressionRule } from '../expressions.js'

/**
 * Computes what is made of literals, exactly as it would be at run time. Undefined where the result would raise or is not worth knowing
 * here: then it is left to run time, so that an error arises only if a row needs it.
 */
type Fold = (args: readonly Literal[], type: DataType) => LiteralValue | undefined

const LIMITS: Partial<Record<DataType['kind'], bigint>> = {
  tinyint: 2n ** 7n,
  smallint: 2n ** 15n,
  int: 2n ** 31n,
  bigint: 2n ** 63n,
}

/** A whole number as the literal of a type, undefined when it does not fit. */
function integral(value: bigint, type: DataType): LiteralValue | undefined {
  const limit = LIMITS[type.kind]
  if (limit === undefined || value < -limit || value >= limit) return undefined
  return type.kind === 'bigint' ? value : Number(value)
}

const scaleOf = (type: DataType): number => (type.kind === 'decimal' ? type.scale : 0)
const fitsDecimal = (value: bigint, type: DataType): bigint | undefined =>
  type.kind === 'decimal' && (value < 0n ? -value : value) < 10n ** BigInt(type.precision) ? value : undefined

/** Sums and products of integers and decimals; those of doubles are left alone, they cost nothing at run time. */
function arithmetic(
  exact: (
    a: bigint,
    b: bigint,
    scales: readonly [number, number],
  ) => { readonly value: bigint; readonly scale: number },
): Fold {
  return ([a, b], type) => {
    if (type.kind === 'double' || type.kind === 'float') return undefined
    const { value, scale } = exact(BigInt(a!.value as number | bigint), BigInt(b!.value as number | bigint), [
      scaleOf(a!.type),
      scaleOf(b!.type),
    ])
    return type.kind === 'decimal' ? fitsDecimal(rescale(value, scale, type.scale), type) : integral(value, type)
  }
}

const added = (sign: 1n | -1n): Fold =>
  arithmetic((a, b, [sa, sb]) => {
    const scale = Math.max(sa, sb)
    return { value: rescale(a, sa, scale) + sign * rescale(b, sb, scale), scale }
  })

function compared(holds: (order: number) => boolean): Fold {
  return ([a, b]) => {
    if (!sameType(a!.type, b!.type)) return undefined
    const [x, y] = [a!.value!, b!.value!]
    if (typeof x === 'string' && typeof y === 'string')
      return isByBytes(a!.type) ? holds(bytesInOrder(x, y)) : undefined
    if (x instanceof Uint8Array) return undefined
    // NaN equals itself and is the greatest, unlike in JavaScript.
    if (Number.isNaN(x) || Number.isNaN(y)) return undefined
    return holds(x < y ? -1 : x > y ? 1 : 0)
  }
}

/** Texts that are equal only when they are the same, and in the order of their bytes. */
const isByBytes = (type: DataType): boolean => type.kind === 'string' && type.collation === undefined

const bytesInOrder = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

const DAY_MICROS = 86_400_000_000n

/** A day or instant that its type can hold, else undefined. */
const dayOf = (days: number): number | undefined => (days === (days | 0) ? days : undefined)
const instantOf = (micros: bigint): bigint | undefined => (BigInt.asIntN(64, micros) === micros ? micros : undefined)

const FOLDS: Partial<Record<ScalarFunction, Fold>> = {
  add: added(1n),
  subtract: added(-1n),
  multiply: arithmetic((a, b, [sa, sb]) => ({ value: a * b, scale: sa + sb })),
  negate: ([a], type) => {
    if (type.kind === 'double' || type.kind === 'float') return -(a!.value as number)
    if (type.kind === 'decimal') return -(a!.value as bigint)
    return integral(-BigInt(a!.value as number | bigint), type)
  },
  eq: compared((order) => order === 0),
  ne: compared((order) => order !== 0),
  lt: compared((order) => order < 0),
  le: compared((order) => order <= 0),
  gt: compared((order) => order > 0),
  ge: compared((order) => order >= 0),
  date_add_days: ([date, days]) => dayOf((date!.value as number) + (days!.value as number)),
  date_add_months: ([date, months]) => dayOf(addMonths(date!.value as number, months!.value as number)),
  timestamp_add: ([at, micros]) => instantOf((at!.value as bigint) + (micros!.value as bigint)),
}

function foldCall(e: Call): Expression {
  const fold = FOLDS[e.fn]
  if (fold === undefined || !e.args.every((arg) => arg.kind === 'literal' && arg.value !== null)) return e
  const value = fold(e.args as readonly Literal[], e.type)
  return value === undefined ? e : literal(e.type, value, e.origin)
}

function foldCast(e: Cast): Expression {
  if (e.child.kind !== 'literal' || e.child.value === null || e.timeZone !== undefined) return e
  const { value, type } = e.child
  const folded = castValue(value, type, e.type)
  return folded === undefined ? e : literal(e.type, folded, e.origin)
}

function castValue(value: LiteralValue, from: DataType, to: DataType): LiteralValue | undefined {
  const whole = LIMITS[from.kind] !== undefined
  if (whole && to.kind === 'decimal') return fitsDecimal(BigInt(value as number | bigint) * 10n ** BigInt(to.scale), to)
  if (whole && LIMITS[to.kind] !== undefined) return integral(BigInt(value as number | bigint), to)
  if (whole && to.kind === 'double') return Number(value)
  if (from.kind === 'decimal' && to.kind === 'decimal')
    return fitsDecimal(rescale(value as bigint, from.scale, to.scale), to)
  if (from.kind === 'decimal' && to.kind === 'double') return Number(decimalText(value as bigint, from.scale))
  if (from.kind === 'date' && to.kind === 'timestamp') return instantOf(BigInt(value as number) * DAY_MICROS)
  return undefined
}

function fold(e: Expression): Expression {
  if (e.kind === 'call') return foldCall(e)
  return e.kind === 'cast' ? foldCast(e) : e
}

export const foldConstants = expressionRule('fold constants', fold)

/** An expression with everything in it computed that is made of literals. */
export const foldExpression = (e: Expression): Expression => transformUp(e, fold)
