import { MillraceError } from '../../common/errors/millrace-error.js'
import type { CatalogRelation, DatabaseEntry, RelationCatalog, ViewEntry } from '../../connectors/catalog.js'
import { directTable, type NamedPlan, tableNotFound } from '../../planner/analyze/catalog.js'
import { inlineViews, type NameLookUp } from '../../planner/analyze/sources/inline-views.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import type { WrittenFunction } from '../../planner/plan/unresolved/sql-function.js'
import { SessionVariables, type Variables } from '../session/session-variables.js'
import { CachedRelations } from './cached-relations.js'
import { GLOBAL_TEMP, placeOf, qualified, tooManyParts, withoutCatalog } from './catalog-names.js'
import { cacheKey, type NamedRelation, namespaceOf } from './named-relation.js'
import { nothingRead, type Reading, searchedBy } from './reading.js'
import { type NamedFunction, pathOf, SessionFunctions } from './session-functions.js'
import { readFunctionText, writtenFunction } from './sql-function.js'
import { type SearchedPlace, SqlPath } from './sql-path.js'
import { formatOf, tableRelation } from './stored-table.js'
import { viewRelation } from './stored-view.js'
import { type NameKey, TemporaryViews } from './views.js'

/** The format in which tables of the catalog are kept unless they say otherwise, and all that they may have. */
export const TABLE_FORMAT = 'parquet'
const TABLE_FORMATS: readonly string[] = [TABLE_FORMAT, 'csv', 'json', 'text']

export interface SessionCatalogOptions {
  readonly stored: RelationCatalog
  readonly isFormat: (name: string) => boolean
  /** Refuses plans of temporary views that make no sense, as far as that is known without waiting. */
  readonly check: (plan: UnresolvedRelation) => void
  /** Lets go of what is kept in memory. */
  readonly uncache: (cacheId: string) => void
  /** Of names of tables and views, as the session is set now. */
  readonly keyOf: NameKey
  /** Another session's, with which it shares global temporary views and what is cached. */
  readonly sharing?: SessionCatalog | undefined
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
  readonly functions: SessionFunctions
  readonly path = new SqlPath()
  readonly #isFormat: (name: string) => boolean
  readonly #caches: CachedRelations
  readonly #keyOf: NameKey
  #currentDatabase = 'default'

  constructor({ stored, isFormat, check, uncache, keyOf, sharing }: SessionCatalogOptions) {
    this.#keyOf = keyOf
    this.stored = stored
    this.functions = new SessionFunctions(stored)
    this.#isFormat = isFormat
    this.#caches = sharing ? sharing.#caches : new CachedRelations(uncache)
    const checked = (plan: UnresolvedRelation, variables: Variables = this.variables): void =>
      check(variables.notedIn(plan))
    this.temporary = new TemporaryViews(checked, keyOf)
    this.global = sharing?.global ?? new TemporaryViews(checked, keyOf)
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
    if (parts.length === 1) return this.#inPath(first)
    if (parts.length === 2 && first.toLowerCase() === GLOBAL_TEMP) {
      const plan = this.global.get(second)
      return plan && { kind: 'temporary', views: this.global, name: second, isGlobal: true, plan }
    }
    return this.#storedRelation(parts, [])
  }

  /** What a name of one part stands for. */
  #inPath(name: string): NamedRelation | undefined {
    for (const place of this.places) {
      const plan = place === 'session' ? this.temporary.get(name) : undefined
      if (plan) return { kind: 'temporary', views: this.temporary, name, isGlobal: false, plan }
      const stored = typeof place === 'string' ? undefined : this.#storedRelation([name], [place.database])
      if (stored) return stored
    }
    return undefined
  }

  /** Where names of one part are looked for. */
  get places(): readonly SearchedPlace[] {
    return this.path.places(this.#currentDatabase)
  }

  /** Where the names of what is stored now are looked for, if that is elsewhere than in the current database. */
  searchedElsewhere(): { readonly searched?: readonly string[] } {
    const searched = this.path.databases(this.#currentDatabase)
    return searched.length === 1 && searched[0] === this.#currentDatabase ? {} : { searched }
  }

  /** Whether a name is a file, written as ``format.`path` ``. */
  isFile(parts: readonly string[]): boolean {
    return directTable(parts, { isFormat: this.#isFormat }) !== undefined
  }

  /** What is read under a name. @throws RECURSIVE_VIEW, TABLE_OR_VIEW_NOT_FOUND for what a view reads */
  relation(parts: readonly string[]): NamedPlan | undefined {
    return this.names.relation(parts)
  }

  /** What the names in a query of the session mean. */
  get names(): NameLookUp {
    return this.namesSeenWith(this.variables)
  }

  /** What they mean where there are these variables. */
  namesSeenWith(variables: Variables): NameLookUp {
    return this.#names('session', nothingRead(variables))
  }

  /** A plan with what the functions in SQL mean that expressions of the API call; those of statements are known by now. */
  withFunctions(plan: UnresolvedRelation): UnresolvedRelation {
    return inlineViews(plan, { ...this.names, relation: () => undefined })
  }

  /** What the names in the body of a function mean that is to come under a path; only temporary ones see temporary views and functions. */
  namesWithin(path: string, isTemporary: boolean, variables: Variables): NameLookUp {
    const seenFrom = isTemporary ? 'session' : this.path.databases(this.#currentDatabase)
    return this.#names(seenFrom, { ...nothingRead(variables), functions: [path] })
  }

  #names(seenFrom: 'session' | readonly string[], reading: Reading): NameLookUp {
    const places = seenFrom === 'session' ? this.places : []
    // Where a function in SQL is found before those of the engine: mostly nowhere, and asked for each call of a query.
    const before = places.includes('builtin') ? places.slice(0, places.indexOf('builtin')) : []
    return {
      relation: (name) => {
        const found = seenFrom === 'session' ? this.lookUp(name) : this.#storedRelation(name, seenFrom)
        return found && this.#planOf(found, reading)
      },
      sqlFunction: (path) => {
        const found =
          seenFrom === 'session' ? this.functions.lookUp(path, places) : this.functions.stored(path, seenFrom)
        return found && this.#function(found, reading)
      },
      hidesBuiltIn: before.length === 0 ? undefined : (name) => this.functions.lookUp([name], before) !== undefined,
    }
  }

  /** @throws CYCLIC_FUNCTION_REFERENCE */
  #function(found: NamedFunction, reading: Reading): WrittenFunction {
    if (found.kind === 'user') return found.written
    const name = pathOf(found)
    const path = name.join('.')
    const before = reading.functions.indexOf(path)
    if (before >= 0) {
      const parameters = { path: [...reading.functions.slice(before), path].join(' -> ') }
      throw new MillraceError('CYCLIC_FUNCTION_REFERENCE', parameters)
    }
    const isTemporary = found.kind === 'temporary'
    const seenFrom = isTemporary ? 'session' : searchedBy(found.text)
    const names = this.#names(seenFrom, { ...reading, functions: [...reading.functions, path] })
    const noted = (query: UnresolvedRelation): UnresolvedRelation =>
      isTemporary ? reading.variables.notedIn(query) : query
    return writtenFunction(readFunctionText(name, found.text), (query) => noted(this.#inlined(query, names)))
  }

  /** @throws TABLE_OR_VIEW_NOT_FOUND */
  #inlined(query: UnresolvedRelation, names: NameLookUp): UnresolvedRelation {
    return inlineViews(query, names, (table) => {
      if (!directTable(table.name, { isFormat: this.#isFormat })) throw tableNotFound(table, [])
    })
  }

  /** What a temporary view gives now. */
  planOf(
    { plan }: Extract<NamedRelation, { kind: 'temporary' }>,
    variables: Variables = this.variables,
  ): UnresolvedRelation {
    return variables.notedIn(plan)
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
    const format = formatOf({ provider })
    if (TABLE_FORMATS.includes(format)) return
    if (this.#isFormat(format))
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `tables of the data source ${format}` })
    throw new MillraceError('DATA_SOURCE_NOT_FOUND', { provider, known: TABLE_FORMATS.join(', ') })
  }

  /** Keeps it in memory once it is read. */
  cache(relation: NamedRelation): void {
    this.#caches.add(cacheKey(relation), this.#uncached(relation, nothingRead(this.variables)))
  }

  isCached(relation: NamedRelation): boolean {
    return this.#caches.has(cacheKey(relation))
  }

  /** Keeps it no longer. */
  forget(relation: NamedRelation): void {
    this.#caches.forget(cacheKey(relation))
  }

  /** A table has other rows: whatever is cached is read again, as any of it may be made of them. */
  changed(): void {
    this.#caches.readAgain()
  }

  clearCache(): void {
    this.#caches.clear()
  }

  #planOf(relation: NamedRelation, reading: Reading): NamedPlan {
    const plan = this.#uncached(relation, reading)
    return {
      plan: this.#caches.planOf(cacheKey(relation), plan, relation.kind === 'temporary'),
      namespace: namespaceOf(relation),
    }
  }

  #uncached(relation: NamedRelation, reading: Reading): UnresolvedRelation {
    switch (relation.kind) {
      case 'temporary':
        return relation.plan
      case 'table':
        return tableRelation(relation)
      case 'view':
        return this.#view(relation, reading)
    }
  }

  /** A view reads what its text named when it was made, in the catalog as it is now. */
  #view(view: ViewEntry, reading: Reading): UnresolvedRelation {
    const place = placeOf(view)
    const views = [...reading.views, place]
    if (reading.views.includes(place))
      throw new MillraceError('RECURSIVE_VIEW', { viewIdent: place, newPath: views.join(' -> ') })
    const names = this.#names(searchedBy(view), { ...reading, views })
    return viewRelation(view, (query) => this.#inlined(query, names))
  }

  /** Reads a view that is not there yet. @throws RECURSIVE_VIEW when it reads the one in whose place it is to come */
  refuseRecursion(view: ViewEntry): void {
    this.#view(view, nothingRead(this.variables))
  }

  #storedRelation(parts: readonly string[], searched: readonly string[]): CatalogRelation | undefined {
    const own = withoutCatalog(parts)
    if (own.length > 2) return undefined
    for (const name of own.length === 2 ? [own[0]!.toLowerCase()] : searched) {
      const database = this.stored.database(name)
      const found = database && this.stored.relation(database, this.#keyOf(own.at(-1)!))
      if (found) return found
    }
    return undefined
  }
}
