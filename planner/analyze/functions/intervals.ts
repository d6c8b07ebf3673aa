import { INTERVAL_UNITS } from '../../../columnar/times/interval-units.js'
import {
  BIGINT,
  DAY_TIME_FIELDS,
  type DataType,
  type DayTimeField,
  decimal,
  INT,
  INTERVAL_DT,
  INTERVAL_YM,
  TINYINT,
  YEAR_MONTH_FIELDS,
  type YearMonthField,
} from '../../../columnar/types.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { castTo, expectType } from '../types/coercion.js'
import { castInterval } from '../types/interval-casts.js'
import { CALENDAR_INTERVALS, fieldOfInterval, isCalendar } from './calendar-intervals.js'
import { between, type CallSite, type FunctionTable, helped, kernelCall } from './definition.js'
import { differentTypes } from './interval-arithmetic.js'

/** What is too large for an interval. */
const OVERFLOW = { errors: [{ condition: 'INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION', parameters: {} }] } as const

const SECONDS = decimal(18, 6)
const SECOND: DataType = Object.freeze({ kind: 'interval_dt', fields: ['second', 'second'] as const })

const zero = literal(INT, 0)
const int = (e: Expression | undefined, position: number, site: CallSite): Expression =>
  e ? expectType(e, INT, position, site) : zero

function makeYearMonth([years, months]: readonly Expression[], site: CallSite): Expression {
  return kernelCall('makeYearMonth', INTERVAL_YM, [int(years, 0, site), int(months, 1, site)], site, OVERFLOW)
}

function makeDayTime([days, hours, minutes, seconds]: readonly Expression[], site: CallSite): Expression {
  const whole = [days, hours, minutes].map((e, i) => int(e, i, site))
  const micros = seconds
    ? castInterval(expectType(seconds, SECONDS, 3, site), SECOND, 'ansi', site.origin)
    : literal(SECOND, 0n)
  return kernelCall('makeDayTime', INTERVAL_DT, [...whole, micros], site, OVERFLOW)
}

type Field = YearMonthField | DayTimeField

const NAMES: Readonly<Record<Field, readonly string[]>> = {
  year: ['YEAR', 'Y', 'YEARS', 'YR', 'YRS'],
  month: ['MONTH', 'MON', 'MONS', 'MONTHS'],
  day: ['DAY', 'D', 'DAYS'],
  hour: ['HOUR', 'H', 'HOURS', 'HR', 'HRS'],
  minute: ['MINUTE', 'M', 'MIN', 'MINS', 'MINUTES'],
  second: ['SECOND', 'S', 'SEC', 'SECONDS', 'SECS'],
}

/** The field that a field is a part of, of which the first of each kind is none. */
const ABOVE: Readonly<Partial<Record<Field, Field>>> = { month: 'year', hour: 'day', minute: 'hour', second: 'minute' }

/** A field of an interval by one of its names, in upper case; undefined for what its type has not. */
export function partOfInterval(name: string, interval: Expression, site: CallSite): Expression | undefined {
  const field = fieldsOf(interval.type).find((one) => NAMES[one].includes(name))
  if (field === undefined) return undefined
  if (isCalendar(interval)) return fieldOfInterval(field, interval, site)
  const above = ABOVE[field]
  const unit = (of: Field): Expression =>
    interval.type.kind === 'interval_ym'
      ? literal(INTERVAL_YM, Number(INTERVAL_UNITS[of]))
      : literal(INTERVAL_DT, INTERVAL_UNITS[of])
  const options = { origin: site.origin }
  const rest = above === undefined ? interval : call('remainder', interval.type, [interval, unit(above)], options)
  if (field === 'second') return castInterval(castTo(rest, SECOND), decimal(8, 6), 'ansi', site.origin)
  const count = call('int_divide', BIGINT, [rest, unit(field)], options)
  return castTo(count, field === 'year' || field === 'day' ? INT : TINYINT)
}

function fieldsOf(type: DataType): readonly Field[] {
  if (type.kind === 'interval') return [...YEAR_MONTH_FIELDS, ...DAY_TIME_FIELDS]
  if (type.kind === 'interval_ym') return spanOf(YEAR_MONTH_FIELDS, type.fields)
  return type.kind === 'interval_dt' ? spanOf(DAY_TIME_FIELDS, type.fields) : []
}

function spanOf<F>(all: readonly F[], [first, last] = [all[0]!, all.at(-1)!] as readonly [F, F]): readonly F[] {
  return all.slice(all.indexOf(first), all.indexOf(last) + 1)
}

/** How often one interval is in another of its kind. */
export function divideIntervals(args: readonly Expression[], site: CallSite): Expression {
  const [a, b] = args
  if (a!.type.kind === b!.type.kind) return call('int_divide', BIGINT, args, { origin: site.origin })
  throw differentTypes(a!, b!, site)
}

export const INTERVALS: FunctionTable = {
  ...CALENDAR_INTERVALS,
  make_ym_interval: helped(
    '([years[, months]])',
    'An interval of years and months.',
    [['make_ym_interval(1, 2)', "INTERVAL '1-2' YEAR TO MONTH"]],
    between(0, 2, makeYearMonth),
    { printed: { defaults: { count: 2, last: ['0', '0'] } } },
  ),
  make_dt_interval: helped(
    '([days[, hours[, mins[, secs]]]])',
    'An interval of days, hours, minutes and seconds with their fraction.',
    [['make_dt_interval(1, 12, 30, 1.001001)', "INTERVAL '1 12:30:01.001001' DAY TO SECOND"]],
    between(0, 4, makeDayTime),
    { printed: { defaults: { count: 4, last: ['0', '0', '0', '0.000000'] } } },
  ),
}
