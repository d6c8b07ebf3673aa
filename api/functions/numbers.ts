import type { Decimal } from '../../columnar/decimal.js'
import { type Column, functionOf, nameOrColumn } from '../column.js'
import type { ByName, ReferencesOf } from '../column-types.js'

/* Rounding, and aggregates that tell how far values are spread. */

type ColumnOrName = Column | string
type ValueOfArgument<A> = A extends Column<infer V> ? V : A extends string ? ByName<A> : never
type OfOne<A, V> = Column<V | null, string, ReferencesOf<A>>

const nearest =
  (name: string) =>
  <const A extends ColumnOrName>(column: A, scale = 0): OfOne<A, ValueOfArgument<A>> =>
    functionOf(name, nameOrColumn(column), scale)

/** The nearest number with so many places behind the point, half away from zero; with less than 0, tens, hundreds and so on. */
export const round = nearest('round')
/** The same, half to the even digit. */
export const bround = nearest('bround')

const whole =
  (name: string) =>
  <const A extends ColumnOrName>(column: A, scale?: number): OfOne<A, bigint | Decimal> =>
    functionOf(name, nameOrColumn(column), ...(scale === undefined ? [] : [scale]))

/** The next whole number above, or the next with so many places. */
export const ceil = whole('ceil')
export const ceiling = whole('ceiling')
export const floor = whole('floor')

const spread =
  (name: string) =>
  <const A extends ColumnOrName>(column: A): OfOne<A, number> =>
    functionOf(name, nameOrColumn(column))

export const stddev = spread('stddev')
export const std = spread('std')
export const stddevSamp = spread('stddev_samp')
export const stddevPop = spread('stddev_pop')
export const variance = spread('variance')
export const varSamp = spread('var_samp')
export const varPop = spread('var_pop')

const together =
  (name: string) =>
  <const A extends ColumnOrName, const B extends ColumnOrName>(
    a: A,
    b: B,
  ): Column<number | null, string, ReferencesOf<A | B>> =>
    functionOf(name, nameOrColumn(a), nameOrColumn(b))

export const corr = together('corr')
export const covarPop = together('covar_pop')
export const covarSamp = together('covar_samp')
