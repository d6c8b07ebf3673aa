import { MillraceError } from '../../common/errors/millrace-error.js'
import { SourceText } from '../../common/errors/source-text.js'
import type { QuerySettings } from '../plan/query-settings.js'
import {
  endOfBracketedComment,
  endOfLineComment,
  endOfQuoted,
  endOfSpace,
  isBracketedComment,
  isLineComment,
  isRawString,
} from './scan.js'
import { unescapeString } from './string-escapes.js'
import type { Token, TokenKind } from './token.js'

/** Longest first, so that `<=>` is not read as `<=` and `>`. */
const SYMBOLS = '<=> <= >= <> != == => || |> :: -> ( ) , . ; * + - / % = < > ! [ ] : ? & | ^ ~'.split(' ')
const EXPONENT = '[eE][+-]?\\d+'
/** A number; behind one with a point no letter may follow directly. */
const NUMBER = new RegExp(
  `(?:\\d+\\.\\d*|\\.\\d+)(?:${EXPONENT})?(?:[bB][dD]|[dDfF])?(?![\\p{L}\\d_])|\\d+(?:[lLsSyY]|(?:${EXPONENT})?(?:[bB][dD]|[dDfF])?)`,
  'uy',
)
/** A name may begin with a digit: `1a`, `0x1F`. What is as long as a number is a number. */
const WORD = /[\p{L}\p{N}_][\p{L}\p{N}_$]*/uy

/**
 * Cuts the text of a statement into tokens; the last one is `end`.
 * @param settings what a text means by the settings of a session
 * @param start where the statement begins in the text, of which nothing before it is read
 * @throws PARSE_SYNTAX_ERROR, UNCLOSED_BRACKETED_COMMENT
 */
export function tokenize(text: string, { quotesNames, pipesWithBar }: LexerSettings, start = 0): readonly Token[] {
  const tokens: Token[] = []
  let isInHint = false
  for (let at = endOfBlank(text, start); at < text.length; ) {
    const token = readToken(text, at, { isInHint, quotesNames })
    isInHint = token.kind === 'hint' || (isInHint && token.match !== '*/')
    tokens.push(token)
    at = endOfBlank(text, token.end)
  }
  tokens.push({ kind: 'end', text: 'end of input', match: '', start: text.length, end: text.length })
  return pipesWithBar ? tokens.map((token, i) => (isPipe(tokens, i) ? { ...token, match: '|>' } : token)) : tokens
}

type LexerSettings = Pick<QuerySettings, 'quotesNames' | 'pipesWithBar'>

/** What a `|` begins a pipe operator before; before anything else it is the operator of bits. */
const PIPED: ReadonlySet<string> = new Set(
  `SELECT WHERE EXTEND SET DROP AS AGGREGATE ORDER LIMIT OFFSET SORT DISTRIBUTE CLUSTER PIVOT UNPIVOT TABLESAMPLE WINDOW JOIN INNER CROSS LEFT
   RIGHT FULL SEMI ANTI NATURAL UNION EXCEPT MINUS INTERSECT`.split(/\s+/),
)

/** Whether a bar stands for `|>`: a word of an operator follows. */
function isPipe(tokens: readonly Token[], at: number): boolean {
  const [bar, word] = [tokens[at]!, tokens[at + 1]]
  return bar.kind === 'symbol' && bar.match === '|' && word?.kind === 'word' && PIPED.has(word.match)
}

interface Reading {
  readonly isInHint: boolean
  readonly quotesNames: boolean
}

function readToken(text: string, start: number, { isInHint, quotesNames }: Reading): Token {
  const token = (kind: TokenKind, value: string, end: number, match = value): Token => ({
    kind,
    text: value,
    match,
    start,
    end,
  })
  const char = text[start]!
  if (text.startsWith('/*+', start)) {
    if (!text.includes('*/', start + 3)) throw unclosed(text, start, 'the hint is not closed')
    return token('hint', '/*+', start + 3)
  }
  if (isInHint && text.startsWith('*/', start)) return token('symbol', '*/', start + 2)
  if (char === '"' && quotesNames) return readQuotedName(text, start, token)
  if (char === "'" || char === '"') return readString(text, start, start, token)
  if (isRawString(text, start)) return readString(text, start, start + 1, token)
  if (char === '`') return readQuotedName(text, start, token)
  const number = matchAt(NUMBER, text, start)
  const word = matchAt(WORD, text, start)
  if (number !== undefined && number.length >= (word?.length ?? 0))
    return token('number', number, start + number.length)
  if (word !== undefined) return token('word', word, start + word.length, word.toUpperCase())
  const symbol = SYMBOLS.find((s) => text.startsWith(s, start))
  if (symbol !== undefined) return token('symbol', symbol, start + symbol.length)
  const letter = String.fromCodePoint(text.codePointAt(start)!)
  throw syntaxError(new SourceText(text), start, start + letter.length, letter)
}

type MakeToken = (kind: TokenKind, value: string, end: number) => Token

/** A name in quotes, which stand twice within it. */
function readQuotedName(text: string, start: number, token: MakeToken): Token {
  const quote = text[start]!
  const end = endOfQuoted(text, start, false, true) ?? fail(unclosed(text, start, 'the quoted name is not closed'))
  return token('quoted', text.slice(start + 1, end - 1).replaceAll(quote + quote, quote), end)
}

function readString(text: string, start: number, quoteAt: number, token: MakeToken): Token {
  const isRaw = quoteAt > start
  const end = endOfQuoted(text, quoteAt, isRaw)
  if (end === undefined) throw unclosed(text, start, 'the string is not closed')
  const written = text.slice(quoteAt + 1, end - 1)
  return token('string', isRaw ? written : unescapeString(written, text[quoteAt]!), end)
}

/** PARSE_SYNTAX_ERROR at a place of the text. `hint` is Spark's, `expected` says what would have been right; both are empty or begin with `: ` or `; `. */
export function syntaxError(
  source: SourceText,
  start: number,
  end: number,
  near: string,
  { hint = '', expected = '' }: { readonly hint?: string; readonly expected?: string } = {},
): MillraceError {
  const error = near === 'end of input' && start === source.text.length ? 'end of input' : `'${near}'`
  return new MillraceError(
    'PARSE_SYNTAX_ERROR',
    { error, hint, expected },
    { origin: source.origin(start, Math.max(end, start + 1)) },
  )
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

/** The end of white space and comments that begin at `start`. */
function endOfBlank(text: string, start: number): number {
  for (let at = start; ; ) {
    if (isLineComment(text, at)) at = endOfLineComment(text, at)
    else if (isBracketedComment(text, at)) {
      const end = endOfBracketedComment(text, at)
      if (end === undefined) {
        const origin = new SourceText(text).origin(at, text.length)
        throw new MillraceError('UNCLOSED_BRACKETED_COMMENT', {}, { origin })
      }
      at = end
    } else {
      const end = endOfSpace(text, at)
      if (end === at) return at
      at = end
    }
  }
}

const unclosed = (text: string, start: number, what: string): MillraceError =>
  syntaxError(new SourceText(text), start, text.length, text[start]!, { expected: `; ${what}` })

function fail(error: MillraceError): never {
  throw error
}
