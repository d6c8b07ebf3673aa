import type { DataType } from '../../columnar/types.js'
import type { XmlReading } from '../../planner/plan/expression/xml-shape.js'
import { FORMAT_CLOCK, FORMAT_DATE, FORMAT_NTZ, FORMAT_TIMESTAMP } from '../kernels/interface/time-formats.js'

const BITS: Readonly<Partial<Record<DataType['kind'], number>>> = { tinyint: 8, smallint: 16, int: 32, bigint: 64 }
/** What of a text that is no double Java's NumberFormat reads: what follows does not count. */
const BEGINNING = /^(?=[\d,.]*\d)([\d,]*)(\.\d*)?(?:E(-?\d+))?/
const BYTES = /^\[?([\da-f]{2}(?: [\da-f]{2})*)\]?$/i
const WHOLE = /^[+-]?\d+$/
const FLOATING = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?[dDfF]?$/
const SPECIAL = /^[+-]?(?:NaN|Infinity)$/
const DECIMAL = /^[+-]?(?:,*\d[\d,]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/
const BOOLEANS: Readonly<Record<string, string>> = { true: 'true', 1: 'true', false: 'false', 0: 'false' }

/** What tells times. */
export interface TimeTexts {
  /** @param place of the kind of time in formats (interface/time-formats.ts) */
  isTime(text: string, place: number): boolean
}

const TIMES: Readonly<Partial<Record<DataType['kind'], number>>> = {
  date: FORMAT_DATE,
  time: FORMAT_CLOCK,
  timestamp: FORMAT_TIMESTAMP,
  timestamp_ntz: FORMAT_NTZ,
}

/** A text as JSON of a value of a type; undefined where it is none. Dates and times are texts in JSON, too. */
export function xmlLeaf(
  content: string,
  kind: DataType['kind'],
  { ignoreSurroundingSpaces, nullValue }: XmlReading,
  times: TimeTexts,
): string | undefined {
  const text = ignoreSurroundingSpaces ? content.trim() : content
  if (text === nullValue) return 'null'
  switch (kind) {
    case 'tinyint':
    case 'smallint':
      return wholeNumber(text, BITS[kind]!)
    case 'int':
    case 'bigint':
      return signed(text, (rest) => wholeNumber(rest, BITS[kind]!))
    case 'float':
    case 'double':
      return signed(text, floating)
    case 'decimal':
      return DECIMAL.test(text) ? plainNumber(text.replaceAll(',', '')) : undefined
    case 'boolean':
      return BOOLEANS[text.toLowerCase()]
    case 'binary':
      return hexBytes(text)
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'time':
      return times.isTime(text, TIMES[kind]!) ? JSON.stringify(text) : undefined
    // As Spark has it, which writes them into XML and does not read them.
    case 'interval':
    case 'interval_ym':
    case 'interval_dt':
      return undefined
    default:
      return JSON.stringify(text)
  }
}

function wholeNumber(text: string, bits: number): string | undefined {
  if (!WHOLE.test(text)) return undefined
  const value = BigInt(text.replace('+', ''))
  return BigInt.asIntN(bits, value) === value ? String(value) : undefined
}

/** A number behind a sign, which may have one more of its own, as Spark reads them. */
function signed(text: string, read: (rest: string) => string | undefined): string | undefined {
  const isNegative = text.startsWith('-')
  const value = read(isNegative || text.startsWith('+') ? text.slice(1) : text)
  if (!isNegative || value === undefined || value === '"NaN"') return value
  const [quote, number] = value.startsWith('"') ? ['"', value.slice(1)] : ['', value]
  return quote + (number.startsWith('-') ? number.slice(1) : `-${number}`)
}

function floating(text: string): string | undefined {
  if (SPECIAL.test(text)) return JSON.stringify(text.replace('+', ''))
  if (FLOATING.test(text)) return plainNumber(text.replace(/[dDfF]$/, ''))
  if (/^-?(?:∞|NaN)/.test(text))
    return JSON.stringify(text.includes('NaN') ? 'NaN' : `${text[0] === '-' ? '-' : ''}Infinity`)
  const found = BEGINNING.exec(text.replace(/^-/, ''))
  if (!found) return undefined
  const [, whole, fraction = '', exponent] = found
  const digits = `${whole!.replaceAll(',', '') || '0'}${fraction}${exponent === undefined ? '' : `E${exponent}`}`
  return `${text.startsWith('-') ? '-' : ''}${plainNumber(digits)}`
}

/** Bytes as Spark shows them: two digits each, blanks between, perhaps in brackets. */
function hexBytes(text: string): string | undefined {
  const pairs = BYTES.exec(text)?.[1]
  return pairs === undefined
    ? undefined
    : JSON.stringify(Buffer.from(pairs.replaceAll(' ', ''), 'hex').toString('base64'))
}

/** Digits as JSON has them: no plus, and some before and behind a point. */
const plainNumber = (text: string): string =>
  text
    .replace(/^\+/, '')
    .replace(/^(-?)0+(?=\d)/, '$1')
    .replace(/^(-?)\./, '$10.')
    .replace(/\.(?=$|[eE])/, '')
