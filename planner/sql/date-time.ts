import { localOffset, zoneRules } from '../../common/time/zone-rules.js'
import { zoneOffset } from './time-zone.js'
import { trimCodes, trimControls } from './trim.js'

const SECONDS_PER_DAY = 86_400n
const DATE = /^([+-]?)(\d{4,7})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T].*)?)?)?$/s
const TIMESTAMP =
  /^([+-]?)(\d{4,6})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T](\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d*))?(\D.*)?)?)?)?)?)?$/s

/** Days since 1970-01-01 of a date as Spark reads it; undefined when it is no date. */
export function parseDateDays(text: string): number | undefined {
  const match = DATE.exec(trimControls(text))
  return match ? daysOf(match[1] === '-', match[2]!, match[3], match[4]) : undefined
}

/**
 * Microseconds since 1970 of a timestamp as Spark reads it; without a zone it is UTC. Undefined when it is no timestamp, or a time
 * without a date, which depends on the day.
 */
export function parseTimestampMicros(text: string): bigint | undefined {
  const match = TIMESTAMP.exec(trimControls(text))
  if (!match) return undefined
  const days = daysOf(match[1] === '-', match[2]!, match[3], match[4])
  if (days === undefined) return undefined
  const [hour, minute, second] = [match[5], match[6], match[7]].map((part) => Number(part ?? 0))
  if (hour! > 23 || minute! > 59 || second! > 59) return undefined
  const local = BigInt(days) * SECONDS_PER_DAY + BigInt(hour! * 3600 + minute! * 60 + second!)
  const offset = match[9] === undefined ? 0 : offsetAt(match[9], local)
  if (offset === undefined) return undefined
  const fraction = BigInt((match[8] ?? '').padEnd(6, '0').slice(0, 6))
  const micros = (local - BigInt(offset)) * 1_000_000n + fraction
  return BigInt.asIntN(64, micros) === micros ? micros : undefined
}

const SPECIAL = /^(epoch|now|today|tomorrow|yesterday)(?: +(.+))?$/is
/** A time without a date is of today. */
const TIME_ONLY = /^T?\d{1,2}:|^T\d{1,2}$/

/** A date as SQL writes it: `epoch` is one, too; other such words depend on the day. */
export function parseDateLiteral(text: string): number | 'clock' | undefined {
  const special = SPECIAL.exec(trimControls(text))
  if (!special || !isZone(special[2])) return parseDateDays(text)
  return special[1]!.toLowerCase() === 'epoch' ? 0 : 'clock'
}

/** A timestamp as SQL writes it, in the same way. */
export function parseTimestampLiteral(text: string): bigint | 'clock' | undefined {
  const trimmed = trimControls(text)
  const special = SPECIAL.exec(trimmed)
  if (special && isZone(special[2])) return special[1]!.toLowerCase() === 'epoch' ? 0n : 'clock'
  return TIME_ONLY.test(trimmed) ? 'clock' : parseTimestampMicros(text)
}

const isZone = (zone: string | undefined): boolean => zone === undefined || offsetAt(zone, 0n) !== undefined

function offsetAt(zone: string, local: bigint): number | undefined {
  // As Java trims.
  const name = trimCodes(zone, (code) => code <= 0x20)
  const fixed = zoneOffset(name)
  if (fixed !== 'region') return fixed
  const rules = zoneRules(name)
  return rules && localOffset(rules, local)
}

function daysOf(negative: boolean, years: string, months = '1', days = '1'): number | undefined {
  const [year, month, day] = [negative ? -Number(years) : Number(years), Number(months), Number(days)]
  if (month < 1 || month > 12 || day < 1 || day > lastDayOfMonth(year, month)) return undefined
  const result = daysFromCivil(year, month, day)
  return result === (result | 0) ? result : undefined
}

function lastDayOfMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

/** Days since 1970-01-01 of a day of the proleptic Gregorian calendar, of any year (Hinnant's days_from_civil). */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}
