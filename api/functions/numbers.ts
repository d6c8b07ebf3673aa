import type { Decimal } from '../../columnar/decimal.js'
import { type Column, functionOf, nameOrColumn } from '../column/column.js'
import type { ReferencesOf } from '../column/column-types.js'
import { type ColumnOrName, ofOne, ofTwo, type ValueOfArgument } from './makers.js'

/* Rounding, and aggregates that tell how far values are spread. */

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

export const stddev = ofOne<number | null>('stddev')
export const std = ofOne<number | null>('std')
export const stddevSamp = ofOne<number | null>('stddev_samp')
export const stddevPop = ofOne<number | null>('stddev_pop')
export const variance = ofOne<number | null>('variance')
export const varSamp = ofOne<number | null>('var_samp')
export const varPop = ofOne<number | null>('var_pop')

export const corr = ofTwo<number | null>('corr')
export const covarPop = ofTwo<number | null>('covar_pop')
export const covarSamp = ofTwo<number | null>('covar_samp')
