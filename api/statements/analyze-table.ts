import type { TableEntry } from '../../connectors/catalog.js'
import { readQualifiedName } from '../../planner/sql/expressions.js'
import { tableCalled } from './catalog-errors.js'
import { doneAfter, type StatementContext, type StatementKind } from './statement.js'

export interface AnalyzeTableStatement {
  readonly kind: 'analyzeTable'
  readonly name: readonly string[]
  /** Only sizes. */
  readonly isNoScan: boolean
}

/** ANALYZE TABLE … COMPUTE STATISTICS: notes how large it is, for DESCRIBE. Queries are planned by what the files tell of themselves now. */
export const analyzeTable: StatementKind<AnalyzeTableStatement> = {
  read(tokens) {
    const start = tokens.peek()
    if (!tokens.accept('ANALYZE', 'TABLE')) return undefined
    const name = readQualifiedName(tokens, 'expected the name of the table')
    if (tokens.at('PARTITION')) throw tokens.unsupported('ANALYZE TABLE … PARTITION', start)
    tokens.expect('COMPUTE', 'STATISTICS')
    if (tokens.at('FOR')) throw tokens.unsupported('statistics of columns', start)
    return { kind: 'analyzeTable', name, isNoScan: tokens.accept('NOSCAN') }
  },

  run({ name, isNoScan }, context) {
    return doneAfter(noteSize(tableCalled(name, 'ANALYZE TABLE', context.catalog), isNoScan, context))
  },
}

async function noteSize(
  table: TableEntry,
  isNoScan: boolean,
  { catalog, engine, inlined }: StatementContext,
): Promise<void> {
  const { rows, bytes = 0 } = await engine.sizeOf(inlined({ kind: 'table', name: [table.database, table.name] }))
  const statistics = { bytes, ...(isNoScan || rows === undefined ? {} : { rows }) }
  catalog.stored.replace(table, { ...table, statistics })
}
