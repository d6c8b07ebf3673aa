import { BOOLEAN, DATE, INT } from '../../../columnar/types.js'
import { call, literal } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { castTo, expectType, unexpectedType } from '../coercion.js'
import { buildCase } from './conditional.js'
import { type CallSite, exactly, type FunctionDefinition, type FunctionTable } from './definition.js'

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
const field = (fn: 'day' | 'month', date: Expression): Expression => call(fn, INT, [date])

/** Days since the Monday before, 0 to 6; the remainder of an early day is negative. */
const weekday: Of = (date, site) => {
  const rest = whole('remainder', daysSince(date, literal(DATE, MONDAY)), int(7))
  const isEarly = call('lt', BOOLEAN, [rest, int(0)])
  return buildCase([{ when: isEarly, value: whole('add', rest, int(7)) }], rest, site)
}

/** Sunday is the first day, 1. */
const dayOfWeek: Of = (date, site) =>
  whole('add', whole('remainder', whole('add', weekday(date, site), int(1)), int(7)), int(1))

const firstOfMonth = (date: Expression): Expression => moved(date, whole('subtract', int(1), field('day', date)))

const monthsBack = (date: Expression, months: Expression): Expression =>
  call('date_add_months', DATE, [date, call('negate', INT, [months])])

const dayOfYear: Of = (date) => {
  const january = monthsBack(firstOfMonth(date), whole('subtract', field('month', date), int(1)))
  return whole('add', daysSince(date, january), int(1))
}

const lastDay: Of = (date) => moved(call('date_add_months', DATE, [firstOfMonth(date), int(1)]), int(-1))

const quarter: Of = (date, site) => {
  const month = field('month', date)
  const begins = (at: number): Expression => call('ge', BOOLEAN, [month, int(at)])
  const unknown = { when: call('is_null', BOOLEAN, [month]), value: literal(INT, null) }
  return buildCase([unknown, ...[10, 7, 4].map((at, i) => ({ when: begins(at), value: int(4 - i) }))], int(1), site)
}

export const CALENDAR: FunctionTable = {
  weekday: ofDate(weekday),
  dayofweek: ofDate(dayOfWeek),
  dayofyear: ofDate(dayOfYear),
  last_day: ofDate(lastDay),
  quarter: ofDate(quarter),
  unix_date: exactly(1, ([date], site) => {
    if (date!.type.kind === 'timestamp') throw unexpectedType(date!, '"DATE"', 0, site)
    return daysSince(expectType(date!, DATE, 0, site), literal(DATE, 0))
  }),
  date_from_unix_date: exactly(1, ([days], site) => moved(literal(DATE, 0), expectType(days!, INT, 0, site))),
}
