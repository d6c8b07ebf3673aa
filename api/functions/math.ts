import { type Column, functionOf, nameOrColumn } from '../column/column.js'
import type { ReferencesOf } from '../column/column-types.js'
import type { Value } from '../column/row.js'
import { type ColumnOrName, ofNothing, ofOne, ofTwo, sameOfOne, type ValueOfArgument } from './makers.js'

/* Functions of doubles. What is NULL or no number where is told in docs/functions.md. */

export const acos = ofOne<number | null>('acos')
export const acosh = ofOne<number | null>('acosh')
export const asin = ofOne<number | null>('asin')
export const asinh = ofOne<number | null>('asinh')
export const atan = ofOne<number | null>('atan')
export const atanh = ofOne<number | null>('atanh')
export const cbrt = ofOne<number | null>('cbrt')
export const cos = ofOne<number | null>('cos')
export const cosh = ofOne<number | null>('cosh')
export const cot = ofOne<number | null>('cot')
export const csc = ofOne<number | null>('csc')
export const degrees = ofOne<number | null>('degrees')
export const exp = ofOne<number | null>('exp')
export const expm1 = ofOne<number | null>('expm1')
export const ln = ofOne<number | null>('ln')
export const log10 = ofOne<number | null>('log10')
export const log1p = ofOne<number | null>('log1p')
export const log2 = ofOne<number | null>('log2')
export const radians = ofOne<number | null>('radians')
export const rint = ofOne<number | null>('rint')
export const sec = ofOne<number | null>('sec')
export const signum = ofOne<number | null>('signum')
export const sign = ofOne<number | null>('sign')
export const sin = ofOne<number | null>('sin')
export const sinh = ofOne<number | null>('sinh')
export const sqrt = ofOne<number | null>('sqrt')
export const tan = ofOne<number | null>('tan')
export const tanh = ofOne<number | null>('tanh')

export const pi = ofNothing<number>('pi')
export const e = ofNothing<number>('e')

/** A number stands for itself. */
type Operand = ColumnOrName | number
type ReferencesOfBoth<A, B> = ReferencesOf<Extract<A | B, ColumnOrName>>
const operand = (value: Operand): Column | number => (typeof value === 'number' ? value : nameOrColumn(value))

const ofNumbers =
  (name: string) =>
  <const A extends Operand, const B extends Operand>(
    a: A,
    b: B,
  ): Column<number | null, string, ReferencesOfBoth<A, B>> =>
    functionOf(name, operand(a), operand(b))

/** The remainder that has the sign of the divisor. */
export const pmod = ofNumbers('pmod')
/** The first, or the second where that is NaN. */
export const nanvl = ofNumbers('nanvl')
/** The first to the power of the second. */
export const pow = ofNumbers('pow')
export const power = ofNumbers('power')
/** The angle of the point (x, y), y told first. */
export const atan2 = ofNumbers('atan2')
export const hypot = ofNumbers('hypot')

/** The natural logarithm, or with a number first the one to that base. */
export function log<const A extends ColumnOrName>(column: A): Column<number | null, string, ReferencesOf<A>>
export function log<const A extends ColumnOrName>(
  base: number,
  column: A,
): Column<number | null, string, ReferencesOf<A>>
export function log(first: ColumnOrName | number, column?: ColumnOrName): Column<number | null> {
  return column === undefined ? functionOf('log', operand(first)) : functionOf('log', first, nameOrColumn(column))
}

export const factorial = <const A extends ColumnOrName>(column: A): Column<bigint | null, string, ReferencesOf<A>> =>
  functionOf('factorial', nameOrColumn(column))

export const bin = ofOne<string | null>('bin')
/** A whole number, a text or bytes in digits to base 16. */
export const hex = ofOne<string | null>('hex')
export const isnan = ofOne<boolean>('isnan')
export const negative = sameOfOne('negative')
export const negate = negative
export const positive = sameOfOne('positive')

/** Arithmetic that gives NULL where there is no result. */
export const tryAdd = ofTwo<Value>('try_add')
export const trySubtract = ofTwo<Value>('try_subtract')
export const tryMultiply = ofTwo<Value>('try_multiply')
export const tryDivide = ofTwo<Value>('try_divide')
export const tryMod = ofTwo<Value>('try_mod')

/** NULL for 0. */
export const nullifzero = <const A extends ColumnOrName>(
  column: A,
): Column<ValueOfArgument<A> | null, string, ReferencesOf<A>> => functionOf('nullifzero', nameOrColumn(column))

/** 0 for NULL. */
export const zeroifnull = <const A extends ColumnOrName>(
  column: A,
): Column<NonNullable<ValueOfArgument<A>>, string, ReferencesOf<A>> => functionOf('zeroifnull', nameOrColumn(column))

/** A whole number of one base in the digits of another one. */
export const conv = <const A extends ColumnOrName>(
  column: A,
  from: number,
  to: number,
): Column<string | null, string, ReferencesOf<A>> => functionOf('conv', nameOrColumn(column), from, to)

/** Which of `count` parts of equal width between two bounds a value is in. */
export const widthBucket = <const A extends ColumnOrName>(
  column: A,
  low: Operand,
  high: Operand,
  count: number,
): Column<bigint | null, string, ReferencesOf<A>> =>
  functionOf('width_bucket', nameOrColumn(column), operand(low), operand(high), count)
