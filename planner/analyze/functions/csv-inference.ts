import {
  BIGINT,
  BOOLEAN,
  DATE,
  type DataType,
  DOUBLE,
  decimal,
  field,
  INT,
  MAX_DECIMAL_PRECISION,
  STRING,
  struct,
  TIMESTAMP,
  VOID,
} from '../../../columnar/types.js'
import type { TextOptions } from '../../plan/expression/text-options.js'
import { parseTemporal } from '../../sql/date-time.js'
import { mergedType } from './inferred-types.js'

/** The values of a row that is used to tell what others are like, without their quotes: what kernels read of rows is in csv-tokens.ts. */
export function csvValues(row: string, options: TextOptions): readonly string[] {
  const { sep = ',', quote = '"' } = options
  const [trimsStart, trimsEnd] = [options['ignoreLeadingWhiteSpace'], options['ignoreTrailingWhiteSpace']]
  const values: string[] = []
  for (let at = 0; ; at += sep.length) {
    if (trimsStart) while (row[at] !== undefined && row[at]! <= ' ' && !row.startsWith(sep, at)) at++
    const isQuoted = quote !== '' && row[at] === quote
    const quoted = isQuoted ? quotedValue(row, at + 1, options) : { value: '', end: at }
    const end = row.indexOf(sep, quoted.end)
    const rest = row.slice(quoted.end, end < 0 ? row.length : end)
    values.push(quoted.value + (trimsEnd || isQuoted ? rest.trimEnd() : rest))
    if (end < 0) return values
    at = end
  }
}

/** A value in quotes, and where the quote behind it ends. */
function quotedValue(row: string, from: number, { quote = '"', escape: escapeSign = '\\' }: TextOptions) {
  let value = ''
  for (let at = from; at < row.length; at++) {
    const next = row[at + 1]
    if (row[at] === escapeSign && (next === quote || next === escapeSign)) value += row[++at]
    else if (row[at] === quote) return { value, end: at + 1 }
    else value += row[at]
  }
  return { value, end: row.length }
}

const INT_DECIMAL = decimal(10, 0)
const WHOLE = /^[+-]?\d+$/
const NUMBER = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[fFdD]?\s*$/
const DAY = /^\d{4}-\d{2}-\d{2}$/
const TIME = /^\d{4}-\d{1,2}(-\d{1,2}([ T].*)?)?$/
const SPECIAL: ReadonlySet<string> = new Set(['Inf', '-Inf', 'Infinity', '-Infinity', 'NaN'])

const isTime = (text: string, type: DataType): boolean =>
  parseTemporal(text, type, { timeZone: 'UTC', nowMicros: 0n }) !== undefined

function wholeType(text: string): DataType {
  const value = BigInt(text.replace('+', ''))
  if (BigInt.asIntN(32, value) === value) return INT
  if (BigInt.asIntN(64, value) === value) return BIGINT
  const digits = String(value).replace('-', '').length
  return digits > MAX_DECIMAL_PRECISION ? DOUBLE : decimal(digits, 0)
}

/** What a value tells of its column: nothing when it stands for NULL. */
function csvTypeOf(text: string, { nullValue = '', nanValue = 'NaN' }: TextOptions): DataType {
  if (text === '' || text === nullValue) return VOID
  if (WHOLE.test(text)) return wholeType(text)
  if (NUMBER.test(text) || text === nanValue || SPECIAL.has(text)) return DOUBLE
  if (DAY.test(text) && isTime(text, DATE)) return DATE
  if (TIME.test(text) && isTime(text, TIMESTAMP)) return TIMESTAMP
  return /^(true|false)$/i.test(text) ? BOOLEAN : STRING
}

/** The type of values that are of two types; text where nothing else is of both. Dates are no timestamps when these have a pattern of their own. */
export const mergedCsvType =
  ({ timestampFormat }: TextOptions) =>
  (a: DataType, b: DataType): DataType => {
    if (a.kind === 'int' && b.kind === 'bigint') return b
    if (a.kind === 'bigint' && b.kind === 'int') return a
    const dated = [a, b].find(({ kind }) => kind === 'date')
    const timed = [a, b].find(({ kind }) => kind === 'timestamp' || kind === 'timestamp_ntz')
    if (dated && timed) return timestampFormat === undefined ? timed : STRING
    return mergedType(ofInt(a, b), ofInt(b, a))
  }

/** A type beside another: an integer of 32 bits has ten digits beside decimals. */
function ofInt(type: DataType, beside: DataType): DataType {
  if (type.kind !== 'int' || beside.kind === 'int' || beside.kind === 'void') return type
  return beside.kind === 'decimal' ? INT_DECIMAL : BIGINT
}

/** The type of a row as Spark infers it. */
export const inferCsv = (row: string, options: TextOptions): DataType =>
  struct(
    csvValues(row, options).map((value, i) => {
      const type = csvTypeOf(value, options)
      return field(`_c${i}`, type.kind === 'void' ? STRING : type)
    }),
  )
