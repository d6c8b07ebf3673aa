import { MillraceError } from '../common/errors/millrace-error.js'
import { quotedPath } from '../common/errors/quoting.js'
import { toTaggedJson } from '../common/tagged-json.js'
import type { CatalogRelation, DatabaseEntry, RelationCatalog, ViewEntry } from '../connectors/catalog.js'
import { directTable, type NamedPlan, tableNotFound } from '../planner/analyze/catalog.js'
import { inlineViews } from '../planner/analyze/inline-views.js'
import type { UnresolvedRelation } from '../planner/plan/unresolved/relation.js'
import { SessionVariables } from './session-variables.js'
import { tableRelation } from './stored-table.js'
import { viewRelation } from './stored-view.js'
import { type NameKey, TemporaryViews } from './views.js'

/** The one catalog there is, by the name that Spark gives it. */
export const CATALOG_NAME = 'spark_catalog'
/** The database of temporary views that Spark shares between sessions. */
export const GLOBAL_TEMP = 'global_temp'

/** The format in which tables of the catalog are kept. */
export const TABLE_FORMAT = 'parquet'

/** What a name stands for. */
export type NamedRelation =
  | {
      readonly kind: 'temporary'
      readonly views: TemporaryViews
      readonly name: string
      readonly isGlobal: boolean
      readonly plan: UnresolvedRelation
    }
  | CatalogRelation

export interface SessionCatalogOptions {
  readonly stored: RelationCatalog
  readonly isFormat: (name: string) => boolean
  /** Refuses plans of temporary views that make no sense, as far as that is known without waiting. */
  readonly check: (plan: UnresolvedRelation) => void
  /** Lets go of what is kept in memory. */
  readonly uncache: (cacheId: string) => void
  /** Of names of tables and views, as the session is set now. */
  readonly keyOf: NameKey
}

interface Cache {
  readonly id: string
  /** The plan whose rows are kept. */
  readonly of: string
}

/** A place in the catalog, whether or not there is something. */
export interface CatalogPlace {
  readonly database: DatabaseEntry
  /** In lower case, unless that counts. */
  readonly name: string
}

/** The names of a session: its temporary views first, then what the catalog has in the current database. */
export class SessionCatalog {
  readonly temporary: TemporaryViews
  readonly global: TemporaryViews
  readonly stored: RelationCatalog
  readonly variables = new SessionVariables()
  readonly #isFormat: (name: string) => boolean
  readonly #uncache: (cacheId: string) => void
  readonly #keyOf: NameKey
  #currentDatabase = 'default'
  /** Of tables and views that are cached. */
  readonly #caches = new Map<string | UnresolvedRelation, Cache>()

  constructor({ stored, isFormat, check, uncache, keyOf }: SessionCatalogOptions) {
    this.#keyOf = keyOf
    this.stored = stored
    this.#isFormat = isFormat
    this.#uncache = uncache
    const checked = (plan: UnresolvedRelation): void => check(this.variables.notedIn(plan))
    this.temporary = new TemporaryViews(checked, keyOf)
    this.global = new TemporaryViews(checked, keyOf)
  }

  get currentDatabase(): string {
    return this.#currentDatabase
  }

  /** @throws SCHEMA_NOT_FOUND */
  use(database: string): void {
    this.#currentDatabase = this.database(database).name
  }

  /** @throws SCHEMA_NOT_FOUND */
  database(name = this.#currentDatabase): DatabaseEntry {
    const found = this.stored.database(name.toLowerCase())
    if (found) return found
    throw new MillraceError('SCHEMA_NOT_FOUND', { schemaName: qualified([name]) })
  }

  /** What a name stands for; undefined when there is nothing. */
  lookUp(parts: readonly string[]): NamedRelation | undefined {
    const [first = '', second = ''] = parts
    if (parts.length === 1) {
      const plan = this.temporary.get(first)
      if (plan) return { kind: 'temporary', views: this.temporary, name: first, isGlobal: false, plan }
    }
    if (parts.length === 2 && first.toLowerCase() === GLOBAL_TEMP) {
      const plan = this.global.get(second)
      return plan && { kind: 'temporary', views: this.global, name: second, isGlobal: true, plan }
    }
    return this.#storedRelation(parts, this.#currentDatabase)
  }

  /** Whether a name is a file, written as ``format.`path` ``. */
  isFile(parts: readonly string[]): boolean {
    return directTable(parts, { isFormat: this.#isFormat }) !== undefined
  }

  /** What is read under a name. @throws RECURSIVE_VIEW, TABLE_OR_VIEW_NOT_FOUND for what a view reads */
  relation(parts: readonly string[]): NamedPlan | undefined {
    const found = this.lookUp(parts)
    return found && this.#planOf(found, [])
  }

  /** What a temporary view gives now. */
  planOf({ plan }: Extract<NamedRelation, { kind: 'temporary' }>): UnresolvedRelation {
    return this.variables.notedIn(plan)
  }

  relationNames(): readonly string[] {
    const database = this.stored.database(this.#currentDatabase)
    const stored = database ? this.stored.relations(database).map(({ name }) => name) : []
    return [...this.temporary.names(), ...stored]
  }

  /** The place that a name means in the catalog. @throws REQUIRES_SINGLE_PART_NAMESPACE, SCHEMA_NOT_FOUND */
  place(parts: readonly string[]): CatalogPlace {
    this.refuseManyParts(parts)
    const own = withoutCatalog(parts)
    return { database: this.database(own.length === 2 ? own[0]! : undefined), name: this.#keyOf(own.at(-1)!) }
  }

  /** @throws REQUIRES_SINGLE_PART_NAMESPACE for a name that can be none of a table */
  refuseManyParts(parts: readonly string[]): void {
    if (withoutCatalog(parts).length > 2) throw tooManyParts(parts)
  }

  /** @throws DATA_SOURCE_NOT_FOUND, UNSUPPORTED_FEATURE unless tables of the catalog may have this format */
  refuseFormat(provider: string): void {
    if (provider === TABLE_FORMAT) return
    if (this.#isFormat(provider))
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `tables of the data source ${provider}` })
    throw new MillraceError('DATA_SOURCE_NOT_FOUND', { provider, known: TABLE_FORMAT })
  }

  /** Keeps it in memory once it is read. */
  cache(relation: NamedRelation): void {
    const key = cacheKey(relation)
    if (!this.#caches.has(key))
      this.#caches.set(key, { id: crypto.randomUUID(), of: planText(this.#uncached(relation, [])) })
  }

  isCached(relation: NamedRelation): boolean {
    return this.#caches.has(cacheKey(relation))
  }

  /** Keeps it no longer. */
  forget(relation: NamedRelation): void {
    const key = cacheKey(relation)
    const cache = this.#caches.get(key)
    this.#caches.delete(key)
    if (cache) this.#uncache(cache.id)
  }

  /** A table has other rows: whatever is cached is read again, as any of it may be made of them. */
  changed(): void {
    for (const [key, { id, of }] of this.#caches) {
      this.#uncache(id)
      this.#caches.set(key, { id: crypto.randomUUID(), of })
    }
  }

  clearCache(): void {
    for (const { id } of this.#caches.values()) this.#uncache(id)
    this.#caches.clear()
  }

  /** @param within the views that are being read, to find one that reads itself */
  #planOf(relation: NamedRelation, within: readonly string[]): NamedPlan {
    const plan = this.#uncached(relation, within)
    return { plan: this.#cachedPlan(relation, plan), namespace: namespaceOf(relation) }
  }

  /** What is kept is of use as long as it is of this plan: another session may have put another table or view in its place. */
  #cachedPlan(relation: NamedRelation, input: UnresolvedRelation): UnresolvedRelation {
    const key = cacheKey(relation)
    let cache = this.#caches.get(key)
    if (cache === undefined) return input
    if (relation.kind !== 'temporary' && cache.of !== planText(input)) {
      this.#uncache(cache.id)
      cache = { id: crypto.randomUUID(), of: planText(input) }
      this.#caches.set(key, cache)
    }
    return { kind: 'cached', input, cacheId: cache.id }
  }

  #uncached(relation: NamedRelation, within: readonly string[]): UnresolvedRelation {
    switch (relation.kind) {
      case 'temporary':
        return relation.plan
      case 'table':
        return tableRelation(relation)
      case 'view':
        return this.#view(relation, within)
    }
  }

  /** A view reads what its text named when it was made, in the catalog as it is now. */
  #view(view: ViewEntry, within: readonly string[]): UnresolvedRelation {
    const place = placeOf(view)
    if (within.includes(place))
      throw new MillraceError('RECURSIVE_VIEW', { viewIdent: place, newPath: [...within, place].join(' -> ') })
    const relation = (name: readonly string[]): NamedPlan | undefined => {
      const found = this.#storedRelation(name, view.currentDatabase)
      return found && this.#planOf(found, [...within, place])
    }
    return viewRelation(view, (query) =>
      inlineViews(query, relation, (table) => {
        if (!directTable(table.name, { isFormat: this.#isFormat })) throw tableNotFound(table, [])
      }),
    )
  }

  /** Reads a view that is not there yet. @throws RECURSIVE_VIEW when it reads the one in whose place it is to come */
  refuseRecursion(view: ViewEntry): void {
    this.#view(view, [])
  }

  #storedRelation(parts: readonly string[], currentDatabase: string): CatalogRelation | undefined {
    const own = withoutCatalog(parts)
    if (own.length > 2) return undefined
    const database = this.stored.database(own.length === 2 ? own[0]!.toLowerCase() : currentDatabase)
    return database && this.stored.relation(database, this.#keyOf(own.at(-1)!))
  }
}

/** A database does not lie in another one. */
export const tooManyParts = (parts: readonly string[]): MillraceError =>
  new MillraceError('REQUIRES_SINGLE_PART_NAMESPACE', { sessionCatalog: CATALOG_NAME, identifier: quotedPath(parts) })

/** A name without the catalog's, which may stand before a database. */
const withoutCatalog = (parts: readonly string[]): readonly string[] =>
  parts.length === 3 && parts[0]!.toLowerCase() === CATALOG_NAME ? parts.slice(1) : parts

/** A name as messages have it: `` `spark_catalog`.`default`.`t` ``. */
export const qualified = (parts: readonly string[]): string => quotedPath([CATALOG_NAME, ...parts])

export const placeOf = ({ database, name }: Pick<CatalogRelation, 'database' | 'name'>): string =>
  qualified([database, name])

function namespaceOf(relation: NamedRelation): readonly string[] {
  if (relation.kind === 'temporary') return relation.isGlobal ? [GLOBAL_TEMP] : []
  return [CATALOG_NAME, relation.database]
}

/** What is cached under a name: of a temporary view its plan, so that one that takes its place is not. */
const cacheKey = (relation: NamedRelation): string | UnresolvedRelation =>
  relation.kind === 'temporary' ? relation.plan : placeOf(relation)

/** Plans of what is stored are plain data. */
const planText = (plan: UnresolvedRelation): string => toTaggedJson(plan)
