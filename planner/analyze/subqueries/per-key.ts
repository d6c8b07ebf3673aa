import { BOOLEAN, INT } from '../../../columnar/types.js'
import { call, conjunction, literal, reference } from '../../plan/expression/build.js'
import type {
  Attribute,
  Expression,
  ExprId,
  NamedExpression,
  SortOrder,
  WindowCall,
} from '../../plan/expression/expression.js'
import { attributeOf, outputOf } from '../../plan/logical/output.js'
import type { LogicalLimit, LogicalPlan, LogicalWindow } from '../../plan/logical/plan.js'
import { keep } from '../names/visible.js'
import { partsOf } from '../sort-order.js'

/* What windows and LIMIT of a subquery become when its rows for all rows around lie in one relation: keys tell which of them belong together. */

/** A window that sees only rows of the same keys. */
export function windowPerKey(plan: LogicalWindow, keys: readonly Attribute[], nextId: () => ExprId): LogicalPlan {
  const { computed, partitionBy } = partitionsOf(keys, nextId)
  const partitioned = { ...plan, partitionBy: [...plan.partitionBy, ...partitionBy] }
  if (computed.length === 0) return Object.freeze(partitioned)
  const input: LogicalPlan = Object.freeze({
    kind: 'project',
    input: plan.input,
    projections: [...outputOf(plan.input).map(keep), ...computed],
  })
  const window: LogicalPlan = Object.freeze({ ...partitioned, input })
  return Object.freeze({ kind: 'project', input: window, projections: outputOf(plan).map(keep) })
}

/** What rows are divided by, as in a window that is written: columns that sort as keys do, which those of arrays, structs and texts with collations do not themselves. */
function partitionsOf(
  keys: readonly Attribute[],
  nextId: () => ExprId,
): { readonly computed: readonly NamedExpression[]; readonly partitionBy: readonly Expression[] } {
  const computed: NamedExpression[] = []
  const parts = keys.flatMap((key) => partsOf(reference(key)))
  return { computed, partitionBy: parts.map((part) => asColumn(part, '_key', computed, nextId)) }
}

/** The expression as a column, which is added to those that are computed unless it is one of the rows. */
function asColumn(expression: Expression, name: string, computed: NamedExpression[], nextId: () => ExprId): Expression {
  if (expression.kind === 'attribute') return expression
  const column: NamedExpression = Object.freeze({ id: nextId(), name, expression })
  computed.push(column)
  return reference(attributeOf(column))
}

/** A LIMIT with what is below: whatever projects rows is taken above it, and an order below counts for it. */
export interface OpenLimit {
  readonly limit: LogicalLimit
  readonly orders: readonly SortOrder[]
  readonly input: LogicalPlan
}

/** The LIMIT as one over no select list, or that list over it. */
export function openLimit(limit: LogicalLimit): OpenLimit | LogicalPlan {
  const { input } = limit
  if (input.kind === 'project') {
    const below: LogicalPlan = Object.freeze({ ...limit, input: input.input })
    return Object.freeze({ ...input, input: below })
  }
  return input.kind === 'sort' ? { limit, orders: input.orders, input: input.input } : { limit, orders: [], input }
}

const WHOLE_PARTITION: WindowCall['frame'] = {
  unit: 'rows',
  lower: { kind: 'unbounded' },
  upper: { kind: 'current' },
}

/** As many rows of each combination of keys as a LIMIT allows, by their numbers in its order. */
export function limitPerKey(
  { limit: { limit, offset }, orders }: OpenLimit,
  rows: LogicalPlan,
  keys: readonly Attribute[],
  nextId: () => ExprId,
): LogicalPlan {
  const output = outputOf(rows)
  const { computed: ofKeys, partitionBy } = partitionsOf(keys, nextId)
  const computed: NamedExpression[] = [...ofKeys]
  const orderBy = orders.map(
    (order): SortOrder =>
      Object.freeze({ ...order, expression: asColumn(order.expression, '_order', computed, nextId) }),
  )
  const input: LogicalPlan =
    computed.length === 0
      ? rows
      : Object.freeze({ kind: 'project', input: rows, projections: [...output.map(keep), ...computed] })
  const place: WindowCall = Object.freeze({
    id: nextId(),
    name: '_place',
    fn: 'row_number',
    args: [],
    ignoresNulls: false,
    frame: WHOLE_PARTITION,
    type: INT,
    nullable: false,
  })
  const numbered: LogicalPlan = Object.freeze({ kind: 'window', input, partitionBy, orderBy, calls: [place] })
  const bounds = [
    ...(offset > 0 ? [call('gt', BOOLEAN, [reference(place), literal(INT, offset)])] : []),
    ...(limit < Number.MAX_SAFE_INTEGER ? [call('le', BOOLEAN, [reference(place), literal(INT, offset + limit)])] : []),
  ]
  const condition = conjunction(bounds)
  const within: LogicalPlan = condition ? Object.freeze({ kind: 'filter', input: numbered, condition }) : numbered
  return Object.freeze({ kind: 'project', input: within, projections: output.map(keep) })
}

/** A limit decides nothing about whether there is a row, unless it allows none or leaves some out. */
export function withoutLimit(plan: LogicalPlan): LogicalPlan {
  if (plan.kind === 'limit' && plan.limit > 0 && plan.offset === 0) return withoutLimit(plan.input)
  return plan
}
