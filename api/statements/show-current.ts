import { field, type Schema, STRING } from '../../columnar/types.js'
import { nameMatcher, readPattern } from '../../planner/sql/statement-parts.js'
import { CATALOG_NAME } from '../catalog/catalog-names.js'
import { DATABASE } from './databases.js'
import type { StatementKind } from './statement.js'

export interface ShowCurrentStatement {
  readonly kind: 'showCurrent'
}

const CURRENT: Schema = { fields: [field('catalog', STRING, false), field('namespace', STRING, false)] }

/** SHOW CURRENT DATABASE. */
export const showCurrent: StatementKind<ShowCurrentStatement> = {
  read: (tokens) =>
    DATABASE.some((word) => tokens.accept('SHOW', 'CURRENT', word)) ? { kind: 'showCurrent' } : undefined,

  run: (_, { catalog }) => ({
    kind: 'rows',
    schema: CURRENT,
    rows: [{ catalog: CATALOG_NAME, namespace: catalog.currentDatabase }],
  }),
}

export interface ShowCatalogsStatement {
  readonly kind: 'showCatalogs'
  readonly pattern?: string
}

/** SHOW CATALOGS: the one there is. */
export const showCatalogs: StatementKind<ShowCatalogsStatement> = {
  read(tokens) {
    if (!tokens.accept('SHOW', 'CATALOGS')) return undefined
    const pattern = readPattern(tokens)
    return { kind: 'showCatalogs', ...(pattern === undefined ? {} : { pattern }) }
  },

  run({ pattern }) {
    const rows = [CATALOG_NAME].filter(nameMatcher(pattern)).map((catalog) => ({ catalog }))
    return { kind: 'rows', schema: { fields: [field('catalog', STRING, false)] }, rows }
  },
}
