/*
 * The texts of days and times, in the proleptic Gregorian calendar and in UTC. JavaScript's Date holds 275,760 years around 1970; the
 * types here hold more, so these count by themselves.
 */
const DAYS_PER_ERA = 146_097
/** Days from 0000-03-01, where a year of this calculation begins, to 1970-01-01. */
const DAYS_TO_1970 = 719_468
const MICROS_PER_DAY = 86_400_000_000n
const MICROS_PER_SECOND = 1_000_000n

interface Day {
  readonly year: number
  readonly month: number
  readonly day: number
}

/** The day of the calendar that lies so many days after 1970-01-01. */
function dayOf(days: number): Day {
  const fromMarch = days + DAYS_TO_1970
  const era = Math.floor(fromMarch / DAYS_PER_ERA)
  const ofEra = fromMarch - era * DAYS_PER_ERA
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  )
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * ofYear + 2) / 153)
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: ofYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1,
  }
}

const two = (value: number): string => String(value).padStart(2, '0')

/** The year with four digits; more get a plus sign, and `longDigits` of them at least. */
function yearText(year: number, longDigits: number): string {
  if (year >= 0 && year <= 9999) return String(year).padStart(4, '0')
  const digits = String(Math.abs(year)).padStart(longDigits, '0')
  return `${year < 0 ? '-' : '+'}${digits}`
}

function textOfDay(days: number, longDigits: number): string {
  const { year, month, day } = dayOf(days)
  return `${yearText(year, longDigits)}-${two(month)}-${two(day)}`
}

const clockText = (seconds: number): string =>
  `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`

interface TimeParts {
  readonly days: number
  readonly clock: string
  /** Six digits. */
  readonly fraction: string
}

function timeParts(micros: bigint): TimeParts {
  const days = floorDivide(micros, MICROS_PER_DAY)
  const ofDay = micros - days * MICROS_PER_DAY
  const seconds = Number(ofDay / MICROS_PER_SECOND)
  return {
    days: Number(days),
    clock: clockText(seconds),
    fraction: String(ofDay % MICROS_PER_SECOND).padStart(6, '0'),
  }
}

/** Three digits of a second, or six where three lose something. */
const isoFraction = (fraction: string): string => (fraction.endsWith('000') ? fraction.slice(0, 3) : fraction)

/** Rounds down, also below zero. */
export function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b
  return a % b < 0n ? quotient - 1n : quotient
}

/** Days since 1970-01-01 as Spark prints a date: `2024-02-29`, `+10000-01-01`, `-0001-01-01`. */
export const dateText = (days: number): string => textOfDay(days, 4)

/** Microseconds since 1970 as Spark prints a timestamp: the fraction without zeros at its end, `2024-01-01 00:00:00.1234`. */
export function timestampText(micros: bigint): string {
  const { days, clock, fraction } = timeParts(micros)
  const digits = fraction.replace(/0+$/, '')
  return `${dateText(days)} ${clock}${digits === '' ? '' : `.${digits}`}`
}

const NANOS_PER_SECOND = 1_000_000_000n

/** Nanoseconds since midnight as Spark prints a time: the fraction without zeros at its end, `12:34:56.789`. */
export function timeText(nanos: bigint): string {
  const seconds = Number(nanos / NANOS_PER_SECOND)
  const digits = String(nanos % NANOS_PER_SECOND)
    .padStart(9, '0')
    .replace(/0+$/, '')
  return `${clockText(seconds)}${digits === '' ? '' : `.${digits}`}`
}

/** Reads what `timeText` writes; undefined for other texts. */
export function parseTimeText(text: string): bigint | undefined {
  const [, hour, minute, second, fraction = ''] = /^(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?$/.exec(text) ?? []
  if (hour === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second)
  return BigInt(seconds) * NANOS_PER_SECOND + BigInt(fraction.padEnd(9, '0'))
}

/** As Spark writes a timestamp into JSON, without the zone, but with all digits: `2024-01-01T00:00:00.000`. */
export function jsonTimestampText(micros: bigint): string {
  const { days, clock, fraction } = timeParts(micros)
  return `${dateText(days)}T${clock}.${isoFraction(fraction)}`
}

/** As JavaScript's `toISOString` writes it, with all digits: longer years have six digits at least. */
export function isoTimestampText(micros: bigint): string {
  const { days, clock, fraction } = timeParts(micros)
  return `${textOfDay(days, 6)}T${clock}.${isoFraction(fraction)}Z`
}

const ISO = /^([+-]\d{6}|\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3}|\d{6})Z$/

/** Reads what `isoTimestampText` writes; undefined for other texts. */
export function parseIsoTimestamp(text: string): bigint | undefined {
  const match = ISO.exec(text)
  if (!match) return undefined
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const days = daysOf(year, month, day)
  if (days === undefined || hour > 23 || minute > 59 || second > 59) return undefined
  const seconds = BigInt(hour * 3600 + minute * 60 + second)
  return BigInt(days) * MICROS_PER_DAY + seconds * MICROS_PER_SECOND + BigInt(match[7]!.padEnd(6, '0'))
}

const DATE = /^([+-]\d{4,7}|\d{4})-(\d\d)-(\d\d)$/
const TIMESTAMP = /^([+-]\d{4,6}|\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/

/** Reads what `dateText` writes; undefined for other texts. */
export function parseDateText(text: string): number | undefined {
  const [year, month, day] = DATE.exec(text)?.slice(1).map(Number) ?? []
  return year === undefined ? undefined : daysOf(year, month!, day!)
}

/** Reads what `timestampText` writes; undefined for other texts. */
export function parseTimestampText(text: string): bigint | undefined {
  const [, year, month, day, hour, minute, second, fraction = ''] = TIMESTAMP.exec(text) ?? []
  if (year === undefined) return undefined
  const long = year.length > 4 ? `${year[0]}${year.slice(1).padStart(6, '0')}` : year
  return parseIsoTimestamp(`${long}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(6, '0')}Z`)
}

function daysOf(year: number, month: number, day: number): number | undefined {
  const fromMarch = month > 2 ? year : year - 1
  const era = Math.floor(fromMarch / 400)
  const yearOfEra = fromMarch - era * 400
  const ofYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const days =
    era * DAYS_PER_ERA +
    yearOfEra * 365 +
    Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) +
    ofYear -
    DAYS_TO_1970
  const back = dayOf(days)
  return back.month === month && back.day === day ? days : undefined
}
