import { INTERVAL_DT } from '../../columnar/types.js'
import { onceEach } from '../../common/once-each.js'
import { fieldOf, literal } from '../plan/expression/build.js'
import type { Expression, ExprId, NamedExpression } from '../plan/expression/expression.js'
import { sameExpression } from '../plan/expression/same.js'
import { outputOf } from '../plan/logical/output.js'
import type { EventTimeColumn, LogicalAggregate, LogicalPlan, LogicalUnion } from '../plan/logical/plan.js'
import { inputsOf } from '../plan/logical/transform.js'

/* Which values of a stream are event times: columns that a watermark declares, windows over them, and what is grouped by these. */

/** The column of a relation that is its event time. */
export function eventTimeOf(plan: LogicalPlan): EventTimeColumn | undefined {
  const times = eventTimes(plan)
  const column = outputOf(plan).find(({ id, type }) => times.has(id) && type.kind !== 'struct')
  return column && { column: column.id, delayMicros: delayBelow(plan) }
}

/** The greatest delay of the watermarks of a relation. */
function delayBelow(plan: LogicalPlan): bigint {
  const delays = inputsOf(plan).map(delayBelow)
  if (plan.kind === 'watermark') delays.push(plan.delayMicros)
  return delays.reduce((most, delay) => (delay > most ? delay : most), 0n)
}

type Times = ReadonlySet<ExprId>

/** The columns of a relation that are event times, or windows that end at one. */
export const eventTimes: (plan: LogicalPlan) => Times = onceEach((plan) => {
  switch (plan.kind) {
    case 'union':
      return unitedEventTimes(plan)
    case 'aggregate':
      return new Set([...timesAmong(plan.keys, plan.input), ...sessionEnd(plan)])
    case 'project':
      return timesAmong(plan.projections, plan.input)
    case 'watermark':
      return new Set([...eventTimes(plan.input), plan.column])
    case 'scan':
    case 'local':
    case 'oneRow':
    case 'range':
    case 'values':
    case 'filter':
    case 'window':
    case 'join':
    case 'replicate':
    case 'expand':
    case 'sample':
    case 'draw':
    case 'evaluate':
    case 'mapPartitions':
    case 'sort':
    case 'repartition':
    case 'limit':
    case 'observe':
    case 'deduplicate':
    case 'cached':
      return new Set(inputsOf(plan).flatMap((input) => [...eventTimes(input)]))
  }
})

function timesAmong(columns: readonly NamedExpression[], input: LogicalPlan): Times {
  const times = eventTimes(input)
  if (times.size === 0) return times
  return new Set(columns.filter(({ expression }) => timeWithin(expression, times)).map(({ id }) => id))
}

/** A column of a union is one when it is one of each input; what state begins with has no time. */
function unitedEventTimes({ inputs, output, withInitial }: LogicalUnion): Times {
  const ofInputs = (withInitial ? inputs.slice(0, 1) : inputs).map((input) => ({
    columns: outputOf(input),
    times: eventTimes(input),
  }))
  const isTime = (i: number): boolean => ofInputs.every(({ columns, times }) => times.has(columns[i]!.id))
  return new Set(output.filter((_, i) => isTime(i)).map(({ id }) => id))
}

/** The end of sessions, where they are of event time. */
function sessionEnd({ session, aggregates, input }: LogicalAggregate): readonly ExprId[] {
  const start = aggregates.find(({ id }) => id === session?.start)
  return session && start && timeWithin(start.args[0]!, eventTimes(input)) ? [session.end] : []
}

/** The event time of sessions is when they end. */
export const hasSessionsOfEventTime = (plan: LogicalAggregate): boolean => sessionEnd(plan).length > 0

/** What of a value is an event time: the value itself, or the end of a window. */
interface TimeWithin {
  /** Of a window, the position of its end in the struct. */
  readonly endField: number | undefined
}

const END = 1

function timeWithin(e: Expression, times: Times): TimeWithin | undefined {
  if (isTime(e, times)) return { endField: undefined }
  if (isWindowColumn(e, times)) return { endField: END }
  if (e.kind !== 'call' || e.fn !== 'named_struct' || e.args.length !== 2) return undefined
  const [start, end] = e.args
  return isTime(end!, times) || isStartOfWindow(start!, times) ? { endField: END } : undefined
}

/** The start of a window over an event time; of one that slides, of the last one or of one before. */
function isStartOfWindow(e: Expression, times: Times): boolean {
  if (e.kind !== 'call') return false
  if (e.fn === 'timestamp_add') return isStartOfWindow(e.args[0]!, times)
  return e.fn === 'window_start' && isTime(e.args[0]!, times)
}

const isWindowColumn = (e: Expression, times: Times): boolean =>
  e.kind === 'attribute' && e.type.kind === 'struct' && times.has(e.id)

/** An event time, or the last moment of a window or a session. */
function isTime(e: Expression, times: Times): boolean {
  if (e.kind === 'attribute') return e.type.kind !== 'struct' && times.has(e.id)
  if (e.kind !== 'call' || e.fn !== 'timestamp_add' || !sameExpression(e.args[1]!, MICRO_BEFORE)) return false
  const [end] = e.args
  if (end!.kind === 'getField') return end!.ordinal === END && isWindowColumn(end!.child, times)
  return isTime(end!, times)
}

const MICRO_BEFORE = literal(INTERVAL_DT, -1n)

interface EventTimeKey extends TimeWithin {
  readonly ordinal: number
}

/** The first of some values of the rows of a relation that event time bounds. */
export function eventTimeKey(keys: readonly Expression[], input: LogicalPlan): EventTimeKey | undefined {
  const times = eventTimes(input)
  for (const [ordinal, key] of keys.entries()) {
    const found = timeWithin(key, times)
    if (found) return { ordinal, ...found }
  }
  return undefined
}

/** The event time that is, or is within, a value. */
export function timeOf(value: Expression, { endField }: TimeWithin): Expression {
  if (endField === undefined || value.type.kind !== 'struct') return value
  return fieldOf(value, value.type.fields, endField)
}
