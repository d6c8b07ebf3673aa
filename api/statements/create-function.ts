import type { Schema } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedPath } from '../../common/errors/quoting.js'
import type { FunctionText } from '../../connectors/catalog.js'
import { readQualifiedName } from '../../planner/sql/expressions.js'
import { readFunctionBody } from '../../planner/sql/function-body.js'
import { acceptCreate, acceptIfNotExists } from '../../planner/sql/statement-parts.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'
import { readParameterType } from '../../planner/sql/types.js'
import type { CatalogPlace } from '../catalog/session-catalog.js'
import { storedPath } from '../catalog/session-functions.js'
import { settingsOfFunction } from '../engine/analysis-session.js'
import { checkedFunction } from './checked-function.js'
import { readFunctionClauses, readParameters, readReturnedColumns } from './function-clauses.js'
import type { CreateFunctionStatement } from './function-statement.js'
import { doneAfter, type StatementContext, type StatementKind } from './statement.js'

/** CREATE [OR REPLACE] [TEMPORARY] FUNCTION … RETURN: an expression or a query with parameters under a name. */
export const createFunction: StatementKind<CreateFunctionStatement> = {
  read(tokens) {
    const start = tokens.peek()
    const words = acceptCreate(tokens, 'FUNCTION', false) ?? acceptCreate(tokens, 'FUNCTION', true)
    if (words === undefined) return undefined
    const { replace, isTemporary } = words
    const ifNotExists = acceptIfNotExists(tokens)
    const name = readQualifiedName(tokens, 'expected the name of the function')
    if (tokens.at('AS')) throw tokens.unsupported('functions of Java classes', start)
    const parameters = readParameters(tokens, start)
    const returned = readReturns(tokens)
    const clauses = readFunctionClauses(tokens)
    tokens.expect('RETURN')
    const bodyStart = tokens.peek()
    const body = readFunctionBody(tokens)
    const { text, start: from, end } = tokens.originFrom(bodyStart)
    const origin = tokens.originFrom(start)
    if (ifNotExists && replace)
      throw new MillraceError('INVALID_SQL_SYNTAX.CREATE_ROUTINE_WITH_IF_NOT_EXISTS_AND_REPLACE', {}, { origin })
    if (ifNotExists && isTemporary)
      throw new MillraceError('INVALID_SQL_SYNTAX.CREATE_TEMP_FUNC_WITH_IF_NOT_EXISTS', {}, { origin })
    if (isTemporary && name.length > 1) {
      const [qualifier, objectName] = [quotedPath(name.slice(0, -1)), quotedPath(name.slice(-1))]
      const parts = { objectType: 'FUNCTION', objectName, qualifier }
      throw new MillraceError('INVALID_TEMP_OBJ_QUALIFIER', parts, { origin })
    }
    const common = { name, replace, isTemporary, ifNotExists, parameters, body, bodyText: text.slice(from, end) }
    return { kind: 'createFunction', ...common, ...returned, ...clauses }
  },

  run: (statement, context) => doneAfter(create(statement, context)),
}

/** `RETURNS type` or `RETURNS TABLE [(columns)]`, or nothing. */
function readReturns(tokens: TokenStream): Pick<CreateFunctionStatement, 'returns' | 'isTable'> {
  if (!tokens.accept('RETURNS')) return { isTable: false }
  if (!tokens.accept('TABLE')) return { isTable: false, returns: readParameterType(tokens) }
  return { isTable: true, ...(tokens.at('(') ? { returns: readReturnedColumns(tokens) } : {}) }
}

async function create(statement: CreateFunctionStatement, context: StatementContext): Promise<void> {
  if (statement.isTemporary) return await createTemporary(statement, context)
  const { stored } = context.catalog
  const place = context.catalog.place(statement.name)
  const before = stored.function(place.database, place.name)
  if (before && statement.ifNotExists) return
  if (before && !statement.replace) throw alreadyExists([place.database.name, place.name])
  const entry = { ...(await functionText(statement, place, context)), ...placed(place) }
  if (before) stored.replaceFunction(before, entry)
  else if (!stored.createFunction(entry) && !statement.ifNotExists)
    throw alreadyExists([place.database.name, place.name])
}

const placed = ({ database, name }: CatalogPlace) => ({ database: database.name, databaseId: database.id, name })

async function createTemporary(statement: CreateFunctionStatement, context: StatementContext): Promise<void> {
  const { functions } = context.catalog
  const name = statement.name[0]!
  if (functions.temporary([name]) && !statement.replace) throw alreadyExists([name])
  functions.setTemporary(name, await functionText(statement, undefined, context))
}

const alreadyExists = (name: readonly string[]): MillraceError =>
  new MillraceError('ROUTINE_ALREADY_EXISTS', {
    routineName: quotedPath(name),
    newRoutineType: 'routine',
    existingRoutineType: 'routine',
  })

/** @param place absent for a temporary one */
async function functionText(
  statement: CreateFunctionStatement,
  place: CatalogPlace | undefined,
  context: StatementContext,
): Promise<FunctionText> {
  const { parameters, bodyText, comment, isDeterministic } = statement
  const path = place ? storedPath(placed(place)) : [statement.name[0]!.toLowerCase()]
  const { schema, readsData } = await checkedFunction(statement, path, context)
  return {
    parameters,
    returns: returnsOf(statement, schema),
    body: bodyText,
    currentDatabase: context.catalog.currentDatabase,
    ...context.catalog.searchedElsewhere(),
    readsData: readsData || statement.dataAccess === 'READS SQL DATA',
    settings: settingsOfFunction(context.config),
    createdMs: Date.now(),
    ...(comment === undefined ? {} : { comment }),
    ...(isDeterministic === undefined ? {} : { isDeterministic }),
  }
}

/** What the statement says that is returned, or what the body gives. */
function returnsOf({ returns, isTable }: CreateFunctionStatement, { fields }: Schema): FunctionText['returns'] {
  if (returns !== undefined) return returns
  return isTable ? fields.map(({ name, type }) => ({ name, type })) : fields[0]!.type
}
