import { type DataType, VOID } from '../../columnar/types.js'
import type { Origin } from '../../common/errors/condition.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { subqueriesOf } from '../../planner/analyze/unresolved-nodes.js'
import type { UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'
import { readExpression, readQualifiedName } from '../../planner/sql/expressions.js'
import { acceptIfExists } from '../../planner/sql/statement-parts.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'
import { readDeclaredType } from '../../planner/sql/types.js'
import { type DeclaredVariable, declaredName, variablePath } from '../session/session-variables.js'
import { parseDefault } from '../write/default-values.js'
import { castTo, oneRow } from './assigned-variables.js'
import { DONE, doneAfter, type StatementContext, type StatementKind } from './statement.js'

export interface DeclareVariableStatement {
  readonly kind: 'declareVariable'
  readonly names: readonly (readonly string[])[]
  readonly replace: boolean
  /** Without one it is that of the default. */
  readonly type?: DataType
  readonly defaultText: string
  readonly written: UnresolvedExpression
  readonly origin: Origin
}

/** DECLARE [OR REPLACE] [VARIABLE] name[, …] [type] [DEFAULT expression]: names for values, in this session. */
export const declareVariable: StatementKind<DeclareVariableStatement> = {
  read(tokens) {
    const start = tokens.peek()
    if (!tokens.accept('DECLARE')) return undefined
    const replace = tokens.accept('OR', 'REPLACE')
    acceptVariable(tokens)
    // Of a variable there is no such clause: `IF` is its name, `NOT` its type.
    if (tokens.accept('IF', 'NOT') && tokens.at('EXISTS'))
      throw tokens.unexpected('IF NOT EXISTS of a variable is OR REPLACE')
    const names = tokens.list(() => readQualifiedName(tokens, 'expected the name of the variable'))
    const isTyped = !isDefaultNext(tokens) && tokens.peek().kind !== 'end' && !tokens.at(';')
    const type = isTyped ? readDeclaredType(tokens) : undefined
    const hasDefault = tokens.accept('DEFAULT') || tokens.accept('=')
    const [from, written] = [tokens.peek(), hasDefault ? readExpression(tokens) : parseDefault('NULL')]
    const defaultText = hasDefault ? tokens.text.slice(from.start, tokens.takenUntil) : 'NULL'
    const origin = tokens.originFrom(start)
    if (!type && !hasDefault)
      throw new MillraceError('INVALID_SQL_SYNTAX.VARIABLE_TYPE_OR_DEFAULT_REQUIRED', {}, { origin })
    return { kind: 'declareVariable', names, replace, defaultText, written, origin, ...(type ? { type } : {}) }
  },

  run: (statement, context) => doneAfter(declare(statement, context)),
}

const isDefaultNext = (tokens: TokenStream): boolean => tokens.at('DEFAULT') || tokens.at('=')

/** The word may itself be the name of a variable. */
export function acceptVariable(tokens: TokenStream): boolean {
  const { match } = tokens.peek(1)
  return match !== '=' && match !== ',' && (tokens.accept('VARIABLE') || tokens.accept('VAR'))
}

/** @throws VARIABLE_ALREADY_EXISTS, UNRESOLVED_VARIABLE, and those of `declaredVariables` */
async function declare(statement: DeclareVariableStatement, context: StatementContext): Promise<void> {
  const { variables } = context.catalog
  const named = { ...statement, names: statement.names.map((name) => [declaredName(name)]) }
  const declared = await declaredVariables(named, variablePath, context)
  for (const { name } of declared)
    if (!statement.replace && variables.lookUp([name]))
      throw new MillraceError('VARIABLE_ALREADY_EXISTS', { variableName: variablePath(name) })
  for (const variable of declared) variables.set(variable)
}

/**
 * The variables of a declaration, whose names are of one part, with their first values.
 * @param pathOf a variable as messages name it
 * @throws DUPLICATE_VARIABLE_NAME_INSIDE_DECLARE, INVALID_DEFAULT_VALUE.SUBQUERY_EXPRESSION, and what the default raises
 */
export async function declaredVariables(
  { names, type, defaultText, written, origin }: DeclareVariableStatement,
  pathOf: (name: string) => string,
  { engine, variables }: StatementContext,
): Promise<readonly DeclaredVariable[]> {
  const own = names.map(([name]) => name!.toLowerCase())
  const twice = own.find((name, i) => own.indexOf(name) < i)
  if (twice !== undefined)
    throw new MillraceError('DUPLICATE_VARIABLE_NAME_INSIDE_DECLARE', { variableName: pathOf(twice) })
  if (subqueriesOf(written).length > 0) {
    const parameters = { statement: 'DECLARE VARIABLE', colName: pathOf(own[0]!), defaultValue: defaultText }
    throw new MillraceError('INVALID_DEFAULT_VALUE.SUBQUERY_EXPRESSION', parameters)
  }
  const child = type ? castTo(written, type, origin) : written
  const query = variables.notedIn({
    kind: 'project',
    input: { kind: 'oneRow' },
    expressions: [{ kind: 'alias', child, name: 'value' }],
  })
  const { types, values } = await oneRow(query, engine)
  const found = types[0] ?? VOID
  return own.map((name) => ({ name, type: found, declaredType: type ?? found, value: values[0]!, defaultText }))
}

export interface DropVariableStatement {
  readonly kind: 'dropVariable'
  readonly name: readonly string[]
  readonly ifExists: boolean
}

/** DROP TEMPORARY VARIABLE [IF EXISTS] name. */
export const dropVariable: StatementKind<DropVariableStatement> = {
  isLocal: true,

  read(tokens) {
    const words = ['TEMPORARY', 'TEMP'].flatMap((word) => [
      ['DROP', word, 'VARIABLE'],
      ['DROP', word, 'VAR'],
    ])
    if (!words.some((these) => tokens.accept(...these))) return undefined
    const ifExists = acceptIfExists(tokens)
    return { kind: 'dropVariable', ifExists, name: readQualifiedName(tokens, 'expected the name of the variable') }
  },

  run({ name, ifExists }, { catalog }) {
    const own = declaredName(name)
    if (!catalog.variables.drop(own) && !ifExists)
      throw new MillraceError('VARIABLE_NOT_FOUND', { variableName: variablePath(own) })
    return DONE
  },
}
