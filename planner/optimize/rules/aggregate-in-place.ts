import { estimateRows } from '../../physical/estimate.js'
import { conjuncts, reference } from '../../plan/expression/build.js'
import type {
  AggregateCall,
  AttributeReference,
  Expression,
  NamedExpression,
  WindowCall,
  WindowFrame,
} from '../../plan/expression/expression.js'
import { sumHasRoom } from '../../plan/expression/sum-room.js'
import { mapAll } from '../../plan/expression/transform.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalAggregate, LogicalJoin, LogicalPlan } from '../../plan/logical/plan.js'
import { transformPlanUp } from '../../plan/logical/transform.js'
import { substitute } from '../expressions.js'
import { areEqual, isSameJoin, joinedRelations, type SameColumns, waysWithin } from '../joined-relations.js'
import type { Rule } from '../rule.js'
import { reorderJoins } from './reorder-joins.js'

/**
 * A subquery that aggregates the very rows that the query around joins, for each value of the column that they are joined by, reads no rows of its own: its
 * aggregates are those of a window over the joined ones (Zuzarte et al., 2003). So TPC-H 2 and 17 read their largest table once.
 */
export const aggregateInPlace: Rule = {
  name: 'aggregate in place',
  apply: (plan) => transformPlanUp(plan, (node) => (node.kind === 'join' ? inPlace(node) : node)),
}

function inPlace(join: LogicalJoin): LogicalPlan {
  const { left, right: groups, type, condition } = join
  if (type !== 'left' || join.hint || groups.kind !== 'aggregate' || groups.session) return join
  const [key, ...others] = groups.keys
  if (key?.expression.kind !== 'attribute' || others.length > 0 || !groups.aggregates.every(isSameOfCopies)) return join
  const outer = condition && comparedWith(condition, key)
  const [own, around] = [joinedRelations(groups.input), joinedRelations(left)]
  if (!outer) return join
  const id = key.expression.id
  const columns = waysWithin(own, around).find((way) => {
    const by = way.get(id)!
    return areEqual(around, by, outer) && isSameJoin(own, around, way, by)
  })
  return columns && spares(left, own.relations) ? windowed(join, groups, columns, columns.get(id)!) : join
}

/** The column that a join compares the key of groups with, and nothing else. */
function comparedWith(condition: Expression, key: NamedExpression): AttributeReference | undefined {
  const [equality, ...others] = conjuncts(condition)
  if (others.length > 0 || equality?.kind !== 'call' || equality.fn !== 'eq') return undefined
  const [a, b] = equality.args
  if (a?.kind !== 'attribute' || b?.kind !== 'attribute') return undefined
  return a.id === key.id ? b : b.id === key.id ? a : undefined
}

/**
 * Whether it does not matter how often all rows come that are aggregated, if only each comes as often. Averages of doubles depend on the order, and those of
 * decimals sum what comes: there must be room for it.
 */
function isSameOfCopies({ fn, args, filter, type }: AggregateCall): boolean {
  if (filter) return false
  return fn === 'min' || fn === 'max' || (fn === 'avg' && type.kind === 'decimal' && sumHasRoom(args[0]!.type))
}

/** Rows are brought together and sorted for a window: there must be so many fewer of them than are not read again. */
const LEAST_SPARED = 8

const spares = (joined: LogicalPlan, relations: readonly LogicalPlan[]): boolean =>
  estimateRows(reorderJoins.apply(joined)) * LEAST_SPARED <= relations.reduce((sum, one) => sum + estimateRows(one), 0)

function windowed(
  join: LogicalJoin,
  groups: LogicalAggregate,
  columns: SameColumns,
  by: AttributeReference,
): LogicalPlan {
  const calls = groups.aggregates.map((one) => overPartition(one, columns))
  const input: LogicalPlan = Object.freeze({ kind: 'window', input: join.left, partitionBy: [by], orderBy: [], calls })
  const projections = outputOf(join).map((column): NamedExpression => {
    const expression = column.id === groups.keys[0]!.id ? by : reference(column)
    return Object.freeze({ id: column.id, name: column.name, expression })
  })
  return Object.freeze({ kind: 'project', input, projections })
}

const WHOLE_PARTITION: WindowFrame = { unit: 'rows', lower: { kind: 'unbounded' }, upper: { kind: 'unbounded' } }

function overPartition({ id, name, fn, args, type, origin }: AggregateCall, columns: SameColumns): WindowCall {
  return Object.freeze({
    id,
    name,
    fn,
    args: mapAll(args, (arg) => substitute(arg, columns)),
    ignoresNulls: false,
    frame: WHOLE_PARTITION,
    type,
    nullable: true,
    ...(origin ? { origin } : {}),
  })
}
