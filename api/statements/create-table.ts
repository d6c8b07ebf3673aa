import { MillraceError } from '../../common/errors/millrace-error.js'
import type { CatalogColumn, TableEntry } from '../../connectors/catalog.js'
import { readingOptions } from '../../planner/analyze/text-formats/table-options.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { readQualifiedName } from '../../planner/sql/expressions.js'
import { beginsQuery } from '../../planner/sql/keywords.js'
import { readQuery } from '../../planner/sql/query.js'
import {
  acceptCreate,
  acceptIfNotExists,
  type ColumnDefinition,
  readColumnDefinitions,
} from '../../planner/sql/statement-parts.js'
import { placeOf } from '../catalog/catalog-names.js'
import { addTable, asColumn, fillTable, newTable, type TableClauses } from '../catalog/new-table.js'
import { formatOf } from '../catalog/stored-table.js'
import { checkDefaults } from '../write/default-values.js'
import { alreadyExists, foundAs } from './catalog-errors.js'
import { DONE, doneAfter, type StatementContext, type StatementKind } from './statement.js'
import { readTableClauses } from './table-clauses.js'

export interface CreateTableStatement extends TableClauses {
  readonly kind: 'createTable'
  readonly name: readonly string[]
  /** What Spark has for other tables than those of files. */
  readonly replace: boolean
  readonly ifNotExists: boolean
  readonly columns: readonly ColumnDefinition[]
  /** AS SELECT: what fills it, and says what its columns are. */
  readonly query?: UnresolvedRelation
  /** LIKE: whose columns it gets. */
  readonly source?: readonly string[]
}

/** CREATE TABLE [AS SELECT]. */
export const createTable: StatementKind<CreateTableStatement> = {
  read(tokens) {
    const start = tokens.peek()
    if (tokens.at('CREATE', 'EXTERNAL', 'TABLE')) throw tokens.unsupported('CREATE EXTERNAL TABLE', start)
    const replaces = tokens.accept('REPLACE', 'TABLE')
    const words = replaces ? undefined : acceptCreate(tokens, 'TABLE', false)
    if (words === undefined && !replaces) return undefined
    const replace = words?.replace ?? replaces
    const ifNotExists = acceptIfNotExists(tokens)
    const name = readQualifiedName(tokens, 'expected the name of the table')
    if (tokens.accept('LIKE')) {
      const source = readQualifiedName(tokens, 'expected the table that it is like')
      return { kind: 'createTable', name, replace, ifNotExists, columns: [], source, ...readTableClauses(tokens) }
    }
    const columns = tokens.at('(') && !beginsQuery(tokens, 1) ? readColumnDefinitions(tokens) : []
    const clauses = readTableClauses(tokens)
    const isFilled = tokens.accept('AS') || tokens.at('(') || beginsQuery(tokens, 0)
    const query = isFilled ? readQuery(tokens) : undefined
    if (query && columns.length > 0) {
      const message = 'Schema may not be specified in a Create Table As Select (CTAS) statement'
      throw new MillraceError('_LEGACY_ERROR_TEMP_0035', { message }, { origin: tokens.originFrom(start) })
    }
    return { kind: 'createTable', name, replace, ifNotExists, columns, ...clauses, ...(query ? { query } : {}) }
  },

  run(statement, context) {
    const { database, name } = context.catalog.place(statement.name)
    if (statement.replace) {
      const operation = statement.query ? 'REPLACE TABLE AS SELECT' : 'REPLACE TABLE'
      const tableName = placeOf({ database: database.name, name })
      throw new MillraceError('UNSUPPORTED_FEATURE.TABLE_OPERATION', { tableName, operation })
    }
    if (context.catalog.stored.relation(database, name)) {
      if (statement.ifNotExists) return DONE
      throw alreadyExists({ database: database.name, name })
    }
    if (statement.query) return doneAfter(createFilled(statement, statement.query, context))
    const add = (columns: readonly CatalogColumn[], like?: TableEntry): void => {
      const { partitionedBy, buckets } = like ?? {}
      const clauses = { ...statement, ...(partitionedBy ? { partitionedBy } : {}), ...(buckets ? { buckets } : {}) }
      const isMade = addTable(newTable(clauses, columns, context), context)
      if (!isMade && !statement.ifNotExists) throw alreadyExists({ database: database.name, name })
    }
    const source = statement.source && foundAs(statement.source, context.catalog)
    if (source?.kind === 'temporary')
      return doneAfter(context.engine.analyze(source.plan).then(({ fields }) => add(fields.map(asColumn))))
    if (statement.columns.some(({ defaultText }) => defaultText !== undefined))
      return doneAfter(
        checkDefaults(statement.columns, 'CREATE TABLE', context.engine).then(() => add(statement.columns)),
      )
    const files = source || statement.columns.length > 0 ? undefined : filesUnder(statement)
    if (files && statement.buckets) throw new MillraceError('SPECIFY_BUCKETING_IS_NOT_ALLOWED')
    if (files) return doneAfter(context.engine.analyze(files).then(({ fields }) => add(fields.map(asColumn))))
    add(source?.columns ?? statement.columns, source?.kind === 'table' ? source : undefined)
    return DONE
  },
}

/** The files that are there already, which tell the columns of a table that names none. */
function filesUnder({
  options: { path, ...options },
  location = path,
  ...clauses
}: TableClauses): UnresolvedRelation | undefined {
  if (location === undefined) return undefined
  const format = formatOf(clauses)
  return {
    kind: 'dataSource',
    format,
    options: readingOptions(format, options),
    paths: [location],
    streaming: false,
  }
}

/** Fills the folder first: the table is there when it is whole. */
async function createFilled(
  statement: CreateTableStatement,
  query: UnresolvedRelation,
  context: StatementContext,
): Promise<void> {
  if (statement.collation !== undefined)
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'DEFAULT COLLATION of a table that a query fills' })
  const plan = context.inlined(query)
  const { fields } = await context.engine.analyze(plan)
  await fillTable(newTable(statement, fields.map(asColumn), context), plan, statement.ifNotExists, context)
}
