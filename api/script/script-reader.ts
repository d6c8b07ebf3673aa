import type { Origin } from '../../common/errors/condition.js'
import { readExpression, readName } from '../../planner/sql/expressions.js'
import { readQuery } from '../../planner/sql/query.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'
import type { ReadStatement } from '../statements/statement.js'
import { type PartReader, readCompound } from './compound-reader.js'
import { refuseDeclaration } from './declarations.js'
import { checkEndLabel, Labels } from './labels.js'
import type { Body, Branch, ScriptPart, Span } from './nodes.js'
import { readSingle } from './single.js'

/** What may have a label. */
const BLOCKS: ReadonlySet<string> = new Set(['BEGIN', 'WHILE', 'REPEAT', 'LOOP', 'FOR'])

type Block = Extract<ScriptPart, { kind: 'compound' | 'loop' | 'for' }>

/** Reads the statements of a script, as long as these follow. */
export class ScriptReader implements PartReader {
  readonly tokens: TokenStream
  readonly labels = new Labels()
  readonly readStatement: ReadStatement

  constructor(tokens: TokenStream, readStatement: ReadStatement) {
    this.tokens = tokens
    this.readStatement = readStatement
  }

  /** Statements, each with a semicolon behind it, before one of these words. A compound may have none. */
  body(ends: readonly string[], isInCompound = false): Body {
    const parts: ScriptPart[] = []
    const isAtEnd = (): boolean => ends.some((word) => this.tokens.at(word))
    if (!isInCompound && isAtEnd()) throw this.tokens.unexpected('expected a statement')
    while (!isAtEnd()) {
      parts.push(this.tokens.nested(() => this.part(isInCompound)))
      this.tokens.expect(';')
    }
    return parts
  }

  part(isInCompound = false): ScriptPart {
    const { tokens } = this
    const start = tokens.peek()
    const isNamed = start.kind === 'word' || start.kind === 'quoted'
    const isLabelled = isNamed && tokens.peek(1).match === ':' && BLOCKS.has(tokens.peek(2).match)
    const label = isLabelled ? readName(tokens, 'expected a label') : undefined
    if (isLabelled) tokens.expect(':')
    return (
      this.#block(label, tokens.originFrom(start)) ?? this.#branching() ?? this.#jump() ?? this.#single(isInCompound)
    )
  }

  /** The part of the text that something was read from. */
  span(read: () => unknown): Span {
    const { tokens } = this
    const { start } = tokens.peek()
    read()
    return { start, end: tokens.takenUntil }
  }

  #block(label: string | undefined, origin: Origin): ScriptPart | undefined {
    const { tokens, labels } = this
    const isCompound = tokens.accept('BEGIN')
    const read = isCompound ? () => readCompound(this) : this.#loop()
    if (!read) return undefined
    const block = labels.within<Block>(label, isCompound ? 'compound' : 'loop', origin, read)
    this.#endLabel(label)
    return label === undefined ? block : { ...block, label: label.toLowerCase() }
  }

  /** The label that may stand behind END. */
  #endLabel(begin: string | undefined): void {
    const start = this.tokens.peek()
    if (start.kind !== 'word' && start.kind !== 'quoted') return
    const end = readName(this.tokens, 'expected a label')
    checkEndLabel(begin, end, this.tokens.originFrom(start))
  }

  #loop(): (() => Extract<ScriptPart, { kind: 'loop' | 'for' }>) | undefined {
    const { tokens } = this
    if (tokens.accept('WHILE'))
      return () => {
        const condition = this.#expression()
        tokens.expect('DO')
        return { kind: 'loop', while: condition, body: this.#ended('WHILE') }
      }
    if (tokens.accept('REPEAT'))
      return () => {
        const body = this.body(['UNTIL'])
        tokens.expect('UNTIL')
        const until = this.#expression()
        tokens.expect('END', 'REPEAT')
        return { kind: 'loop', body, until }
      }
    if (tokens.accept('LOOP')) return () => ({ kind: 'loop', body: this.#ended('LOOP') })
    return tokens.accept('FOR') ? () => this.#for() : undefined
  }

  #for(): Extract<ScriptPart, { kind: 'for' }> {
    const { tokens } = this
    const start = tokens.peek()
    const isNamed = (start.kind === 'word' || start.kind === 'quoted') && tokens.peek(1).match === 'AS'
    const variable = isNamed ? readName(tokens, 'expected a variable') : undefined
    const origin = tokens.originFrom(start)
    if (isNamed) tokens.expect('AS')
    const query = this.span(() => tokens.before('DO', () => readQuery(tokens)))
    tokens.expect('DO')
    const body = this.labels.within(variable, 'variable', origin, () => this.#ended('FOR'))
    return { kind: 'for', query, body, ...(variable === undefined ? {} : { variable: variable.toLowerCase() }) }
  }

  #ended(word: string): Body {
    const body = this.body(['END'])
    this.tokens.expect('END', word)
    return body
  }

  #branching(): ScriptPart | undefined {
    const { tokens } = this
    if (tokens.accept('IF')) {
      const branches = [this.#branch(['ELSEIF', 'ELSE', 'END'])]
      while (tokens.accept('ELSEIF')) branches.push(this.#branch(['ELSEIF', 'ELSE', 'END']))
      return { kind: 'if', branches, ...this.#otherwise('IF') }
    }
    if (!tokens.accept('CASE')) return undefined
    const value = tokens.at('WHEN') ? {} : { value: this.#expression() }
    const branches: Branch[] = []
    do {
      tokens.expect('WHEN')
      branches.push(this.#branch(['WHEN', 'ELSE', 'END']))
    } while (tokens.at('WHEN'))
    return { kind: 'case', ...value, branches, ...this.#otherwise('CASE') }
  }

  #branch(ends: readonly string[]): Branch {
    const condition = this.#expression()
    this.tokens.expect('THEN')
    return { condition, body: this.body(ends) }
  }

  #otherwise(word: string): { readonly otherwise?: Body } {
    if (this.tokens.accept('ELSE')) return { otherwise: this.#ended(word) }
    this.tokens.expect('END', word)
    return {}
  }

  #expression(): Span {
    return this.span(() => readExpression(this.tokens))
  }

  #jump(): ScriptPart | undefined {
    const { tokens } = this
    const statementType = (['LEAVE', 'ITERATE'] as const).find((word) => tokens.accept(word))
    if (!statementType) return undefined
    const start = tokens.peek()
    const written = readName(tokens, 'expected a label')
    const label = this.labels.used(written, statementType, tokens.originFrom(start))
    return { kind: statementType === 'LEAVE' ? 'leave' : 'iterate', label }
  }

  #single(isInCompound: boolean): ScriptPart {
    const { tokens } = this
    refuseDeclaration(tokens, isInCompound)
    return { kind: 'single', statement: this.span(() => readSingle(tokens, this.readStatement)) }
  }
}
