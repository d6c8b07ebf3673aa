import { type Column, functionOf, nameOrColumn, toColumn } from '../column/column.js'
import type { ReferencesOf } from '../column/column-types.js'
import type { Value } from '../column/row.js'
import { type ColumnOrName, ofOne, ofTwo } from './makers.js'

/* Arrays of floats as vectors. */

const byNorm =
  <V>(name: string) =>
  <const A extends ColumnOrName>(vector: A, degree?: Column): Column<V, string, ReferencesOf<A>> =>
    functionOf(name, nameOrColumn(vector), ...(degree === undefined ? [] : [toColumn(degree)]))

/** The length of a vector; the degree is a float: 2 where it is left out, 1, or infinity. */
export const vectorNorm = byNorm<number | null>('vector_norm')
/** A vector divided by its length. */
export const vectorNormalize = byNorm<Value>('vector_normalize')
export const vectorInnerProduct = ofTwo<number | null>('vector_inner_product')
export const vectorL2Distance = ofTwo<number | null>('vector_l2_distance')
export const vectorCosineSimilarity = ofTwo<number | null>('vector_cosine_similarity')
/** The sum of vectors, element by element. */
export const vectorSum = ofOne<Value>('vector_sum')
export const vectorAvg = ofOne<Value>('vector_avg')
