import { dateText } from '../../columnar/times/calendar.js'
import type { DataType } from '../../columnar/types.js'
import { instantMicros, localDay, localMicros, zoneKind } from '../../common/time/time-zone.js'
import { trimControls } from '../../common/trim.js'

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
 * Microseconds since 1970 of a timestamp as Spark reads it, in a zone of its own or else in `timeZone`. Undefined when it is no timestamp, or a
 * time without a date, which depends on the day.
 */
export function parseTimestampMicros(text: string, timeZone = 'UTC'): bigint | undefined {
  const match = TIMESTAMP.exec(trimControls(text))
  if (!match) return undefined
  const days = daysOf(match[1] === '-', match[2]!, match[3], match[4])
  if (days === undefined) return undefined
  const [hour, minute, second] = [match[5], match[6], match[7]].map((part) => Number(part ?? 0))
  if (hour! > 23 || minute! > 59 || second! > 59) return undefined
  const local = BigInt(days) * SECONDS_PER_DAY + BigInt(hour! * 3600 + minute! * 60 + second!)
  const zone = match[9] ?? timeZone
  if (zoneKind(zone) === undefined) return undefined
  const fraction = BigInt((match[8] ?? '').padEnd(6, '0').slice(0, 6))
  const micros = instantMicros(zone, local * 1_000_000n + fraction)
  return BigInt.asIntN(64, micros) === micros ? micros : undefined
}

const SPECIAL = /^(epoch|now|today|tomorrow|yesterday)(?: +(.+))?$/is
/** A time without a date is of today. */
const TIME_ONLY = /^T?\d{1,2}:|^T\d{1,2}$/

/** Where and when a text is read. */
export interface ReadingMoment {
  readonly timeZone: string
  readonly nowMicros: bigint
}

/** A date or timestamp as SQL writes it, with the words that Spark knows; undefined when it is none. */
export function parseTemporal(text: string, type: DataType, moment: ReadingMoment): number | bigint | undefined {
  if (type.kind === 'date') return specialDay(text, moment) ?? parseDateDays(text)
  const trimmed = trimControls(text)
  if (type.kind === 'time') return parseClock(trimmed)
  if (type.kind === 'timestamp_ntz') return specialTime(trimmed, moment, true) ?? parseLocalMicros(trimmed)
  return specialTime(trimmed, moment, false) ?? parseTimestampMicros(dated(trimmed, moment), moment.timeZone)
}

const CLOCK = /^T?(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d*))?)?)?(?:\s*([ap])m)?$/i

/** Nanoseconds since midnight of a time; digits beyond microseconds are dropped. */
function parseClock(text: string): bigint | undefined {
  const [, hours, minutes, seconds = '0', fraction = '', half] = CLOCK.exec(text) ?? []
  const isAlone = minutes === undefined && !/^t/i.test(text)
  const [hour, minute, second] = [Number(hours), Number(minutes ?? 0), Number(seconds)]
  if (hours === undefined || isAlone || minute > 59 || second > 59) return undefined
  if (half === undefined ? hour > 23 : hour < 1 || hour > 12) return undefined
  const ofDay = half === undefined ? hour : (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0)
  const micros = BigInt(fraction.padEnd(6, '0').slice(0, 6))
  return BigInt(ofDay * 3600 + minute * 60 + second) * 1_000_000_000n + micros * 1000n
}

function specialDay(text: string, moment: ReadingMoment): number | undefined {
  const [, word, zone] = SPECIAL.exec(trimControls(text)) ?? []
  if (word === undefined || (zone !== undefined && zoneKind(zone) === undefined)) return undefined
  if (word.toLowerCase() === 'epoch') return 0
  return localDay(moment.timeZone, moment.nowMicros) + (DAYS_FROM_TODAY[word.toLowerCase()] ?? 0)
}

const DAYS_FROM_TODAY: Readonly<Record<string, number>> = { tomorrow: 1, yesterday: -1 }

/** Words of timestamps; without a time zone what they are is what the session's clocks show. */
function specialTime(text: string, moment: ReadingMoment, isLocal: boolean): bigint | undefined {
  const [, word, zone] = SPECIAL.exec(text) ?? []
  if (word === undefined || (zone !== undefined && zoneKind(zone) === undefined)) return undefined
  if (isLocal && zone !== undefined) return undefined
  if (word.toLowerCase() === 'epoch') return 0n
  const { timeZone, nowMicros } = moment
  if (word.toLowerCase() === 'now') return isLocal ? localMicros(timeZone, nowMicros) : nowMicros
  const midnight = BigInt(specialDay(word, moment)!) * SECONDS_PER_DAY * 1_000_000n
  return isLocal ? midnight : instantMicros(timeZone, midnight)
}

/** A text with the day of the moment before a time that has none. */
function dated(text: string, { timeZone, nowMicros }: ReadingMoment): string {
  if (!TIME_ONLY.test(text)) return text
  const zone = /[^\dT:.].*$/s.exec(text)?.[0].trim() ?? timeZone
  if (zoneKind(zone) === undefined) return text
  return `${dateText(localDay(zone, nowMicros))}T${text.replace(/^T/, '')}`
}

/** Whether the text of a timestamp tells its zone. */
export const hasZone = (text: string): boolean => TIMESTAMP.exec(trimControls(text))?.[9] !== undefined

/** A timestamp without a time zone: one that is written is not looked at. */
function parseLocalMicros(text: string): bigint | undefined {
  const zone = TIMESTAMP.exec(text)?.[9]
  return parseTimestampMicros(zone === undefined || zoneKind(zone) === undefined ? text : text.slice(0, -zone.length))
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
