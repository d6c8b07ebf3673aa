import { INTERVAL_DT } from '../../columnar/types.js'
import { call, conjuncts, literal, reference } from '../plan/expression/build.js'
import type { AttributeReference, Expression } from '../plan/expression/expression.js'
import { outputIds, outputOf } from '../plan/logical/output.js'
import type { LogicalJoin, LogicalPlan } from '../plan/logical/plan.js'
import { eventTimeKey, eventTimes, timeOf } from './event-times.js'

/** What of the rows of one side of a join of streams is a time, over the columns of the side. */
export interface SideTimes {
  /** By which they are late. */
  readonly eventTime: Expression | undefined
  /** When the watermark is there, no row of the other side can come any more that matches. */
  readonly expiry: Expression | undefined
  /** How far that may be behind the event times of what comes then. */
  readonly holdsMicros: bigint
}

/**
 * The times of both sides. Where event times are among the keys, both sides expire by these; else a side expires where the condition says that
 * rows which match have event times up to some time of its own.
 */
export function joinTimes(join: LogicalJoin, leftKeys: readonly Expression[], rightKeys: readonly Expression[]) {
  const { left, right, condition } = join
  const found = eventTimeKey(leftKeys, left) ?? eventTimeKey(rightKeys, right)
  if (found) {
    const byKey = (side: LogicalPlan, keys: readonly Expression[]): SideTimes => ({
      eventTime: lateBy(side),
      expiry: timeOf(keys[found.ordinal]!, found),
      holdsMicros: 0n,
    })
    return { left: byKey(left, leftKeys), right: byKey(right, rightKeys) }
  }
  const bounds = condition ? conjuncts(condition).flatMap(boundsOf) : []
  return { left: byBounds(left, right, bounds), right: byBounds(right, left, bounds) }
}

function byBounds(side: LogicalPlan, other: LogicalPlan, bounds: readonly Bound[]): SideTimes {
  const own = outputIds(side)
  const times = eventTimes(other)
  const usable = bounds.filter(({ least, greatest }) => times.has(least.id) && own.has(greatest.id))
  const [first] = usable.toSorted((a, b) => (a.micros < b.micros ? -1 : 1))
  const expiry =
    first && call('timestamp_add', first.greatest.type, [first.greatest, literal(INTERVAL_DT, first.micros)])
  return { eventTime: lateBy(side), expiry, holdsMicros: first && first.micros > 0n ? first.micros : 0n }
}

/** The event time of a relation: a timestamp, or the end of a window. */
function lateBy(plan: LogicalPlan): Expression | undefined {
  const columns = outputOf(plan).map((column) => reference(column))
  const key = eventTimeKey(columns, plan)
  return key && timeOf(columns[key.ordinal]!, key)
}

/** Spark, whose watermarks are in milliseconds, keeps a row for one more where the other one may be at its bound. */
const INCLUSIVE = 1000n

/** No row matches whose time on one side is more than so many microseconds after that on the other side. */
interface Bound {
  readonly least: AttributeReference
  readonly greatest: AttributeReference
  readonly micros: bigint
}

function boundsOf(e: Expression): readonly Bound[] {
  if (e.kind !== 'call' || e.args.length !== 2) return []
  const [a, b] = e.args.map(movedTime)
  if (!a || !b) return []
  switch (e.fn) {
    case 'le':
      return [between(a, b, INCLUSIVE)]
    case 'lt':
      return [between(a, b, 0n)]
    case 'ge':
      return [between(b, a, INCLUSIVE)]
    case 'gt':
      return [between(b, a, 0n)]
    case 'eq':
      return [between(a, b, INCLUSIVE), between(b, a, INCLUSIVE)]
    default:
      return []
  }
}

const between = (least: MovedTime, greatest: MovedTime, micros: bigint): Bound => ({
  least: least.column,
  greatest: greatest.column,
  micros: greatest.micros - least.micros + least.slack + greatest.slack + micros,
})

/** A column, so many microseconds later. */
interface MovedTime {
  readonly column: AttributeReference
  readonly micros: bigint
  /** How many more or less it may be. */
  readonly slack: bigint
}

/** Clocks are put forward and back by less. */
const ZONE_SLACK_MICROS = 3n * 3_600_000_000n

function movedTime(e: Expression): MovedTime | undefined {
  if (e.kind === 'attribute') return { column: e, micros: 0n, slack: 0n }
  if (e.kind !== 'call') return undefined
  const isZoned = e.fn === 'routine' && e.routine?.name === 'zoneMoved'
  const [base, interval] = e.fn === 'timestamp_add' || isZoned ? e.args : []
  const moved = base && movedTime(base)
  if (!moved || interval?.kind !== 'literal' || typeof interval.value !== 'bigint') return undefined
  return {
    ...moved,
    micros: moved.micros + interval.value,
    slack: moved.slack + (isZoned ? ZONE_SLACK_MICROS : 0n),
  }
}
