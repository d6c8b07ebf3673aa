import {
  array,
  BIGINT,
  BOOLEAN,
  type DataType,
  type DayTimeIntervalType,
  INT,
  INTERVAL_DT,
  TIMESTAMP_NTZ,
  type YearMonthIntervalType,
} from '../../../columnar/types.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { castTo } from '../types/coercion.js'
import { castInterval } from '../types/interval-casts.js'
import { isCalendar, leastMicros, movedByParts, movingParts } from './calendar-intervals.js'
import { buildCase } from './conditional.js'
import { type CallSite, kernelCall, type RoutineTraits } from './definition.js'
import { multiplyInterval } from './interval-arithmetic.js'
import { madeLambda, madeVariables } from './made-lambdas.js'
import { movedByMonths, movedByTime } from './moved-timestamp.js'
import { raising } from './raising.js'

/* Dates and timestamps from one to another, by an interval: the start moved by each multiple of it, up to as many as there may be. */

const MICROS_PER_DAY = 86_400_000_000n
/** The shortest month, so that no sequence has more elements than are counted. */
const DAYS_PER_MONTH = 28n
const DAYS: DayTimeIntervalType = Object.freeze({ kind: 'interval_dt', fields: ['day', 'day'] as const })
const MONTHS: YearMonthIntervalType = Object.freeze({ kind: 'interval_ym', fields: ['month', 'month'] as const })

export const isMoment = ({ kind }: DataType): boolean =>
  kind === 'date' || kind === 'timestamp' || kind === 'timestamp_ntz'

interface TimeSequence {
  /** Of dates what clocks show when they begin. */
  readonly start: Expression
  readonly stop: Expression
  readonly step: Expression
}

/** @param count how the kernel of sequences refuses what is no sequence, or is too long */
export function timeSequence(
  [start, stop]: readonly [Expression, Expression],
  given: Expression | undefined,
  count: RoutineTraits,
  site: CallSite,
): Expression {
  const isOfDates = start.type.kind === 'date'
  const [first, last] = isOfDates ? [castTo(start, TIMESTAMP_NTZ), castTo(stop, TIMESTAMP_NTZ)] : [start, stop]
  const step = given ? stepOf(given, isOfDates, site) : dayToward(first, last, site)
  const sequence = { start: first, stop: last, step }
  const elements = upTo(sequence, every(sequence, count, site), site)
  return isOfDates ? castTo(elements, array(start.type)) : elements
}

const compared = (fn: 'lt' | 'le' | 'gt' | 'ge', a: Expression, b: Expression): Expression => call(fn, BOOLEAN, [a, b])
const ofStep = ({ type }: Expression, value: bigint): Expression =>
  literal(type, type.kind === 'interval_ym' ? Number(value) : value)

/** A day forth or back. */
function dayToward(start: Expression, stop: Expression, site: CallSite): Expression {
  const forth = { when: compared('le', start, stop), value: literal(INTERVAL_DT, MICROS_PER_DAY) }
  return buildCase([forth], literal(INTERVAL_DT, -MICROS_PER_DAY), site)
}

/** The step, which for dates is at least a day. @throws _LEGACY_ERROR_TEMP_3242 */
function stepOf(step: Expression, isOfDates: boolean, site: CallSite): Expression {
  const isOfMonths = step.type.kind === 'interval_ym'
  if (!isOfDates) return step
  if (isCalendar(step)) return ofDays(step, site)
  const least = isOfMonths ? 1n : MICROS_PER_DAY
  const isShort = [compared('lt', step, ofStep(step, least)), compared('gt', step, ofStep(step, -least))]
  const parameters = { intervalType: isOfMonths ? 'interval year to month' : 'interval day to second' }
  const refused = raising('_LEGACY_ERROR_TEMP_3242', { parameters }, step.type, site)
  return buildCase([{ when: call('and', BOOLEAN, isShort), value: refused }], step, site)
}

/** A step of months and days, of which there is at least one. @throws _LEGACY_ERROR_TEMP_3242 */
function ofDays(step: Expression, site: CallSite): Expression {
  const length = leastMicros(step, site)
  const isShort = [
    compared('lt', length, literal(BIGINT, MICROS_PER_DAY)),
    compared('gt', length, literal(BIGINT, -MICROS_PER_DAY)),
  ]
  const parameters = { intervalType: 'interval' }
  const refused = raising('_LEGACY_ERROR_TEMP_3242', { parameters }, step.type, site)
  return buildCase([{ when: call('and', BOOLEAN, isShort), value: refused }], step, site)
}

const micros = (time: Expression): Expression => call('unix_micros', BIGINT, [time])

/** The length of a step, at least. */
function microsOfStep(step: Expression, site: CallSite): Expression {
  if (isCalendar(step)) return leastMicros(step, site)
  if (step.type.kind === 'interval_dt')
    return micros(call('timestamp_add', TIMESTAMP_NTZ, [literal(TIMESTAMP_NTZ, 0n), step]))
  const months = castInterval(castInterval(step, MONTHS, 'ansi', site.origin), BIGINT, 'ansi', site.origin)
  return call('multiply', BIGINT, [months, literal(BIGINT, DAYS_PER_MONTH * MICROS_PER_DAY)], { origin: site.origin })
}

/** The start and so many multiples of the step later, some of which may lie behind the stop. */
function every({ start, stop, step }: TimeSequence, count: RoutineTraits, site: CallSite): Expression {
  const bounds = [micros(start), micros(stop), microsOfStep(step, site), literal(BOOLEAN, true)]
  const places = kernelCall('packedSequence', array(BIGINT, false), bounds, site, { ...count, types: ['result'] })
  const [place, index] = madeVariables([BIGINT, INT], [start, step])
  const body = later(start, step, Object.freeze({ ...index!, nullable: false }), site)
  const lambda = madeLambda([place!, index!], body)
  return call('transform', array(body.type, body.nullable), [places, lambda], { origin: site.origin, nullable: true })
}

/** A time a multiple of a step later: its days by the clocks, and the rest as it passes. */
function later(start: Expression, step: Expression, times: Expression, site: CallSite): Expression {
  const multiple = (part: Expression): Expression => multiplyInterval(part, times, site)!
  if (step.type.kind === 'interval_ym') return movedByMonths(start, multiple(step), site)
  if (isCalendar(step)) {
    const { months, days, micros: rest } = movingParts(step, site)
    return movedByParts(start, { months: multiple(months), days: multiple(days), micros: multiple(rest) }, site)
  }
  const whole = castInterval(step, INTERVAL_DT, 'ansi', site.origin)
  const days = castInterval(castInterval(whole, DAYS, 'ansi', site.origin), INTERVAL_DT, 'ansi', site.origin)
  const rest = call('subtract', INTERVAL_DT, [whole, days], { origin: site.origin })
  const onDay = movedByTime(start, multiple(days), site)
  return call('timestamp_add', onDay.type, [onDay, multiple(rest)], { origin: site.origin })
}

/** Those that do not lie behind the stop. */
function upTo({ start, stop, step }: TimeSequence, elements: Expression, site: CallSite): Expression {
  const [element] = madeVariables([start.type], [stop, step])
  const isForth = isCalendar(step)
    ? compared('gt', leastMicros(step, site), literal(BIGINT, 0n))
    : compared('gt', step, ofStep(step, 0n))
  const forth = call('and', BOOLEAN, [isForth, compared('le', element!, stop)])
  const back = call('and', BOOLEAN, [call('not', BOOLEAN, [isForth]), compared('ge', element!, stop)])
  const lambda = madeLambda([element!], call('or', BOOLEAN, [forth, back]))
  return call('filter', elements.type, [elements, lambda], { origin: site.origin, nullable: true })
}
