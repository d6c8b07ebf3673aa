import type { FunctionEntry, FunctionText, RelationCatalog } from '../../connectors/catalog.js'
import type { ProgramFunction } from '../../planner/plan/unresolved/sql-function.js'
import { CATALOG_NAME, tooManyParts } from './catalog-names.js'
import type { SearchedPlace } from './sql-path.js'

/** A function in SQL, or of the user's program, under a name. */
export type NamedFunction =
  | { readonly kind: 'user'; readonly name: string; readonly written: ProgramFunction }
  | { readonly kind: 'temporary'; readonly name: string; readonly text: FunctionText }
  | { readonly kind: 'stored'; readonly text: FunctionEntry }

/** Where those of the engine lie. */
const BUILTIN = 'system.builtin'

/** Where temporary functions lie. */
const SESSION: readonly string[] = ['session', 'system.session']

/** The name of a function as messages have it: with catalog and database, or alone for a temporary one. */
export const pathOf = (found: NamedFunction): readonly string[] =>
  found.kind === 'stored' ? storedPath(found.text) : [found.name]

export const storedPath = ({ database, name }: Pick<FunctionEntry, 'database' | 'name'>): readonly string[] => [
  CATALOG_NAME,
  database,
  name,
]

/** The functions in SQL of a session: its temporary ones, with those of the user's program, and those of the catalog. */
export class SessionFunctions {
  readonly #stored: RelationCatalog
  readonly #temporary = new Map<string, Exclude<NamedFunction, { kind: 'stored' }>>()

  constructor(stored: RelationCatalog) {
    this.#stored = stored
  }

  /** The function of a name: a temporary one, or one of the catalog. @param places where a name of one part is looked for */
  lookUp(path: readonly string[], places: readonly SearchedPlace[]): NamedFunction | undefined {
    if (path.length > 1) return this.temporary(path) ?? this.stored(path, [])
    for (const place of places) {
      const found = this.#at(path, place)
      if (found) return found
    }
    return undefined
  }

  #at(path: readonly string[], place: SearchedPlace): NamedFunction | undefined {
    if (place === 'builtin') return undefined
    return place === 'session' ? this.temporary(path) : this.stored(path, [place.database])
  }

  /** The temporary function of `f`, `session.f` or `system.session.f`. */
  temporary(path: readonly string[]): NamedFunction | undefined {
    const before = path.slice(0, -1).join('.').toLowerCase()
    const isOfSession = before === '' || SESSION.includes(before)
    return isOfSession ? this.#temporary.get(path.at(-1)!.toLowerCase()) : undefined
  }

  /**
   * The function of `f`, `db.f` or `spark_catalog.db.f` in the catalog. @param searched the databases in which `f` is looked for
   * @throws REQUIRES_SINGLE_PART_NAMESPACE
   */
  stored(path: readonly string[], searched: readonly string[]): NamedFunction | undefined {
    const own = path.length === 3 && path[0]!.toLowerCase() === CATALOG_NAME ? path.slice(1) : path
    if (BUILTIN === path.slice(0, -1).join('.').toLowerCase()) return undefined
    if (own.length > 2) throw tooManyParts(path)
    for (const name of own.length === 2 ? [own[0]!.toLowerCase()] : searched) {
      const database = this.#stored.database(name)
      const text = database && this.#stored.function(database, own.at(-1)!.toLowerCase())
      if (text) return { kind: 'stored', text }
    }
    return undefined
  }

  setTemporary(name: string, text: FunctionText): void {
    const key = name.toLowerCase()
    this.#temporary.set(key, { kind: 'temporary', name: key, text })
  }

  /** Gives a function of the user's program a name in SQL, in the place of a temporary one. */
  register(name: string, written: ProgramFunction): void {
    const key = name.toLowerCase()
    this.#temporary.set(key, { kind: 'user', name: key, written })
  }

  /** @returns whether there was one */
  dropTemporary(name: string): boolean {
    return this.#temporary.delete(name.toLowerCase())
  }

  temporaryNames(): readonly string[] {
    return [...this.#temporary.keys()].toSorted()
  }
}
