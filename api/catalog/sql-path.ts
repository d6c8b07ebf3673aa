import { MillraceError } from '../../common/errors/millrace-error.js'
import { CATALOG_NAME } from './catalog-names.js'

/** A member of the path as SET PATH names it: a schema with its catalog, or the one that is current when a name is looked for. */
export type PathElement = 'current_schema' | readonly string[]

const BUILTIN: PathElement = ['system', 'builtin']
const SESSION: PathElement = ['system', 'session']

/** What SYSTEM_PATH stands for. */
export const SYSTEM_PATH: readonly PathElement[] = [BUILTIN]
/** The path of a new session, and what DEFAULT_PATH stands for. */
export const DEFAULT_PATH: readonly PathElement[] = [BUILTIN, SESSION, 'current_schema']

/** Where a name of one part is looked for: among the functions of the engine, among what only the session has, or in a database. */
export type SearchedPlace = 'builtin' | 'session' | { readonly database: string }

/** The places of a path, and what they depend on. */
interface KnownPlaces {
  readonly elements: readonly PathElement[]
  readonly currentDatabase: string
  readonly places: readonly SearchedPlace[]
}

const keyOf = (element: PathElement): string =>
  element === 'current_schema' ? element : element.map((part) => part.toLowerCase()).join('.')

/** Where the names of a session are looked for, in order. */
export class SqlPath {
  #elements = DEFAULT_PATH
  /** Asked for by every name of a query. */
  #known: KnownPlaces | undefined

  get elements(): readonly PathElement[] {
    return this.#elements
  }

  /** @throws DUPLICATE_SQL_PATH_ENTRY */
  set(elements: readonly PathElement[]): void {
    const keys = elements.map(keyOf)
    const twice = keys.find((key, i) => keys.indexOf(key) < i)
    if (twice !== undefined) throw new MillraceError('DUPLICATE_SQL_PATH_ENTRY', { pathEntry: twice })
    this.#elements = elements
  }

  /** The schemas with their catalogs, as written. */
  schemas(currentDatabase: string): readonly (readonly string[])[] {
    return this.#elements.map((element) => (element === 'current_schema' ? [CATALOG_NAME, currentDatabase] : element))
  }

  places(currentDatabase: string): readonly SearchedPlace[] {
    const { elements } = this
    if (this.#known?.elements !== elements || this.#known.currentDatabase !== currentDatabase)
      this.#known = { elements, currentDatabase, places: this.#placesOf(currentDatabase) }
    return this.#known.places
  }

  #placesOf(currentDatabase: string): readonly SearchedPlace[] {
    return this.schemas(currentDatabase).flatMap((schema): readonly SearchedPlace[] => {
      const key = keyOf(schema)
      if (key === keyOf(BUILTIN)) return ['builtin']
      if (key === keyOf(SESSION)) return ['session']
      const [catalog = '', database = '', ...more] = schema.map((part) => part.toLowerCase())
      return catalog === CATALOG_NAME && more.length === 0 ? [{ database }] : []
    })
  }

  /** The databases among the places, for what is stored: that sees nothing of the session. */
  databases(currentDatabase: string): readonly string[] {
    return this.places(currentDatabase).flatMap((place) => (typeof place === 'string' ? [] : [place.database]))
  }
}
