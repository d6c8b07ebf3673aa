import { BOOLEAN } from '../../columnar/types.js'
import { isStreaming } from '../physical/streaming.js'
import { booleanLiteral, call, fieldOf, reference, routineCall } from '../plan/expression/build.js'
import type {
  AggregateCall,
  Attribute,
  Call,
  Case,
  Expression,
  ExprId,
  NamedExpression,
  WindowCall,
  WindowFrame,
} from '../plan/expression/expression.js'
import { isTimeWindow } from '../plan/expression/foldable.js'
import { attributeOf, outputOf } from '../plan/logical/output.js'
import type { LogicalAggregate, LogicalPlan } from '../plan/logical/plan.js'
import { groupedDistinct } from './grouping/distinct-aggregates.js'
import { keep, withLayer } from './names/visible.js'

type NextId = () => ExprId

/** The call that a value comes of, if it is a session window: itself, or a column of a relation below that is one. */
export function sessionOf(e: Expression, input: LogicalPlan): Call | undefined {
  // A window is a struct of two times: most keys need not be followed down the plan.
  if (e.type.kind !== 'struct') return undefined
  if (isTimeWindow(e) && e.routine!.name === 'session') return e
  return e.kind === 'attribute' ? definedBelow(e.id, input) : undefined
}

function definedBelow(id: ExprId, plan: LogicalPlan): Call | undefined {
  switch (plan.kind) {
    case 'project':
    case 'aggregate': {
      const columns = plan.kind === 'project' ? plan.projections : plan.keys
      const column = columns.find((one) => one.id === id)
      return column && sessionOf(column.expression, plan.input)
    }
    case 'join':
      return definedBelow(id, plan.left) ?? definedBelow(id, plan.right)
    case 'filter':
    case 'window':
    case 'replicate':
    case 'expand':
    case 'sample':
    case 'draw':
    case 'evaluate':
    case 'sort':
    case 'repartition':
    case 'limit':
    case 'observe':
    case 'watermark':
    case 'deduplicate':
    case 'cached':
      return definedBelow(id, plan.input)
    case 'scan':
    case 'local':
    case 'oneRow':
    case 'range':
    case 'values':
    case 'union':
    case 'mapPartitions':
      return undefined
  }
}

/**
 * A GROUP BY. Of a session window among its keys those are one group that overlap or meet, among rows that agree in the other keys: windows of SQL find
 * where sessions begin, whose starts then stand for them.
 */
export function grouped(plan: LogicalAggregate, nextId: NextId): LogicalPlan {
  const at = plan.keys.findIndex(({ expression }) => sessionOf(expression, plan.input))
  if (at < 0) return groupedDistinct(plan, nextId)
  if (isStreaming(plan.input)) return groupedStream(plan, at, nextId)
  const { input, keys, start, end } = sessionRows(plan, at, nextId)
  const last = extreme('max', nextId(), 'session_end', reference(end))
  const inner = groupedDistinct({ ...plan, input, keys, aggregates: [...plan.aggregates, last] }, nextId)
  return withSessionKey(plan, at, inner, [reference(start), reference(last)])
}

/** Of a stream only the sessions of its state tell where one begins: the operator that keeps them finds that out. */
function groupedStream(plan: LogicalAggregate, at: number, nextId: NextId): LogicalPlan {
  const { input, computed, times } = timedRows(plan, at, nextId)
  const start = extreme('min', nextId(), 'session_start', reference(times[0]))
  const end = extreme('max', nextId(), 'session_end', reference(times[1]))
  const keys = plan.keys.map((key, i) => Object.freeze({ ...key, expression: reference(attributeOf(computed[i]!)) }))
  const groups: LogicalAggregate = {
    kind: 'aggregate',
    input,
    keys: keys.toSpliced(at, 1),
    aggregates: [...plan.aggregates, start, end],
    session: Object.freeze({ start: start.id, end: end.id }),
  }
  const inner = groupedDistinct(Object.freeze(groups), nextId)
  return withSessionKey(plan, at, inner, [reference(start), reference(end)])
}

/** The columns of a GROUP BY over those of its groups, of which one is the session. */
function withSessionKey(
  plan: LogicalAggregate,
  at: number,
  input: LogicalPlan,
  times: readonly [start: Expression, end: Expression],
): LogicalPlan {
  const routine = { by: 'window', name: 'session', label: 'session_window' } as const
  const session = routineCall(routine, plan.keys[at]!.expression.type, times, undefined)
  const projections = outputOf(plan).map((column, i) =>
    i === at ? Object.freeze({ ...keep(column), expression: session }) : keep(column),
  )
  return Object.freeze({ kind: 'project', input, projections })
}

interface SessionRows {
  readonly input: LogicalPlan
  /** The start of the session among them. */
  readonly keys: readonly NamedExpression[]
  readonly start: Attribute
  /** Of the row. */
  readonly end: Attribute
}

const AT_CURRENT = { kind: 'current' } as const
const BEFORE_ALL = { kind: 'unbounded' } as const

interface TimedRows {
  readonly input: LogicalPlan
  /** The keys as columns of the rows. */
  readonly computed: readonly NamedExpression[]
  readonly times: readonly [start: Attribute, end: Attribute]
}

/** The rows with when each begins and ends. */
function timedRows(plan: LogicalAggregate, at: number, nextId: NextId): TimedRows {
  const computed = plan.keys.map((key) =>
    key.expression.kind === 'attribute' ? key : Object.freeze({ ...key, id: nextId() }),
  )
  const whole = reference(attributeOf(computed[at]!))
  const fields = whole.type.kind === 'struct' ? whole.type.fields : []
  const own = ['start', 'end'].map((name, i) =>
    Object.freeze({ id: nextId(), name, expression: fieldOf(whole, fields, i) }),
  )
  const input = withLayer(withLayer(plan.input, computed), own)
  return { input, computed, times: own.map(attributeOf) as [Attribute, Attribute] }
}

/** The rows with the start of the session that they are in. */
function sessionRows(plan: LogicalAggregate, at: number, nextId: NextId): SessionRows {
  const { input: rows, computed, times } = timedRows(plan, at, nextId)
  const [start, end] = times
  const others = computed.flatMap((key, i) => (i === at ? [] : [reference(attributeOf(key))]))
  const over = (input: LogicalPlan, name: string, of: Expression, frame: WindowFrame) => {
    const orderBy = [{ expression: reference(start), direction: 'asc', nulls: 'first' } as const]
    const column: WindowCall = Object.freeze({
      ...extreme('max', nextId(), name, of),
      fn: 'max',
      ignoresNulls: false,
      frame,
    })
    const plan: LogicalPlan = Object.freeze({ kind: 'window', input, partitionBy: others, orderBy, calls: [column] })
    return { plan, value: reference(column) }
  }
  const before: WindowFrame = { unit: 'rows', lower: BEFORE_ALL, upper: { kind: 'offset', offset: -1 } }
  const previous = over(rows, 'previous_end', reference(end), before)
  const opened = opening(reference(start), previous.value)
  const openedColumn = Object.freeze({ id: nextId(), name: 'opened', expression: opened })
  // A range, so that rows which begin at once are in one session whichever of them comes first.
  const until: WindowFrame = { unit: 'range', lower: BEFORE_ALL, upper: AT_CURRENT }
  const latest = over(
    withLayer(previous.plan, [openedColumn]),
    'session_start',
    reference(attributeOf(openedColumn)),
    until,
  )
  const startColumn = attributeOf({ id: nextId(), name: 'session_start', expression: latest.value })
  const keys = computed.map((key, i) =>
    i === at
      ? Object.freeze({ id: startColumn.id, name: startColumn.name, expression: latest.value })
      : Object.freeze({ ...plan.keys[i]!, expression: reference(attributeOf(key)) }),
  )
  return { input: latest.plan, keys, start: startColumn, end }
}

/** Its start, of a row that is the first of a session: no other reaches it. */
function opening(start: Expression, previous: Expression): Expression {
  const isFirst = call('coalesce', BOOLEAN, [call('gt', BOOLEAN, [start, previous]), booleanLiteral(true)])
  const value: Case = { kind: 'case', branches: [{ when: isFirst, value: start }], type: start.type, nullable: true }
  return Object.freeze(value)
}

const extreme = (fn: 'min' | 'max', id: ExprId, name: string, of: Expression): AggregateCall =>
  Object.freeze({ id, name, fn, args: [of], distinct: false, type: of.type, nullable: true })
