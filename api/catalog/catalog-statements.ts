import { tableName } from '../column/column-name.js'
import { type AnalyzeTableStatement, analyzeTable } from '../statements/analyze-table.js'
import { createDatabase, dropDatabase } from '../statements/databases.js'
import { dropTable, dropView } from '../statements/drop-relation.js'
import { showCreate, showProperties } from '../statements/show-table.js'
import type { Outcome, StatementContext } from '../statements/statement.js'
import { truncate } from '../statements/truncate.js'

/** How a database is dropped. */
export interface DropDatabaseOptions {
  readonly ifExists?: boolean
  /** With the tables and views in it. */
  readonly cascade?: boolean
}

/** What a catalog does as statements do it. */
export abstract class CatalogStatements {
  protected abstract get context(): StatementContext

  /** @throws SCHEMA_ALREADY_EXISTS */
  async createDatabase(
    name: string,
    ifNotExists = false,
    properties: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const { comment, location, ...others } = properties
    const described = { ...(comment === undefined ? {} : { comment }), ...(location === undefined ? {} : { location }) }
    const statement = { name: name.toLowerCase(), ifNotExists, properties: others, ...described } as const
    await ended(createDatabase.run({ kind: 'createDatabase', ...statement }, this.context))
  }

  /** @throws SCHEMA_NOT_FOUND, SCHEMA_NOT_EMPTY */
  async dropDatabase(name: string, { ifExists = false, cascade = false }: DropDatabaseOptions = {}): Promise<void> {
    const statement = { kind: 'dropDatabase', name: name.toLowerCase(), ifExists, cascade } as const
    await ended(dropDatabase.run(statement, this.context))
  }

  /** @throws TABLE_OR_VIEW_NOT_FOUND */
  async dropTable(name: string, ifExists = false): Promise<void> {
    await ended(dropTable.run({ kind: 'dropTable', name: tableName(name), ifExists }, this.context))
  }

  /** @throws TABLE_OR_VIEW_NOT_FOUND */
  async dropView(name: string, ifExists = false): Promise<void> {
    await ended(dropView.run({ kind: 'dropView', name: tableName(name), ifExists }, this.context))
  }

  /** Takes all rows out of a table. @throws TABLE_OR_VIEW_NOT_FOUND */
  async truncateTable(name: string): Promise<void> {
    await ended(truncate.run({ kind: 'truncate', name: tableName(name) }, this.context))
  }

  /** Counts what queries of a table are planned with. @param noScan its size alone. @throws TABLE_OR_VIEW_NOT_FOUND */
  async analyzeTable(name: string, noScan = false): Promise<void> {
    const statement: AnalyzeTableStatement = { kind: 'analyzeTable', name: tableName(name), isNoScan: noScan }
    await ended(analyzeTable.run(statement, this.context))
  }

  /** The statement that makes a table, or a view, anew. @throws TABLE_OR_VIEW_NOT_FOUND */
  async getCreateTableString(name: string): Promise<string> {
    const rows = await ended(showCreate.run({ kind: 'showCreate', name: tableName(name) }, this.context))
    return (rows as readonly { createtab_stmt: string }[])[0]!.createtab_stmt
  }

  /** @throws TABLE_OR_VIEW_NOT_FOUND */
  async getTableProperties(name: string): Promise<Readonly<Record<string, string>>> {
    const rows = await ended(showProperties.run({ kind: 'showProperties', name: tableName(name) }, this.context))
    return Object.fromEntries((rows as readonly { key: string; value: string }[]).map(({ key, value }) => [key, value]))
  }
}

/** The rows of a statement, once it has ended. */
const ended = async (outcome: Outcome): Promise<readonly object[]> => (outcome.kind === 'rows' ? outcome.rows : [])
