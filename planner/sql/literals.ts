import {
  BIGINT,
  BINARY,
  BOOLEAN,
  DATE,
  type DataType,
  DOUBLE,
  decimal,
  FLOAT,
  INT,
  INTERVAL_DT,
  INTERVAL_YM,
  MAX_DECIMAL_PRECISION,
  SMALLINT,
  STRING,
  TIMESTAMP,
  TINYINT,
  VOID,
} from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { LiteralValue } from '../plan/expression/literal.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import { parseDateDays, parseTimestampMicros } from './date-time.js'
import type { Token } from './token.js'
import type { TokenStream } from './token-stream.js'

const INTEGER_SUFFIXES: Readonly<Record<string, { readonly type: DataType; readonly bits: number }>> = {
  Y: { type: TINYINT, bits: 8 },
  S: { type: SMALLINT, bits: 16 },
  L: { type: BIGINT, bits: 64 },
}
const MONTHS: Readonly<Record<string, number>> = { YEAR: 12, MONTH: 1, QUARTER: 3 }
const MICROS: Readonly<Record<string, bigint>> = {
  WEEK: 604_800_000_000n,
  DAY: 86_400_000_000n,
  HOUR: 3_600_000_000n,
  MINUTE: 60_000_000n,
  SECOND: 1_000_000n,
  MILLISECOND: 1_000n,
  MICROSECOND: 1n,
}

/** Reads a literal if one comes next. @throws PARSE_SYNTAX_ERROR, INVALID_TYPED_LITERAL */
export function readLiteral(tokens: TokenStream): UnresolvedExpression | undefined {
  const token = tokens.peek()
  const make = (type: DataType, value: LiteralValue): UnresolvedExpression => ({
    kind: 'literal',
    type,
    value,
    origin: tokens.originFrom(token),
  })
  if (token.kind === 'number') {
    tokens.next()
    const { type, value } = numberLiteral(tokens, token)
    return make(type, value)
  }
  if (token.kind === 'string') return make(STRING, readStrings(tokens))
  if (token.kind === 'bytes') return make(BINARY, Uint8Array.from(Buffer.from(tokens.next().text, 'hex')))
  if (tokens.accept('NULL')) return make(VOID, null)
  if (tokens.accept('TRUE')) return make(BOOLEAN, true)
  if (tokens.accept('FALSE')) return make(BOOLEAN, false)
  if (tokens.at('DATE') && tokens.peek(1).kind === 'string') {
    tokens.next()
    return make(DATE, typed(tokens, 'DATE', parseDateDays, token))
  }
  if ((tokens.at('TIMESTAMP') || tokens.at('TIMESTAMP_LTZ')) && tokens.peek(1).kind === 'string') {
    tokens.next()
    return make(TIMESTAMP, typed(tokens, 'TIMESTAMP', parseTimestampMicros, token))
  }
  if (tokens.at('INTERVAL')) return readInterval(tokens)
  return undefined
}

/** Neighbouring strings are one, as in Spark. */
function readStrings(tokens: TokenStream): string {
  let value = ''
  while (tokens.peek().kind === 'string') value += tokens.next().text
  return value
}

function typed<T>(tokens: TokenStream, valueType: string, parse: (text: string) => T | undefined, start: Token): T {
  const { text } = tokens.next()
  const value = parse(text)
  if (value === undefined) {
    throw new MillraceError(
      'INVALID_TYPED_LITERAL',
      { valueType: `"${valueType}"`, value: `'${text}'` },
      { origin: tokens.originFrom(start) },
    )
  }
  return value
}

function numberLiteral(tokens: TokenStream, token: Token): { readonly type: DataType; readonly value: LiteralValue } {
  const suffix = /[a-zA-Z]+$/.exec(token.text)?.[0]?.toUpperCase() ?? ''
  const body = token.text.slice(0, token.text.length - suffix.length)
  const integral = INTEGER_SUFFIXES[suffix]
  if (integral && /^\d+$/.test(body)) return withinBits(tokens, token, BigInt(body), integral)
  if (suffix === 'D') return { type: DOUBLE, value: Number(body) }
  if (suffix === 'F') return { type: FLOAT, value: Math.fround(Number(body)) }
  if (suffix === '' && /[eE]/.test(body)) return { type: DOUBLE, value: Number(body) }
  if (suffix === '' && /^\d+$/.test(body)) return integerLiteral(tokens, token, BigInt(body))
  if (suffix === '' || suffix === 'BD') return decimalLiteral(tokens, token, body)
  throw new MillraceError(
    'INVALID_TYPED_LITERAL',
    { valueType: 'number', value: token.text },
    { origin: tokens.originFrom(token) },
  )
}

function withinBits(
  tokens: TokenStream,
  token: Token,
  value: bigint,
  { type, bits }: { readonly type: DataType; readonly bits: number },
) {
  // One more than the greatest is let through: it may stand after a minus.
  if (value > 2n ** BigInt(bits - 1)) {
    throw new MillraceError(
      'INVALID_TYPED_LITERAL',
      { valueType: `"${type.kind.toUpperCase()}"`, value: token.text },
      { origin: tokens.originFrom(token) },
    )
  }
  return { type, value: bits === 64 ? value : Number(value) }
}

/** The smallest of int, bigint and decimal that holds it, as in Spark. */
function integerLiteral(
  tokens: TokenStream,
  token: Token,
  value: bigint,
): { readonly type: DataType; readonly value: LiteralValue } {
  if (value < 2n ** 31n) return { type: INT, value: Number(value) }
  if (value < 2n ** 63n) return { type: BIGINT, value }
  return decimalLiteral(tokens, token, value.toString())
}

function decimalLiteral(
  tokens: TokenStream,
  token: Token,
  body: string,
): { readonly type: DataType; readonly value: LiteralValue } {
  const [mantissa = '', exponent = '0'] = body.split(/[eE]/)
  const [whole = '', fraction = ''] = mantissa.split('.')
  const scale = Math.max(0, fraction.length - Number(exponent))
  const zeros = Math.max(0, Number(exponent) - fraction.length)
  const unscaled = BigInt(`${whole}${fraction}` || '0') * 10n ** BigInt(Math.min(zeros, 100))
  const digits = unscaled === 0n ? 1 : unscaled.toString().length
  const precision = Math.max(digits, scale)
  if (precision > MAX_DECIMAL_PRECISION) {
    const reason = `the number ${token.text} has more than ${MAX_DECIMAL_PRECISION} digits`
    throw new MillraceError('INVALID_SQL_SYNTAX', { reason }, { origin: tokens.originFrom(token) })
  }
  return { type: decimal(precision, scale), value: unscaled }
}

/** `interval '3' month`, `interval 3 days 2 hours`, `interval '1-2' year to month` is not built. */
function readInterval(tokens: TokenStream): UnresolvedExpression | undefined {
  const start = tokens.peek()
  const after = tokens.peek(1)
  const signed = after.kind === 'symbol' && after.match === '-'
  if (after.kind !== 'string' && after.kind !== 'number' && !signed) return undefined
  tokens.next()
  let months = 0
  let micros = 0n
  let fields = 0
  while (tokens.peek().kind === 'string' || tokens.peek().kind === 'number' || tokens.at('-')) {
    const sign = tokens.accept('-') ? -1 : 1
    const amount = tokens.next().text.trim()
    const parts =
      tokens.peek().kind === 'word' && unitOf(tokens.peek().match)
        ? [[amount, tokens.next().match]]
        : unitsWithin(amount)
    if (parts.length === 0) throw tokens.unexpected('expected the unit of the interval')
    for (const [count, unit] of parts) {
      const field = intervalField(count!, unit!)
      if (field === undefined) throw tokens.unexpected(`'${amount}' is no interval`)
      months += sign * field.months
      micros += BigInt(sign) * field.micros
      fields++
    }
  }
  if (tokens.at('TO')) throw tokens.unsupported('intervals of the form unit TO unit', start)
  if (fields === 0) throw tokens.unexpected('expected an interval')
  if (months !== 0 && micros !== 0n) throw tokens.unsupported('intervals that mix months with shorter units', start)
  const origin = tokens.originFrom(start)
  return months !== 0
    ? { kind: 'literal', type: INTERVAL_YM, value: months, origin }
    : { kind: 'literal', type: INTERVAL_DT, value: micros, origin }
}

/** `'3 days 4 hours'` as pairs of count and unit. */
const unitsWithin = (text: string): string[][] =>
  [...text.matchAll(/([+-]?[\d.]+)\s*([a-zA-Z]+)/g)].map((m) => [m[1]!, m[2]!.toUpperCase()])

const unitOf = (word: string): string | undefined => {
  const singular = word.replace(/S$/, '')
  return singular in MONTHS || singular in MICROS ? singular : undefined
}

function intervalField(count: string, word: string): { readonly months: number; readonly micros: bigint } | undefined {
  const unit = unitOf(word)
  const match = /^([+-]?)(\d+)(?:\.(\d{1,9}))?$/.exec(count)
  if (unit === undefined || !match) return undefined
  const sign = match[1] === '-' ? -1 : 1
  if (unit in MONTHS)
    return match[3] === undefined ? { months: sign * Number(match[2]) * MONTHS[unit]!, micros: 0n } : undefined
  if (match[3] !== undefined && unit !== 'SECOND') return undefined
  const fraction = BigInt((match[3] ?? '').padEnd(6, '0').slice(0, 6) || 0)
  return { months: 0, micros: BigInt(sign) * (BigInt(match[2]!) * MICROS[unit]! + fraction) }
}
