import { BIGINT, DOUBLE, decimal, STRING, TIME } from '../../../columnar/types.js'
import { clockUnitNanos } from '../../../common/time/calendar-words.js'
import { call, literal, routineCall } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { DETAIL_TEXT, type RoutineError } from '../../plan/expression/routine.js'
import { constantOf } from '../constants/constants.js'
import { castTo, expectType, unexpectedType } from '../types/coercion.js'
import { isIntegral, isNumeric } from '../types/common-types.js'
import { ARITHMETIC } from './arithmetic.js'
import {
  type CallSite,
  exactly,
  type FunctionDefinition,
  type FunctionTable,
  helped,
  kernelCall,
} from './definition.js'
import { microsOfDay, NANOS_PER_MICRO, nanosOf, ofNanos, outOfClock } from './of-day.js'

const NANOS_PER_SECOND = 1_000_000_000n
const NANOS_PER_MILLI = 1_000_000n
const MICROS_PER_DAY = 86_400_000_000n
/** The seconds of a day with microseconds. */
const SECONDS = decimal(14, 6)

/** A time, or a text or NULL as one. */
const anyTime = (e: Expression, position: number, site: CallSite): Expression =>
  e.type.kind === 'time' ? e : expectType(e, TIME, position, site)

/** A time; texts are none here. */
function timeOnly(e: Expression, site: CallSite): Expression {
  if (e.type.kind !== 'time' && e.type.kind !== 'void') throw unexpectedType(e, '"TIME"', 0, site)
  return e.type.kind === 'time' ? e : castTo(e, TIME)
}

/** The nanoseconds of a unit that is told by its name. @throws INVALID_PARAMETER_VALUE.TIME_UNIT at run time */
function unitNanos(unit: Expression, beside: Expression, site: CallSite): Expression {
  const known = constantOf(unit)?.value
  const nanos = typeof known === 'string' ? clockUnitNanos(known) : undefined
  if (nanos !== undefined) return literal(BIGINT, nanos)
  // With what the unit is for, so that a wrong one beside NULL raises nothing.
  const operands = [unit, literal(STRING, site.name), beside]
  const routine = { by: 'host', name: 'calendar.clockUnitNanos', label: site.name, raises: true } as const
  return routineCall(routine, BIGINT, operands, site.origin)
}

const timeDiff: FunctionDefinition = exactly(3, (args, site) => {
  const unit = expectType(args[0]!, STRING, 0, site)
  const [start, end] = [args[1]!, args[2]!].map((time, i) => anyTime(time, i + 1, site))
  const nanos = call('subtract', BIGINT, [nanosOf(end!), nanosOf(start!)])
  return call('int_divide', BIGINT, [nanos, unitNanos(unit, nanos, site)], { origin: site.origin })
})

const timeTrunc: FunctionDefinition = exactly(2, (args, site) => {
  const unit = expectType(args[0]!, STRING, 0, site)
  const time = anyTime(args[1]!, 1, site)
  const nanos = nanosOf(time)
  const rest = call('remainder', BIGINT, [nanos, unitNanos(unit, nanos, site)])
  return ofNanos(call('subtract', BIGINT, [nanos, rest]), time.type)
})

/** What kernels raise of numbers, in the order of `executor/kernels/interface/calendar.ts`. */
const NUMBER_ERRORS: readonly RoutineError[] = [
  outOfClock(`Invalid TIME value: must be between 00:00:00 and 23:59:59.999999999, but got ${DETAIL_TEXT} nanoseconds`),
  outOfClock('Overflow in TIME conversion'),
  outOfClock('Cannot convert NaN or Infinite value to TIME'),
]

const ofUnits = (count: Expression, unit: bigint, site: CallSite): Expression =>
  kernelCall('clockOfUnits', TIME, [castTo(count, BIGINT), literal(BIGINT, unit)], site, { errors: NUMBER_ERRORS })

/** So many units after midnight. */
const fromWhole = (unit: bigint): FunctionDefinition =>
  exactly(1, ([count], site) => {
    const fits = isIntegral(count!.type) || count!.type.kind === 'void'
    if (!fits) throw unexpectedType(count!, '"INTEGRAL"', 0, site)
    return ofUnits(count!, unit, site)
  })

/** So many seconds after midnight, with a fraction to the nanosecond. */
const fromSeconds: FunctionDefinition = exactly(1, ([seconds], site) => {
  const { type } = seconds!
  if (!isNumeric(type) && type.kind !== 'void') throw unexpectedType(seconds!, '"NUMERIC"', 0, site)
  if (type.kind === 'float' || type.kind === 'double')
    return kernelCall('clockOfSeconds', TIME, [castTo(seconds!, DOUBLE)], site, { errors: NUMBER_ERRORS })
  if (type.kind !== 'decimal') return ofUnits(seconds!, NANOS_PER_SECOND, site)
  const nanos = ARITHMETIC['*']!.build([seconds!, literal(decimal(10, 0), NANOS_PER_SECOND)], site)
  return ofUnits(nanos, 1n, site)
})

/** Whole units since midnight. */
const toWhole = (unit: bigint): FunctionDefinition =>
  exactly(1, ([time], site) =>
    call('int_divide', BIGINT, [nanosOf(timeOnly(time!, site)), literal(BIGINT, unit)], { origin: site.origin }),
  )

const toSeconds: FunctionDefinition = exactly(1, ([time], site) =>
  kernelCall('microsWithin', SECONDS, [microsOfDay(timeOnly(time!, site)), literal(BIGINT, MICROS_PER_DAY)], site),
)

export const CLOCK_TIMES: FunctionTable = {
  time_diff: helped(
    '(unit, start, end)',
    'How many whole units lie between two times of day: HOUR, MINUTE, SECOND, MILLISECOND or MICROSECOND.',
    [["time_diff('MINUTE', TIME'20:30:29', TIME'21:30:28')", '59']],
    timeDiff,
  ),
  time_trunc: helped(
    '(unit, time)',
    'The beginning of the unit that a time of day is in: HOUR, MINUTE, SECOND, MILLISECOND or MICROSECOND.',
    [["time_trunc('MINUTE', TIME'09:32:05.359')", '09:32:00']],
    timeTrunc,
  ),
  time_from_seconds: helped(
    '(number)',
    'So many seconds after midnight, which may have a fraction.',
    [['time_from_seconds(14706.5)', '04:05:06.5']],
    fromSeconds,
  ),
  time_from_millis: helped(
    '(number)',
    'So many milliseconds after midnight.',
    [['time_from_millis(52200123)', '14:30:00.123']],
    fromWhole(NANOS_PER_MILLI),
  ),
  time_from_micros: helped(
    '(number)',
    'So many microseconds after midnight.',
    [['time_from_micros(52200123456)', '14:30:00.123456']],
    fromWhole(NANOS_PER_MICRO),
  ),
  time_to_seconds: helped(
    '(time)',
    'The seconds since midnight with their fraction.',
    [["time_to_seconds(TIME'14:30:00.5')", '52200.500000']],
    toSeconds,
  ),
  time_to_millis: helped(
    '(time)',
    'The whole milliseconds since midnight.',
    [["time_to_millis(TIME'14:30:00.5')", '52200500']],
    toWhole(NANOS_PER_MILLI),
  ),
  time_to_micros: helped(
    '(time)',
    'The microseconds since midnight.',
    [["time_to_micros(TIME'14:30:00.5')", '52200500000']],
    toWhole(NANOS_PER_MICRO),
  ),
}
