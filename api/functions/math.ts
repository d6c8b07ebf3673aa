import { type Column, functionOf, nameOrColumn } from '../column.js'
import type { ByName, ReferencesOf } from '../column-types.js'

/* Functions of doubles. What is NULL or no number where is told in docs/functions.md. */

type ColumnOrName = Column | string
type ValueOfArgument<A> = A extends Column<infer V> ? V : A extends string ? ByName<A> : never

const of =
  (name: string) =>
  <const A extends ColumnOrName>(column: A): Column<number | null, string, ReferencesOf<A>> =>
    functionOf(name, nameOrColumn(column))

export const acos = of('acos')
export const acosh = of('acosh')
export const asin = of('asin')
export const asinh = of('asinh')
export const atan = of('atan')
export const atanh = of('atanh')
export const cbrt = of('cbrt')
export const cos = of('cos')
export const cosh = of('cosh')
export const cot = of('cot')
export const csc = of('csc')
export const degrees = of('degrees')
export const exp = of('exp')
export const expm1 = of('expm1')
export const ln = of('ln')
export const log10 = of('log10')
export const log1p = of('log1p')
export const log2 = of('log2')
export const radians = of('radians')
export const rint = of('rint')
export const sec = of('sec')
export const signum = of('signum')
export const sign = of('sign')
export const sin = of('sin')
export const sinh = of('sinh')
export const sqrt = of('sqrt')
export const tan = of('tan')
export const tanh = of('tanh')

const constant = (name: string) => (): Column<number, string, never> => functionOf(name)
export const pi = constant('pi')
export const e = constant('e')

/** A number stands for itself. */
type Operand = ColumnOrName | number
type ReferencesOfBoth<A, B> = ReferencesOf<Extract<A | B, ColumnOrName>>
const operand = (value: Operand): Column | number => (typeof value === 'number' ? value : nameOrColumn(value))

const ofTwo =
  (name: string) =>
  <const A extends Operand, const B extends Operand>(
    a: A,
    b: B,
  ): Column<number | null, string, ReferencesOfBoth<A, B>> =>
    functionOf(name, operand(a), operand(b))

/** The first to the power of the second. */
export const pow = ofTwo('pow')
export const power = ofTwo('power')
/** The angle of the point (x, y), y told first. */
export const atan2 = ofTwo('atan2')
export const hypot = ofTwo('hypot')

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
