import { parseDateText, parseTimestampText } from '../../../columnar/times/calendar.js'
import {
  BIGINT,
  DATE,
  type DataType,
  DOUBLE,
  decimal,
  INT,
  MAX_DECIMAL_PRECISION,
  STRING,
  sameType,
  TIMESTAMP,
} from '../../../columnar/types.js'

/** The type that holds all values of a column of folders, as Spark infers it; text where nothing else does, or there is no value. */
export function inferredType(texts: readonly (string | null)[]): DataType {
  const types = new Map<string, DataType>()
  for (const text of texts) {
    const type = text === null ? undefined : typeOf(text)
    if (type) types.set(JSON.stringify(type), type)
  }
  const [first = STRING, ...others] = types.values()
  return others.reduce(wider, first)
}

const INT_BITS = 32
const BIGINT_BITS = 64

function typeOf(text: string): DataType {
  if (/^[+-]?\d+$/.test(text)) {
    const value = BigInt(text)
    if (BigInt.asIntN(INT_BITS, value) === value) return INT
    if (BigInt.asIntN(BIGINT_BITS, value) === value) return BIGINT
    const digits = String(value).replace('-', '').length
    return digits <= MAX_DECIMAL_PRECISION ? decimal(digits, 0) : DOUBLE
  }
  if (/^([+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|NaN|[+-]?Infinity)$/i.test(text)) return DOUBLE
  if (/^\d/.test(text) && parseDateText(text) !== undefined) return DATE
  // Of a fraction Spark takes one digit.
  return /^[^.]*(\.\d)?$/.test(text) && /^\d/.test(text) && parseTimestampText(text) !== undefined ? TIMESTAMP : STRING
}

/** How many digits a column of whole numbers may have. */
const DIGITS: Readonly<Partial<Record<DataType['kind'], number>>> = { int: 10, bigint: 20 }

function wider(a: DataType, b: DataType): DataType {
  if (sameType(a, b)) return a
  const kinds = new Set([a.kind, b.kind])
  if (kinds.has('date') && kinds.has('timestamp')) return TIMESTAMP
  if (kinds.has('int') && kinds.has('bigint')) return BIGINT
  if (kinds.has('int') && kinds.has('double')) return DOUBLE
  // A double does not hold all of the others.
  const digits = [a, b].map((type) => (type.kind === 'decimal' ? type.precision : DIGITS[type.kind]))
  const [one, other] = digits
  return one === undefined || other === undefined
    ? STRING
    : decimal(Math.min(MAX_DECIMAL_PRECISION, Math.max(one, other)), 0)
}
