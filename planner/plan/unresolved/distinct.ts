import type { UnresolvedRelation } from './relation.js'

/** Each row once, or one of those that agree in some columns: of a stream the first one, whenever the others come. */
export interface Distinct {
  readonly kind: 'distinct'
  readonly input: UnresolvedRelation
  readonly columns?: readonly string[]
  /** That those of a stream are dropped only as long as its watermark allows. */
  readonly isWithinWatermark?: boolean
}
