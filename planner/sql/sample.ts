import { doubleText } from '../../columnar/double-text.js'
import { anySeed } from '../../common/any-seed.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { RowCount, UnresolvedRelation } from '../plan/unresolved/relation.js'
import { readQualifiedName } from './expressions.js'
import { readCount } from './limit.js'
import type { Token } from './token.js'
import type { TokenStream } from './token-stream.js'

/** Fractions as near to 0 and 1 as this are no fault: they were computed. */
const ROUNDING = 1e-6

/** Reads `TABLESAMPLE (…) [REPEATABLE (seed)]` if it comes next. @throws _LEGACY_ERROR_TEMP_0014 to 0016, _LEGACY_ERROR_TEMP_0064, INVALID_LIMIT_LIKE_EXPRESSION.* */
export function readSample(tokens: TokenStream, input: UnresolvedRelation): UnresolvedRelation {
  const start = tokens.peek()
  if (!tokens.accept('TABLESAMPLE', '(')) return input
  if (tokens.accept(')')) throw new MillraceError('_LEGACY_ERROR_TEMP_0014', {}, { origin: tokens.originFrom(start) })
  const fraction = readFraction(tokens)
  const limit = fraction === undefined ? readRows(tokens) : 0
  tokens.expect(')')
  const seed = readSeed(tokens)
  if (fraction === undefined) return { kind: 'limit', input, limit, offset: 0 }
  checkFraction(fraction, tokens, start)
  return { kind: 'sample', input, from: 0, to: fraction, seed: seed ?? anySeed() }
}

/** `12.5 PERCENT` or `BUCKET 1 OUT OF 8`. */
function readFraction(tokens: TokenStream): number | undefined {
  if (tokens.at('BUCKET') && tokens.peek(1).kind === 'number') {
    tokens.next()
    const part = readNumber(tokens)
    tokens.expect('OUT', 'OF')
    const whole = readNumber(tokens)
    if (tokens.accept('ON')) throw bucketsOf(tokens)
    return part / whole
  }
  const isSigned = tokens.at('-')
  const [number, word] = [tokens.peek(isSigned ? 1 : 0), tokens.peek(isSigned ? 2 : 1)]
  if (number.kind !== 'number' || word.match !== 'PERCENT') return undefined
  if (isSigned) tokens.next()
  const percent = readNumber(tokens)
  tokens.next()
  return (isSigned ? -percent : percent) / 100
}

/** `ON column`, or a function without arguments: nothing is divided into buckets. */
function bucketsOf(tokens: TokenStream): MillraceError {
  const start = tokens.peek()
  readQualifiedName(tokens, 'expected a column or a function')
  const isFunction = tokens.accept('(')
  if (isFunction) tokens.expect(')')
  tokens.expect(')')
  const msg = `BUCKET x OUT OF y ON ${isFunction ? 'function' : 'colname'}`
  return new MillraceError('_LEGACY_ERROR_TEMP_0015', { msg }, { origin: tokens.originFrom(start) })
}

/** `100 ROWS`. @throws _LEGACY_ERROR_TEMP_0015, _LEGACY_ERROR_TEMP_0016 for a number of bytes */
function readRows(tokens: TokenStream): RowCount {
  const start = tokens.peek()
  const count = readCount(tokens)
  if (tokens.at(')')) {
    const bytesStr = tokens.text.slice(start.start, tokens.peek().start).trim()
    const isSize = /^\d+[bkmg]$/i.test(bytesStr)
    const origin = tokens.originFrom(start)
    if (isSize) throw new MillraceError('_LEGACY_ERROR_TEMP_0015', { msg: 'byteLengthLiteral' }, { origin })
    throw new MillraceError('_LEGACY_ERROR_TEMP_0016', { bytesStr }, { origin })
  }
  tokens.expect('ROWS')
  return count
}

function readSeed(tokens: TokenStream): bigint | undefined {
  if (!tokens.accept('REPEATABLE', '(')) return undefined
  const sign = tokens.accept('-') ? -1n : 1n
  const token = tokens.peek()
  if (token.kind !== 'number' || !/^\d{1,18}$/.test(token.text)) throw tokens.unexpected('expected a whole number')
  tokens.next()
  tokens.expect(')')
  return sign * BigInt(token.text)
}

function readNumber(tokens: TokenStream): number {
  const token = tokens.peek()
  if (token.kind !== 'number' || !/^(\d+(\.\d*)?|\.\d+)$/.test(token.text)) throw tokens.unexpected('expected a number')
  return Number(tokens.next().text)
}

function checkFraction(fraction: number, tokens: TokenStream, start: Token): void {
  if (fraction >= -ROUNDING && fraction <= 1 + ROUNDING) return
  const msg = `Sampling fraction (${doubleText(fraction)}) must be on interval [0, 1]`
  throw new MillraceError('_LEGACY_ERROR_TEMP_0064', { msg }, { origin: tokens.originFrom(start) })
}
