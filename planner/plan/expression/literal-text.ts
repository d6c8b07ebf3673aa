import { doubleText, floatText } from '../../../columnar/double-text.js'
import { dateText, timestampText, timeText } from '../../../columnar/times/calendar.js'
import { intervalText } from '../../../columnar/times/calendar-interval.js'
import { intervalParts } from '../../../columnar/times/interval-parts.js'
import { dayTimeText, yearMonthText } from '../../../columnar/times/interval-text.js'
import type { DataType, OfKind, TypeKind } from '../../../columnar/types.js'
import { variantText } from '../../../columnar/variant-json.js'
import { variantParts } from '../../../columnar/variant-parts.js'
import type { LiteralValue } from './literal.js'

/** How literals of a type are written. */
interface LiteralForm<T extends DataType = DataType> {
  /** What a cast to STRING gives. */
  text(value: Exclude<LiteralValue, null>, type: T): string
  /** What stands around the text where it has its type in SQL. */
  readonly around: readonly [before: string, behind: string]
  /** Whether it also stands there where numbers have no suffixes, as in plans and names of columns. */
  readonly isAlwaysTyped: boolean
}

const bare = (behind = '', text: LiteralForm['text'] = String): LiteralForm => ({
  text,
  around: ['', behind],
  isAlwaysTyped: false,
})
const quoted = (name: string, text: LiteralForm['text']): LiteralForm => ({
  text,
  around: [`${name} '`, "'"],
  isAlwaysTyped: true,
})
const micros = (value: Exclude<LiteralValue, null>): string => timestampText(value as bigint)

const FORMS: { readonly [K in TypeKind]: LiteralForm<OfKind<K>> } = {
  void: bare(),
  boolean: bare(),
  tinyint: bare('Y'),
  smallint: bare('S'),
  int: bare(),
  bigint: bare('L'),
  float: bare('', (value) => floatText(value as number)),
  double: bare('D', (value) => doubleText(value as number)),
  decimal: { ...bare('BD'), text: (value, { scale }) => decimalText(value as bigint, scale) },
  string: bare(),
  binary: bare('', (value) => Buffer.from(value as Uint8Array).toString('utf8')),
  date: quoted('DATE', (value) => dateText(value as number)),
  time: quoted('TIME', (value) => timeText(value as bigint)),
  timestamp: quoted('TIMESTAMP', micros),
  timestamp_ntz: quoted('TIMESTAMP_NTZ', micros),
  interval_ym: { ...bare(), text: (value, type) => yearMonthText(value as number, type) },
  interval_dt: { ...bare(), text: (value, type) => dayTimeText(value as bigint, type) },
  interval: quoted('INTERVAL', (value) => intervalText(intervalParts(value as Uint8Array))),
  variant: bare('', (value) => variantText(variantParts(value as Uint8Array)) ?? 'null'),
  struct: bare(),
  array: bare(),
  map: bare(),
}

const formOf = (type: DataType): LiteralForm => FORMS[type.kind]

/** A value as text: what a cast to STRING gives. */
export const plainText = (type: DataType, value: LiteralValue): string =>
  value === null ? 'null' : formOf(type).text(value, type)

/** What stands around the text of a value where SQL says its type: `1L`, `DATE '2020-01-01'`. */
export const aroundText = (type: DataType): readonly [before: string, behind: string] => formOf(type).around

/** A literal as SQL writes it. */
export function literalText(type: DataType, value: LiteralValue): string {
  if (value === null) return 'NULL'
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`
  if (value instanceof Uint8Array && type.kind !== 'interval')
    return `X'${Buffer.from(value).toString('hex').toUpperCase()}'`
  const { isAlwaysTyped, around } = formOf(type)
  const text = plainText(type, value)
  return isAlwaysTyped ? around[0] + text + around[1] : text
}

/** The same with the suffixes of numbers. */
export function typedText(type: DataType, value: LiteralValue): string {
  const text = literalText(type, value)
  return value === null || formOf(type).isAlwaysTyped ? text : text + aroundText(type)[1]
}

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
