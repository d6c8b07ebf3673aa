import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import { isName, readExpression, readNamedExpression } from './expressions.js'
import type { Token } from './token.js'
import type { TokenStream } from './token-stream.js'
import { readDataType } from './types.js'

/** Functions that SQL writes with words between the arguments. */
const SPECIAL: Readonly<Record<string, (tokens: TokenStream, start: Token) => UnresolvedExpression>> = {
  CAST: (tokens, start) => readCast(tokens, start, 'ansi'),
  TRY_CAST: (tokens, start) => readCast(tokens, start, 'try'),
  EXTRACT: readExtract,
  SUBSTRING: readSubstring,
  SUBSTR: readSubstring,
  TRIM: readTrim,
  POSITION: (tokens) => {
    throw tokens.unsupported('position(… in …)')
  },
}

/** Words that are functions without parentheses in Spark. */
const BARE = new Set(['CURRENT_DATE', 'CURRENT_TIMESTAMP', 'CURRENT_USER'])

/** Reserved words that are functions before a parenthesis. */
const RESERVED_FUNCTIONS = new Set(['LEFT', 'RIGHT'])

/** Reads a function call or CASE if one comes next. */
export function readCall(tokens: TokenStream): UnresolvedExpression | undefined {
  const start = tokens.peek()
  if (tokens.at('CASE')) return readCase(tokens)
  if (tokens.atAny(BARE)) throw tokens.unsupported(`the function ${start.text}`)
  const callable = isName(start) || (start.kind === 'word' && RESERVED_FUNCTIONS.has(start.match))
  if (!callable || !(tokens.peek(1).match === '(' && tokens.peek(1).kind === 'symbol')) return undefined
  tokens.next()
  tokens.next()
  const special = start.kind === 'word' ? SPECIAL[start.match] : undefined
  return special ? special(tokens, start) : readPlainCall(tokens, start)
}

function readPlainCall(tokens: TokenStream, start: Token): UnresolvedExpression {
  const distinct = tokens.accept('DISTINCT')
  if (!distinct) tokens.accept('ALL')
  // The fields of a struct may be named in place.
  const readArgument = start.match === 'STRUCT' ? readNamedExpression : readExpression
  const args = tokens.at(')') ? [] : tokens.list(() => readArgument(tokens))
  tokens.expect(')')
  const filter = readFilter(tokens)
  if (tokens.at('OVER')) throw tokens.unsupported('window functions (OVER)', start)
  if (tokens.at('WITHIN')) throw tokens.unsupported('WITHIN GROUP', start)
  return {
    kind: 'function',
    name: start.text.toLowerCase(),
    args,
    ...(distinct ? { distinct } : {}),
    ...(filter ? { filter } : {}),
    origin: tokens.originFrom(start),
  }
}

function readFilter(tokens: TokenStream): UnresolvedExpression | undefined {
  if (!tokens.accept('FILTER', '(')) return undefined
  tokens.expect('WHERE')
  const filter = readExpression(tokens)
  tokens.expect(')')
  return filter
}

function readCase(tokens: TokenStream): UnresolvedExpression {
  const start = tokens.next()
  const subject = tokens.at('WHEN') ? undefined : readExpression(tokens)
  const branches: { when: UnresolvedExpression; value: UnresolvedExpression }[] = []
  while (tokens.accept('WHEN')) {
    const condition = readExpression(tokens)
    const when: UnresolvedExpression = subject
      ? {
          kind: 'function',
          name: '=',
          args: [subject, condition],
          ...(condition.origin ? { origin: condition.origin } : {}),
        }
      : condition
    tokens.expect('THEN')
    branches.push({ when, value: readExpression(tokens) })
  }
  if (branches.length === 0) throw tokens.unexpected('expected WHEN')
  const otherwise = tokens.accept('ELSE') ? readExpression(tokens) : undefined
  tokens.expect('END')
  return { kind: 'case', branches, ...(otherwise ? { otherwise } : {}), origin: tokens.originFrom(start) }
}

function readCast(tokens: TokenStream, start: Token, mode: 'ansi' | 'try'): UnresolvedExpression {
  const child = readExpression(tokens)
  tokens.expect('AS')
  const type = readDataType(tokens)
  tokens.expect(')')
  return { kind: 'cast', child, type, mode, origin: tokens.originFrom(start) }
}

/** `extract(field from source)` is the function named like the field. */
function readExtract(tokens: TokenStream, start: Token): UnresolvedExpression {
  const field = tokens.next()
  if (field.kind !== 'word') throw tokens.unexpected('expected a field such as YEAR')
  // Of a second Spark gives the fraction too, unlike its function of that name.
  if (/^(SECOND|SECONDS|SEC|SECS|S)$/.test(field.match)) throw tokens.unsupported('extract(second from …)', start)
  tokens.expect('FROM')
  const source = readExpression(tokens)
  tokens.expect(')')
  return { kind: 'function', name: field.text.toLowerCase(), args: [source], origin: tokens.originFrom(start) }
}

/** `substring(s, 1, 2)` or `substring(s from 1 for 2)`. */
function readSubstring(tokens: TokenStream, start: Token): UnresolvedExpression {
  const args = [readExpression(tokens)]
  if (tokens.accept('FROM')) {
    args.push(readExpression(tokens))
    if (tokens.accept('FOR')) args.push(readExpression(tokens))
  } else while (tokens.accept(',')) args.push(readExpression(tokens))
  tokens.expect(')')
  return { kind: 'function', name: 'substring', args, origin: tokens.originFrom(start) }
}

const TRIM_SIDES: Readonly<Record<string, string>> = { BOTH: 'trim', LEADING: 'ltrim', TRAILING: 'rtrim' }

/** `trim(s)`, `trim(both from s)`; characters other than spaces are not built. */
function readTrim(tokens: TokenStream, start: Token): UnresolvedExpression {
  const side = TRIM_SIDES[tokens.peek().match]
  if (side !== undefined) tokens.next()
  if (side !== undefined && !tokens.accept('FROM')) throw tokens.unsupported('trim of given characters', start)
  const source = readExpression(tokens)
  if (tokens.at(',') || tokens.at('FROM')) throw tokens.unsupported('trim of given characters', start)
  tokens.expect(')')
  return { kind: 'function', name: side ?? 'trim', args: [source], origin: tokens.originFrom(start) }
}
