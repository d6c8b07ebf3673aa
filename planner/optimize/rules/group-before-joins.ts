import { isWhole } from '../../../columnar/orderable-types.js'
import { estimateRows } from '../../physical/estimate.js'
import { columnFacts, keptValues } from '../../physical/selectivity.js'
import { isStreaming } from '../../physical/streaming.js'
import { reference } from '../../plan/expression/build.js'
import type { AggregateCall, Attribute, Expression, ExprId, NamedExpression } from '../../plan/expression/expression.js'
import { mayRaise } from '../../plan/expression/may-raise.js'
import { referencesOf } from '../../plan/expression/transform.js'
import { attributeOf, outputIds, outputOf } from '../../plan/logical/output.js'
import type { LogicalAggregate, LogicalJoin, LogicalPlan } from '../../plan/logical/plan.js'
import { transformPlanUp } from '../../plan/logical/transform.js'
import { freshIds } from '../fresh-ids.js'
import { isMergeable, mergedBy, resultOf } from '../merged-aggregates.js'
import { isNullOfNull } from '../null-conditions.js'
import type { Rule } from '../rule.js'

/**
 * Groups the rows of one side of a join before it (Yan and Larson, 1995), where all aggregates are of that side and its rows share few values of the columns
 * that the join and the groups need: the join then has a row for each of these, and the aggregates above merge what the first ones gave.
 */
export const groupBeforeJoins: Rule = {
  name: 'group before joins',
  apply(plan) {
    if (isStreaming(plan)) return plan
    const nextId = freshIds(plan)
    return transformPlanUp(plan, (node) => (node.kind === 'aggregate' ? grouped(node, nextId) : node))
  },
}

type NextId = () => ExprId
type Side = 'left' | 'right'

/** So many rows for each group, or more, make up for grouping twice whatever the join does with them. */
const LEAST_ROWS_EACH = 4
/** Fewer rows are joined so fast that it does not matter. */
const LEAST_ROWS = 100_000
/** By so many texts of the other side, or more, each row would be hashed and compared, in place of each group: that is dearer than to find the group first. */
const MANY_TEXTS = 2
/** A table of so many groups is near the processor, so that to find one takes less than to put a row into the table of a join. */
const MOST_GROUPS = 1 << 18

function grouped(plan: LogicalAggregate, nextId: NextId): LogicalPlan {
  const { join, keys, aggregates } = overJoin(plan)
  if (!join || keys.length === 0 || aggregates.length === 0 || plan.session) return plan
  const side = sidesOf(join).find((one) => isOfSide(aggregates, join[one], join.type === 'left'))
  if (!side) return plan
  const columns = neededOf(join, side, keys)
  return pays(join, side, columns, keys) ? withGroups({ ...plan, keys, aggregates }, join, side, columns, nextId) : plan
}

/** The aggregate in terms of the join below it, seen through a projection that only leaves columns out. */
function overJoin({ input, keys, aggregates }: LogicalAggregate): {
  readonly join?: LogicalJoin
  readonly keys: readonly NamedExpression[]
  readonly aggregates: readonly AggregateCall[]
} {
  if (input.kind === 'join') return { join: input, keys, aggregates }
  const isSelection = input.kind === 'project' && input.projections.every((one) => isColumn(one))
  return isSelection && input.input.kind === 'join' ? { join: input.input, keys, aggregates } : { keys, aggregates }
}

const isColumn = ({ id, expression }: NamedExpression): boolean =>
  expression.kind === 'attribute' && expression.id === id

/** Rows of these sides may come in groups: what has no match is dropped with its group, or the other side is kept. */
function sidesOf({ type, hint }: LogicalJoin): readonly Side[] {
  if (hint) return []
  return type === 'left' ? ['right'] : type === 'inner' ? ['right', 'left'] : []
}

/**
 * Whether all aggregates can be merged, cannot raise of rows that the join drops, and need columns of a side only.
 * @param isPadded whether that side is NULL where it has no match: what is aggregated must be NULL then too, as no group has such a row
 */
function isOfSide(aggregates: readonly AggregateCall[], side: LogicalPlan, isPadded: boolean): boolean {
  const own = outputIds(side)
  const hasAll = (e: Expression): boolean => [...referencesOf(e)].every((id) => own.has(id))
  const isFit = (arg: Expression): boolean => hasAll(arg) && !mayRaise(arg) && (!isPadded || isNullOfNull(arg, own))
  return aggregates.every((one) => isMergeable(one) && one.args.every(isFit))
}

/** The columns of a side that the join asks for or groups above need. */
function neededOf(join: LogicalJoin, side: Side, keys: readonly NamedExpression[]): readonly Attribute[] {
  const needed = new Set<ExprId>()
  if (join.condition) referencesOf(join.condition, needed)
  for (const { expression } of keys) referencesOf(expression, needed)
  return outputOf(join[side]).filter(({ id }) => needed.has(id))
}

/** By types whose equal values are the same value, and of which ranges tell how many there are. */
function pays(join: LogicalJoin, side: Side, columns: readonly Attribute[], keys: readonly NamedExpression[]): boolean {
  if (columns.length === 0 || columns.some(({ type }) => !isWhole(type))) return false
  const rows = estimateRows(join[side])
  const facts = columnFacts(join[side])
  const groups = columns.reduce((product, { id, type }) => product * keptValues(facts.get(id), type, rows), 1)
  const other = join[side === 'left' ? 'right' : 'left']
  // Of rows that the join drops no groups should be made, nor of those that are looked up in a small table and fall into few groups at once.
  const isKept = estimateRows(join) >= rows / 2
  const isBuilt = join.type === 'left' || estimateRows(other) >= groups || textsOf(other, keys) >= MANY_TEXTS
  return rows >= LEAST_ROWS && groups <= MOST_GROUPS && groups * LEAST_ROWS_EACH <= rows && isKept && isBuilt
}

function textsOf(plan: LogicalPlan, keys: readonly NamedExpression[]): number {
  const own = outputIds(plan)
  return keys.filter(({ expression: e }) => e.kind === 'attribute' && e.type.kind === 'string' && own.has(e.id)).length
}

function withGroups(
  plan: LogicalAggregate,
  join: LogicalJoin,
  side: Side,
  columns: readonly Attribute[],
  nextId: NextId,
): LogicalPlan {
  const first = plan.aggregates.map((one): AggregateCall => Object.freeze({ ...one, id: nextId() }))
  const groups: LogicalPlan = Object.freeze({
    kind: 'aggregate',
    input: join[side],
    keys: columns.map(passedOn),
    aggregates: first,
  })
  const input: LogicalPlan = Object.freeze({ ...join, [side]: groups })
  const columnsOfJoin = new Map(outputOf(input).map((column) => [column.id, column]))
  const merged = plan.aggregates.map((one, i) => mergedBy(one, reference(columnsOfJoin.get(first[i]!.id)!), nextId()))
  const above: LogicalPlan = Object.freeze({ ...plan, input, aggregates: merged })
  const projections = plan.aggregates.map((one, i) => resultOf(one, merged[i]!))
  const keys = plan.keys.map(attributeOf).map(passedOn)
  return Object.freeze({ kind: 'project', input: above, projections: [...keys, ...projections] })
}

const passedOn = (column: Attribute): NamedExpression =>
  Object.freeze({ id: column.id, name: column.name, expression: reference(column) })
