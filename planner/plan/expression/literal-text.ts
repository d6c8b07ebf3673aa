import type { DayTimeIntervalType, YearMonthIntervalType } from '../../../columnar/types.js'

/** The lowest exponent of ten that Java's `BigDecimal.toString` writes without an exponent. */
const LOWEST_PLAIN_EXPONENT = -6

/** Java's `BigDecimal.toString`: `1.50`, `1E-8`. */
export function decimalText(unscaled: bigint, scale: number): string {
  const sign = unscaled < 0n ? '-' : ''
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString()
  if (scale === 0) return sign + digits
  const exponent = digits.length - 1 - scale
  if (exponent < LOWEST_PLAIN_EXPONENT)
    return `${sign}${digits[0]}${digits.length > 1 ? `.${digits.slice(1)}` : ''}E${exponent}`
  const padded = digits.padStart(scale + 1, '0')
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`
}

const MICROS: Readonly<Record<string, bigint>> = {
  day: 86_400_000_000n,
  hour: 3_600_000_000n,
  minute: 60_000_000n,
  second: 1_000_000n,
}
const TIMES = ['day', 'hour', 'minute', 'second']

/** `INTERVAL '1-2' YEAR TO MONTH`, `INTERVAL '1 02' DAY TO HOUR`: an interval as Spark writes it, by the fields of its type. */
export function intervalText(type: YearMonthIntervalType | DayTimeIntervalType, value: number | bigint): string {
  const [start, end] = type.fields ?? (type.kind === 'interval_ym' ? ['year', 'month'] : ['day', 'second'])
  const span = (start === end ? start : `${start} to ${end}`).toUpperCase()
  const sign = value < 0 ? '-' : ''
  const size = value < 0 ? -BigInt(value) : BigInt(value)
  return `INTERVAL '${sign}${type.kind === 'interval_ym' ? monthsText(size, start, end) : timeText(size, start, end)}' ${span}`
}

function monthsText(months: bigint, start: string, end: string): string {
  if (start === 'month') return String(months)
  return end === 'year' ? String(months / 12n) : `${months / 12n}-${months % 12n}`
}

/** The first field holds what is larger; all but days have two digits. */
function timeText(micros: bigint, start: string, end: string): string {
  let rest = micros
  let text = ''
  for (const field of TIMES.slice(TIMES.indexOf(start), TIMES.indexOf(end) + 1)) {
    const count = rest / MICROS[field]!
    rest %= MICROS[field]!
    const separator = text === '' ? '' : field === 'hour' ? ' ' : ':'
    text += separator + (field === 'day' ? String(count) : String(count).padStart(2, '0'))
  }
  const fraction = end === 'second' ? rest.toString().padStart(6, '0').replace(/0+$/, '') : ''
  return fraction === '' ? text : `${text}.${fraction}`
}
