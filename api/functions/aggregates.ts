import { Column, functionOf, lit, nameOrColumn } from '../column/column.js'
import type { ReferencesOf } from '../column/column-types.js'
import type { NumberValue } from '../column/row.js'
import { type ColumnOrName, ofOne, ofTwo, sameOfOne, type ValueOfArgument } from './makers.js'

/* Aggregates of one group: values by rank, values that are chosen, lines through pairs, and texts joined. */

type OfOne<A, V> = Column<V | null, string, ReferencesOf<A>>

export const skewness = ofOne<number | null>('skewness')
export const kurtosis = ofOne<number | null>('kurtosis')
export const trySum = ofOne<NumberValue | null>('try_sum')
export const tryAvg = ofOne<NumberValue | null>('try_avg')
/** Whether a condition holds in every row, or in one. */
export const boolAnd = ofOne<boolean | null>('bool_and')
export const boolOr = ofOne<boolean | null>('bool_or')
export const every = ofOne<boolean | null>('every')
export const some = ofOne<boolean | null>('some')
export const bitAnd = sameOfOne('bit_and')
export const bitOr = sameOfOne('bit_or')
export const bitXor = sameOfOne('bit_xor')

const chosenBy =
  (name: string) =>
  <const A extends ColumnOrName, const B extends ColumnOrName>(
    column: A,
    by: B,
  ): Column<ValueOfArgument<A> | null, string, ReferencesOf<A | B>> =>
    functionOf(name, nameOrColumn(column), nameOrColumn(by))

/** The value of the row in which another column is greatest. */
export const maxBy = chosenBy('max_by')
export const minBy = chosenBy('min_by')

/** Lines through pairs (y, x) in which neither is NULL. */
export const regrCount = ofTwo<bigint | null>('regr_count')
export const regrAvgx = ofTwo<NumberValue | null>('regr_avgx')
export const regrAvgy = ofTwo<NumberValue | null>('regr_avgy')
export const regrSxx = ofTwo<number | null>('regr_sxx')
export const regrSyy = ofTwo<number | null>('regr_syy')
export const regrSxy = ofTwo<number | null>('regr_sxy')
export const regrSlope = ofTwo<number | null>('regr_slope')
export const regrIntercept = ofTwo<number | null>('regr_intercept')
export const regrR2 = ofTwo<number | null>('regr_r2')

export const median = ofOne<number | null>('median')

/** The value at a percentage (0 to 1) of the way from the least to the greatest; a value may count several times. */
export const percentile = <const A extends ColumnOrName>(
  column: A,
  percentage: number,
  frequency?: number | Column,
): OfOne<A, number> =>
  functionOf('percentile', nameOrColumn(column), percentage, ...(frequency === undefined ? [] : [frequency]))

const approximate =
  (name: string) =>
  <const A extends ColumnOrName>(column: A, percentage: number, accuracy?: number): OfOne<A, ValueOfArgument<A>> =>
    functionOf(name, nameOrColumn(column), percentage, ...(accuracy === undefined ? [] : [accuracy]))

export const percentileApprox = approximate('percentile_approx')
export const approxPercentile = approximate('approx_percentile')

/** The value that is there most often; of several the least, if it shall always be the same one. */
export const mode = <const A extends ColumnOrName>(column: A, deterministic = false): OfOne<A, ValueOfArgument<A>> =>
  functionOf('mode', nameOrColumn(column), ...(deterministic ? [true] : []))

const joined =
  (name: string, distinct = false) =>
  <const A extends ColumnOrName>(column: A, delimiter?: string): OfOne<A, string> => {
    const args = [nameOrColumn(column), ...(delimiter === undefined ? [] : [lit(delimiter)])]
    const call = { kind: 'function', name, args: args.map(({ expression }) => expression) } as const
    return new Column(distinct ? { ...call, distinct } : call)
  }

/** Texts one behind the other, in any order. */
export const listagg = joined('listagg')
export const stringAgg = joined('string_agg')
/** Different texts one behind the other. */
export const listaggDistinct = joined('listagg', true)
export const stringAggDistinct = joined('string_agg', true)
