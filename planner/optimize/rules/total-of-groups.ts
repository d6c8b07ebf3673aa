import { isStreaming } from '../../physical/streaming.js'
import { conjuncts, reference } from '../../plan/expression/build.js'
import type { AggregateCall, AttributeReference, ExprId } from '../../plan/expression/expression.js'
import { canonicalAggregateText } from '../../plan/expression/same.js'
import type { LogicalAggregate, LogicalJoin, LogicalPlan } from '../../plan/logical/plan.js'
import { inputsOf, mapAggregate, transformPlanUp } from '../../plan/logical/transform.js'
import { substitute } from '../expressions.js'
import { freshIds } from '../fresh-ids.js'
import { isSameRows, joinedRelations, type SameColumns, waysWithin } from '../joined-relations.js'
import { isMergeable, mergedBy, resultOf } from '../merged-aggregates.js'
import type { Rule } from '../rule.js'
import { pruneColumns } from './prune-columns.js'

/**
 * A total over the very rows that the query groups elsewhere is that of the groups: both then read them from one exchange, and the tables are read and joined
 * once. So TPC-H 11 compares its groups with a share of their sum.
 */
export const totalOfGroups: Rule = {
  name: 'total of groups',
  apply(plan) {
    if (isStreaming(plan)) return plan
    const found = groupsIn(plan)
    // Few queries have both, and what they need is found out for them alone.
    if (found.length === 0 || !hasTotal(plan)) return plan
    const needed = neededAggregates(plan)
    const groups = found.filter(({ aggregates }) => aggregates.every(({ id }) => needed.has(id)))
    if (groups.length === 0) return plan
    const nextId = freshIds(plan)
    return transformPlanUp(plan, (node) => (isTotal(node) ? overGroups(node, groups, nextId) : node))
  },
}

/** With more groups than these no one is compared. */
const MOST_GROUPS = 16

/** All groups by columns, but those that are joined by keys: filters by these would reach the rows of the one and not of the other. */
function groupsIn(plan: LogicalPlan): readonly LogicalAggregate[] {
  const found: LogicalAggregate[] = []
  const visit = (node: LogicalPlan): void => {
    if (node.kind === 'join' && hasKeys(node)) return
    if (isGroups(node)) found.push(node)
    inputsOf(node).forEach(visit)
  }
  visit(plan)
  return found.length > MOST_GROUPS ? [] : found
}

/** The aggregates that something reads: groups that lose some of theirs are made by another exchange than a total that has them. */
function neededAggregates(plan: LogicalPlan): ReadonlySet<ExprId> {
  const ids = new Set<ExprId>()
  const visit = (node: LogicalPlan): void => {
    if (node.kind === 'aggregate') for (const { id } of node.aggregates) ids.add(id)
    inputsOf(node).forEach(visit)
  }
  visit(pruneColumns.apply(plan))
  return ids
}

const hasKeys = ({ condition }: LogicalJoin): boolean =>
  condition !== undefined && conjuncts(condition).some((one) => one.kind === 'call' && one.fn === 'eq')

const isGroups = (plan: LogicalPlan): plan is LogicalAggregate =>
  plan.kind === 'aggregate' &&
  plan.keys.length > 0 &&
  plan.keys.every(({ expression }) => expression.kind === 'attribute') &&
  plan.aggregates.every(isMergeable)

const isTotal = (plan: LogicalPlan): plan is LogicalAggregate =>
  plan.kind === 'aggregate' && plan.keys.length === 0 && plan.aggregates.length > 0

const hasTotal = (plan: LogicalPlan): boolean => isTotal(plan) || inputsOf(plan).some(hasTotal)

function overGroups(total: LogicalAggregate, all: readonly LogicalAggregate[], nextId: () => ExprId): LogicalPlan {
  const rows = joinedRelations(total.input)
  for (const groups of all) {
    const grouped = joinedRelations(groups.input)
    const columns = waysWithin(grouped, rows).find((way) => isSameRows(grouped, rows, way))
    const merged = columns && totalOver(total, groups, columns, nextId)
    if (merged) return merged
  }
  return total
}

/** The total over groups of its own rows, which are made as others are; undefined if these have other aggregates. */
function totalOver(
  total: LogicalAggregate,
  groups: LogicalAggregate,
  columns: SameColumns,
  nextId: () => ExprId,
): LogicalPlan | undefined {
  const made = groups.aggregates.map((one): AggregateCall => {
    const ownArgs = mapAggregate(one, (e) => substitute(e, columns))
    return Object.freeze({ ...ownArgs, id: nextId() })
  })
  const wanted = new Set(total.aggregates.map(canonicalAggregateText))
  const byText = new Map(made.map((one) => [canonicalAggregateText(one), one]))
  if (byText.size !== wanted.size || [...wanted].some((text) => !byText.has(text))) return undefined
  const keys = groups.keys.map(({ id, name, expression }) => {
    const of = (expression as AttributeReference).id
    const column = columns.get(of)
    // Exchanges are the same when identities are in the same places.
    return column && Object.freeze({ id: id === of ? column.id : nextId(), name, expression: column })
  })
  if (!keys.every((key) => key !== undefined)) return undefined
  const input: LogicalPlan = Object.freeze({ kind: 'aggregate', input: total.input, keys, aggregates: made })
  const merging = total.aggregates.map((one) => {
    const { id, name, type, nullable } = byText.get(canonicalAggregateText(one))!
    return mergedBy(one, reference({ id, name, type, nullable }), nextId())
  })
  const above: LogicalPlan = Object.freeze({ kind: 'aggregate', input, keys: [], aggregates: merging })
  const projections = total.aggregates.map((one, i) => resultOf(one, merging[i]!))
  return Object.freeze({ kind: 'project', input: above, projections })
}
