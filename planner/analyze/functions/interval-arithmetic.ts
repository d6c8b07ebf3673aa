import { widerInterval } from '../../../columnar/times/wider-interval.js'
import {
  DATE,
  type DataType,
  type DayTimeIntervalType,
  DOUBLE,
  INT,
  INTERVAL,
  INTERVAL_DT,
  INTERVAL_YM,
  isAnyInterval,
  quotedTypeName,
  STRING,
  TIMESTAMP,
  typeName,
} from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { sqlText } from '../../plan/expression/sql-text.js'
import { analysisSession, localTime } from '../session.js'
import { castTo, expectType, unexpectedType } from '../types/coercion.js'
import { isIntegral, isNumeric } from '../types/common-types.js'
import {
  addedIntervals,
  dateMovedByInterval,
  dividedInterval,
  intervalOfDates,
  intervalOfMicros,
  isCalendar,
  movedByInterval,
  negatedInterval,
  scaledInterval,
  subtractedIntervals,
} from './calendar-intervals.js'
import type { CallSite } from './definition.js'
import { movedByMonths, movedByTime } from './moved-timestamp.js'
import { movedTime, timeDifference } from './time-arithmetic.js'

const MICROS_PER_DAY = 86_400_000_000n
const DAY_INTERVAL: DayTimeIntervalType = Object.freeze({ kind: 'interval_dt', fields: ['day', 'day'] as const })
const DAYS = '("INT" or "SMALLINT" or "TINYINT")'
export const ANY_TIMESTAMP = '"(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)"'

const isVoid = ({ type }: Expression): boolean => type.kind === 'void'
const isDate = ({ type }: Expression): boolean => type.kind === 'date'
const isTimestamp = ({ type }: Expression): boolean => type.kind === 'timestamp' || type.kind === 'timestamp_ntz'
const ofInterval = ({ type }: Expression): boolean => isAnyInterval(type)

/** The sum where a date, a timestamp or an interval takes part, else undefined. */
export function addTimes(left: Expression, right: Expression, site: CallSite): Expression | undefined {
  if (ofInterval(left) && ofInterval(right)) return combined('add', left, right, site)
  if (ofInterval(left)) return isUnmoved(right, left) ? nullLike(left, site) : movedBy(right, left, site)
  if (ofInterval(right)) return isUnmoved(left, right) ? nullLike(right, site) : movedBy(left, right, site)
  if ((isTime(left) && isVoid(right)) || (isTime(right) && isVoid(left)))
    return nullLike(isTime(left) ? left : right, site)
  // NULL counts as an interval here, which makes a date a timestamp.
  const unknown = isVoid(left) ? right : isVoid(right) ? left : undefined
  if (unknown && (isDate(unknown) || isTimestamp(unknown))) return literal(timestampOf(unknown), null, site.origin)
  if (isDate(left)) return movedByDays('date_add', left, right, site)
  return isDate(right) ? movedByDays('date_add', right, left, site) : undefined
}

/** The difference, in the same way. */
export function subtractTimes(left: Expression, right: Expression, site: CallSite): Expression | undefined {
  if (ofInterval(left) && ofInterval(right)) return combined('subtract', left, right, site)
  if (ofInterval(right)) return isUnmoved(left, right) ? nullLike(right, site) : movedBack(left, right, site)
  if (ofInterval(left) && isVoid(right)) return nullLike(left, site)
  if (isTimestamp(left) || isTimestamp(right)) return timestampDifference(left, right, site)
  if (subtractsTimes(left, right)) return timeDifference(left, right, site)
  const isDateLike = isDate(right) || (isDate(left) && (isVoid(right) || right.type.kind === 'string'))
  if (isDateLike) {
    const [end, start] = [expectType(left, DATE, 0, site), expectType(right, DATE, 1, site)]
    if (analysisSession().joinsIntervals) return intervalOfDates(end, start, site)
    return call('date_subtract', DAY_INTERVAL, [end, start], { origin: site.origin })
  }
  return isDate(left) ? movedByDays('date_sub', left, right, site) : undefined
}

const isTime = ({ type }: Expression): boolean => type.kind === 'time'
/** NULLs and texts beside a time of day are such. */
const subtractsTimes = (left: Expression, right: Expression): boolean =>
  isTime(left)
    ? isTime(right) || isVoid(right) || right.type.kind === 'string'
    : isTime(right) && (isVoid(left) || left.type.kind === 'string')

/** NULL beside an interval is one, unless that is of months, days and microseconds: then it is a time to be moved. */
const isUnmoved = (base: Expression, interval: Expression): boolean => isVoid(base) && !isCalendar(interval)

const nullLike = ({ type }: Expression, site: CallSite): Expression => literal(type, null, site.origin)
const timestampOf = ({ type }: Expression): DataType => (type.kind === 'timestamp_ntz' ? type : TIMESTAMP)

function combined(fn: 'add' | 'subtract', left: Expression, right: Expression, site: CallSite): Expression {
  if (isCalendar(left) && isCalendar(right))
    return fn === 'add' ? addedIntervals(left, right, site) : subtractedIntervals(left, right, site)
  const type = widerInterval(left.type, right.type)
  // Months and microseconds do not add up: Spark takes the longer interval for a time to be moved.
  if (type === undefined && fn === 'subtract') return movedBack(left, right, site)
  if (type === undefined)
    return right.type.kind === 'interval_ym' ? movedBy(right, left, site) : movedBy(left, right, site)
  return call(fn, type, [castTo(left, type), castTo(right, type)], { origin: site.origin })
}

function timestampDifference(left: Expression, right: Expression, site: CallSite): Expression {
  const type = isTimestamp(left) ? timestampOf(left) : timestampOf(right)
  const [end, start] = [left, right].map((side, i) => {
    const fits = isTimestamp(side) || isDate(side) || isVoid(side) || side.type.kind === 'string'
    if (!fits) throw unexpectedType(side, ANY_TIMESTAMP, i, site)
    return castTo(side, type)
  })
  const between = (a: Expression, b: Expression): Expression =>
    call('timestamp_subtract', INTERVAL_DT, [a, b], { origin: site.origin })
  // Days of another length count in one of the types alone.
  if (analysisSession().joinsIntervals) return intervalOfMicros(between(end!, start!), site)
  return between(localTime(end!), localTime(start!))
}

/** A date, timestamp or text moved by an interval, which is called `by` in errors. */
function movedBy(base: Expression, interval: Expression, site: CallSite, by = sqlText(interval)): Expression {
  const { origin } = site
  if (isCalendar(interval)) return movedByCalendar(base, interval, site, by)
  if (interval.type.kind === 'interval_ym') {
    if (isDate(base)) return call('date_add_months', DATE, [base, interval], { origin })
    if (isTimestamp(base)) return movedByMonths(base, interval, site)
    throw differentTypes(base, interval, site)
  }
  if (isTimestamp(base)) return movedByTime(base, interval, site)
  if (isTime(base)) return movedTime(base, interval, site)
  if (base.type.kind === 'string') return castTo(movedByTime(castTo(base, TIMESTAMP), interval, site), STRING)
  if (!isDate(base)) throw notMoved(base, by, site)
  if (typeName(interval.type) !== typeName(DAY_INTERVAL)) return movedByTime(castTo(base, TIMESTAMP), interval, site)
  if (interval.kind !== 'literal' || typeof interval.value !== 'bigint')
    return call('date_add_interval', DATE, [base, interval], { origin })
  const days = literal(INT, Number(interval.value / MICROS_PER_DAY), interval.origin)
  return call('date_add_days', DATE, [base, days], { origin })
}

function movedByCalendar(base: Expression, interval: Expression, site: CallSite, by: string): Expression {
  if (isTimestamp(base)) return movedByInterval(base, interval, site)
  if (base.type.kind === 'string') return castTo(movedByInterval(castTo(base, TIMESTAMP), interval, site), STRING)
  if (isDate(base)) return dateMovedByInterval(base, interval, site)
  throw isVoid(base) ? nothingMoved(base, `+ ${by}`, site) : notMoved(base, by, site)
}

/** What NULL would be moved to is a timestamp, which NULL is not made of. */
function nothingMoved(base: Expression, by: string, { origin }: CallSite): MillraceError {
  const types = { srcType: quotedTypeName(TIMESTAMP), targetType: quotedTypeName(base.type) }
  const parameters = { sqlExpr: `"${sqlText(base)} ${by}"`, ...types }
  return new MillraceError('DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION', parameters, { origin })
}

function notMoved(base: Expression, by: string, { origin }: CallSite): MillraceError {
  const sql = `"${sqlText(base)} + ${by}"`
  return unexpectedType(base, ANY_TIMESTAMP, 0, { sql, origin })
}

function movedBack(base: Expression, interval: Expression, site: CallSite): Expression {
  if (interval.type.kind === 'interval_ym' && !isDate(base) && !isTimestamp(base))
    throw differentTypes(base, interval, site)
  if (isVoid(base) && isCalendar(interval)) throw nothingMoved(base, `- ${sqlText(interval)}`, site)
  return movedBy(base, negated(interval, site), site, `(- ${sqlText(interval)})`)
}

/** A date moved by a number of days; `fn` is Spark's function for it, named in errors. */
export function movedByDays(
  fn: 'date_add' | 'date_sub',
  date: Expression,
  days: Expression,
  site: CallSite,
): Expression {
  const fits = isVoid(days) || (isIntegral(days.type) && days.type.kind !== 'bigint')
  if (!fits) {
    const sql = `"${fn}(${sqlText(date)}, ${sqlText(days)})"`
    throw unexpectedType(days, DAYS, 1, { sql, origin: site.origin })
  }
  const count = castTo(days, INT)
  return call('date_add_days', DATE, [date, fn === 'date_add' ? count : negated(count, site)], { origin: site.origin })
}

/** An interval many times over; undefined when neither is one. */
export function multiplyInterval(left: Expression, right: Expression, site: CallSite): Expression | undefined {
  if (ofInterval(left)) return scaled('interval_multiply', left, right, 1, site)
  return ofInterval(right) ? scaled('interval_multiply', right, left, 0, site) : undefined
}

export function divideInterval(left: Expression, right: Expression, site: CallSite): Expression | undefined {
  if (ofInterval(left)) return scaled('interval_divide', left, right, 1, site)
  if (ofInterval(right)) throw differentTypes(left, right, site)
  return undefined
}

function scaled(
  fn: 'interval_multiply' | 'interval_divide',
  interval: Expression,
  factor: Expression,
  position: number,
  site: CallSite,
): Expression {
  const type = isCalendar(interval) ? INTERVAL : interval.type.kind === 'interval_ym' ? INTERVAL_YM : INTERVAL_DT
  if (isVoid(factor)) return literal(type, null, site.origin)
  const number = factor.type.kind === 'string' ? castTo(factor, DOUBLE) : factor
  if (!isNumeric(number.type)) throw unexpectedType(factor, '"NUMERIC"', position, site)
  if (isCalendar(interval))
    return fn === 'interval_multiply' ? scaledInterval(interval, number, site) : dividedInterval(interval, number, site)
  return call(fn, type, [interval, number], { origin: site.origin })
}

export const differentTypes = (left: Expression, right: Expression, site: CallSite): MillraceError =>
  new MillraceError(
    'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES',
    { sqlExpr: site.sql, left: quotedTypeName(left.type), right: quotedTypeName(right.type) },
    { origin: site.origin },
  )

/** The negative; of a literal at once, unless it is the least of its type. */
function negated(e: Expression, site: CallSite): Expression {
  if (isCalendar(e)) return negatedInterval(e, site)
  if (e.kind === 'literal' && typeof e.value === 'number' && (e.type.kind === 'int' || e.value > -(2 ** 31))) {
    // Numbers of days wrap, as Spark's do.
    return literal(e.type, -e.value | 0, e.origin)
  }
  if (e.kind === 'literal' && typeof e.value === 'bigint' && e.value > -(2n ** 63n)) {
    return literal(e.type, -e.value, e.origin)
  }
  return call('negate', e.type, [e], { origin: site.origin })
}
