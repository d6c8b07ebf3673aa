import { isOrderable } from '../../../columnar/orderable-types.js'
import { BIGINT, BINARY, BOOLEAN, INT } from '../../../columnar/types.js'
import { onceEach } from '../../../common/once-each.js'
import { bucketNumber } from '../../plan/expression/bucket-number.js'
import { call } from '../../plan/expression/build.js'
import type {
  Attribute,
  Expression,
  ExprId,
  Literal,
  NamedExpression,
  SortOrder,
} from '../../plan/expression/expression.js'
import { sqlText } from '../../plan/expression/sql-text.js'
import { attributeOf } from '../../plan/logical/output.js'
import type { LogicalDraw } from '../../plan/logical/plan.js'
import { mapOrder } from '../../plan/logical/transform.js'
import { physicalInputs } from '../../plan/physical/inputs.js'
import type { RowNumbering } from '../../plan/physical/partitioning.js'
import type {
  PhysicalDraw,
  PhysicalNumbered,
  PhysicalPlan,
  PhysicalRangeBounds,
  PhysicalRanged,
} from '../../plan/physical/plan.js'
import { Binder, boundTo } from '../bind.js'
import type { Planning } from '../planning.js'
import { ANYHOW, EVERYWHERE, IN_ONE_TASK, inOrder, SINGLE } from '../properties.js'
import type { PhysicalOperator } from './operator.js'
import { ordersText } from './text.js'

/* Which rows go to which partition, where that is not told by their hash. */

/** Rows of a sample for each range, and the least and the most of them: the more, the less ranges differ in size. */
const SAMPLE_PER_RANGE = 100
const LEAST_SAMPLE = 4000
const MOST_SAMPLE = 100_000

type Place = (plan: PhysicalPlan) => PhysicalPlan

export const numbered: PhysicalOperator<PhysicalNumbered> = {
  requires: ({ by, inputs: [input] }) => [
    by.kind === 'byTask' || isRepeatable(input) ? ANYHOW : inOrder(rowOrders(input.attributes)),
  ],
  // The number comes last.
  provides: (_, [input]) => input!,
  line: ({ by }) => `Number ${by.kind === 'drawn' ? 'at random' : `${NUMBERINGS[by.kind]}, ${by.count}`}`,
}

/** As numbers, what is drawn goes by the place of a row. */
export const draw: PhysicalOperator<PhysicalDraw> = {
  requires: ({ inputs: [input] }) => [isRepeatable(input) ? ANYHOW : inOrder(rowOrders(input.attributes))],
  provides: (_, [input]) => input!,
  line: ({ kernel, seed, length }) => `Draw ${kernel}${length ? ` of length ${sqlText(length)}` : ''}, seed ${seed}`,
}

export function planDraw(planning: Planning, { input: below, call, column }: LogicalDraw): PhysicalPlan {
  const input = planning.plan(below)
  const [seed, length] = call.args as readonly [Literal, Expression | undefined]
  const of = length ? { length: new Binder(input.attributes).expression(length) } : {}
  const drawn = { kernel: call.routine!.name, seed: seed.value as bigint, ...of }
  return planning.place({ kind: 'draw', inputs: [input], ...drawn, attributes: [...input.attributes, column] })
}

/**
 * Whether a task that is run again has its rows in the same order. Blocks of other tasks come as they can; rows that depend on their place are put in
 * an order of their own before, so that what is computed again fits what was computed before.
 */
const isRepeatable: (plan: PhysicalPlan) => boolean = onceEach(
  (plan) => !FROM_TASKS.has(plan.kind) && physicalInputs(plan).every(isRepeatable),
)
const FROM_TASKS: ReadonlySet<PhysicalPlan['kind']> = new Set(['exchange', 'broadcast', 'cachedScan'])

/** Orders by which only rows that are the same are equal. */
const rowOrders = (attributes: readonly Attribute[]): readonly SortOrder[] =>
  attributes.flatMap((_, i) => valueOrders(boundTo(attributes, i)))

function valueOrders(value: Expression): readonly SortOrder[] {
  const ascending = (expression: Expression): SortOrder => ({ expression, direction: 'asc', nulls: 'first' })
  const { type, nullable } = value
  // Of an array only the place in memory is compared.
  if (type.kind === 'array' && isOrderable(type)) return [ascending(call('order_key', BINARY, [value], { nullable }))]
  if (type.kind !== 'struct') return [ascending(value)]
  const fields = type.fields.map((field, ordinal): Expression => {
    return Object.freeze({
      kind: 'getField',
      child: value,
      ordinal,
      type: field.type,
      nullable: nullable || field.nullable,
    })
  })
  const isNull = call('is_null', BOOLEAN, [value], { nullable: false })
  return [ascending(isNull), ...fields.flatMap(valueOrders)]
}

const NUMBERINGS = { inTurn: 'in turn', byTask: 'task by task' } as const

export const ranged: PhysicalOperator<PhysicalRanged> = {
  requires: () => [ANYHOW, EVERYWHERE],
  provides: (_, [rows]) => rows!,
  line: ({ orders }) => `FindRange [${ordersText(orders)}]`,
}

export const rangeBounds: PhysicalOperator<PhysicalRangeBounds> = {
  requires: () => [IN_ONE_TASK],
  provides: ({ orders }) => ({ ...SINGLE, ordering: orders }),
  line: ({ partitions, orders }) => `RangeBounds ${partitions} [${ordersText(orders)}]`,
}

export const numberedRows = (input: PhysicalPlan, by: RowNumbering, place: Place): PhysicalPlan =>
  place({ kind: 'numbered', inputs: [input], by, attributes: withNumber(input, by.kind === 'drawn' ? BIGINT : INT) })

/** The rows with the number of the bucket that each is in by its keys. */
export function bucketedRows(
  input: PhysicalPlan,
  keys: readonly Expression[],
  buckets: number,
  place: Place,
): PhysicalPlan {
  const attributes = withNumber(input, INT)
  const projections = attributes.map((a, i): NamedExpression => {
    const expression = i < input.attributes.length ? boundTo(input.attributes, i) : bucketNumber(keys, buckets)
    return Object.freeze({ id: a.id, name: a.name, expression })
  })
  return place({ kind: 'project', inputs: [input], projections, attributes })
}

/** The rows with the range of each, by bounds that are taken from a sample of the same rows. */
export function rangedRows(
  input: PhysicalPlan,
  orders: readonly SortOrder[],
  partitions: number,
  place: Place,
): PhysicalPlan {
  const bounds = boundsOf(input, orders, partitions, place)
  const { orders: boundOrders } = bounds
  const attributes = withNumber(input, INT)
  return place({ kind: 'ranged', inputs: [input, place(bounds)], orders, boundOrders, attributes })
}

/**
 * The keys of the rows with the least of numbers drawn for each, first of each task and then of all: a sample in which every row is as likely, and
 * whose size is known.
 */
function boundsOf(
  input: PhysicalPlan,
  orders: readonly SortOrder[],
  partitions: number,
  place: Place,
): PhysicalRangeBounds {
  const projections = orders.map(
    ({ expression }, i): NamedExpression => Object.freeze({ id: i as ExprId, name: `key${i}`, expression }),
  )
  const attributes = projections.map(attributeOf)
  const keys = place({ kind: 'project', inputs: [input], projections, attributes })
  const drawn = numberedRows(keys, { kind: 'drawn' }, place)
  const byNumber: SortOrder = { expression: boundTo(drawn.attributes, orders.length), direction: 'asc', nulls: 'first' }
  const limit = Math.min(MOST_SAMPLE, Math.max(LEAST_SAMPLE, SAMPLE_PER_RANGE * partitions))
  const of = { kind: 'topK', orders: [byNumber], limit, offset: 0, attributes: drawn.attributes } as const
  const ofTask = place({ ...of, isGlobal: false, inputs: [drawn] })
  const sample = place({ ...of, isGlobal: true, inputs: [ofTask] })
  const keyOrders = orders.map((order, i) => mapOrder(order, () => boundTo(attributes, i)))
  return { kind: 'rangeBounds', inputs: [sample], orders: keyOrders, partitions, attributes }
}

/** The columns and one more. Nothing looks the number up by its id. */
const withNumber = ({ attributes }: PhysicalPlan, type: Attribute['type']): readonly Attribute[] => [
  ...attributes,
  Object.freeze({ id: -1 as ExprId, name: 'number', type, nullable: false }),
]
