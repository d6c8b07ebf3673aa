import { trimControls } from '../../common/trim.js'
import { DAY_TIME_FIELDS, type DayTimeIntervalType, type YearMonthIntervalType } from '../types.js'
import { INTERVAL_UNITS } from './interval-units.js'

/** What keeps a text from being an interval of a type: another form than that of the type, or a field that is too large. */
export type IntervalFault = 'form' | 'range'

type IntervalType = YearMonthIntervalType | DayTimeIntervalType

/** The months or microseconds that a text says. White space and controls are left out at both ends. */
export function parseInterval(text: string, type: IntervalType): number | bigint | IntervalFault {
  const trimmed = trimControls(text)
  return type.kind === 'interval_ym' ? parseYearMonth(trimmed, type) : parseDayTime(trimmed, type)
}

const QUOTED = /^interval\s+([+-]?)'([^']*)'\s+([a-z]+(?:\s+to\s+[a-z]+)?)$/i

/** What a text may have around the fields: `interval '…' year to month`, and a sign outside of the quotes, too. */
function quotedOrPlain(text: string, name: string): { readonly body: string; readonly isNegative: boolean } {
  const quoted = QUOTED.exec(text)
  const isOfType = quoted?.[3]?.toLowerCase().replaceAll(/\s+/g, ' ') === name
  const [outer, inner] = isOfType ? [quoted![1]!, quoted![2]!] : ['', text]
  const sign = /^[+-]?/.exec(inner)![0]
  return { body: inner.slice(sign.length), isNegative: (outer === '-') !== (sign === '-') }
}

const nameOf = ([first, last]: readonly [string, string]): string => (first === last ? first : `${first} to ${last}`)

const MOST_MONTHS = 2n ** 31n

/** The months that a text without space around it says. */
export function parseYearMonth(
  text: string,
  { fields = ['year', 'month'] }: YearMonthIntervalType,
): number | IntervalFault {
  const { body, isNegative } = quotedOrPlain(text, nameOf(fields))
  const [first, last] = fields
  const match = (first === last ? /^(\d+)$/ : /^(\d+)-(\d+)$/).exec(body)
  if (!match) return 'form'
  const [leading, months = '0'] = [match[1]!, match[2]]
  if (Number(months) > 11) return 'range'
  const whole = BigInt(leading) * INTERVAL_UNITS[first] + BigInt(months)
  if (whole > MOST_MONTHS - (isNegative ? 0n : 1n)) return 'range'
  return Number(isNegative ? -whole : whole)
}

/** By field: how many digits it has at most where it comes first, the most it may be there, and behind another one. */
const DAY_TIME = {
  day: { digits: 9, first: 106_751_991n, behind: 0n },
  hour: { digits: 10, first: 2_562_047_788n, behind: 23n },
  minute: { digits: 12, first: 153_722_867_280n, behind: 59n },
  second: { digits: 13, first: 9_223_372_036_854n, behind: 59n },
} as const

const MOST_MICROS = 2n ** 63n

/** The microseconds that a text without space around it says. Digits of a fraction beyond these are cut off. */
export function parseDayTime(
  text: string,
  { fields = ['day', 'second'] }: DayTimeIntervalType,
): bigint | IntervalFault {
  const { body, isNegative } = quotedOrPlain(text, nameOf(fields))
  const named = DAY_TIME_FIELDS.slice(DAY_TIME_FIELDS.indexOf(fields[0]), DAY_TIME_FIELDS.indexOf(fields[1]) + 1)
  const amounts = body.split(/[ :]/)
  const separators = body.match(/[ :]/g) ?? []
  const isOfForm = amounts.every((amount, i) => {
    const field = named[i]
    if (field === undefined || (i > 0 && separators[i - 1] !== (named[i - 1] === 'day' ? ' ' : ':'))) return false
    const digits = (field === 'second' ? /^(\d+)(?:\.\d{1,9})?$/ : /^(\d+)$/).exec(amount)?.[1]
    return digits !== undefined && digits.length <= (i === 0 ? DAY_TIME[field].digits : 2)
  })
  if (!isOfForm || amounts.length < named.length) return 'form'
  let micros = 0n
  for (const [i, field] of named.entries()) {
    const [whole, fraction = ''] = amounts[i]!.split('.') as [string, string?]
    if (BigInt(whole) > DAY_TIME[field][i === 0 ? 'first' : 'behind']) return 'range'
    micros += BigInt(whole) * INTERVAL_UNITS[field] + BigInt(fraction.padEnd(6, '0').slice(0, 6))
  }
  if (micros > MOST_MICROS - (isNegative ? 0n : 1n)) return 'range'
  return isNegative ? -micros : micros
}

/** The forms of the fields, as Spark's conditions tell them. */
const FORMS = { year: 'y', month: 'm', day: 'd', hour: 'h', minute: 'm', second: 's.n' } as const

/** The forms that a text of an interval type may have. */
export function intervalForms(type: IntervalType): string {
  const fields =
    type.fields ?? (type.kind === 'interval_ym' ? (['year', 'month'] as const) : (['day', 'second'] as const))
  const all = ['year', 'month', ...DAY_TIME_FIELDS] as const
  const named = all.slice(all.indexOf(fields[0]), all.indexOf(fields[1]) + 1)
  const form = named.reduce((text, field, i) => {
    const before = i === 0 ? '' : named[i - 1] === 'year' ? '-' : named[i - 1] === 'day' ? ' ' : ':'
    return `${text}${before}${FORMS[field]}`
  }, '')
  return `\`[+|-]${form}\`, \`INTERVAL [+|-]'[+|-]${form}' ${nameOf(fields).toUpperCase()}\``
}
