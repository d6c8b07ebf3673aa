import { declaredTypeName, type Schema } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import type { CatalogColumn } from '../../connectors/catalog.js'
import { functionNames } from '../../planner/analyze/functions/registry.js'
import { nameMatcher } from '../../planner/sql/statement-parts.js'
import { parseSchema } from '../../planner/sql/types.js'
import { tableName } from '../column/column-name.js'
import { querySettings } from '../engine/analysis-session.js'
import { countRows } from '../frame/actions.js'
import type { DataFrame } from '../frame/data-frame.js'
import { alreadyExists, foundAs, tableCalled } from '../statements/catalog-errors.js'
import { repairPartitions } from '../statements/repair-table.js'
import type { StatementContext } from '../statements/statement.js'
import { CATALOG_NAME, GLOBAL_TEMP, placeOf } from './catalog-names.js'
import { CatalogStatements } from './catalog-statements.js'
import { type FunctionInfo, functionInfo } from './function-info.js'
import type { NamedRelation } from './named-relation.js'
import { addTable, asColumn, newTable } from './new-table.js'
import { type SessionCatalog, TABLE_FORMAT } from './session-catalog.js'

export interface CatalogInfo {
  readonly name: string
  readonly description: string | null
}

export interface DatabaseInfo {
  readonly name: string
  readonly catalog: string
  readonly description: string | null
  readonly locationUri: string
}

export interface TableInfo {
  readonly name: string
  /** None of a temporary view. */
  readonly catalog: string | null
  readonly namespace: readonly string[]
  readonly description: string | null
  readonly tableType: 'MANAGED' | 'EXTERNAL' | 'VIEW' | 'TEMPORARY'
  readonly isTemporary: boolean
}

export interface ColumnInfo {
  readonly name: string
  readonly description: string | null
  readonly dataType: string
  readonly nullable: boolean
  readonly isPartition: boolean
  readonly isBucket: boolean
}

/** What a table is made with. */
export interface NewTable {
  readonly schema: string | Schema
  /** A folder whose files stay when the table is dropped. */
  readonly path?: string
  readonly source?: string
  readonly description?: string
}

/** The databases, tables and views that a session knows, as `session.catalog`. Names may have their database before them. */
export class Catalog extends CatalogStatements {
  readonly #context: () => StatementContext
  readonly #table: (name: string) => DataFrame

  /** @param table makes the DataFrame of a table */
  constructor(context: () => StatementContext, table: (name: string) => DataFrame) {
    super()
    this.#context = context
    this.#table = table
  }

  protected override get context(): StatementContext {
    return this.#context()
  }

  get #catalog(): SessionCatalog {
    return this.#context().catalog
  }

  async currentCatalog(): Promise<string> {
    return CATALOG_NAME
  }

  /** There is one. */
  async listCatalogs(pattern?: string): Promise<readonly CatalogInfo[]> {
    return [CATALOG_NAME].filter(nameMatcher(pattern)).map((name) => ({ name, description: null }))
  }

  /** @throws CATALOG_NOT_FOUND for another one than there is */
  async setCurrentCatalog(name: string): Promise<void> {
    if (name.toLowerCase() !== CATALOG_NAME)
      throw new MillraceError('CATALOG_NOT_FOUND', { catalogName: quotedName(name) })
  }

  async currentDatabase(): Promise<string> {
    return this.#catalog.currentDatabase
  }

  /** @throws SCHEMA_NOT_FOUND */
  async setCurrentDatabase(name: string): Promise<void> {
    this.#catalog.use(name)
  }

  /** @param pattern `*` is anything */
  async listDatabases(pattern?: string): Promise<readonly DatabaseInfo[]> {
    const isMeant = nameMatcher(pattern)
    const names = this.#catalog.stored.databases().map(({ name }) => name)
    return Promise.all(names.filter(isMeant).map((name) => this.getDatabase(name)))
  }

  /** @throws SCHEMA_NOT_FOUND */
  async getDatabase(name: string): Promise<DatabaseInfo> {
    const { name: found, comment = null, location } = this.#catalog.database(name)
    return { name: found, catalog: CATALOG_NAME, description: comment, locationUri: `file:${location}` }
  }

  async databaseExists(name: string): Promise<boolean> {
    return this.#catalog.stored.database(name.toLowerCase()) !== undefined
  }

  /** The tables and views of a database, and the temporary views of the session. @throws SCHEMA_NOT_FOUND */
  async listTables(database?: string, pattern?: string): Promise<readonly TableInfo[]> {
    const catalog = this.#catalog
    const isMeant = nameMatcher(pattern)
    const stored = catalog.stored.relations(catalog.database(database))
    const temporary = catalog.temporary.names().map((name) => catalog.lookUp([name])!)
    return [...stored, ...temporary].filter(({ name }) => isMeant(name)).map(tableInfo)
  }

  /** The views of a database, and the temporary ones. @throws SCHEMA_NOT_FOUND */
  async listViews(database?: string, pattern?: string): Promise<readonly TableInfo[]> {
    const all = await this.listTables(database, pattern)
    return all.filter(({ tableType }) => tableType === 'VIEW' || tableType === 'TEMPORARY')
  }

  /** @throws TABLE_OR_VIEW_NOT_FOUND */
  async getTable(name: string): Promise<TableInfo> {
    return tableInfo(foundAs(tableName(name), this.#catalog))
  }

  async tableExists(name: string, database?: string): Promise<boolean> {
    const parts = tableName(name)
    return this.#catalog.lookUp(database === undefined ? parts : [database, ...parts]) !== undefined
  }

  /** @throws TABLE_OR_VIEW_NOT_FOUND */
  async listColumns(name: string): Promise<readonly ColumnInfo[]> {
    const { engine, catalog } = this.#context()
    const found = foundAs(tableName(name), catalog)
    const columns: readonly CatalogColumn[] =
      found.kind === 'temporary' ? (await engine.analyze(catalog.planOf(found))).fields : found.columns
    return columns.map((column) => ({
      name: column.name,
      description: column.comment ?? null,
      dataType: declaredTypeName(column.type),
      nullable: column.nullable,
      isPartition: found.kind === 'table' && (found.partitionedBy?.includes(column.name) ?? false),
      isBucket: found.kind === 'table' && (found.buckets?.columns.includes(column.name) ?? false),
    }))
  }

  /** The partitions of a table, as SHOW PARTITIONS has them. @throws INVALID_PARTITION_OPERATION.PARTITION_SCHEMA_IS_EMPTY */
  async listPartitions(name: string): Promise<readonly string[]> {
    const table = tableCalled(tableName(name), 'SHOW PARTITIONS', this.#catalog)
    if (table.partitionedBy) return (table.partitions ?? []).map(({ folder }) => folder)
    throw new MillraceError('INVALID_PARTITION_OPERATION.PARTITION_SCHEMA_IS_EMPTY', { name: placeOf(table) })
  }

  /** The catalog learns which folders of partitions there are. @throws NOT_A_PARTITIONED_TABLE */
  async recoverPartitions(name: string): Promise<void> {
    const operation = 'ALTER TABLE RECOVER PARTITIONS'
    const table = tableCalled(tableName(name), operation, this.#catalog)
    repairPartitions(table, { operation, adds: true, drops: false }, this.#catalog)
  }

  async listFunctions(pattern?: string): Promise<readonly string[]> {
    return functionNames().filter(nameMatcher(pattern))
  }

  /** @throws UNRESOLVED_ROUTINE */
  async getFunction(name: string): Promise<FunctionInfo> {
    return functionInfo(tableName(name), this.#catalog)
  }

  async functionExists(name: string): Promise<boolean> {
    return functionNames().includes(name.toLowerCase())
  }

  /** Makes an empty table, or one over files that are there. @throws TABLE_OR_VIEW_ALREADY_EXISTS, SCHEMA_NOT_FOUND */
  async createTable(name: string, { schema, path, source, description }: NewTable): Promise<DataFrame> {
    const settings = querySettings(this.#context().config)
    const { fields } = typeof schema === 'string' ? parseSchema(schema, settings) : schema
    const clauses = {
      name: tableName(name),
      provider: source ?? TABLE_FORMAT,
      options: {},
      properties: {},
      ...(path === undefined ? {} : { location: path }),
      ...(description === undefined ? {} : { comment: description }),
    }
    const table = newTable(clauses, fields.map(asColumn), this.#context())
    if (!addTable(table, this.#context())) throw alreadyExists(table)
    return this.#table(name)
  }

  /** @returns whether there was one */
  async dropTempView(name: string): Promise<boolean> {
    return this.#dropView([name])
  }

  /** @returns whether there was one */
  async dropGlobalTempView(name: string): Promise<boolean> {
    return this.#dropView([GLOBAL_TEMP, name])
  }

  #dropView(name: readonly string[]): boolean {
    const { catalog } = this.#context()
    const found = catalog.lookUp(name)
    if (found?.kind !== 'temporary') return false
    catalog.forget(found)
    return found.views.drop(found.name)
  }

  /** @throws TABLE_OR_VIEW_NOT_FOUND */
  async isCached(name: string): Promise<boolean> {
    return this.#catalog.isCached(foundAs(tableName(name), this.#catalog))
  }

  /** Keeps a table or view in memory. @throws TABLE_OR_VIEW_NOT_FOUND */
  async cacheTable(name: string): Promise<void> {
    const { catalog, engine } = this.#context()
    catalog.cache(foundAs(tableName(name), catalog))
    await countRows(engine, this.#table(name).plan)
  }

  /** @throws TABLE_OR_VIEW_NOT_FOUND */
  async uncacheTable(name: string): Promise<void> {
    const { catalog } = this.#context()
    catalog.forget(foundAs(tableName(name), catalog))
  }

  /** Reads again what is cached, as files may have been written at a path. @param _path of which all is read again, with everything else */
  async refreshByPath(_path: string): Promise<void> {
    this.#catalog.changed()
  }

  async clearCache(): Promise<void> {
    const { catalog } = this.#context()
    catalog.clearCache()
  }

  /** Reads again what is cached, as another process may have written it. @throws TABLE_OR_VIEW_NOT_FOUND */
  async refreshTable(name: string): Promise<void> {
    const { catalog } = this.#context()
    foundAs(tableName(name), catalog)
    catalog.changed()
  }
}

function tableInfo(relation: NamedRelation): TableInfo {
  switch (relation.kind) {
    case 'temporary': {
      const namespace = relation.isGlobal ? [GLOBAL_TEMP] : []
      return {
        name: relation.name,
        catalog: null,
        namespace,
        description: null,
        tableType: 'TEMPORARY',
        isTemporary: true,
      }
    }
    case 'table':
      return storedInfo(relation, relation.isExternal ? 'EXTERNAL' : 'MANAGED')
    case 'view':
      return storedInfo(relation, 'VIEW')
  }
}

const storedInfo = (
  {
    name,
    database,
    comment = null,
  }: { readonly name: string; readonly database: string; readonly comment?: string | null },
  tableType: TableInfo['tableType'],
): TableInfo => ({
  name,
  catalog: CATALOG_NAME,
  namespace: [database],
  description: comment,
  tableType,
  isTemporary: false,
})
