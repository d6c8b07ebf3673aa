import { sameType } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { outputOf } from '../plan/logical/output.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import type { Batch, Rule, Settled } from './rule.js'
import { aggregateInPlace } from './rules/aggregate-in-place.js'
import { collapseProjects } from './rules/collapse-projects.js'
import { deriveFromDisjunctions } from './rules/derive-from-disjunctions.js'
import { extractCommonConjuncts } from './rules/extract-common-conjuncts.js'
import { filterScans } from './rules/filter-scans.js'
import { foldConstants } from './rules/fold-constants.js'
import { groupBeforeJoins } from './rules/group-before-joins.js'
import { inferFilters } from './rules/infer-filters.js'
import { narrowOuterJoins } from './rules/narrow-outer-joins.js'
import { narrowTexts } from './rules/narrow-texts.js'
import { pruneColumns } from './rules/prune-columns.js'
import { pruneFields } from './rules/prune-fields.js'
import { pushFilters } from './rules/push-filters.js'
import { reorderJoins } from './rules/reorder-joins.js'
import { shareGroups } from './rules/share-groups.js'
import { simplifyBooleans } from './rules/simplify-booleans.js'
import { simplifyNested } from './rules/simplify-nested.js'
import { skipEmptyRelations } from './rules/skip-empty-relations.js'
import { totalOfGroups } from './rules/total-of-groups.js'

const INFERRED = [pushFilters, inferFilters, pushFilters, collapseProjects] as const

/** The rules in their order; what a batch relies on stands beside it. */
export const BATCHES: readonly Batch[] = [
  // Literals first: later rules look for plain comparisons with literals.
  { name: 'simplify', repeat: true, rules: [simplifyNested, foldConstants, simplifyBooleans, extractCommonConjuncts] },
  // Once: what it derives is implied by what it keeps, so that it would derive it for ever.
  { name: 'derive', repeat: false, rules: [deriveFromDisjunctions] },
  {
    name: 'push down',
    repeat: true,
    rules: [pushFilters, collapseProjects, simplifyNested, foldConstants, simplifyBooleans, skipEmptyRelations],
  },
  // Before joins are ordered, which changes what they ask; filters stand at the relations by now.
  { name: 'aggregate in place', repeat: false, rules: [aggregateInPlace] },
  // After subqueries that aggregate in place, which are found as outer joins; inner joins are ordered next.
  { name: 'outer joins', repeat: false, rules: [narrowOuterJoins] },
  // While joins are as they were written and filters stand at the relations: the rows of two aggregates are compared.
  { name: 'total of groups', repeat: false, rules: [totalOfGroups] },
  // While filters stand at the relations and joins are as they were written; what follows from the filters of all is found next.
  { name: 'share groups', repeat: false, rules: [shareGroups] },
  // Twice, and no more: what follows for a subquery may have more to follow within it. Some of it is no longer to be seen once it is pushed down, and would follow for ever.
  {
    name: 'infer',
    repeat: false,
    rules: [...INFERRED, ...INFERRED, simplifyNested, foldConstants, simplifyBooleans, skipEmptyRelations],
  },
  // Sizes of filtered relations are known only now.
  { name: 'join order', repeat: false, rules: [reorderJoins] },
  { name: 'push into joins', repeat: true, rules: [pushFilters, collapseProjects] },
  // Once, and when filters have gone as far down as they can: what it makes would be taken apart again for ever.
  { name: 'group early', repeat: false, rules: [groupBeforeJoins] },
  { name: 'prune', repeat: true, rules: [pruneColumns, collapseProjects, simplifyNested] },
  { name: 'sources', repeat: false, rules: [filterScans, narrowTexts, pruneFields] },
]

/** More rounds than any plan needs; beyond it the batch is left as it is, which is correct, merely less good. */
const MAX_ROUNDS = 50

/** Makes a plan cheaper to run without changing what it gives. */
export function optimize(plan: LogicalPlan, batches: readonly Batch[] = BATCHES): LogicalPlan {
  const settled: SettledByRule = new Map()
  return batches.reduce((current, batch) => runBatch(current, batch, settled), plan)
}

/** For each rule where it found nothing to change: it is not asked again until another rule has changed that. */
type SettledByRule = Map<Rule, Settled>

function runBatch(plan: LogicalPlan, batch: Batch, settledByRule: SettledByRule): LogicalPlan {
  let current = plan
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const before = current
    for (const rule of batch.rules) {
      const settled = settledByRule.get(rule) ?? new Set()
      settledByRule.set(rule, settled)
      if (settled.has(current)) continue
      const result = applyChecked(rule, current, settled)
      if (result === current) settled.add(current)
      current = result
    }
    if (current === before || !batch.repeat) return current
  }
  return current
}

/** @throws INTERNAL_ERROR naming the rule when it changed the columns */
function applyChecked(rule: Rule, plan: LogicalPlan, settled: Settled): LogicalPlan {
  const { apply } = rule
  const result = apply(plan, settled)
  if (result === plan) return plan
  const [before, after] = [outputOf(plan), outputOf(result)]
  const same =
    before.length === after.length && before.every((a, i) => a.id === after[i]!.id && sameType(a.type, after[i]!.type))
  if (!same)
    throw new MillraceError('INTERNAL_ERROR', { message: `the rule ${rule.name} changed the columns of the plan` })
  return result
}
