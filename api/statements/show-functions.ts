import { field, STRING } from '../../columnar/types.js'
import { functionNames } from '../../planner/analyze/functions/registry.js'
import { readQualifiedName } from '../../planner/sql/expressions.js'
import { nameMatcher, readPattern } from '../../planner/sql/statement-parts.js'
import type { SessionCatalog } from '../catalog/session-catalog.js'
import { storedPath } from '../catalog/session-functions.js'
import type { StatementKind } from './statement.js'

export interface ShowFunctionsStatement {
  readonly kind: 'showFunctions'
  readonly pattern?: string
  readonly database?: readonly string[]
  /** Those in SQL, those of the engine, or both. */
  readonly which: 'user' | 'system' | 'all'
}

export const showFunctions: StatementKind<ShowFunctionsStatement> = {
  read(tokens) {
    const which = (['user', 'system', 'all'] as const).find((one) =>
      tokens.accept('SHOW', one.toUpperCase(), 'FUNCTIONS'),
    )
    if (which === undefined && !tokens.accept('SHOW', 'FUNCTIONS')) return undefined
    const isInDatabase = tokens.accept('IN') || tokens.accept('FROM')
    const named = isInDatabase ? readQualifiedName(tokens, 'expected the name of a database') : undefined
    const isWord = tokens.peek().kind === 'word' && !tokens.at('LIKE')
    const path = isWord ? readQualifiedName(tokens, 'expected a function') : []
    const pattern = path.at(-1) ?? readPattern(tokens)
    const database = path.length > 1 ? path.slice(0, -1) : named
    const found = { ...(pattern === undefined ? {} : { pattern }), ...(database ? { database } : {}) }
    return { kind: 'showFunctions', which: which ?? 'all', ...found }
  },

  run({ pattern, database, which }, { catalog }) {
    const isMeant = nameMatcher(pattern)
    const own = which === 'user' ? [] : functionNames().filter(isMeant)
    const written = which === 'system' ? [] : writtenNames(catalog, database, isMeant)
    const names = [...own, ...written].toSorted()
    return {
      kind: 'rows',
      schema: { fields: [field('function', STRING, false)] },
      rows: names.map((name) => ({ function: name })),
    }
  },
}

/** The functions in SQL of a database, and the temporary ones. @throws SCHEMA_NOT_FOUND */
function writtenNames(
  catalog: SessionCatalog,
  path: readonly string[] | undefined,
  isMeant: (name: string) => boolean,
): readonly string[] {
  const database = path ? catalog.place([...path, '']).database : catalog.database()
  const stored = catalog.stored.functions(database).filter(({ name }) => isMeant(name))
  return [...stored.map((one) => storedPath(one).join('.')), ...catalog.functions.temporaryNames().filter(isMeant)]
}
