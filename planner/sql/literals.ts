import {
  BINARY,
  BOOLEAN,
  DATE,
  type DataType,
  quotedTypeName,
  STRING,
  TIME,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  VOID,
} from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedText } from '../../common/errors/quoting.js'
import type { LiteralValue } from '../plan/expression/literal.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import { hasZone, parseTemporal } from './date-time.js'
import { readInterval } from './interval-literal.js'
import { numberLiteral } from './number-literal.js'
import type { Token } from './token.js'
import type { TokenStream } from './token-stream.js'
import { timestampType } from './types.js'

/** Reads a literal if one comes next. @throws PARSE_SYNTAX_ERROR, INVALID_TYPED_LITERAL */
export function readLiteral(tokens: TokenStream): UnresolvedExpression | undefined {
  const token = tokens.peek()
  const make = (type: DataType, value: LiteralValue): UnresolvedExpression => ({
    kind: 'literal',
    type,
    value,
    origin: tokens.originFrom(token),
  })
  if (token.kind === 'string') {
    // Who calls a function in double quotes wants its name, which only backquotes quote.
    const isCalled = tokens.peek(1).match === '(' || (tokens.peek(1).match === '.' && tokens.peek(3).match === '(')
    if (isCalled) throw tokens.unexpected()
    return make(STRING, readStrings(tokens))
  }
  if (tokens.accept('NULL')) return make(VOID, null)
  if (tokens.accept('TRUE')) return make(BOOLEAN, true)
  if (tokens.accept('FALSE')) return make(BOOLEAN, false)
  const next = tokens.peek(1)
  const isTyped = token.kind === 'word' && next.kind === 'string'
  if (isTyped && token.match === 'X') {
    tokens.next()
    return make(BINARY, bytesLiteral(tokens, token))
  }
  const temporal = isTyped ? temporalType(tokens, token, next) : undefined
  if (temporal) {
    tokens.next()
    return { kind: 'literal', ...temporalLiteral(tokens, temporal, token), origin: tokens.originFrom(token) }
  }
  return readInterval(tokens)
}

/** Reads a number with its minus, if one comes next. @throws INVALID_NUMERIC_LITERAL_RANGE, DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION */
export function readSignedNumber(tokens: TokenStream): UnresolvedExpression | undefined {
  const start = tokens.peek()
  const sign = tokens.at('-') ? '-' : ''
  if (tokens.peek(sign.length).kind !== 'number') return undefined
  if (sign !== '') tokens.next()
  const { text } = tokens.next()
  const origin = tokens.originFrom(start)
  return { kind: 'literal', ...numberLiteral(`${sign}${text}`, origin), origin }
}

/** Neighbouring strings are one, as in Spark. */
function readStrings(tokens: TokenStream): string {
  let value = ''
  while (tokens.peek().kind === 'string') value += tokens.next().text
  return value
}

/** `X'1f'`: pairs of hexadecimal digits, a single one at the beginning with a zero before it. @throws INVALID_TYPED_LITERAL */
function bytesLiteral(tokens: TokenStream, start: Token): Uint8Array {
  const digits = tokens.next().text
  if (!/^[0-9a-fA-F]*$/.test(digits)) throw invalidLiteral(tokens, '"X"', digits, start)
  return Uint8Array.from(Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex'))
}

function invalidLiteral(tokens: TokenStream, valueType: string, text: string, start: Token): MillraceError {
  const parameters = { valueType, value: quotedText(text) }
  return new MillraceError('INVALID_TYPED_LITERAL', parameters, { origin: tokens.originFrom(start) })
}

/** Types of literals whose texts are in quotes behind their names. */
const TEMPORAL: Readonly<Record<string, DataType>> = {
  DATE,
  TIME,
  TIMESTAMP_LTZ: TIMESTAMP,
  TIMESTAMP_NTZ,
}

/** With a zone in its text a TIMESTAMP is always one with a time zone. */
function temporalType({ settings }: TokenStream, { match }: Token, { text }: Token): DataType | undefined {
  if (match !== 'TIMESTAMP') return TEMPORAL[match]
  return hasZone(text) ? TIMESTAMP : timestampType(settings)
}

/** @throws INVALID_TYPED_LITERAL */
function temporalLiteral(
  tokens: TokenStream,
  type: DataType,
  start: Token,
): { readonly type: DataType; readonly value: LiteralValue; readonly written?: string } {
  const { text } = tokens.next()
  const value = parseTemporal(text, type, ANY_MOMENT)
  if (value === undefined) throw invalidLiteral(tokens, quotedTypeName(type), text, start)
  const isSame = value === parseTemporal(text, type, ANOTHER_MOMENT)
  return isSame ? { type, value } : { type, value: null, written: text }
}

/** Two moments and zones: what is the same in both depends on neither. */
const ANY_MOMENT = { timeZone: '+00:00', nowMicros: 0n }
const ANOTHER_MOMENT = { timeZone: '+01:00', nowMicros: 1_000_000_000_000_001n }
