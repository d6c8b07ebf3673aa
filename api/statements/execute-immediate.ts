import { quotedTypeName } from '../../columnar/types.js'
import type { Origin } from '../../common/errors/condition.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName, quotedPath } from '../../common/errors/quoting.js'
import { resolveExpression } from '../../planner/analyze/expressions.js'
import { subqueriesOf } from '../../planner/analyze/unresolved-nodes.js'
import { unresolvedText } from '../../planner/analyze/unresolved-text.js'
import { variableValue, withVariablesIn } from '../../planner/analyze/variables.js'
import { foldExpression } from '../../planner/optimize/rules/fold-constants.js'
import type { UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'
import { readQualifiedName } from '../../planner/sql/expressions.js'
import { constantText } from '../../planner/sql/identifier-clause.js'
import { beginsQuery } from '../../planner/sql/keywords.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'
import type { Variables } from '../session/session-variables.js'
import { assignVariables } from './assigned-variables.js'
import { doneAfter, type Outcome, type StatementContext, type StatementKind } from './statement.js'

interface Argument {
  readonly value: UnresolvedExpression
  readonly name?: string
}

export interface ExecuteImmediateStatement {
  readonly kind: 'executeImmediate'
  /** Gives the text of the statement. */
  readonly text: UnresolvedExpression
  readonly into?: readonly (readonly string[])[]
  readonly using: readonly UnresolvedExpression[]
  readonly origin: Origin
}

/** EXECUTE IMMEDIATE 'statement' [INTO variables] [USING values]: runs a text as a statement. */
export const executeImmediate: StatementKind<ExecuteImmediateStatement> = {
  read(tokens) {
    const start = tokens.peek()
    if (!tokens.accept('EXECUTE', 'IMMEDIATE')) return undefined
    const text = tokens.expression()
    const into = tokens.accept('INTO')
      ? tokens.list(() => readQualifiedName(tokens, 'expected the name of a variable'))
      : undefined
    const using = tokens.accept('USING') ? readArguments(tokens) : []
    return { kind: 'executeImmediate', text, using, origin: tokens.originFrom(start), ...(into ? { into } : {}) }
  },

  run(statement, context) {
    const { variables } = context
    const { into, origin } = statement
    const text = statementText(statement, variables)
    const using = statement.using.map((e) => argument(withVariablesIn(e, (parts) => variables.lookUp(parts))))
    const outcome = runWith(text, using, context)
    if (!into) return outcome
    const targets = into.map((name) => variables.lookUp(name) ?? unknown(name))
    if (outcome.kind !== 'query')
      throw new MillraceError('INVALID_STATEMENT_FOR_EXECUTE_INTO', { sqlString: text.toUpperCase() })
    return doneAfter(assignVariables(targets, outcome.plan, { engine: context.engine, variables, origin }))
  },
}

/** @throws ALL_PARAMETERS_MUST_BE_NAMED, and the conditions of the statement */
function runWith(text: string, using: readonly Argument[], context: StatementContext): Outcome {
  const unnamed = using.filter(({ name }) => name === undefined).map(({ value }) => `"${unresolvedText(value)}"`)
  const named = new Map(using.flatMap(({ name, value }) => (name === undefined ? [] : [[name, value] as const])))
  try {
    const statement = context.parse(text, { named, positional: using.map(({ value }) => value) })
    if (statement.kind !== 'script') return context.perform(statement)
  } catch (error) {
    const isOfName = MillraceError.is(error) && !/^_\d/.test(String(error.parameters['name']))
    if (!isOfName || error.condition !== 'UNBOUND_SQL_PARAMETER' || unnamed.length === 0) throw error
    throw new MillraceError('ALL_PARAMETERS_MUST_BE_NAMED', { exprs: unnamed.join(', ') })
  }
  throw new MillraceError('SQL_SCRIPT_IN_EXECUTE_IMMEDIATE', { sqlString: text.toUpperCase() })
}

function statementText({ text: e, origin }: ExecuteImmediateStatement, variables: Variables): string {
  const written = withVariablesIn(e, (parts) => variables.lookUp(parts))
  const text = constantText(written)
  if (text !== undefined) return text
  const value = variableValue(written)
  if (value.kind === 'literal' && value.type.kind !== 'string')
    throw new MillraceError('INVALID_EXPR_TYPE_FOR_QUERY_EXECUTE_IMMEDIATE', { exprType: quotedTypeName(value.type) })
  const feature = 'a statement for EXECUTE IMMEDIATE that is not made of texts and variables'
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature }, { origin })
}

/** `1 AS a, x` or, in parentheses, the same. @throws EXEC_IMMEDIATE_DUPLICATE_ARGUMENT_ALIASES */
function readArguments(tokens: TokenStream): readonly UnresolvedExpression[] {
  const start = tokens.peek()
  const isInParentheses = tokens.at('(') && !beginsQuery(tokens, 1) && isEnd(tokens, tokens.closing(0) + 1)
  if (isInParentheses) tokens.expect('(')
  const found = tokens.list(() => tokens.namedExpression())
  if (isInParentheses) tokens.expect(')')
  const names = found.flatMap((e) => nameOf(e) ?? [])
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice === undefined) return found
  const origin = tokens.originFrom(start)
  throw new MillraceError('EXEC_IMMEDIATE_DUPLICATE_ARGUMENT_ALIASES', { aliases: quotedName(twice) }, { origin })
}

function isEnd(tokens: TokenStream, ahead: number): boolean {
  const { kind, match } = tokens.peek(ahead)
  return kind === 'end' || match === ';'
}

/** A variable without another name has its own. */
const nameOf = (e: UnresolvedExpression): string | undefined =>
  e.kind === 'alias' ? e.name : e.kind === 'attribute' ? e.parts.at(-1) : undefined

function argument(e: UnresolvedExpression): Argument {
  const name = nameOf(e)
  return { value: constant(e.kind === 'alias' ? e.child : e), ...(name === undefined ? {} : { name }) }
}

/** Its value, where that is known without a job. @throws UNSUPPORTED_EXPR_FOR_PARAMETER */
function constant(e: UnresolvedExpression): UnresolvedExpression {
  if (subqueriesOf(e).length > 0)
    throw new MillraceError('UNSUPPORTED_EXPR_FOR_PARAMETER', { invalidExprSql: `"${unresolvedText(e)}"` })
  const folded = foldExpression(resolveExpression(e, { scope: { attributes: [] }, clause: 'SELECT' }))
  return folded.kind === 'literal' ? { kind: 'literal', type: folded.type, value: folded.value } : e
}

function unknown(name: readonly string[]): never {
  throw new MillraceError('UNRESOLVED_COLUMN.WITHOUT_SUGGESTION', { objectName: quotedPath(name) })
}
