import { DAY_TIME_FIELDS, type DayTimeIntervalType, type YearMonthIntervalType } from '../types.js'
import { INTERVAL_UNITS } from './interval-units.js'

const pad = (value: number | bigint, width = 2): string => String(value).padStart(width, '0')

/** `.5` for half a second, nothing for none. */
const fractionText = (micros: bigint): string => (micros === 0n ? '' : `.${pad(micros, 6).replace(/0+$/, '')}`)

/** An interval of months as SQL writes it: `INTERVAL '1-2' YEAR TO MONTH`. */
export function yearMonthText(months: number, { fields = ['year', 'month'] }: YearMonthIntervalType): string {
  const [first, last] = fields
  const sign = months < 0 ? '-' : ''
  const whole = Math.abs(months)
  const years = Math.floor(whole / 12)
  const text = first === 'month' ? String(whole) : last === 'year' ? String(years) : `${years}-${whole % 12}`
  return `INTERVAL '${sign}${text}' ${fieldsText(first, last)}`
}

/** An interval of microseconds as SQL writes it: `INTERVAL '1 02:03:04.5' DAY TO SECOND`. */
export function dayTimeText(micros: bigint, { fields = ['day', 'second'] }: DayTimeIntervalType): string {
  const [first, last] = fields
  const [from, to] = [DAY_TIME_FIELDS.indexOf(first), DAY_TIME_FIELDS.indexOf(last)]
  let rest = micros < 0n ? -micros : micros
  let text = micros < 0n ? '-' : ''
  for (let field = from; field <= to; field++) {
    const unit = INTERVAL_UNITS[DAY_TIME_FIELDS[field]!]
    const count = rest / unit
    rest %= unit
    text += field === from ? '' : field === 1 ? ' ' : ':'
    text += field === 0 ? String(count) : pad(count)
  }
  if (last === 'second') text += fractionText(rest)
  return `INTERVAL '${text}' ${fieldsText(first, last)}`
}

const fieldsText = (first: string, last: string): string =>
  (first === last ? first : `${first} to ${last}`).toUpperCase()
