import { type Column, functionOf, lit, nameOrColumn } from '../column/column.js'
import type { ReferencesOf } from '../column/column-types.js'
import type { Value } from '../column/row.js'
import { type ColumnOrName, ofOne } from './makers.js'

/* Aggregates that keep more than a number: sketches, bitmaps and histograms. */

/** About how many different values there are; the deviation to be expected is 0.05 unless it is told. */
export const approxCountDistinct = <const A extends ColumnOrName>(
  column: A,
  deviation?: number,
): Column<bigint | null, string, ReferencesOf<A>> =>
  functionOf('approx_count_distinct', nameOrColumn(column), ...(deviation === undefined ? [] : [deviation]))

/** A bitmap with the bits at these positions. */
export const bitmapConstructAgg = ofOne<Uint8Array>('bitmap_construct_agg')
export const bitmapOrAgg = ofOne<Uint8Array>('bitmap_or_agg')
export const bitmapAndAgg = ofOne<Uint8Array>('bitmap_and_agg')

/** At most so many bins of numbers that are near to each other. */
export const histogramNumeric = <const A extends ColumnOrName>(
  column: A,
  count: number,
): Column<Value, string, ReferencesOf<A>> => functionOf('histogram_numeric', nameOrColumn(column), count)

/** The values that are there most often, 5 unless told, with about how often. */
export const approxTopK = <const A extends ColumnOrName>(
  column: A,
  k = 5,
  maxItemsTracked?: number,
): Column<Value, string, ReferencesOf<A>> =>
  functionOf('approx_top_k', nameOrColumn(column), k, ...(maxItemsTracked === undefined ? [] : [maxItemsTracked]))

/** A sketch of the values that are there most often, to be kept and combined. */
export const approxTopKAccumulate = <const A extends ColumnOrName>(
  column: A,
  maxItemsTracked?: number,
): Column<Value, string, ReferencesOf<A>> =>
  functionOf(
    'approx_top_k_accumulate',
    nameOrColumn(column),
    ...(maxItemsTracked === undefined ? [] : [maxItemsTracked]),
  )

/** The sketch of all values of sketches that `approxTopKAccumulate` made. */
export const approxTopKCombine = <const A extends ColumnOrName>(
  column: A,
  maxItemsTracked?: number,
): Column<Value, string, ReferencesOf<A>> =>
  functionOf('approx_top_k_combine', nameOrColumn(column), ...(maxItemsTracked === undefined ? [] : [maxItemsTracked]))

/** The values that are there most often by a sketch, 5 unless told, with about how often. */
export const approxTopKEstimate = <const A extends ColumnOrName>(
  column: A,
  k = 5,
): Column<Value, string, ReferencesOf<A>> => functionOf('approx_top_k_estimate', nameOrColumn(column), k)

/** A count-min sketch of whole numbers, texts or bytes, as Spark writes it. */
export const countMinSketch = <const A extends ColumnOrName>(
  column: A,
  error: number,
  confidence: number,
  seed: number,
): Column<Uint8Array, string, ReferencesOf<A>> => {
  const [relative, certainty] = [lit(error).cast('double'), lit(confidence).cast('double')]
  return functionOf('count_min_sketch', nameOrColumn(column), relative, certainty, seed)
}
