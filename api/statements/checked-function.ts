import { type Schema, STRING } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedPath } from '../../common/errors/quoting.js'
import type { FunctionParameter } from '../../connectors/catalog.js'
import { hasAggregate } from '../../planner/analyze/grouping/of-group.js'
import { inlineViews, type NameLookUp } from '../../planner/analyze/sources/inline-views.js'
import { hasSubquery, someNode } from '../../planner/analyze/unresolved-nodes.js'
import type { UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import type { SqlFunction } from '../../planner/plan/unresolved/sql-function.js'
import type { SessionCatalog } from '../catalog/session-catalog.js'
import { isColumns, type ReadFunction, scalarBody, writtenFunction } from '../catalog/sql-function.js'
import { functionSettings } from '../engine/analysis-session.js'
import { parseDefault } from '../write/default-values.js'
import { namesTwice } from './function-clauses.js'
import type { CreateFunctionStatement } from './function-statement.js'
import type { StatementContext } from './statement.js'
import { temporaryIn, unlessVariable } from './temporary-objects.js'

/** What was found out of a function that is to be made. */
export interface CheckedFunction {
  /** What a call gives. */
  readonly schema: Schema
  readonly readsData: boolean
}

/**
 * Analyzes a call of a function before it is there.
 * @throws DUPLICATE_ROUTINE_*, USER_DEFINED_FUNCTIONS.*, INVALID_TEMP_OBJ_REFERENCE, INVALID_SQL_FUNCTION_DATA_ACCESS, CYCLIC_FUNCTION_REFERENCE, and the
 * conditions of its body
 */
export async function checkedFunction(
  statement: CreateFunctionStatement,
  path: readonly string[],
  { engine, catalog, config, variables }: StatementContext,
): Promise<CheckedFunction> {
  checkNames(statement)
  const { parameters, body, isTable, returns, isTemporary } = statement
  const defaults = parameters.map((parameter, i) => defaultOf(parameter, parameters[i + 1], statement))
  checkBody(statement)
  const read: ReadFunction = {
    name: path,
    parameters: parameters.map(({ name, type }, i) => ({
      name,
      type,
      ...(defaults[i] ? { byDefault: defaults[i] } : {}),
    })),
    isTable,
    body,
    settings: functionSettings(config),
    ...(returns === undefined ? {} : { returns }),
  }
  if (!isTemporary) refuseTemporaries(read, path, catalog)
  const data = new DataAccess(catalog.namesWithin(path.join('.'), isTemporary, variables), catalog)
  const inlined = (query: UnresolvedRelation): UnresolvedRelation => {
    const whole = inlineViews(query, data.names)
    return isTemporary ? variables.notedIn(whole) : whole
  }
  const written = writtenFunction(read, inlined)
  const stored = { obj: 'FUNCTION', objName: objectName(path) } as const
  const schema = await engine.analyze(callOf(written)).catch((error: unknown) => {
    throw isTemporary ? error : unlessVariable(error, stored, variables)
  })
  if (statement.dataAccess === 'CONTAINS SQL' && data.isRead)
    throw new MillraceError('INVALID_SQL_FUNCTION_DATA_ACCESS')
  if (isTable && returns === undefined) refuseColumnsTwice(statement, schema.fields)
  return { schema, readsData: data.isRead }
}

/** The name of a function as messages have it that refuse its statement. */
const nameOf = ({ name }: CreateFunctionStatement): string => name.at(-1)!

/** @throws DUPLICATE_ROUTINE_PARAMETER_NAMES, DUPLICATE_ROUTINE_RETURNS_COLUMNS */
function checkNames(statement: CreateFunctionStatement): void {
  const { parameters, returns } = statement
  const names = namesTwice(parameters)
  if (names !== undefined)
    throw new MillraceError('DUPLICATE_ROUTINE_PARAMETER_NAMES', { routineName: nameOf(statement), names })
  if (returns !== undefined && isColumns(returns)) refuseColumnsTwice(statement, returns)
}

function refuseColumnsTwice(statement: CreateFunctionStatement, fields: readonly { readonly name: string }[]): void {
  const columns = namesTwice(fields)
  if (columns === undefined) return
  throw new MillraceError('DUPLICATE_ROUTINE_RETURNS_COLUMNS', { routineName: nameOf(statement), columns })
}

/** @throws USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_* */
function defaultOf(
  { name, defaultText }: FunctionParameter,
  next: FunctionParameter | undefined,
  statement: CreateFunctionStatement,
): UnresolvedExpression | undefined {
  if (defaultText === undefined) return undefined
  const names = { functionName: nameOf(statement), parameterName: name }
  if (next && next.defaultText === undefined) {
    const parameters = { ...names, nextParameterName: next.name }
    throw new MillraceError('USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_PARAMETER_POSITION', parameters)
  }
  const byDefault = parseDefault(defaultText)
  if (hasSubquery(byDefault)) throw new MillraceError('USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_EXPRESSION', names)
  return byDefault
}

/** @throws USER_DEFINED_FUNCTIONS.SQL_TABLE_UDF_*, USER_DEFINED_FUNCTIONS.CANNOT_CONTAIN_COMPLEX_FUNCTIONS */
function checkBody(statement: CreateFunctionStatement): void {
  const { body, isTable, bodyText: queryText, returns } = statement
  if (!isTable) {
    const value = body.kind === 'query' ? valueOfNothing(body.query) : scalarBody(body)
    if (value && (hasAggregate(value) || someNode(value, ({ kind }) => kind === 'window')))
      throw new MillraceError('USER_DEFINED_FUNCTIONS.CANNOT_CONTAIN_COMPLEX_FUNCTIONS', { queryText })
    return
  }
  if (body.kind === 'expression') {
    const parameters = { name: nameOf(statement) }
    throw new MillraceError('USER_DEFINED_FUNCTIONS.SQL_TABLE_UDF_BODY_MUST_BE_A_QUERY', parameters)
  }
  if (returns !== undefined || body.query.kind !== 'project') return
  if (body.query.expressions.every(({ kind }) => kind === 'alias' || kind === 'attribute' || kind === 'star')) return
  const parameters = { functionName: quotedPath(statement.name) }
  throw new MillraceError('USER_DEFINED_FUNCTIONS.SQL_TABLE_UDF_MISSING_COLUMN_NAMES', parameters)
}

/** The one value of a query without FROM. */
const valueOfNothing = (query: UnresolvedRelation): UnresolvedExpression | undefined =>
  query.kind === 'project' && query.input.kind === 'oneRow' ? query.expressions[0] : undefined

/** A function that is stored, as messages have it: without its catalog. */
const objectName = (path: readonly string[]): string => quotedPath(path.slice(1))

/** What is stored must not mean what only the session has. @throws INVALID_TEMP_OBJ_REFERENCE */
function refuseTemporaries(read: ReadFunction, path: readonly string[], catalog: SessionCatalog): void {
  writtenFunction(read, (query) => {
    const temporary = temporaryIn(query, catalog)
    if (temporary === undefined) return query
    const { kind, name } = temporary
    const parameters = {
      tempObj: kind,
      tempObjName: quotedPath(name),
      obj: 'FUNCTION',
      objName: objectName(path),
    }
    throw new MillraceError('INVALID_TEMP_OBJ_REFERENCE', parameters)
  })
}

/** Notes whether the names of a body that are looked up lead to tables or views. */
class DataAccess {
  readonly names: NameLookUp
  isRead = false

  constructor(names: NameLookUp, { functions, places }: SessionCatalog) {
    this.names = {
      hidesBuiltIn: names.hidesBuiltIn,
      relation: (name) => {
        const found = names.relation(name)
        this.isRead ||= found !== undefined
        return found
      },
      sqlFunction: (path) => {
        const found = names.sqlFunction(path)
        const known = functions.lookUp(path, places)
        this.isRead ||= found !== undefined && known !== undefined && known.kind !== 'user' && known.text.readsData
        return found
      },
    }
  }
}

/** Calls of a function with NULLs, and with as many of its defaults as there are. */
function callOf(written: SqlFunction): UnresolvedRelation {
  const { name: path, parameters } = written
  const name = path.join('.')
  // Not a NULL as such, as that may be anything.
  const nulls = parameters.map(({ type }): UnresolvedExpression => {
    const args: readonly UnresolvedExpression[] = [
      { kind: 'literal', type: STRING, value: 'value' },
      { kind: 'literal', type, value: null },
    ]
    return { kind: 'extractValue', child: { kind: 'function', name: 'named_struct', args }, field: 'value' }
  })
  const required = nulls.filter((_, i) => parameters[i]!.byDefault === undefined)
  if (written.kind === 'table') return { kind: 'tableFunction', name: [name], args: required, written }
  const called: UnresolvedExpression = { kind: 'function', name, args: required, written }
  return {
    kind: 'project',
    input: { kind: 'oneRow' },
    expressions: [{ kind: 'alias', child: called, name }],
  }
}
