import type { Field } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { linearPattern } from '../../common/linear-pattern.js'
import { readExpression, readName } from './expressions.js'
import type { TokenStream } from './token-stream.js'
import { readDeclaredType } from './types.js'

/* Parts that several statements have. */

/** A text in quotes. */
export function readText(tokens: TokenStream, expected: string): string {
  if (tokens.peek().kind !== 'string') throw tokens.unexpected(expected)
  return tokens.next().text
}

/** How CREATE begins. */
export interface CreateWords {
  readonly replace: boolean
  readonly isGlobal: boolean
  readonly isTemporary: boolean
}

/** `CREATE [OR REPLACE] [GLOBAL] [TEMPORARY]` and what is created; takes nothing when that is something else. */
export function acceptCreate(tokens: TokenStream, what: string, temporary: boolean): CreateWords | undefined {
  let ahead = 0
  const isNext = (...words: readonly string[]): boolean => {
    const isThere = words.every((word, i) => {
      const { kind, match } = tokens.peek(ahead + i)
      return kind === 'word' && match === word
    })
    if (isThere) ahead += words.length
    return isThere
  }
  if (!isNext('CREATE')) return undefined
  const replace = isNext('OR', 'REPLACE')
  const isGlobal = isNext('GLOBAL')
  const isTemporary = isNext('TEMP') || isNext('TEMPORARY')
  if (isTemporary !== temporary || !isNext(what)) return undefined
  while (ahead-- > 0) tokens.next()
  return { replace, isGlobal, isTemporary }
}

export const acceptIfExists = (tokens: TokenStream): boolean => tokens.accept('IF', 'EXISTS')
export const acceptIfNotExists = (tokens: TokenStream): boolean => tokens.accept('IF', 'NOT', 'EXISTS')

/** `[LIKE] 'pattern'` behind SHOW. */
export function readPattern(tokens: TokenStream): string | undefined {
  const isSaid = tokens.accept('LIKE')
  return isSaid || tokens.peek().kind === 'string' ? readText(tokens, 'expected a pattern') : undefined
}

/** Whether a name fits a pattern of SHOW: `*` is anything, `|` stands between alternatives. What is no pattern fits nothing, as in Spark. */
export function nameMatcher(pattern: string | undefined): (name: string) => boolean {
  if (pattern === undefined) return () => true
  const compiled = linearPattern(pattern.trim().replaceAll('*', '.*'), 'any')
  return 'refusal' in compiled ? () => false : compiled.fits
}

export type Properties = Readonly<Record<string, string>>

/** `('key' = 'value', a.b 1)`: of a table, a view or a database, or options. @throws DUPLICATE_KEY */
export function readProperties(tokens: TokenStream): Properties {
  const start = tokens.peek()
  const properties: Record<string, string> = {}
  tokens.expect('(')
  tokens.list(() => {
    const key = readKey(tokens)
    tokens.accept('=')
    if (Object.hasOwn(properties, key)) {
      const origin = tokens.originFrom(start)
      throw new MillraceError('DUPLICATE_KEY', { keyColumn: `\`${key}\`` }, { origin })
    }
    properties[key] = readValue(tokens)
  })
  tokens.expect(')')
  return properties
}

/** `('key', a.b)`. */
export function readKeys(tokens: TokenStream): readonly string[] {
  tokens.expect('(')
  const keys = tokens.list(() => readKey(tokens))
  tokens.expect(')')
  return keys
}

function readKey(tokens: TokenStream): string {
  if (tokens.peek().kind === 'string') return tokens.next().text
  const parts = [readName(tokens, 'expected the name of a property')]
  while (tokens.accept('.')) parts.push(readName(tokens, 'expected a name after the point'))
  return parts.join('.')
}

function readValue(tokens: TokenStream): string {
  const { kind, text, match } = tokens.peek()
  const isWord = kind === 'word' && (match === 'TRUE' || match === 'FALSE')
  if (kind !== 'string' && kind !== 'number' && !isWord) throw tokens.unexpected('expected the value of a property')
  tokens.next()
  return isWord ? text.toLowerCase() : text
}

export interface ColumnDefinition extends Field {
  readonly comment?: string
  readonly defaultText?: string
  /** What Spark's tables of files do not have. */
  readonly generated?: 'generated columns' | 'identity columns'
}

/** `(a INT NOT NULL COMMENT 'x', …)`. */
export function readColumnDefinitions(tokens: TokenStream): readonly ColumnDefinition[] {
  tokens.expect('(')
  const columns = tokens.list(() => readColumnDefinition(tokens))
  tokens.expect(')')
  return columns
}

/** What Spark's tables of files are given is not kept by them: that a column is NOT NULL. */
export function readColumnDefinition(tokens: TokenStream): ColumnDefinition {
  const name = readName(tokens, 'expected the name of a column')
  const type = readDeclaredType(tokens)
  let column: ColumnDefinition = { name, type, nullable: true }
  for (;;) {
    if (tokens.accept('NOT', 'NULL')) continue
    if (tokens.accept('COMMENT')) column = { ...column, comment: readText(tokens, 'expected the comment in quotes') }
    else if (tokens.accept('DEFAULT')) column = { ...column, defaultText: readExpressionText(tokens) }
    else if (tokens.accept('GENERATED')) column = { ...column, generated: readGenerated(tokens) }
    else return column
  }
}

/** An expression as it is written, which stays so in the catalog. */
export function readExpressionText(tokens: TokenStream): string {
  const start = tokens.peek()
  readExpression(tokens)
  const { text, start: from, end } = tokens.originFrom(start)
  return text.slice(from, end)
}

function readGenerated(tokens: TokenStream): NonNullable<ColumnDefinition['generated']> {
  if (!tokens.accept('BY', 'DEFAULT')) tokens.expect('ALWAYS')
  tokens.expect('AS')
  if (!tokens.accept('IDENTITY')) {
    tokens.expect('(')
    readExpression(tokens)
    tokens.expect(')')
    return 'generated columns'
  }
  if (tokens.at('(')) while (!tokens.accept(')')) tokens.next()
  return 'identity columns'
}
