/**
 * What a catalog of databases, tables and views is. Types only. Names are in lower case; what is handed out is frozen data that does not
 * change. Everything is synchronous, as reading footers is: an entry is a file of some hundred bytes, and a hop through Node's thread pool
 * takes many times as long.
 */
import type { DataType, Field } from '../columnar/types.js'
import type { Buckets, Options } from './api.js'

export interface DatabaseEntry {
  readonly kind: 'database'
  /** Tells it from others that had the name before. */
  readonly id: string
  readonly name: string
  readonly location: string
  readonly comment?: string
  /** Who made it. */
  readonly owner?: string
  readonly properties: Options
}

export interface CatalogColumn extends Field {
  /** What it gets where rows have no value for it: an expression as written. NULL without one. */
  readonly defaultText?: string
}

interface RelationEntry {
  readonly database: string
  readonly databaseId: string
  readonly name: string
  readonly columns: readonly CatalogColumn[]
  readonly comment?: string
  readonly properties: Options
  readonly createdMs: number
}

export interface TableEntry extends RelationEntry {
  readonly kind: 'table'
  /** Its data source, in letters as they were written. */
  readonly provider: string
  /** Of the writer: compression and the like. */
  readonly options: Options
  readonly location: string
  /** That of columns of which none is said when they are added. */
  readonly collation?: string
  /** Whether the files belong to someone else, so that they stay when the table is dropped. */
  readonly isExternal: boolean
  /** The last of its columns, whose values are in the names of folders instead of in files. */
  readonly partitionedBy?: readonly string[]
  /** In order of their folders; others in the table's folder are not read. */
  readonly partitions?: readonly PartitionEntry[]
  readonly buckets?: Buckets
  /** As ANALYZE TABLE counted them. */
  readonly statistics?: TableStatistics
}

export interface SizeStatistics {
  readonly bytes: number
  readonly rows?: number
}

export interface TableStatistics extends SizeStatistics {
  /** By names. */
  readonly columns?: Readonly<Record<string, ColumnStatistics>>
}

export interface ColumnStatistics {
  readonly distinct: number
  readonly nulls: number
  readonly meanBytes: number
  readonly mostBytes: number
  /** Of types in order, as DESCRIBE shows them. */
  readonly least?: string
  readonly greatest?: string
  /** The same as numbers, as sources give them. */
  readonly range?: readonly [least: number, greatest: number]
}

/** A partition of a table. */
export interface PartitionEntry {
  /** `a=1/b=x`, below the folder of the table: which values it has. */
  readonly folder: string
  readonly createdMs: number
  readonly statistics?: SizeStatistics
}

/** What becomes of a view whose query has other columns than when it was made, as Spark names it. */
export type ViewSchemaMode = 'BINDING' | 'COMPENSATION' | 'TYPE EVOLUTION' | 'EVOLUTION'

export interface ViewEntry extends RelationEntry {
  readonly kind: 'view'
  readonly text: string
  /** The database that was current when it was made. */
  readonly currentDatabase: string
  /** The databases in which names without one are looked for; absent for the one that was current. */
  readonly searched?: readonly string[]
  /** The columns of its query: by these names the view finds them again. */
  readonly queryColumns: readonly string[]
  /** Whether its statement named the columns. */
  readonly hasOwnNames: boolean
  readonly schemaMode: ViewSchemaMode
  /** Those of the session that made it that say what its text means, where they are not the defaults. */
  readonly settings?: Readonly<Record<string, string>>
}

export type CatalogRelation = TableEntry | ViewEntry

export interface FunctionParameter {
  readonly name: string
  readonly type: DataType
  readonly comment?: string
  /** An expression as written. */
  readonly defaultText?: string
}

/** A function as it is written in SQL. */
export interface FunctionText {
  readonly parameters: readonly FunctionParameter[]
  /** The type of its value, or the columns of its rows. */
  readonly returns: DataType | readonly Pick<CatalogColumn, 'name' | 'type' | 'comment'>[]
  /** An expression or a query. */
  readonly body: string
  /** The database that was current when it was made. */
  readonly currentDatabase: string
  /** The databases in which names without one are looked for; absent for the one that was current. */
  readonly searched?: readonly string[]
  readonly comment?: string
  /** As its statement says. */
  readonly isDeterministic?: boolean
  /** Whether it reads tables or views. */
  readonly readsData: boolean
  /** Those of the session that made it, where they differ from the defaults. */
  readonly settings: Readonly<Record<string, string>>
  readonly createdMs: number
}

export interface FunctionEntry extends FunctionText {
  readonly database: string
  readonly databaseId: string
  readonly name: string
}

/** Databases, and the tables, views and functions in them. What another session changed in the same moment raises CONCURRENT_CATALOG_CHANGE. */
export interface RelationCatalog {
  /** In order of names. */
  databases(): readonly DatabaseEntry[]
  database(name: string): DatabaseEntry | undefined
  /** @returns false when there is one of its name */
  createDatabase(
    database: Omit<DatabaseEntry, 'kind' | 'id' | 'location' | 'owner'> & { readonly location?: string },
  ): boolean
  /** Puts other words about a database, or another folder for its tables to come, in the place of those that were read. */
  alterDatabase(
    before: DatabaseEntry,
    change: Partial<Pick<DatabaseEntry, 'location' | 'comment' | 'properties'>>,
  ): void
  /** @throws SCHEMA_NOT_EMPTY unless what is in it goes, too */
  dropDatabase(database: DatabaseEntry, cascade: boolean): void

  /** In order of names. */
  relations(database: DatabaseEntry): readonly CatalogRelation[]
  relation(database: DatabaseEntry, name: string): CatalogRelation | undefined
  /** @returns false when there is one of its name. @throws SCHEMA_NOT_FOUND when its database was dropped meanwhile */
  create(relation: CatalogRelation): boolean
  /** Puts another entry in the place of one that was read. */
  replace(before: CatalogRelation, after: CatalogRelation): void
  /** @returns false when there is one of the new name */
  rename(before: CatalogRelation, name: string): boolean
  /** With the files of a table, unless these are someone else's. */
  drop(relation: CatalogRelation): void
  /** In order of names. */
  functions(database: DatabaseEntry): readonly FunctionEntry[]
  function(database: DatabaseEntry, name: string): FunctionEntry | undefined
  /** @returns false when there is one of its name. @throws SCHEMA_NOT_FOUND when its database was dropped meanwhile */
  createFunction(made: FunctionEntry): boolean
  /** Puts another one in the place of one that was read. */
  replaceFunction(before: FunctionEntry, after: FunctionEntry): void
  dropFunction(dropped: FunctionEntry): void
  /** The table with its folder, which is made: a new one that no other table has had, or the one of someone else. */
  withFolder(table: TableEntry): TableEntry
  /** The folders of partitions that there are in the folder of a table, known or not. */
  partitionFolders(table: TableEntry): readonly string[]
  /** Removes the folder of a table that did not come to be. */
  removeFolder(table: TableEntry): void
}
