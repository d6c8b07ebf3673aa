import type { UnresolvedRelation } from './relation.js'

/** Each row once, or one of those that agree in some columns. */
export interface Distinct {
  readonly kind: 'distinct'
  readonly input: UnresolvedRelation
  readonly columns?: readonly string[]
  /** That later rows of a stream are dropped: those that come at any time, or as long as the watermark allows. Absent for DISTINCT of SQL. */
  readonly drops?: 'duplicates' | 'duplicatesWithinWatermark'
}
