import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { UnresolvedRelation } from '../../plan/unresolved/relation.js'

/** A relation by names over one that is analyzed, which stands in it once. */
export interface Over {
  readonly plan: LogicalPlan
  relation(plan: UnresolvedRelation): UnresolvedRelation
}
