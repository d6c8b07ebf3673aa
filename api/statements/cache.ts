import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { readQualifiedName } from '../../planner/sql/expressions.js'
import { beginsQuery } from '../../planner/sql/keywords.js'
import { readQuery } from '../../planner/sql/query.js'
import { acceptIfExists } from '../../planner/sql/statement-parts.js'
import { countRows } from '../frame/actions.js'
import { foundAs } from './catalog-errors.js'
import { temporaryViewName } from './create-temporary-view.js'
import { DONE, doneAfter, type StatementKind } from './statement.js'

export interface CacheStatement {
  readonly kind: 'cacheTable'
  readonly name: readonly string[]
  readonly isLazy: boolean
  /** AS SELECT: a temporary view is made of it. */
  readonly query?: UnresolvedRelation
}

/** CACHE TABLE: keeps a table or view in memory, now or when it is first read. */
export const cacheTable: StatementKind<CacheStatement> = {
  read(tokens) {
    const start = tokens.peek()
    const isLazy = tokens.accept('CACHE', 'LAZY', 'TABLE')
    if (!isLazy && !tokens.accept('CACHE', 'TABLE')) return undefined
    const name = readQualifiedName(tokens, 'expected the name of the table')
    if (tokens.at('OPTIONS')) throw tokens.unsupported('OPTIONS of CACHE TABLE', start)
    const isFilled = tokens.accept('AS') || beginsQuery(tokens, 0)
    return { kind: 'cacheTable', name, isLazy, ...(isFilled ? { query: readQuery(tokens) } : {}) }
  },

  run({ name, isLazy, query }, { catalog, engine, inlined }) {
    if (query) {
      catalog.temporary.create(temporaryViewName(name, false), inlined(query), false)
    }
    catalog.cache(foundAs(name, catalog))
    return isLazy ? DONE : doneAfter(countRows(engine, inlined({ kind: 'table', name })))
  },
}

export interface UncacheStatement {
  readonly kind: 'uncacheTable'
  readonly name: readonly string[]
  readonly ifExists: boolean
}

export const uncacheTable: StatementKind<UncacheStatement> = {
  read(tokens) {
    if (!tokens.accept('UNCACHE', 'TABLE')) return undefined
    const ifExists = acceptIfExists(tokens)
    return { kind: 'uncacheTable', name: readQualifiedName(tokens, 'expected the name of the table'), ifExists }
  },

  run({ name, ifExists }, { catalog }) {
    if (ifExists && catalog.lookUp(name) === undefined) return DONE
    catalog.forget(foundAs(name, catalog))
    return DONE
  },
}

export interface ClearCacheStatement {
  readonly kind: 'clearCache'
}

export const clearCache: StatementKind<ClearCacheStatement> = {
  read: (tokens) => (tokens.accept('CLEAR', 'CACHE') ? { kind: 'clearCache' } : undefined),

  run(_, { catalog }) {
    catalog.clearCache()
    return DONE
  },
}

export interface RefreshStatement {
  readonly kind: 'refreshTable'
  readonly name: readonly string[]
}

/** REFRESH TABLE: what is cached is read again, as another process may have written it. Files are looked at anew by every query. */
export const refreshTable: StatementKind<RefreshStatement> = {
  read(tokens) {
    if (!tokens.accept('REFRESH', 'TABLE')) return undefined
    return { kind: 'refreshTable', name: readQualifiedName(tokens, 'expected the name of the table') }
  },

  run({ name }, { catalog }) {
    foundAs(name, catalog)
    catalog.changed()
    return DONE
  },
}
