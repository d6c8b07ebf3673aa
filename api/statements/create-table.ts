import { type DataType, typeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { CatalogColumn, RelationCatalog, TableEntry } from '../../connectors/catalog.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { readName, readQualifiedName } from '../../planner/sql/expressions.js'
import { beginsQuery } from '../../planner/sql/keywords.js'
import { readQuery } from '../../planner/sql/query.js'
import {
  acceptCreate,
  acceptIfNotExists,
  type ColumnDefinition,
  type Properties,
  readColumnDefinitions,
  readProperties,
  readText,
} from '../../planner/sql/statement-parts.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'
import { alreadyExists, refuseTwice } from './catalog-errors.js'
import { DONE, doneAfter, type StatementContext, type StatementKind } from './statement.js'

export interface CreateTableStatement extends TableClauses {
  readonly kind: 'createTable'
  readonly name: readonly string[]
  readonly ifNotExists: boolean
  readonly columns: readonly ColumnDefinition[]
  /** AS SELECT: what fills it, and says what its columns are. */
  readonly query?: UnresolvedRelation
}

/** What stands behind the columns of a table. */
export interface TableClauses {
  readonly provider: string
  readonly options: Properties
  readonly properties: Properties
  readonly comment?: string
  readonly location?: string
}

/** CREATE TABLE [AS SELECT]. */
export const createTable: StatementKind<CreateTableStatement> = {
  read(tokens) {
    const start = tokens.peek()
    if (tokens.at('CREATE', 'EXTERNAL', 'TABLE')) throw tokens.unsupported('CREATE EXTERNAL TABLE', start)
    const words = acceptCreate(tokens, 'TABLE', false)
    if (words === undefined) return undefined
    if (words.replace) throw tokens.unsupported('CREATE OR REPLACE TABLE', start)
    const ifNotExists = acceptIfNotExists(tokens)
    const name = readQualifiedName(tokens, 'expected the name of the table')
    const columns = tokens.at('(') && !beginsQuery(tokens, 1) ? readColumnDefinitions(tokens) : []
    const clauses = readTableClauses(tokens)
    const isFilled = tokens.accept('AS') || tokens.at('(') || beginsQuery(tokens, 0)
    const query = isFilled ? readQuery(tokens) : undefined
    if (query && columns.length > 0) {
      const message = 'Schema may not be specified in a Create Table As Select (CTAS) statement'
      throw new MillraceError('_LEGACY_ERROR_TEMP_0035', { message }, { origin: tokens.originFrom(start) })
    }
    return { kind: 'createTable', name, ifNotExists, columns, ...clauses, ...(query ? { query } : {}) }
  },

  run(statement, context) {
    const { database, name } = context.catalog.place(statement.name)
    if (context.catalog.stored.relation(database, name)) {
      if (statement.ifNotExists) return DONE
      throw alreadyExists({ database: database.name, name })
    }
    if (statement.query) return doneAfter(createFilled(statement, statement.query, context))
    const isMade = addTable(newTable(statement, statement.columns, context), context)
    if (!isMade && !statement.ifNotExists) throw alreadyExists({ database: database.name, name })
    return DONE
  },
}

/** `[USING provider] [PARTITIONED BY …] [COMMENT …] [TBLPROPERTIES …] [LOCATION …] [OPTIONS …]`, in any order. */
export function readTableClauses(tokens: TokenStream): TableClauses {
  let provider = 'parquet'
  let options: Properties = {}
  let properties: Properties = {}
  let comment: string | undefined
  let location: string | undefined
  for (;;) {
    const start = tokens.peek()
    if (tokens.accept('USING')) provider = readName(tokens, 'expected a data source').toLowerCase()
    else if (tokens.accept('OPTIONS')) options = readProperties(tokens)
    else if (tokens.accept('TBLPROPERTIES')) properties = readProperties(tokens)
    else if (tokens.accept('COMMENT')) comment = readText(tokens, 'expected the comment in quotes')
    else if (tokens.accept('LOCATION')) location = readText(tokens, 'expected the folder in quotes')
    else if (tokens.at('PARTITIONED', 'BY')) throw tokens.unsupported('partitioned tables', start)
    else if (tokens.at('CLUSTERED', 'BY')) throw tokens.unsupported('bucketed tables', start)
    else if (tokens.at('CLUSTER', 'BY')) throw tokens.unsupported('clustered tables', start)
    else if (tokens.at('STORED') || tokens.at('ROW')) throw tokens.unsupported('tables in formats of Hive', start)
    else break
  }
  return {
    provider,
    options,
    properties,
    ...(comment === undefined ? {} : { comment }),
    ...(location === undefined ? {} : { location }),
  }
}

/** @throws SCHEMA_NOT_FOUND, COLUMN_ALREADY_EXISTS, UNSUPPORTED_FEATURE */
export function newTable(
  { name: parts, ...clauses }: TableClauses & { readonly name: readonly string[] },
  columns: readonly CatalogColumn[],
  { catalog }: StatementContext,
): TableEntry {
  const { database, name } = catalog.place(parts)
  catalog.refuseFormat(clauses.provider)
  refuseTwice(columns)
  for (const { name: column, type } of columns) refuseUnstored(column, type)
  const { provider, options, properties, comment, location } = clauses
  return {
    kind: 'table',
    database: database.name,
    databaseId: database.id,
    name,
    provider,
    columns,
    options,
    properties,
    location: location ?? '',
    isExternal: location !== undefined,
    createdMs: Date.now(),
    ...(comment === undefined ? {} : { comment }),
  }
}

/** @throws UNSUPPORTED_FEATURE for types that tables do not keep yet */
export function refuseUnstored(column: string, type: DataType): void {
  switch (type.kind) {
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
    case 'float':
    case 'double':
    case 'decimal':
    case 'string':
    case 'binary':
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
      return
    case 'struct':
      for (const field of type.fields) refuseUnstored(column, field.type)
      return
    case 'void':
    case 'interval_ym':
    case 'interval_dt':
    case 'array':
    case 'map':
      throw new MillraceError('UNSUPPORTED_FEATURE', {
        feature: `the column ${column} of type ${typeName(type)} in a table`,
      })
  }
}

/** Adds a table that is empty, or whose files are there. @returns false when there is one of its name */
const addTable = (table: TableEntry, { catalog: { stored } }: StatementContext): boolean =>
  createAt(stored.withFolder(table), stored)

/** Its folder goes again when it cannot be added. */
function createAt(table: TableEntry, stored: RelationCatalog): boolean {
  let isMade = false
  try {
    isMade = stored.create(table)
    return isMade
  } finally {
    if (!isMade && !table.isExternal) stored.removeFolder(table)
  }
}

/** Fills the folder first: the table is there when it is whole. */
async function createFilled(
  statement: CreateTableStatement,
  query: UnresolvedRelation,
  context: StatementContext,
): Promise<void> {
  const plan = context.inlined(query)
  const { fields } = await context.engine.analyze(plan)
  const columns = fields.map(({ name, type }) => ({ name, type, nullable: true }))
  await fillTable(newTable(statement, columns, context), plan, statement.ifNotExists, context)
}

/** Makes a table of the rows of a query. @throws TABLE_OR_VIEW_ALREADY_EXISTS */
export async function fillTable(
  table: TableEntry,
  plan: UnresolvedRelation,
  ifNotExists: boolean,
  { engine, catalog }: StatementContext,
): Promise<void> {
  const { stored } = catalog
  // Files of someone else are not mixed with those of a new table.
  const placed = table.isExternal ? table : stored.withFolder(table)
  const { provider: format, options, location: path } = placed
  try {
    await engine.write(plan, { format, options, path, mode: table.isExternal ? 'errorifexists' : 'append' })
  } catch (error) {
    if (!table.isExternal) stored.removeFolder(placed)
    throw error
  }
  if (!createAt(table.isExternal ? stored.withFolder(table) : placed, stored) && !ifNotExists)
    throw alreadyExists(table)
}
