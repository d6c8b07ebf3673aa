import { nearestFloat } from '../../columnar/nearest-float.js'
import {
  BIGINT,
  type DataType,
  DOUBLE,
  decimal,
  FLOAT,
  INT,
  MAX_DECIMAL_PRECISION,
  SMALLINT,
  TINYINT,
} from '../../columnar/types.js'
import type { Origin } from '../../common/errors/condition.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { LiteralValue } from '../plan/expression/literal.js'

export interface TypedValue {
  readonly type: DataType
  readonly value: LiteralValue
}

const INTEGER_BITS: Readonly<Record<string, { readonly type: DataType; readonly bits: number }>> = {
  Y: { type: TINYINT, bits: 8 },
  S: { type: SMALLINT, bits: 16 },
  L: { type: BIGINT, bits: 64 },
}
const MAX_FLOAT = 3.4028234663852886e38
/** The bounds as Spark's messages print them. */
const FLOATING_BOUNDS = {
  double: '1.7976931348623157E+308',
  float: '3.4028234663852886E+38',
} as const

/** The value of a number as written, its minus included: `-128Y`, `1.5BD`, `1e3`. @throws INVALID_NUMERIC_LITERAL_RANGE, DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION */
export function numberLiteral(text: string, origin: Origin): TypedValue {
  const suffix = /(?:[bB][dD]|[a-zA-Z])$/.exec(text)?.[0]?.toUpperCase() ?? ''
  const body = text.slice(0, text.length - suffix.length)
  const isWhole = /^-?\d+$/.test(body)
  const integer = INTEGER_BITS[suffix]
  if (integer) return integerOf(body, integer, origin)
  if (suffix === 'F') return floating(body, 'float', origin)
  if (suffix === 'D' || (suffix === '' && /[eE]/.test(body))) return floating(body, 'double', origin)
  if (suffix === '' && isWhole) return smallestInteger(body, origin)
  return decimalOf(body, origin)
}

const boundsOf = (bits: number): readonly [min: string, max: string] => {
  const limit = 1n << BigInt(bits - 1)
  return [String(-limit), String(limit - 1n)]
}

function integerOf(
  body: string,
  { type, bits }: { readonly type: DataType; readonly bits: number },
  origin: Origin,
): TypedValue {
  const value = BigInt(body)
  if (BigInt.asIntN(bits, value) !== value) throw outOfRange(body, type.kind, boundsOf(bits), origin)
  return { type, value: bits === 64 ? value : Number(value) }
}

/** The smallest of int, bigint and decimal that holds it, as in Spark. */
function smallestInteger(body: string, origin: Origin): TypedValue {
  // A text longer than any decimal is no number to build first.
  if (body.length > MAX_DECIMAL_PRECISION + 1) return decimalOf(body, origin)
  const value = BigInt(body)
  if (BigInt.asIntN(32, value) === value) return { type: INT, value: Number(value) }
  if (BigInt.asIntN(64, value) === value) return { type: BIGINT, value }
  return decimalOf(body, origin)
}

function floating(body: string, kind: 'float' | 'double', origin: Origin): TypedValue {
  const value = Number(body)
  const fits = kind === 'float' ? Math.abs(value) <= MAX_FLOAT : Number.isFinite(value)
  const bound = FLOATING_BOUNDS[kind]
  if (!fits) throw outOfRange(body, kind, [`-${bound}`, bound], origin)
  return kind === 'float' ? { type: FLOAT, value: nearestFloat(body) } : { type: DOUBLE, value }
}

function outOfRange(
  body: string,
  typeName: string,
  [minValue, maxValue]: readonly [min: string, max: string],
  origin: Origin,
): MillraceError {
  const parameters = { rawStrippedQualifier: body, minValue, maxValue, typeName }
  return new MillraceError('INVALID_NUMERIC_LITERAL_RANGE', parameters, { origin })
}

function decimalOf(body: string, origin: Origin): TypedValue {
  const sign = body.startsWith('-') ? -1n : 1n
  const [mantissa = '', exponent = '0'] = body.replace(/^-/, '').split(/[eE]/)
  const [whole = '', fraction = ''] = mantissa.split('.')
  const digits = `${whole}${fraction}`.replace(/^0+(?=\d)/, '')
  const places = fraction.length - Number(exponent)
  const scale = Math.max(0, places)
  const zeros = Math.max(0, -places)
  const precision = Math.max(digits === '0' ? 1 : digits.length + zeros, scale)
  if (precision > MAX_DECIMAL_PRECISION) {
    const parameters = { precision, maxPrecision: MAX_DECIMAL_PRECISION }
    throw new MillraceError('DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION', parameters, { origin })
  }
  return { type: decimal(precision, scale), value: sign * BigInt(digits) * 10n ** BigInt(digits === '0' ? 0 : zeros) }
}
