import { STRING } from '../../columnar/types.js'
import type { UnresolvedCall, UnresolvedExpression } from '../plan/unresolved/expression.js'
import { foreignPath, isUnitCall, readUnitCall } from './datetime-calls.js'
import { acceptIdentifier } from './identifier-clause.js'
import { endsAt, isNameBeforeSymbol, isNameOfCase } from './keywords.js'
import { readSortOrder } from './sort-order.js'
import type { Token } from './token.js'
import type { TokenStream } from './token-stream.js'
import { readDataType } from './types.js'
import { readWindow } from './windows.js'

/** Functions that SQL writes with words between the arguments. */
const SPECIAL: Readonly<Record<string, (tokens: TokenStream, start: Token) => UnresolvedExpression>> = {
  CAST: (tokens, start) => readCast(tokens, start, 'session'),
  TRY_CAST: (tokens, start) => readCast(tokens, start, 'try'),
  EXTRACT: readExtract,
  SUBSTRING: readSubstring,
  SUBSTR: readSubstring,
  TRIM: readTrim,
  OVERLAY: readOverlay,
  POSITION: readPosition,
}

/** Reads a function call or CASE if one comes next. */
export function readCall(tokens: TokenStream): UnresolvedExpression | undefined {
  const start = tokens.peek()
  // As in Spark, CASE is a name where what follows on CASE WHEN is no whole one: that is wrong then.
  if (tokens.at('CASE', 'WHEN') && !isNameOfCase(tokens))
    return tokens.tried(() => readCase(tokens)) ?? readNameOfCase(tokens)
  if (tokens.at('CASE') && !isNameOfCase(tokens) && !isCallOfCase(tokens)) return readCase(tokens)
  if (tokens.at('IDENTIFIER', '(')) return readNamedCall(tokens, start)
  const path = acceptCallPath(tokens)
  if (path === undefined) return undefined
  if (path.length > 1) return readPlainCall(tokens, start, path)
  const unitCall = start.kind === 'word' && isUnitCall(start.match) ? readUnitCall(tokens, start) : undefined
  if (unitCall) return unitCall
  const special = start.kind === 'word' ? SPECIAL[start.match] : undefined
  return special ? special(tokens, start) : readPlainCall(tokens, start, path)
}

/** `f(`, `db.f(` or `catalog.db.f(`: the parts of the name, if one comes next; it is taken with the parenthesis. */
function acceptCallPath(tokens: TokenStream): readonly string[] | undefined {
  const isSymbol = (ahead: number, symbol: string): boolean =>
    tokens.peek(ahead).kind === 'symbol' && tokens.peek(ahead).match === symbol
  const parts: string[] = []
  for (let ahead = 0; ; ahead += 2) {
    const { kind, text } = tokens.peek(ahead)
    if (kind !== 'word' && kind !== 'quoted') return undefined
    parts.push(text)
    if (isSymbol(ahead + 1, '(')) break
    if (!isSymbol(ahead + 1, '.')) return undefined
  }
  for (let taken = 0; taken < 2 * parts.length; taken++) tokens.next()
  return parts
}

/** A name without what says that it is one of the functions of Spark itself. */
function ownPath(parts: readonly string[]): readonly string[] {
  const before = parts.slice(0, -1).join('.').toLowerCase()
  return before === 'builtin' || before === 'system.builtin' ? parts.slice(-1) : parts
}

/** An argument of a call, which may have the name of its parameter before it: `f(x => 1)`. */
export function readArgument(
  tokens: TokenStream,
  readValue: () => UnresolvedExpression = () => tokens.expression(),
): UnresolvedExpression {
  const start = tokens.peek()
  const arrow = tokens.peek(1)
  const isNamed = (start.kind === 'word' || start.kind === 'quoted') && arrow.kind === 'symbol' && arrow.match === '=>'
  if (!isNamed) return readValue()
  tokens.next()
  tokens.next()
  return { kind: 'namedArgument', name: start.text, child: readValue(), origin: tokens.originFrom(start) }
}

/** A call of what `IDENTIFIER(…)` names, or the column of that name. */
function readNamedCall(tokens: TokenStream, start: Token): UnresolvedExpression {
  const parts = acceptIdentifier(tokens)!
  if (tokens.accept('(')) return readPlainCall(tokens, start, parts)
  return { kind: 'attribute', parts, isComputed: true, origin: tokens.originFrom(start) }
}

/** Whether `case(…)` is a call, as no WHEN follows on the parenthesis. */
function isCallOfCase(tokens: TokenStream): boolean {
  if (!tokens.at('CASE', '(')) return false
  const end = tokens.closing(1)
  return tokens.peek(end).kind !== 'end' && endsAt(tokens, end + 1)
}

/** Functions that may have IGNORE NULLS within the parentheses. */
const PICKING: ReadonlySet<string> = new Set(['first', 'last', 'any_value'])

const readNulls = (tokens: TokenStream): UnresolvedCall['nulls'] =>
  tokens.accept('IGNORE', 'NULLS') ? 'ignore' : tokens.accept('RESPECT', 'NULLS') ? 'respect' : undefined

/** The arguments of a call and what stands behind them. */
function readPlainCall(tokens: TokenStream, start: Token, path: readonly string[]): UnresolvedExpression {
  const name = ownPath(path).join('.')
  const distinct = acceptQuantifier(tokens)
  // The fields of a struct may be named in place.
  const readValue = () => (start.match === 'STRUCT' ? tokens.namedExpression() : tokens.expression())
  const args = tokens.at(')') ? [] : tokens.list(() => readLambda(tokens) ?? readArgument(tokens, readValue))
  const nullsWithin = PICKING.has(name.toLowerCase()) && tokens.accept('IGNORE', 'NULLS') ? 'ignore' : undefined
  tokens.expect(')')
  const withinGroup = readWithinGroup(tokens)
  const filter = readFilter(tokens)
  const nulls = readNulls(tokens) ?? nullsWithin
  const call: UnresolvedCall = {
    kind: 'function',
    name: name.toLowerCase(),
    ...(path.length > 1 ? { path } : foreignPath(name)),
    args,
    ...(distinct ? { distinct } : {}),
    ...(filter ? { filter } : {}),
    ...(nulls ? { nulls } : {}),
    ...(withinGroup ? { withinGroup } : {}),
    origin: tokens.originFrom(start),
  }
  if (!tokens.at('OVER') || endsAt(tokens, 1)) return call
  tokens.expect('OVER')
  const over = readWindow(tokens)
  return { kind: 'window', function: call, over, origin: tokens.originFrom(start) }
}

/** Reads `x -> …` or `(x, y) -> …` if one comes next. */
function readLambda(tokens: TokenStream): UnresolvedExpression | undefined {
  const start = tokens.peek()
  const end = tokens.at('(') ? tokens.closing(0) + 1 : 1
  if (tokens.peek(end).kind !== 'symbol' || tokens.peek(end).match !== '->') return undefined
  const readParameter = (): string => {
    const { kind } = tokens.peek()
    if (kind !== 'word' && kind !== 'quoted') throw tokens.unexpected('expected the name of a parameter')
    return tokens.next().text
  }
  const isList = tokens.accept('(')
  const parameters = isList ? tokens.list(readParameter) : [readParameter()]
  if (isList) tokens.expect(')')
  tokens.expect('->')
  return { kind: 'lambda', parameters, body: tokens.expression(), origin: tokens.originFrom(start) }
}

/** Takes DISTINCT or ALL, unless these are names here, and tells whether it was DISTINCT. */
export function acceptQuantifier(tokens: TokenStream): boolean {
  if (isNameBeforeSymbol(tokens)) return false
  const isDistinct = tokens.accept('DISTINCT')
  if (!isDistinct) tokens.accept('ALL')
  return isDistinct
}

function readWithinGroup(tokens: TokenStream): readonly UnresolvedExpression[] | undefined {
  if (!tokens.accept('WITHIN', 'GROUP')) return undefined
  tokens.expect('(')
  tokens.expect('ORDER')
  tokens.expect('BY')
  const orders = tokens.list(() => readSortOrder(tokens))
  tokens.expect(')')
  return orders
}

function readFilter(tokens: TokenStream): UnresolvedExpression | undefined {
  if (!tokens.accept('FILTER', '(')) return undefined
  tokens.expect('WHERE')
  const filter = tokens.expression()
  tokens.expect(')')
  return filter
}

function readNameOfCase(tokens: TokenStream): UnresolvedExpression {
  const start = tokens.next()
  return { kind: 'attribute', parts: [start.text], origin: tokens.originFrom(start) }
}

function readCase(tokens: TokenStream): UnresolvedExpression {
  const start = tokens.next()
  const subject = tokens.at('WHEN') ? undefined : tokens.expression()
  const branches: { when: UnresolvedExpression; value: UnresolvedExpression }[] = []
  while (tokens.accept('WHEN')) {
    const condition = tokens.expression()
    const when: UnresolvedExpression = subject
      ? {
          kind: 'function',
          name: '=',
          args: [subject, condition],
          ...(condition.origin ? { origin: condition.origin } : {}),
        }
      : condition
    tokens.expect('THEN')
    branches.push({ when, value: tokens.expression() })
  }
  if (branches.length === 0) throw tokens.unexpected('expected WHEN')
  const otherwise = tokens.accept('ELSE') ? tokens.expression() : undefined
  tokens.expect('END')
  return { kind: 'case', branches, ...(otherwise ? { otherwise } : {}), origin: tokens.originFrom(start) }
}

function readCast(tokens: TokenStream, start: Token, mode: 'session' | 'try'): UnresolvedExpression {
  const child = tokens.expression()
  tokens.expect('AS')
  const type = readDataType(tokens)
  tokens.expect(')')
  return { kind: 'cast', child, type, mode, origin: tokens.originFrom(start) }
}

/** `extract(field from source)` or `extract('field', source)`. */
function readExtract(tokens: TokenStream, start: Token): UnresolvedExpression {
  const field = tokens.peek()
  const isWord = field.kind === 'word' && tokens.peek(1).kind === 'word' && tokens.peek(1).match === 'FROM'
  if (!isWord) return readPlainCall(tokens, start, [start.text])
  tokens.next()
  tokens.expect('FROM')
  const source = tokens.expression()
  tokens.expect(')')
  const name: UnresolvedExpression = {
    kind: 'literal',
    type: STRING,
    value: field.text,
    origin: tokens.originFrom(field),
  }
  return { kind: 'function', name: 'extract', args: [name, source], origin: tokens.originFrom(start) }
}

/** `substring(s, 1, 2)` or `substring(s from 1 for 2)`. */
function readSubstring(tokens: TokenStream, start: Token): UnresolvedExpression {
  const args = [tokens.expression()]
  const isWritten = tokens.accept('FROM')
  if (isWritten) {
    args.push(tokens.expression())
    if (tokens.accept('FOR')) args.push(tokens.expression())
  } else while (tokens.accept(',')) args.push(tokens.expression())
  tokens.expect(')')
  const name = isWritten ? 'substring' : start.text.toLowerCase()
  return { kind: 'function', name, args, origin: tokens.originFrom(start) }
}

const TRIM_SIDES: Readonly<Record<string, string>> = { BOTH: 'trim', LEADING: 'ltrim', TRAILING: 'rtrim' }

/** `trim(s)`, `trim(both from s)`, `trim(both 'x' from s)`, `trim('x', s)`. */
function readTrim(tokens: TokenStream, start: Token): UnresolvedExpression {
  const side = TRIM_SIDES[tokens.peek().match]
  if (side !== undefined) tokens.next()
  const args = side !== undefined && tokens.accept('FROM') ? [tokens.expression()] : readTrimmed(tokens, side)
  tokens.expect(')')
  return { kind: 'function', name: side ?? 'trim', args, origin: tokens.originFrom(start) }
}

/** What is trimmed before the text of which it is. */
function readTrimmed(tokens: TokenStream, side: string | undefined): readonly UnresolvedExpression[] {
  const first = tokens.expression()
  if (tokens.accept('FROM')) return [first, tokens.expression()]
  if (side !== undefined) throw tokens.unexpected(': expected FROM')
  return tokens.accept(',') ? [first, ...tokens.list(() => tokens.expression())] : [first]
}

/** `overlay(s placing 'x' from 2 for 1)`, or with commas. */
function readOverlay(tokens: TokenStream, start: Token): UnresolvedExpression {
  const args = [tokens.expression()]
  if (tokens.accept('PLACING')) {
    args.push(tokens.expression())
    tokens.expect('FROM')
    args.push(tokens.expression())
    if (tokens.accept('FOR')) args.push(tokens.expression())
  } else while (tokens.accept(',')) args.push(tokens.expression())
  tokens.expect(')')
  return { kind: 'function', name: 'overlay', args, origin: tokens.originFrom(start) }
}

/** `position('a' in s)` is a `locate`. */
function readPosition(tokens: TokenStream, start: Token): UnresolvedExpression {
  const part = tokens.operand()
  const isWritten = tokens.accept('IN')
  const args = [part]
  if (isWritten) args.push(tokens.expression())
  else while (tokens.accept(',')) args.push(tokens.expression())
  tokens.expect(')')
  return { kind: 'function', name: isWritten ? 'locate' : 'position', args, origin: tokens.originFrom(start) }
}
