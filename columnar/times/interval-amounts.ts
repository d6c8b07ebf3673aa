import { trimControls } from '../../common/trim.js'
import type { DayTimeField, YearMonthField } from '../types.js'
import type { IntervalParts } from './interval-parts.js'

export type IntervalField = YearMonthField | DayTimeField

/** What a text of an interval says. */
export interface ParsedInterval extends IntervalParts {
  /** The units it names, each once, singular and upper case. */
  readonly units: readonly string[]
}

/** Why a text is no interval, by the last part of Spark's condition and its parameters beside the text itself. */
export type IntervalProblem =
  | { readonly problem: 'ARITHMETIC_EXCEPTION' }
  /** A field that holds no such number: its unit, and the greatest that it holds. */
  | { readonly problem: 'OUT_OF_RANGE'; readonly unit: string; readonly amount: string; readonly limit: number }
  | { readonly problem: 'INVALID_FRACTION' | 'INVALID_UNIT'; readonly unit: string }
  | { readonly problem: 'UNRECOGNIZED_NUMBER'; readonly number: string }
  | { readonly problem: 'INVALID_VALUE'; readonly value: string }
  | { readonly problem: 'INTERVAL_PARSING'; readonly interval: string }
  | { readonly problem: 'UNSUPPORTED_FROM_TO_EXPRESSION'; readonly from: string; readonly to: string }
  | {
      readonly problem: 'UNMATCHED_FORMAT_STRING' | 'UNMATCHED_FORMAT_STRING_WITH_NOTICE'
      readonly intervalStr: string
      readonly supportedFormat: string
      readonly typeName: string
    }

/** Makes the error to throw. */
export type OnProblem = (problem: IntervalProblem) => Error

interface Unit {
  readonly field: IntervalField
  readonly months?: bigint
  readonly days?: bigint
  readonly micros?: bigint
}

const UNITS: Readonly<Record<string, Unit>> = {
  YEAR: { field: 'year', months: 12n },
  MONTH: { field: 'month', months: 1n },
  WEEK: { field: 'day', days: 7n },
  DAY: { field: 'day', days: 1n },
  HOUR: { field: 'hour', micros: 3_600_000_000n },
  MINUTE: { field: 'minute', micros: 60_000_000n },
  SECOND: { field: 'second', micros: 1_000_000n },
  MILLISECOND: { field: 'second', micros: 1_000n },
  MICROSECOND: { field: 'second', micros: 1n },
}

/** The field of an interval type that a unit counts in, in either number; undefined when it is no unit. */
export const fieldOfUnit = (word: string): IntervalField | undefined => UNITS[singular(word)]?.field

const singular = (word: string): string => word.toUpperCase().replace(/S$/, '')

const MICROS_PER_DAY = 86_400_000_000n

/** The days and microseconds of an interval, of days of 24 hours. */
export const microsOf = ({ days, micros }: Pick<IntervalParts, 'days' | 'micros'>): bigint =>
  BigInt(days) * MICROS_PER_DAY + micros

const fits = (value: bigint, bits: number): boolean => BigInt.asIntN(bits, value) === value

const PART = /([+-]?)\s*(\d+(?:\.\d*)?|\.\d+)\s+([a-zA-Z]+)(?:\s+|$)/y
const MAX_FRACTION_DIGITS = 9

/** How an amount begins that cannot be read, and the word at which that shows. */
const SIGNED = /^[+-]\s*([^\s\d.]\S*)/
const JOINED = /^([+-]?\s*)(\d+[^\s\d.]\S*)/
const WITHOUT_UNIT = /^[+-]?\s*[\d.]+\s+(\d\S*)/

function whyNoPart(body: string): IntervalProblem {
  const value = (SIGNED.exec(body)?.[1] ?? JOINED.exec(body)?.[2]) as string | undefined
  if (value !== undefined) return { problem: 'INVALID_VALUE', value }
  const unit = WITHOUT_UNIT.exec(body)?.[1]
  return unit === undefined
    ? { problem: 'UNRECOGNIZED_NUMBER', number: body.split(/\s/)[0]! }
    : { problem: 'INVALID_UNIT', unit }
}

/** Reads `[interval] [sign] amount unit …` to its end; only seconds have a fraction. */
export function parseInterval(text: string, onProblem: OnProblem): ParsedInterval {
  const body = trimControls(text).replace(/^interval\s+/i, '')
  const units = new Set<string>()
  let [months, days, micros] = [0n, 0n, 0n]
  PART.lastIndex = 0
  while (PART.lastIndex < body.length || units.size === 0) {
    const match = PART.exec(body)
    if (!match) throw onProblem(whyNoPart(body))
    const [, sign, amount, word] = match
    const name = singular(word!)
    const unit = UNITS[name]
    if (unit === undefined) throw onProblem({ problem: 'INVALID_UNIT', unit: word! })
    const [whole, fraction] = amount!.split('.') as [string, string?]
    if ((fraction !== undefined && name !== 'SECOND') || (fraction?.length ?? 0) > MAX_FRACTION_DIGITS)
      throw onProblem({ problem: 'INVALID_FRACTION', unit: word! })
    const count = BigInt(`${sign === '-' ? '-' : ''}${whole || '0'}`)
    const fractionMicros = BigInt((fraction ?? '').padEnd(6, '0').slice(0, 6)) * (sign === '-' ? -1n : 1n)
    months += count * (unit.months ?? 0n)
    days += count * (unit.days ?? 0n)
    micros += count * (unit.micros ?? 0n) + fractionMicros
    units.add(name)
    // What Spark holds them in.
    if (!fits(months, 32) || !fits(days, 32) || !fits(micros, 64)) throw onProblem({ problem: 'ARITHMETIC_EXCEPTION' })
  }
  return { months: Number(months), days: Number(days), micros, units: [...units] }
}

/** The forms of `… unit TO unit`: the pattern of the text, and what Spark calls it. */
const FORMS: Readonly<
  Record<string, { readonly pattern: RegExp; readonly format: string; readonly units: readonly string[] }>
> = {
  'day to hour': { pattern: /^(\d+) (\d+)$/, format: 'd h', units: ['DAY', 'HOUR'] },
  'day to minute': { pattern: /^(\d+) (\d+):(\d+)$/, format: 'd h:m', units: ['DAY', 'HOUR', 'MINUTE'] },
  'day to second': {
    pattern: /^(\d+) (\d+):(\d+):(\d+(?:\.\d{1,9})?)$/,
    format: 'd h:m:s.n',
    units: ['DAY', 'HOUR', 'MINUTE', 'SECOND'],
  },
  'hour to minute': { pattern: /^(\d+):(\d+)$/, format: 'h:m', units: ['HOUR', 'MINUTE'] },
  'hour to second': {
    pattern: /^(\d+):(\d+):(\d+(?:\.\d{1,9})?)$/,
    format: 'h:m:s.n',
    units: ['HOUR', 'MINUTE', 'SECOND'],
  },
  'minute to second': { pattern: /^(\d+):(\d+(?:\.\d{1,9})?)$/, format: 'm:s.n', units: ['MINUTE', 'SECOND'] },
}
/** The greatest of each field: of the first one, and of those behind it. */
const FIRST_LIMITS: Readonly<Record<string, number>> = {
  DAY: 106_751_991,
  HOUR: 2_562_047_788,
  MINUTE: 153_722_867_280,
}
const LIMITS: Readonly<Record<string, number>> = { HOUR: 23, MINUTE: 59, SECOND: 59.999_999_999 }

/** Reads the text of `interval '…' from TO to`. */
export function parseUnitToUnit(text: string, from: string, to: string, onProblem: OnProblem): ParsedInterval {
  const trimmed = trimControls(text)
  const isNegative = trimmed.startsWith('-')
  const body = trimmed.replace(/^[+-]/, '')
  if (from === 'year' && to === 'month') return yearToMonth(body, isNegative, onProblem)
  const form = FORMS[`${from} to ${to}`]
  if (form === undefined) throw onProblem({ problem: 'UNSUPPORTED_FROM_TO_EXPRESSION', from, to })
  const amounts = form.pattern.exec(body)?.slice(1)
  if (amounts === undefined)
    throw onProblem(unmatched('UNMATCHED_FORMAT_STRING_WITH_NOTICE', 'day-time', form.format, `${from} to ${to}`))
  const limitOf = (i: number): number => (i === 0 ? FIRST_LIMITS : LIMITS)[form.units[i]!]!
  const wrong = amounts.findIndex((amount, i) => Number(amount) > limitOf(i))
  if (wrong >= 0) {
    const field = { unit: form.units[wrong]!, amount: amounts[wrong]!, limit: limitOf(wrong) }
    throw onProblem({ problem: 'OUT_OF_RANGE', ...field })
  }
  const sign = isNegative ? '-' : ''
  return parseInterval(amounts.map((amount, i) => `${sign}${amount} ${form.units[i]}`).join(' '), onProblem)
}

function yearToMonth(body: string, isNegative: boolean, onProblem: OnProblem): ParsedInterval {
  const match = /^(\d+)-(\d+)$/.exec(body)
  if (!match) throw onProblem(unmatched('UNMATCHED_FORMAT_STRING', 'year-month', 'y-m', 'year to month'))
  const [years, months] = [Number(match[1]), Number(match[2])]
  const total = years * 12 + months
  if (months > 11 || total > 2 ** 31 - (isNegative ? 0 : 1))
    throw onProblem({ problem: 'INTERVAL_PARSING', interval: 'year-month' })
  return { months: isNegative ? -total : total, days: 0, micros: 0n, units: ['YEAR', 'MONTH'] }
}

const unmatched = (
  problem: 'UNMATCHED_FORMAT_STRING' | 'UNMATCHED_FORMAT_STRING_WITH_NOTICE',
  intervalStr: string,
  format: string,
  span: string,
): IntervalProblem => ({
  problem,
  intervalStr,
  supportedFormat: `\`[+|-]${format}\`, \`INTERVAL [+|-]'[+|-]${format}' ${span.toUpperCase()}\``,
  typeName: `interval ${span}`,
})

/** The interval that a text says; undefined when it says none. */
export function intervalIn(text: string): ParsedInterval | undefined {
  const unread = new Error('not an interval')
  try {
    return parseInterval(text, () => unread)
  } catch (error) {
    if (error === unread) return undefined
    throw error
  }
}
