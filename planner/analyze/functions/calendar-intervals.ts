import { packInterval } from '../../../columnar/times/interval-parts.js'
import {
  BIGINT,
  BOOLEAN,
  DATE,
  type DayTimeField,
  DOUBLE,
  decimal,
  INT,
  INTERVAL,
  INTERVAL_DT,
  INTERVAL_YM,
  TIMESTAMP,
  TINYINT,
  type YearMonthField,
} from '../../../columnar/types.js'
import { call, literal, orNull } from '../../plan/expression/build.js'
import type { Call, Expression } from '../../plan/expression/expression.js'
import type { RoutineError } from '../../plan/expression/routine.js'
import { isLenient, unlessAnsi } from '../session.js'
import { castTo, expectType } from '../types/coercion.js'
import { castInterval } from '../types/interval-casts.js'
import { buildCase } from './conditional.js'
import {
  between,
  type CallSite,
  type FunctionDefinition,
  type FunctionTable,
  helped,
  kernelCall,
} from './definition.js'
import { movedByMonths, movedByTime } from './moved-timestamp.js'
import { raising } from './raising.js'

/* Intervals of months, days and microseconds, which move times part after part. */

export const isCalendar = ({ type }: Expression): boolean => type.kind === 'interval'

const OVERFLOW: RoutineError = {
  condition: 'ARITHMETIC_OVERFLOW',
  parameters: { message: 'overflow', alternative: '', config: '"spark.sql.ansi.enabled"' },
}

/** A kernel that raises what is too large; outside of ANSI mode parts wrap. */
function checked(kernel: string, args: readonly Expression[], site: CallSite): Call {
  const made = kernelCall(kernel, INTERVAL, args, site, { errors: [OVERFLOW] })
  const failure = unlessAnsi('wrap')
  return failure ? Object.freeze({ ...made, failure }) : made
}

export const addedIntervals = (a: Expression, b: Expression, site: CallSite): Expression =>
  checked('intervalAdd', [a, b], site)

export const subtractedIntervals = (a: Expression, b: Expression, site: CallSite): Expression =>
  checked('intervalSubtract', [a, b], site)

const NOTHING = packInterval({ months: 0, days: 0, micros: 0n })

/** The interval with the sign of each part turned. */
export const negatedInterval = (interval: Expression, site: CallSite): Expression =>
  subtractedIntervals(literal(INTERVAL, NOTHING), interval, site)

export const scaledInterval = (interval: Expression, factor: Expression, site: CallSite): Expression =>
  checked('intervalScaled', [interval, castTo(factor, DOUBLE)], site)

/** @throws INTERVAL_DIVIDED_BY_ZERO at run time; outside of ANSI mode it is NULL */
export function dividedInterval(interval: Expression, divisor: Expression, site: CallSite): Expression {
  const number = castTo(divisor, DOUBLE)
  const isZero = call('eq', BOOLEAN, [number, literal(DOUBLE, 0)])
  const failed = isLenient()
    ? literal(INTERVAL, null)
    : raising('INTERVAL_DIVIDED_BY_ZERO', { parameters: {} }, INTERVAL, site)
  return buildCase([{ when: isZero, value: failed }], checked('intervalDivided', [interval, number], site), site)
}

const monthsOf = (interval: Expression, site: CallSite): Expression =>
  kernelCall('intervalMonths', INTERVAL_YM, [interval], site)
/** As many as there may be of 24 hours. */
const daysOf = (interval: Expression, site: CallSite): Expression =>
  kernelCall('intervalWholeDays', INTERVAL_DT, [interval], site)
const microsOf = (interval: Expression, site: CallSite): Expression =>
  kernelCall('intervalMicros', INTERVAL_DT, [interval], site)

/** The parts by which an interval moves a timestamp, each an interval of its own. */
export interface MovingParts {
  readonly months: Expression
  readonly days: Expression
  readonly micros: Expression
}

export const movingParts = (interval: Expression, site: CallSite): MovingParts => ({
  months: monthsOf(interval, site),
  days: daysOf(interval, site),
  micros: microsOf(interval, site),
})

/** A timestamp so many months later by the clocks, then so many days, then the rest as time passes. */
export function movedByParts(base: Expression, { months, days, micros }: MovingParts, site: CallSite): Expression {
  const onDay = movedByTime(movedByMonths(base, months, site), days, site)
  return call('timestamp_add', onDay.type, [onDay, micros], { origin: site.origin })
}

export const movedByInterval = (base: Expression, interval: Expression, site: CallSite): Expression =>
  movedByParts(base, movingParts(interval, site), site)

/** How long an interval is at least, in microseconds: of months the shortest. */
export function leastMicros(interval: Expression, site: CallSite): Expression {
  const months = castTo(kernelCall('intervalMonths', INT, [interval], site), BIGINT)
  const ofMonths = call('multiply', BIGINT, [months, literal(BIGINT, LEAST_DAYS * MICROS_PER_DAY)], {
    origin: site.origin,
  })
  const rest = ['intervalWholeDays', 'intervalMicros'].map((part) => kernelCall(part, BIGINT, [interval], site))
  return rest.reduce((sum, part) => call('add', BIGINT, [sum, part], { origin: site.origin }), ofMonths)
}

const LEAST_DAYS = 28n

/** A date so much later. In ANSI mode nothing less than a day moves it. */
export function dateMovedByInterval(date: Expression, interval: Expression, site: CallSite): Expression {
  const { origin } = site
  const inMonths = call('date_add_months', DATE, [date, monthsOf(interval, site)], { origin })
  const days = kernelCall('intervalDays', INT, [interval], site)
  const onDay = call('date_add_days', DATE, [inMonths, days], { origin })
  const isWhole = call('eq', BOOLEAN, [microsOf(interval, site), literal(INTERVAL_DT, 0n)])
  if (isLenient()) {
    const moved = castTo(movedByInterval(castTo(date, TIMESTAMP), interval, site), DATE)
    return buildCase([{ when: isWhole, value: onDay }], moved, site)
  }
  const isMissing = call('is_null', BOOLEAN, [isWhole])
  const branches = [
    { when: isWhole, value: onDay },
    { when: isMissing, value: literal(DATE, null) },
  ]
  return buildCase(
    branches,
    raising('INVALID_INTERVAL_WITH_MICROSECONDS_ADDITION', { parameters: {} }, DATE, site),
    site,
  )
}

/** From one timestamp to another. */
export const intervalOfMicros = (micros: Expression, site: CallSite): Expression =>
  kernelCall('intervalOf', INTERVAL, [literal(INT, 0), literal(INT, 0), micros], site)

/** From one date to another, in months and days. */
export const intervalOfDates = (end: Expression, start: Expression, site: CallSite): Expression =>
  kernelCall('intervalOfDates', INTERVAL, [end, start], site)

/** Its parts as numbers, in the order in which Spark hashes them. */
export const partsOfInterval = (interval: Expression, site: CallSite): readonly Expression[] => [
  kernelCall('intervalMicros', BIGINT, [interval], site),
  kernelCall('intervalDays', INT, [interval], site),
  kernelCall('intervalMonths', INT, [interval], site),
]

const MICROS_PER_DAY = 86_400_000_000n
const MICROS_PER_HOUR = 3_600_000_000n
const MICROS_PER_MINUTE = 60_000_000n
const MONTHS_PER_YEAR = 12
const SECONDS = decimal(8, 6)

/** A field of an interval; whole days of its microseconds count among its days. */
export function fieldOfInterval(
  field: YearMonthField | DayTimeField,
  interval: Expression,
  site: CallSite,
): Expression {
  const { origin } = site
  const months = kernelCall('intervalMonths', INT, [interval], site)
  const micros = kernelCall('intervalMicros', BIGINT, [interval], site)
  const rest = (unit: bigint): Expression => call('remainder', BIGINT, [micros, literal(BIGINT, unit)], { origin })
  const count = (of: Expression, unit: bigint): Expression =>
    call('int_divide', BIGINT, [of, literal(BIGINT, unit)], { origin })
  const year = literal(INT, MONTHS_PER_YEAR)
  switch (field) {
    case 'year':
      return castTo(count(castTo(months, BIGINT), BigInt(MONTHS_PER_YEAR)), INT)
    case 'month':
      return castTo(call('remainder', INT, [months, year], { origin }), TINYINT)
    case 'day':
      return call(
        'add',
        INT,
        [kernelCall('intervalDays', INT, [interval], site), castTo(count(micros, MICROS_PER_DAY), INT)],
        {
          origin,
        },
      )
    case 'hour':
      return castTo(count(rest(MICROS_PER_DAY), MICROS_PER_HOUR), TINYINT)
    case 'minute':
      return castTo(count(rest(MICROS_PER_HOUR), MICROS_PER_MINUTE), TINYINT)
    case 'second': {
      const seconds = call('remainder', INTERVAL_DT, [
        microsOf(interval, site),
        literal(INTERVAL_DT, MICROS_PER_MINUTE),
      ])
      return castInterval(seconds, SECONDS, 'ansi', origin)
    }
  }
}

const EXACT_SECONDS = decimal(18, 6)
const ARGUMENTS = 7

/** `make_interval([years[, months[, weeks[, days[, hours[, mins[, secs]]]]]]])` */
const made = (isTried: boolean): FunctionDefinition =>
  between(isTried ? 1 : 0, ARGUMENTS, (args, site) => {
    const counts = Array.from({ length: ARGUMENTS - 1 }, (_, i) => {
      const arg = args[i]
      return arg ? expectType(arg, INT, i, site) : literal(INT, 0)
    })
    const seconds = args[ARGUMENTS - 1]
    // As they are held, they are microseconds.
    const micros = seconds ? expectType(seconds, EXACT_SECONDS, ARGUMENTS - 1, site) : literal(EXACT_SECONDS, 0n)
    const interval = kernelCall('makeInterval', INTERVAL, [...counts, micros], site, { errors: [OVERFLOW] })
    return isTried || isLenient() ? orNull(interval) : interval
  })

const USAGE = '([years[, months[, weeks[, days[, hours[, mins[, secs]]]]]]])'

export const CALENDAR_INTERVALS: FunctionTable = {
  make_interval: helped(
    USAGE,
    'An interval of months, days and microseconds, none of which is a whole number of another.',
    [
      [
        'make_interval(100, 11, 1, 1, 12, 30, 01.001001)',
        '100 years 11 months 8 days 12 hours 30 minutes 1.001001 seconds',
      ],
    ],
    made(false),
    { printed: { defaults: { count: 7, last: ['0', '0', '0', '0', '0', '0', '0.000000'] } } },
  ),
  try_make_interval: helped(
    USAGE,
    'The same, NULL where it is too large for an interval.',
    [['try_make_interval(2147483647)', 'NULL']],
    made(true),
    { printed: { defaults: { count: 7, last: ['0', '0', '0', '0', '0', '0', '0.000000'] } } },
  ),
}
