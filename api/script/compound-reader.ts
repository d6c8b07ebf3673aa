import { CONDITIONS } from '../../common/errors/catalogue.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import { readName, readQualifiedName } from '../../planner/sql/expressions.js'
import { readText } from '../../planner/sql/statement-parts.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'
import type { ReadStatement } from '../statements/statement.js'
import { declarationAt, readVariable } from './declarations.js'
import type { Body, Compound, Handler, ScriptPart, Span } from './nodes.js'

/** What reads the statements of a script. */
export interface PartReader {
  readonly tokens: TokenStream
  readonly readStatement: ReadStatement
  body(ends: readonly string[], isInCompound?: boolean): Body
  part(): ScriptPart
  span(read: () => unknown): Span
}

/** Conditions that were declared, in upper case. */
type Declared = Set<string>

/** Names of conditions, and of whole classes of them. */
const KNOWN: ReadonlySet<string> = new Set(Object.keys(CONDITIONS).flatMap((name) => [name, name.split('.')[0]!]))

/** Reads what stands behind BEGIN and NOT ATOMIC, which may be left out, END included: variables and conditions, then handlers, then statements. */
export function readCompound(reader: PartReader): Compound {
  const { tokens, readStatement } = reader
  tokens.accept('NOT', 'ATOMIC')
  const variables: Span[] = []
  const conditions: Declared = new Set()
  const handlers: Handler[] = []
  for (let declared = declarationAt(tokens); declared; declared = declarationAt(tokens)) {
    if (declared === 'handler') handlers.push(readHandler(reader, conditions, handlers))
    else if (handlers.length > 0) break
    else if (declared === 'condition') readCondition(tokens, conditions)
    else variables.push(reader.span(() => readVariable(tokens, readStatement)))
    tokens.expect(';')
  }
  const body = reader.body(['END'], true)
  tokens.expect('END')
  return { kind: 'compound', variables, handlers, body }
}

/** @throws INVALID_ERROR_CONDITION_DECLARATION.SPECIAL_CHARACTER_FOUND, DUPLICATE_CONDITION_IN_SCOPE, INVALID_SQLSTATE */
function readCondition(tokens: TokenStream, declared: Declared): void {
  const start = tokens.peek()
  tokens.expect('DECLARE')
  const name = readName(tokens, 'expected the name of the condition')
  tokens.expect('CONDITION')
  const origin = tokens.originFrom(start)
  if (!/^\w+$/.test(name)) {
    const conditionName = quotedName(name)
    throw new MillraceError(
      'INVALID_ERROR_CONDITION_DECLARATION.SPECIAL_CHARACTER_FOUND',
      { conditionName },
      { origin },
    )
  }
  if (tokens.accept('FOR')) {
    tokens.expect('SQLSTATE')
    readSqlState(tokens)
  }
  const condition = name.toUpperCase()
  if (declared.has(condition))
    throw new MillraceError('DUPLICATE_CONDITION_IN_SCOPE', { condition: quotedName(condition) }, { origin })
  declared.add(condition)
}

/** What stands behind SQLSTATE. @throws INVALID_SQLSTATE */
function readSqlState(tokens: TokenStream): string {
  tokens.accept('VALUE')
  const start = tokens.peek()
  const sqlState = readText(tokens, 'expected an SQLSTATE in quotes').toUpperCase()
  if (/^(?!00|01|XX)[A-Z0-9]{5}$/.test(sqlState)) return sqlState
  throw new MillraceError('INVALID_SQLSTATE', { sqlState }, { origin: tokens.originFrom(start) })
}

/** `DECLARE EXIT HANDLER FOR … statement`. @throws INVALID_HANDLER_DECLARATION.*, DUPLICATE_EXCEPTION_HANDLER.* */
function readHandler(reader: PartReader, declared: Declared, others: readonly Handler[]): Handler {
  const { tokens } = reader
  const start = tokens.peek()
  tokens.expect('DECLARE', 'EXIT', 'HANDLER', 'FOR')
  const handled = { conditions: new Set<string>(), sqlStates: new Set<string>(), sqlException: false, notFound: false }
  tokens.list(() => readHandled(tokens, declared, handled))
  const origin = tokens.originFrom(start)
  const { conditions, sqlStates, sqlException, notFound } = handled
  if ((sqlException || notFound) && conditions.size + sqlStates.size > 0)
    throw new MillraceError('INVALID_HANDLER_DECLARATION.INVALID_CONDITION_COMBINATION', {}, { origin })
  const handles = { sqlException, notFound }
  for (const other of others) {
    const condition =
      [...conditions].find((name) => other.conditions.has(name)) ??
      (sqlException && other.handles.sqlException ? 'SQLEXCEPTION' : undefined) ??
      (notFound && other.handles.notFound ? 'NOT FOUND' : undefined)
    if (condition) throw new MillraceError('DUPLICATE_EXCEPTION_HANDLER.CONDITION', { condition }, { origin })
    const sqlState = [...sqlStates].find((state) => other.sqlStates.has(state))
    if (sqlState) throw new MillraceError('DUPLICATE_EXCEPTION_HANDLER.SQLSTATE', { sqlState }, { origin })
  }
  return { conditions, sqlStates, handles, body: [tokens.nested(() => reader.part())] }
}

interface Handled {
  readonly conditions: Set<string>
  readonly sqlStates: Set<string>
  sqlException: boolean
  notFound: boolean
}

/** Notes one of those that a handler is for. */
function readHandled(tokens: TokenStream, declared: Declared, handled: Handled): void {
  const start = tokens.peek()
  if (tokens.accept('SQLEXCEPTION')) handled.sqlException = true
  else if (tokens.accept('NOT', 'FOUND')) handled.notFound = true
  else if (tokens.at('SQLSTATE')) {
    tokens.expect('SQLSTATE')
    const sqlState = readSqlState(tokens)
    const origin = tokens.originFrom(start)
    if (handled.sqlStates.has(sqlState))
      throw new MillraceError(
        'INVALID_HANDLER_DECLARATION.DUPLICATE_SQLSTATE_IN_HANDLER_DECLARATION',
        { sqlState },
        { origin },
      )
    handled.sqlStates.add(sqlState)
  } else {
    const condition = readQualifiedName(tokens, 'expected a condition').join('.').toUpperCase()
    const origin = tokens.originFrom(start)
    if (!declared.has(condition) && !KNOWN.has(condition))
      throw new MillraceError('INVALID_HANDLER_DECLARATION.CONDITION_NOT_FOUND', { condition }, { origin })
    if (handled.conditions.has(condition))
      throw new MillraceError(
        'INVALID_HANDLER_DECLARATION.DUPLICATE_CONDITION_IN_HANDLER_DECLARATION',
        { condition },
        { origin },
      )
    handled.conditions.add(condition)
  }
}
