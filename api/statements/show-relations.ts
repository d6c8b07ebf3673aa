import { BOOLEAN, field, type Schema, STRING } from '../../columnar/types.js'
import { readQualifiedName } from '../../planner/sql/expressions.js'
import { nameMatcher, readPattern } from '../../planner/sql/statement-parts.js'
import { GLOBAL_TEMP } from '../catalog/catalog-names.js'
import type { SessionCatalog } from '../catalog/session-catalog.js'
import { readDatabase } from './database-name.js'
import type { StatementKind } from './statement.js'

type Kind = 'showTables' | 'showViews'

export interface ShowRelationsStatement<K extends Kind> {
  readonly kind: K
  readonly database?: string
  readonly pattern?: string
}

/** SHOW TABLES, which has views too, and SHOW VIEWS: of a database, and temporary ones. */
function showRelations<K extends Kind>(
  kind: K,
  word: string,
  column: string,
): StatementKind<ShowRelationsStatement<K>> {
  const schema: Schema = {
    fields: [field('namespace', STRING, false), field(column, STRING, false), field('isTemporary', BOOLEAN, false)],
  }
  return {
    read(tokens) {
      if (!tokens.accept('SHOW', word)) return undefined
      const isIn = tokens.accept('IN') || tokens.accept('FROM')
      const database = isIn ? readDatabase(readQualifiedName(tokens, 'expected the name of a database')) : undefined
      const pattern = readPattern(tokens)
      return { kind, ...(database === undefined ? {} : { database }), ...(pattern === undefined ? {} : { pattern }) }
    },

    run({ database, pattern }, { catalog }) {
      const isMeant = nameMatcher(pattern)
      const rows = namesIn(catalog, database, kind === 'showViews')
        .filter(({ name }) => isMeant(name))
        .map(({ namespace, name, isTemporary }) => ({ namespace, [column]: name, isTemporary }))
      return { kind: 'rows', schema, rows }
    },
  }
}

interface Shown {
  readonly namespace: string
  readonly name: string
  readonly isTemporary: boolean
}

function namesIn(catalog: SessionCatalog, database: string | undefined, onlyViews: boolean): readonly Shown[] {
  const temporary = (namespace: string, names: readonly string[]): readonly Shown[] =>
    names.map((name) => ({ namespace, name, isTemporary: true }))
  const ofSession = temporary('', catalog.temporary.names())
  if (database?.toLowerCase() === GLOBAL_TEMP) return [...temporary(GLOBAL_TEMP, catalog.global.names()), ...ofSession]
  const stored = catalog.stored
    .relations(catalog.database(database))
    .filter(({ kind }) => !onlyViews || kind === 'view')
    .map((entry) => ({ namespace: entry.database, name: entry.name, isTemporary: false }))
  return [...stored, ...ofSession]
}

export const showTables = showRelations('showTables', 'TABLES', 'tableName')
export const showViews = showRelations('showViews', 'VIEWS', 'viewName')
