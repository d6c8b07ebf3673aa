import { MillraceError } from '../../common/errors/millrace-error.js'
import { SourceText } from '../../common/errors/source-text.js'
import type { Token, TokenKind } from './token.js'

/** Longest first, so that `<=>` is not read as `<=` and `>`. */
const SYMBOLS = [
  '<=>',
  '<=',
  '>=',
  '<>',
  '!=',
  '==',
  '||',
  '::',
  '->',
  '(',
  ')',
  ',',
  '.',
  ';',
  '*',
  '+',
  '-',
  '/',
  '%',
  '=',
  '<',
  '>',
  '!',
  '[',
  ']',
  ':',
  '?',
  '&',
  '|',
  '^',
  '~',
]
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?:BD|bd|[LlSsYyDdFf](?![A-Za-z0-9_]))?/y
const WORD = /[\p{L}_][\p{L}\p{N}_$]*/uy
const SPACE = /\s+/y
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', '0': '\0', Z: '\x1a' }

/** Cuts the text of a statement into tokens; the last one is `end`. @throws PARSE_SYNTAX_ERROR */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  const push = (kind: TokenKind, value: string, end: number, match = value): void => {
    tokens.push({ kind, text: value, match, start: at, end })
    at = end
  }
  while (at < text.length) {
    const skipped = skipBlank(text, at)
    if (skipped > at) {
      at = skipped
      continue
    }
    const char = text[at]!
    if (text.startsWith('/*+', at)) {
      const end = endOf(text, '*/', at, 'the hint is not closed')
      push('hint', text.slice(at + 3, end - 2).trim(), end)
    } else if (char === "'" || char === '"') readString(text, at, char, push)
    else if (char === '`') {
      const { value, end } = readBackquoted(text, at)
      push('quoted', value, end)
    } else if (/[xX]/.test(char) && text[at + 1] === "'") {
      const end = endOf(text, "'", at + 1, 'the string is not closed')
      const digits = text.slice(at + 2, end - 1)
      if (!/^([0-9a-fA-F]{2})*$/.test(digits))
        throw syntaxError(
          new SourceText(text),
          at,
          end,
          text.slice(at, end),
          '; a binary literal has pairs of hexadecimal digits',
        )
      push('bytes', digits, end)
    } else {
      const number = /[\d.]/.test(char) ? matchAt(NUMBER, text, at) : undefined
      const word = number === undefined ? matchAt(WORD, text, at) : undefined
      const symbol =
        number === undefined && word === undefined ? SYMBOLS.find((s) => text.startsWith(s, at)) : undefined
      if (number !== undefined && number !== '.') push('number', number, at + number.length)
      else if (word !== undefined) push('word', word, at + word.length, word.toUpperCase())
      else if (symbol !== undefined) push('symbol', symbol, at + symbol.length)
      else throw syntaxError(new SourceText(text), at, at + 1, char, '')
    }
  }
  tokens.push({ kind: 'end', text: 'end of input', match: '', start: text.length, end: text.length })
  return tokens
}

/** PARSE_SYNTAX_ERROR at a place of the text. `hint` is empty or begins with `; ` or `: `. */
export function syntaxError(source: SourceText, start: number, end: number, near: string, hint: string): MillraceError {
  const error = near === 'end of input' && start === source.text.length ? 'end of input' : `'${near}'`
  return new MillraceError(
    'PARSE_SYNTAX_ERROR',
    { error, hint },
    { origin: source.origin(start, Math.max(end, start + 1)) },
  )
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

/** The end of white space and comments that begin at `at`; a hint is no comment. */
function skipBlank(text: string, at: number): number {
  if (text.startsWith('--', at)) {
    const end = text.indexOf('\n', at)
    return end < 0 ? text.length : end + 1
  }
  if (text.startsWith('/*', at) && text[at + 2] !== '+') return endOf(text, '*/', at, 'the comment is not closed')
  return at + (matchAt(SPACE, text, at)?.length ?? 0)
}

function endOf(text: string, closing: string, at: number, hint: string): number {
  const end = text.indexOf(closing, at + closing.length)
  if (end < 0) throw syntaxError(new SourceText(text), at, text.length, text.slice(at, at + 20), `; ${hint}`)
  return end + closing.length
}

/** A string with Spark's escapes: backslash sequences, `\uXXXX`, octal, and `''` doubled. `\%` and `\_` keep their backslash for LIKE. */
function readString(
  text: string,
  start: number,
  quote: string,
  push: (kind: TokenKind, value: string, end: number) => void,
): void {
  let value = ''
  for (let at = start + 1; at < text.length; ) {
    const char = text[at]!
    if (char === quote) {
      if (text[at + 1] !== quote) return push('string', value, at + 1)
      value += quote
      at += 2
    } else if (char === '\\' && at + 1 < text.length) {
      const { value: escaped, length } = readEscape(text, at)
      value += escaped
      at += length
    } else {
      value += char
      at++
    }
  }
  throw syntaxError(
    new SourceText(text),
    start,
    text.length,
    text.slice(start, start + 20),
    '; the string is not closed',
  )
}

function readEscape(text: string, at: number): { readonly value: string; readonly length: number } {
  const unicode = /\\u([0-9a-fA-F]{4})/y
  unicode.lastIndex = at
  const code = unicode.exec(text)
  if (code) return { value: String.fromCharCode(Number.parseInt(code[1]!, 16)), length: 6 }
  const next = text[at + 1]!
  if (next === '%' || next === '_') return { value: `\\${next}`, length: 2 }
  return { value: ESCAPES[next] ?? next, length: 2 }
}

function readBackquoted(text: string, start: number): { readonly value: string; readonly end: number } {
  let value = ''
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] !== '`') value += text[at]
    else if (text[at + 1] === '`') {
      value += '`'
      at++
    } else return { value, end: at + 1 }
  }
  throw syntaxError(
    new SourceText(text),
    start,
    text.length,
    text.slice(start, start + 20),
    '; the quoted name is not closed',
  )
}
