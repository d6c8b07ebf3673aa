import { type Column, functionOf, nameOrColumn } from '../column.js'
import type { ByName, ReferencesOf } from '../column-types.js'
import type { NumberValue } from '../row.js'

/* Aggregates of one group: values by rank, values that are chosen, lines through pairs, and texts joined. */

type ColumnOrName = Column | string
type ValueOfArgument<A> = A extends Column<infer V> ? V : A extends string ? ByName<A> : never
type OfOne<A, V> = Column<V | null, string, ReferencesOf<A>>

const ofOne =
  <V>(name: string) =>
  <const A extends ColumnOrName>(column: A): OfOne<A, V> =>
    functionOf(name, nameOrColumn(column))

const sameOfOne =
  (name: string) =>
  <const A extends ColumnOrName>(column: A): OfOne<A, ValueOfArgument<A>> =>
    functionOf(name, nameOrColumn(column))

export const skewness = ofOne<number>('skewness')
export const kurtosis = ofOne<number>('kurtosis')
export const trySum = ofOne<NumberValue>('try_sum')
export const tryAvg = ofOne<NumberValue>('try_avg')
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

const ofPairs =
  <V>(name: string) =>
  <const A extends ColumnOrName, const B extends ColumnOrName>(
    y: A,
    x: B,
  ): Column<V | null, string, ReferencesOf<A | B>> =>
    functionOf(name, nameOrColumn(y), nameOrColumn(x))

/** Lines through pairs (y, x) in which neither is NULL. */
export const regrCount = ofPairs<bigint>('regr_count')
export const regrAvgx = ofPairs<NumberValue>('regr_avgx')
export const regrAvgy = ofPairs<NumberValue>('regr_avgy')
export const regrSxx = ofPairs<number>('regr_sxx')
export const regrSyy = ofPairs<number>('regr_syy')
export const regrSxy = ofPairs<number>('regr_sxy')
export const regrSlope = ofPairs<number>('regr_slope')
export const regrIntercept = ofPairs<number>('regr_intercept')
export const regrR2 = ofPairs<number>('regr_r2')

export const median = ofOne<number>('median')

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
  (name: string) =>
  <const A extends ColumnOrName>(column: A, delimiter?: string): OfOne<A, string> =>
    functionOf(name, nameOrColumn(column), ...(delimiter === undefined ? [] : [delimiter]))

/** Texts one behind the other, in any order. */
export const listagg = joined('listagg')
export const stringAgg = joined('string_agg')
