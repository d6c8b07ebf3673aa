import type { Origin } from '../../common/errors/condition.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedPath } from '../../common/errors/quoting.js'
import type { SessionVariable, UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { readQualifiedName } from '../../planner/sql/expressions.js'
import type { Token } from '../../planner/sql/token.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'
import { CATALOG_NAME } from '../catalog/catalog-names.js'
import type { SessionCatalog } from '../catalog/session-catalog.js'
import type { DeclaredVariable } from '../session/session-variables.js'
import { isDefault, parseDefault, withDefaultsInPlace } from '../write/default-values.js'
import { assignVariables, castTo, oneRow } from './assigned-variables.js'
import { acceptVariable } from './declare-variable.js'
import { doneAfter, type StatementContext, type StatementKind } from './statement.js'

export interface SetVariableStatement {
  readonly kind: 'setVariable'
  readonly names: readonly (readonly string[])[]
  /** Gives one row with a column for each name. */
  readonly query: UnresolvedRelation
  readonly origin: Origin
}

/** SET VARIABLE a = expression, …, or (a, …) = (query). */
export const setVariable: StatementKind<SetVariableStatement> = {
  read(tokens) {
    const start = tokens.peek()
    const { match } = tokens.peek(1)
    if (!tokens.at('SET') || (match !== 'VARIABLE' && match !== 'VAR') || tokens.peek(2).match === '=') return undefined
    tokens.next()
    acceptVariable(tokens)
    return readAssigned(tokens, start)
  },

  run: (statement, context) => doneAfter(assign(statement, context)),
}

/** What stands behind SET or SET VARIABLE, with which the statement starts. */
export function readAssigned(tokens: TokenStream, start: Token): SetVariableStatement {
  const { names, query } = tokens.at('(') ? readRow(tokens) : readAssignments(tokens)
  const origin = tokens.originFrom(start)
  if (names.length === 0) throw new MillraceError('INVALID_SET_SYNTAX', {}, { origin })
  return { kind: 'setVariable', names, query, origin }
}

type Assignments = Pick<SetVariableStatement, 'names' | 'query'>

function readRow(tokens: TokenStream): Assignments {
  tokens.expect('(')
  const names = tokens.at(')') ? [] : tokens.list(() => readVariable(tokens))
  tokens.expect(')', '=')
  return { names, query: tokens.subquery() }
}

function readAssignments(tokens: TokenStream): Assignments {
  const names: (readonly string[])[] = []
  const expressions = tokens.list((): UnresolvedExpression => {
    names.push(readVariable(tokens))
    tokens.expect('=')
    return tokens.expression()
  })
  return { names, query: { kind: 'project', input: { kind: 'oneRow' }, expressions } }
}

const readVariable = (tokens: TokenStream): readonly string[] =>
  readQualifiedName(tokens, 'expected the name of a variable')

async function assign(
  { names, query, origin }: SetVariableStatement,
  { catalog, engine, inlined, variables }: StatementContext,
): Promise<void> {
  const targets = names.map((name) => variables.lookUp(name) ?? unknown(name, catalog))
  const given = withDefaultsInPlace(query, (i) => parseDefault(targets[i]?.defaultText ?? 'NULL'))
  const direct = inlined(castDirectly(given, targets, origin))
  const noted = await withDefaultsNoted(direct, (i) => defaultOf(targets[i], { engine, inlined }))
  await assignVariables(targets, noted, { engine, variables, origin }).catch((error: unknown) => {
    throw isUnknownDefault(error) ? new MillraceError('DEFAULT_PLACEMENT_INVALID') : error
  })
}

/** Notes at DEFAULT, where it is a column of a select from a relation, the value that it means where the relation has no column of that name. */
async function withDefaultsNoted(
  query: UnresolvedRelation,
  valueAt: (place: number) => Promise<SessionVariable>,
): Promise<UnresolvedRelation> {
  if (query.kind === 'limit' || query.kind === 'sort' || query.kind === 'with')
    return { ...query, input: await withDefaultsNoted(query.input, valueAt) }
  if (query.kind !== 'project' || !query.expressions.some(isDefault)) return query
  const expressions = query.expressions.map(async (e, i) => (isDefault(e) ? { ...e, variable: await valueAt(i) } : e))
  return { ...query, expressions: await Promise.all(expressions) }
}

async function defaultOf(
  target: DeclaredVariable | undefined,
  { engine, inlined }: Pick<StatementContext, 'engine' | 'inlined'>,
): Promise<SessionVariable> {
  const expressions = [parseDefault(target?.defaultText ?? 'NULL')]
  const { types, values } = await oneRow(inlined({ kind: 'project', input: { kind: 'oneRow' }, expressions }), engine)
  return { name: 'default', type: types[0]!, value: values[0]! }
}

/** Within another expression DEFAULT means nothing. */
const isUnknownDefault = (error: unknown): boolean =>
  MillraceError.is(error) &&
  error.condition.startsWith('UNRESOLVED_COLUMN.') &&
  String(error.parameters['objectName']).toLowerCase() === '`default`'

/** Casts expressions themselves, so that conditions about them show what was written. */
function castDirectly(
  query: UnresolvedRelation,
  targets: readonly DeclaredVariable[],
  origin: Origin,
): UnresolvedRelation {
  if (query.kind !== 'project' || query.input.kind !== 'oneRow' || query.expressions.length !== targets.length)
    return query
  return { ...query, expressions: query.expressions.map((e, i) => castTo(e, targets[i]!.declaredType, origin)) }
}

function unknown(name: readonly string[], { currentDatabase }: SessionCatalog): never {
  const places = [
    ['system', 'builtin'],
    ['system', 'session'],
    [CATALOG_NAME, currentDatabase],
  ]
  throw new MillraceError('UNRESOLVED_VARIABLE', {
    variableName: quotedPath(name),
    searchPath: `[${places.map(quotedPath).join(', ')}]`,
  })
}
