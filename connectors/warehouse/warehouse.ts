import { randomUUID } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import { partitionText } from '../../common/partition-path.js'
import { hasCode } from '../../common/system-errors.js'
import { userName } from '../../common/user-name.js'
import type { CatalogRelation, DatabaseEntry, FunctionEntry, RelationCatalog, TableEntry } from '../catalog.js'
import { makeDirectoryNow } from '../files/commit/durable-now.js'
import { failedRead, reasonOf } from '../files/file-errors.js'
import { localPath } from '../files/systems/local-path.js'
import { EntriesByDatabase, removeFolder } from './entries-by-database.js'
import { VersionedEntries } from './versioned-entries.js'

/** Below the folder of the warehouse: `databases` has a file for each database, `relations/<id of the database>` one for each table or view, `functions/<id>` one for each function. */
const CATALOG_FOLDER = '_millrace_catalog'
/** The database that is always there. */
const DEFAULT = 'default'

/**
 * The catalog in a folder. Each entry is a file of its own, added whole and never changed, so that nobody sees half of a change, also when its
 * process is killed. Files of a table lie in a folder that no other table has had: whoever drops a table cannot hit a new one of its name,
 * and a table that is filled as it is made shows itself when it is whole.
 */
export class Warehouse implements RelationCatalog {
  readonly #root: string
  readonly #databases: VersionedEntries<DatabaseEntry>
  readonly #relations: EntriesByDatabase<CatalogRelation>
  readonly #functions: EntriesByDatabase<FunctionEntry>

  /** @throws UNSUPPORTED_FEATURE for what is not on this machine */
  constructor(folder: string) {
    this.#root = resolve(localPath(folder))
    const catalog = join(this.#root, CATALOG_FOLDER)
    this.#databases = new VersionedEntries(join(catalog, 'databases'), 'schema')
    this.#relations = new EntriesByDatabase(join(catalog, 'relations'), 'table or view')
    this.#functions = new EntriesByDatabase(join(catalog, 'functions'), 'function')
  }

  databases(): readonly DatabaseEntry[] {
    const others = this.#databases.all().filter(({ name }) => name !== DEFAULT)
    return [...others, this.#default()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }

  database(name: string): DatabaseEntry | undefined {
    return name === DEFAULT ? this.#default() : this.#databases.get(name)
  }

  /** It is always there; the catalog has an entry for it once it was altered. */
  #default(): DatabaseEntry {
    const altered = this.#databases.get(DEFAULT)
    if (altered) return altered
    return {
      kind: 'database',
      id: DEFAULT,
      name: DEFAULT,
      location: this.#root,
      properties: {},
      comment: 'default database',
      owner: userName(),
    }
  }

  createDatabase({
    location,
    ...database
  }: Omit<DatabaseEntry, 'kind' | 'id' | 'location' | 'owner'> & { readonly location?: string }): boolean {
    if (database.name === DEFAULT) return false
    const folder = location === undefined ? join(this.#root, `${database.name}.db`) : resolve(localPath(location))
    const made = { kind: 'database', id: randomUUID(), location: folder, owner: userName() } as const
    return this.#databases.add(database.name, { ...made, ...database })
  }

  alterDatabase(
    before: DatabaseEntry,
    { location, ...change }: Partial<Pick<DatabaseEntry, 'location' | 'comment' | 'properties'>>,
  ): void {
    const folder = location === undefined ? {} : { location: resolve(localPath(location)) }
    const after = { ...before, ...change, ...folder }
    const isFirst = before.name === DEFAULT && this.#databases.get(DEFAULT) === undefined
    if (!isFirst) this.#databases.replace(before.name, before, after)
    else if (!this.#databases.add(DEFAULT, after))
      throw new MillraceError('CONCURRENT_CATALOG_CHANGE', { what: 'schema', name: quotedName(DEFAULT) })
  }

  dropDatabase(database: DatabaseEntry, cascade: boolean): void {
    const notEmpty = (): MillraceError =>
      new MillraceError('SCHEMA_NOT_EMPTY', { schemaName: quotedName(database.name) })
    const isEmpty = (): boolean => this.relations(database).length === 0 && this.functions(database).length === 0
    if (!cascade && !isEmpty()) throw notEmpty()
    this.#databases.replace(database.name, database, null)
    if (!cascade && !isEmpty()) {
      // Made in this very moment: the database is put back.
      this.#databases.add(database.name, database)
      throw notEmpty()
    }
    for (const relation of this.relations(database)) this.drop(relation)
    this.#relations.removeAll(database.id)
    this.#functions.removeAll(database.id)
  }

  relations(database: DatabaseEntry): readonly CatalogRelation[] {
    return this.#relations.in(database.id).all()
  }

  relation(database: DatabaseEntry, name: string): CatalogRelation | undefined {
    return this.#relations.in(database.id).get(name)
  }

  create(relation: CatalogRelation): boolean {
    return this.#addTo(this.#relations, relation)
  }

  #addTo<T extends CatalogRelation | FunctionEntry>(entries: EntriesByDatabase<T>, added: T): boolean {
    const { database, databaseId, name } = added
    if (!entries.in(databaseId).add(name, added)) return false
    if (this.database(database)?.id === databaseId) return true
    // The database was dropped while the entry was added, by someone who may not have seen it.
    entries.removeAll(databaseId)
    throw new MillraceError('SCHEMA_NOT_FOUND', { schemaName: quotedName(database) })
  }

  replace(before: CatalogRelation, after: CatalogRelation): void {
    this.#relations.in(before.databaseId).replace(before.name, before, after)
  }

  rename(before: CatalogRelation, name: string): boolean {
    return this.#relations.in(before.databaseId).move(before.name, before, name, { ...before, name })
  }

  drop(relation: CatalogRelation): void {
    this.#relations.in(relation.databaseId).replace(relation.name, relation, null)
    if (relation.kind === 'table' && !relation.isExternal) removeFolder(relation.location)
  }

  functions(database: DatabaseEntry): readonly FunctionEntry[] {
    return this.#functions.in(database.id).all()
  }

  function(database: DatabaseEntry, name: string): FunctionEntry | undefined {
    return this.#functions.in(database.id).get(name)
  }

  createFunction(made: FunctionEntry): boolean {
    return this.#addTo(this.#functions, made)
  }

  replaceFunction(before: FunctionEntry, after: FunctionEntry): void {
    this.#functions.in(before.databaseId).replace(before.name, before, after)
  }

  dropFunction(dropped: FunctionEntry): void {
    this.#functions.in(dropped.databaseId).replace(dropped.name, dropped, null)
  }

  withFolder(table: TableEntry): TableEntry {
    const unique = randomUUID().replaceAll('-', '').slice(0, 12)
    const location = table.isExternal
      ? resolve(localPath(table.location))
      : join(this.database(table.database)!.location, `${encodeURIComponent(table.name)}-${unique}`)
    makeDirectoryNow(location)
    return { ...table, location }
  }

  partitionFolders({ location, partitionedBy = [] }: TableEntry): readonly string[] {
    return partitionedBy.reduce<readonly string[]>(
      (folders, column) =>
        folders.flatMap((folder) =>
          foldersIn(join(location, folder))
            .filter((name) => partitionText(name)?.[0].toLowerCase() === column.toLowerCase())
            .map((name) => (folder === '' ? name : `${folder}/${name}`)),
        ),
      [''],
    )
  }

  removeFolder(table: TableEntry): void {
    removeFolder(table.location)
  }
}

/** @throws FAILED_READ_FILE */
function foldersIn(path: string): readonly string[] {
  try {
    const entries = readdirSync(path, { withFileTypes: true })
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .toSorted()
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return []
    throw failedRead(path, reasonOf(error), error)
  }
}
