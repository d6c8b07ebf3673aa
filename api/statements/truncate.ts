import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { readQualifiedName } from '../../planner/sql/expressions.js'
import { placeOf } from '../session-catalog.js'
import { tableCalled } from './catalog-errors.js'
import { doneAfter, type StatementKind } from './statement.js'

export interface TruncateStatement {
  readonly kind: 'truncate'
  readonly name: readonly string[]
}

/** TRUNCATE TABLE: its rows are replaced by none. */
export const truncate: StatementKind<TruncateStatement> = {
  read(tokens) {
    const start = tokens.peek()
    if (!tokens.accept('TRUNCATE', 'TABLE')) return undefined
    const name = readQualifiedName(tokens, 'expected the name of the table')
    if (tokens.at('PARTITION')) throw tokens.unsupported('TRUNCATE TABLE … PARTITION', start)
    return { kind: 'truncate', name }
  },

  run({ name }, { catalog, engine }) {
    const table = tableCalled(name, 'TRUNCATE TABLE', catalog)
    const target = { name: placeOf(table), columns: table.columns, byName: true }
    const { provider: format, options, location: path } = table
    const work = engine.write(NO_ROWS, { format, options, path, mode: 'overwrite', table: target })
    return doneAfter(work.then(() => catalog.changed()))
  },
}

/** No rows, and no columns: those of the table are NULL in none. */
const NO_ROWS: UnresolvedRelation = { kind: 'limit', input: { kind: 'oneRow' }, limit: 0, offset: 0 }
