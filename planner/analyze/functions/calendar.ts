import { BOOLEAN, DATE, DOUBLE, INT, INTERVAL_DT, STRING, TIMESTAMP } from '../../../columnar/types.js'
import { weekdayNumber } from '../../../common/time/calendar-words.js'
import { call, literal, orNullIf, routineCall } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { isLenient } from '../session.js'
import { castTo, exactType, expectType } from '../types/coercion.js'
import { buildCase } from './conditional.js'
import {
  between,
  type CallSite,
  collated,
  exactly,
  type FunctionDefinition,
  type FunctionTable,
  helped,
  kernelCall,
  operands,
} from './definition.js'

/* What days are in weeks, months and years, by their distance from other days. */

/** A Monday, as days since 1970. */
const MONDAY = 4

type Of = (date: Expression, site: CallSite) => Expression

const ofDate = (of: Of): FunctionDefinition =>
  exactly(1, ([value], site) => of(castTo(expectType(value!, DATE, 0, site), DATE), site))

const int = (value: number): Expression => literal(INT, value)
const whole = (fn: 'add' | 'subtract' | 'remainder', a: Expression, b: Expression): Expression => call(fn, INT, [a, b])
const daysSince = (date: Expression, day: Expression): Expression => call('date_diff', INT, [date, day])
const moved = (date: Expression, days: Expression): Expression => call('date_add_days', DATE, [date, days])
const monthOf = (date: Expression): Expression => call('month', INT, [date])

/** Days since the Monday before, 0 to 6; the remainder of an early day is negative. */
const weekday: Of = (date, site) => {
  const rest = whole('remainder', daysSince(date, literal(DATE, MONDAY)), int(7))
  const isEarly = call('lt', BOOLEAN, [rest, int(0)])
  return buildCase([{ when: isEarly, value: whole('add', rest, int(7)) }], rest, site)
}

/** Sunday is the first day, 1. */
const dayOfWeek: Of = (date, site) =>
  whole('add', whole('remainder', whole('add', weekday(date, site), int(1)), int(7)), int(1))

const dayOfYear: Of = (date, site) => kernelCall('dayOfYear', INT, [date], site)

const lastDay: Of = (date, site) => kernelCall('lastDay', DATE, [date], site)

const quarter: Of = (date, site) => {
  const month = monthOf(date)
  const begins = (at: number): Expression => call('ge', BOOLEAN, [month, int(at)])
  const unknown = { when: call('is_null', BOOLEAN, [month]), value: literal(INT, null) }
  return buildCase([unknown, ...[10, 7, 4].map((at, i) => ({ when: begins(at), value: int(4 - i) }))], int(1), site)
}

const nameIn =
  (names: string, place: (date: Expression, site: CallSite) => Expression): Of =>
  (date, site) => {
    const at = whole('add', call('multiply', INT, [place(date, site), int(3)]), int(1))
    return call('substring', STRING, [literal(STRING, names), at, int(3)], { origin: site.origin })
  }

const monthIndex = (date: Expression): Expression => whole('subtract', monthOf(date), int(1))

const WEEKDAY = { by: 'host', name: 'calendar.weekday', label: 'next_day', raises: true } as const

const nextDay: FunctionDefinition = exactly(2, (args, site) => {
  const [date, day] = operands([DATE, STRING], args, [], site)
  if (date!.kind === 'literal' && date!.value === null) return date!
  const isKnown = day!.kind === 'literal' && typeof day!.value === 'string'
  const known = isKnown ? weekdayNumber(day!.value as string) : undefined
  if (isKnown && known === undefined && isLenient()) return literal(DATE, null, site.origin)
  const number =
    known === undefined ? orNullIf(isLenient(), routineCall(WEEKDAY, INT, [day!], site.origin)) : int(known)
  return kernelCall('nextDay', DATE, [date!, number], site)
})

const monthsBetween: FunctionDefinition = between(2, 3, (args, site) => {
  const [end, start, rounds] = operands([TIMESTAMP, TIMESTAMP, BOOLEAN], args, [literal(BOOLEAN, true)], site)
  const parts = [end!, start!].flatMap((time) => {
    const date = castTo(time, DATE)
    return [date, call('timestamp_subtract', INTERVAL_DT, [time, castTo(date, TIMESTAMP)], { origin: site.origin })]
  })
  return kernelCall('monthsApart', DOUBLE, [...parts, rounds!], site)
})

/** Fields that only `extract` gives. */
export const EXTRACTED: FunctionTable = {
  yearofweek: ofDate((date, site) => kernelCall('yearOfWeek', INT, [date], site)),
  dayofweek_iso: ofDate((date, site) => whole('add', weekday(date, site), int(1))),
}

export const CALENDAR: FunctionTable = collated('plain', {
  weekofyear: helped(
    '(date)',
    'The week of the year that a date is in; the first one has most of its days in the year, and weeks begin on Monday.',
    [["weekofyear('2008-02-20')", '8']],
    ofDate((date, site) => kernelCall('weekOfYear', INT, [date], site)),
  ),
  dayname: helped(
    '(date)',
    'The day of the week by its first three letters.',
    [["dayname(DATE'2008-02-20')", 'Wed']],
    ofDate(nameIn('MonTueWedThuFriSatSun', weekday)),
  ),
  monthname: helped(
    '(date)',
    'The month by its first three letters.',
    [["monthname('2008-02-20')", 'Feb']],
    ofDate(nameIn('JanFebMarAprMayJunJulAugSepOctNovDec', monthIndex)),
  ),
  next_day: helped(
    '(date, dayOfWeek)',
    'The first date after another one that is such a day of the week: two or three letters of its name, or all.',
    [["next_day('2015-01-14', 'TU')", '2015-01-20']],
    nextDay,
  ),
  months_between: helped(
    '(end, start[, rounds])',
    'The months between two timestamps. Days that are left are parts of a month of 31 days, unless both are the same or the last of their months; rounded to eight digits unless told otherwise.',
    [["months_between('1997-02-28 10:30:00', '1996-10-30')", '3.94959677']],
    monthsBetween,
    { printed: { defaults: { count: 3, last: ['true'] } } },
  ),
  weekday: helped('(date)', 'The day of the week: 0 is Monday.', [["weekday('2009-07-30')", '3']], ofDate(weekday)),
  dayofweek: helped(
    '(date)',
    'The day of the week: 1 is Sunday.',
    [["dayofweek('2009-07-30')", '5']],
    ofDate(dayOfWeek),
  ),
  dayofyear: helped('(date)', 'The day of the year.', [["dayofyear('2016-04-09')", '100']], ofDate(dayOfYear)),
  last_day: helped('(date)', 'The last day of its month.', [["last_day('2009-01-12')", '2009-01-31']], ofDate(lastDay)),
  quarter: helped('(date)', 'The quarter, 1 to 4.', [["quarter('2016-08-31')", '3']], ofDate(quarter)),
  unix_date: helped(
    '(date)',
    'How many days it is after 1970-01-01.',
    [["unix_date(date'1970-01-02')", '1']],
    exactly(1, ([date], site) => daysSince(exactType(date!, DATE, 0, site), literal(DATE, 0))),
  ),
  date_from_unix_date: helped(
    '(days)',
    'The date so many days after 1970-01-01.',
    [['date_from_unix_date(1)', '1970-01-02']],
    exactly(1, ([days], site) => moved(literal(DATE, 0), expectType(days!, INT, 0, site))),
  ),
})
