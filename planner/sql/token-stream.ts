import type { Origin } from '../../common/errors/condition.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { SourceText } from '../../common/errors/source-text.js'
import type { VariableLookUp } from '../analyze/variables.js'
import { DEFAULT_SETTINGS, type QuerySettings } from '../plan/query-settings.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import { syntaxError, tokenize } from './lexer.js'
import { likelyKeyword } from './likely-keyword.js'
import { Markers } from './markers.js'
import type { Parameters } from './parameters.js'
import type { Token } from './token.js'

/** Expressions and relations nested deeper than this are refused instead of overflowing the stack. */
const MAX_DEPTH = 200

/** What parts of a statement need of the parser as a whole; they are parts of it themselves. */
export interface Grammar {
  expression(tokens: TokenStream): UnresolvedExpression
  /** What comparisons are made between. */
  operand(tokens: TokenStream): UnresolvedExpression
  /** An expression with or without a name. */
  namedExpression(tokens: TokenStream): UnresolvedExpression
  /** A query, as a subquery is one. */
  query(tokens: TokenStream): UnresolvedRelation
}

/** What the meaning of a text depends on besides itself. */
export interface Surroundings {
  readonly parameters?: Parameters | undefined
  readonly variable?: VariableLookUp
  readonly settings?: QuerySettings
}

/** A statement within a longer text, in which conditions tell its place. */
export interface TextPart {
  readonly source: SourceText
  readonly start: number
  readonly end: number
}

const refuse = (tokens: TokenStream): never => {
  throw tokens.unexpected()
}
/** Where there are no expressions: in the text of a type or schema. */
const NO_EXPRESSIONS: Grammar = { expression: refuse, operand: refuse, namedExpression: refuse, query: refuse }

/** The tokens of a statement under a cursor, with the few moves a recursive-descent parser makes. */
export class TokenStream {
  readonly text: string
  readonly #source: SourceText
  readonly #tokens: readonly Token[]
  readonly #grammar: Grammar
  readonly markers: Markers
  /** What names mean where a constant must be known while the text is read. */
  readonly variable: VariableLookUp
  readonly settings: QuerySettings
  #closings: Int32Array | undefined
  #at = 0
  #depth = 0
  #endWord: string | undefined
  #isOutline = false

  constructor(text: string | TextPart, grammar: Grammar = NO_EXPRESSIONS, surroundings: Surroundings = {}) {
    const { parameters, variable = () => undefined, settings = DEFAULT_SETTINGS } = surroundings
    this.markers = new Markers(parameters)
    this.variable = variable
    this.settings = settings
    this.#grammar = grammar
    const isWhole = typeof text === 'string'
    this.#source = isWhole ? new SourceText(text) : text.source
    this.text = this.#source.text
    this.#tokens = isWhole ? tokenize(text, settings) : tokenize(this.text.slice(0, text.end), settings, text.start)
  }

  /** Reads the query of a subquery, its parentheses included. */
  subquery(): UnresolvedRelation {
    this.expect('(')
    const query = this.query()
    this.expect(')')
    return query
  }

  /** Reads a query without parentheses of its own. */
  query(): UnresolvedRelation {
    return this.#grammar.query(this)
  }

  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]!
  }

  /** How far ahead the parenthesis closes that opens `opening` tokens ahead. */
  closing(opening: number): number {
    this.#closings ??= closings(this.#tokens)
    return this.#closings[this.#at + opening]! - this.#at
  }

  next(): Token {
    const token = this.peek()
    if (token.kind !== 'end') this.#at++
    return token
  }

  /** Whether the next tokens are these keywords or symbols (quoted names are never keywords). */
  at(...matches: readonly string[]): boolean {
    return matches.every((match, i) => {
      const token = this.peek(i)
      return token.match === match && (token.kind === 'word' || token.kind === 'symbol')
    })
  }

  atAny(matches: ReadonlySet<string>): boolean {
    const token = this.peek()
    return (token.kind === 'word' || token.kind === 'symbol') && matches.has(token.match)
  }

  /** Takes these keywords or symbols if they come next. */
  accept(...matches: readonly string[]): boolean {
    if (!this.at(...matches)) return false
    this.#at += matches.length
    return true
  }

  /** Takes an operator of signs that are tokens of their own elsewhere, as `>>` in types, if nothing stands between them. */
  acceptJoined(operator: string): boolean {
    const signs = [...operator]
    const isJoined = signs.every((_, i) => i === 0 || this.peek(i).start === this.peek(i - 1).end)
    return isJoined && this.accept(...signs)
  }

  /** Takes these or fails. @throws PARSE_SYNTAX_ERROR */
  expect(...matches: readonly string[]): void {
    for (const match of matches) if (!this.accept(match)) throw this.unexpected(`expected ${match}`)
  }

  /** Runs `read` one level deeper. @throws PARSE_SYNTAX_ERROR when too deep */
  nested<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH) throw this.unexpected(`more than ${MAX_DEPTH} levels of nesting`)
    const result = read()
    this.#depth--
    return result
  }

  /** Where in the text the last token ends that was taken; 0 before the first. */
  get takenUntil(): number {
    return this.#tokens[this.#at - 1]?.end ?? 0
  }

  /** Runs `read` over tokens before a word, which is no alias there. */
  before<T>(word: string, read: () => T): T {
    const outer = this.#endWord
    this.#endWord = word
    const result = read()
    this.#endWord = outer
    return result
  }

  /** Runs `read`, which looks for the parts of a script: each is read again when it runs, and variables have values then. */
  outlined<T>(read: () => T): T {
    const outer = this.#isOutline
    this.#isOutline = true
    const result = read()
    this.#isOutline = outer
    return result
  }

  get isOutline(): boolean {
    return this.#isOutline
  }

  /** Whether a word comes next before which what is read must end. */
  get isAtEndWord(): boolean {
    return this.#endWord !== undefined && this.at(this.#endWord)
  }

  /** What `read` makes of the next tokens; undefined, and none of them taken, where they do not go on as it expects. */
  tried<T>(read: () => T): T | undefined {
    const [at, depth] = [this.#at, this.#depth]
    try {
      return read()
    } catch (error) {
      const isTooDeep = this.#depth > MAX_DEPTH
      if (isTooDeep || !MillraceError.is(error) || error.condition !== 'PARSE_SYNTAX_ERROR') throw error
      this.#at = at
      this.#depth = depth
      return undefined
    }
  }

  expression(): UnresolvedExpression {
    return this.#grammar.expression(this)
  }

  operand(): UnresolvedExpression {
    return this.#grammar.operand(this)
  }

  namedExpression(): UnresolvedExpression {
    return this.#grammar.namedExpression(this)
  }

  /** A list with commas between its items. */
  list<T>(read: () => T): T[] {
    const items = [read()]
    while (this.accept(',')) items.push(read())
    return items
  }

  /** The part of the text from a token to the last one taken. */
  originFrom(start: Token): Origin {
    const last = this.#tokens[Math.max(0, this.#at - 1)]!
    return this.originBetween(start, last)
  }

  originBetween(start: Token, last: Token): Origin {
    return this.#source.origin(start.start, Math.max(last.end, start.end))
  }

  unexpected(expected?: string): MillraceError {
    return this.#syntaxError({ expected: expected === undefined ? this.#meant() : `: ${expected}` })
  }

  /** Which keyword the word that is not understood may mean, or the one before it, which was taken for a name. */
  #meant(): string {
    const here = likelyKeyword(this.peek())
    if (here !== '') return `: ${here}`
    const before = this.#tokens[this.#at - 1]
    const meant = before ? likelyKeyword(before) : ''
    return meant === '' ? '' : `; by '${before!.text}' ${meant}`
  }

  #syntaxError(hints: { readonly hint?: string; readonly expected?: string }): MillraceError {
    const token = this.peek()
    const written = token.kind === 'end' ? token.text : this.text.slice(token.start, token.end)
    return syntaxError(this.#source, token.start, token.end, written, hints)
  }

  /** PARSE_SYNTAX_ERROR at a token that was taken before. */
  syntaxErrorAt({ start, end }: Token, expected: string): MillraceError {
    return syntaxError(this.#source, start, end, this.text.slice(start, end), { expected: `: ${expected}` })
  }

  unsupported(feature: string, start: Token = this.peek()): MillraceError {
    return new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin: this.originFrom(start) })
  }

  /** Checks that nothing is left but semicolons. */
  expectEnd(): void {
    while (this.accept(';'));
    const token = this.peek()
    if (token.kind === 'end') return
    const isLast = this.peek(1).kind === 'end'
    const hint = isLast ? `: extra input '${this.text.slice(token.start, token.end)}'` : ''
    throw this.#syntaxError({ hint, expected: this.#meant() })
  }
}

/** For every token that opens parentheses, the one that closes them, or the end. Found once for a statement, as each level that asks reads no further. */
function closings(tokens: readonly Token[]): Int32Array {
  const found = new Int32Array(tokens.length).fill(tokens.length - 1)
  const open: number[] = []
  for (const [at, { kind, match }] of tokens.entries()) {
    if (kind !== 'symbol') continue
    if (match === '(') open.push(at)
    if (match === ')' && open.length > 0) found[open.pop()!] = at
  }
  return found
}
