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
} from '../../../columnar/types.js'
import type { TextOptions } from '../../plan/expression/text-options.js'
import { parseTemporal } from '../../sql/date-time.js'

/** The values of a row, of one that is used to tell what others are like: without their quotes. */
function valuesOf(row: string, { sep = ',', quote = '"', escape: escapeSign = '\\' }: TextOptions): readonly string[] {
  const values: string[] = []
  let at = 0
  for (;;) {
    const isQuoted = row[at] === quote
    let value = ''
    let end = at + (isQuoted ? 1 : 0)
    while (end < row.length && (isQuoted ? row[end] !== quote : !row.startsWith(sep, end))) {
      if (isQuoted && row[end] === escapeSign && end + 1 < row.length) end++
      value += row[end++]
    }
    values.push(value)
    const next = row.indexOf(sep, end)
    if (next < 0) return values
    at = next + sep.length
  }
}

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

function typeOf(text: string, { nullValue = '', nanValue = 'NaN' }: TextOptions): DataType {
  if (text === '' || text === nullValue) return STRING
  if (WHOLE.test(text)) return wholeType(text)
  if (NUMBER.test(text) || text === nanValue || SPECIAL.has(text)) return DOUBLE
  if (DAY.test(text) && isTime(text, DATE)) return DATE
  if (TIME.test(text) && isTime(text, TIMESTAMP)) return TIMESTAMP
  return /^(true|false)$/i.test(text) ? BOOLEAN : STRING
}

/** The type of a row as Spark infers it. */
export const inferCsv = (row: string, options: TextOptions): DataType =>
  struct(valuesOf(row, options).map((value, i) => field(`_c${i}`, typeOf(value, options))))
