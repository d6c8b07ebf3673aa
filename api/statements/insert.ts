import { VOID } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import type { TableEntry } from '../../connectors/catalog.js'
import { sourcesOf } from '../../planner/analyze/catalog.js'
import type { UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { readQualifiedName } from '../../planner/sql/expressions.js'
import { readColumnNames } from '../../planner/sql/from.js'
import { beginsQuery } from '../../planner/sql/keywords.js'
import { readQuery } from '../../planner/sql/query.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'
import { placeOf } from '../session-catalog.js'
import { notFound } from './catalog-errors.js'
import { doneAfter, type StatementContext, type StatementKind } from './statement.js'

export interface InsertStatement extends InsertClauses {
  readonly kind: 'insert'
  readonly name: readonly string[]
  readonly query: UnresolvedRelation
}

/** Which rows of the table go, and which of its columns get what. */
export interface InsertClauses {
  readonly overwrite: boolean
  readonly byName: boolean
  readonly columns?: readonly string[]
}

/** INSERT INTO and INSERT OVERWRITE. */
export const insert: StatementKind<InsertStatement> = {
  read(tokens) {
    const start = tokens.peek()
    const overwrite = tokens.accept('INSERT', 'OVERWRITE')
    if (!overwrite && !tokens.accept('INSERT', 'INTO')) return undefined
    if (overwrite && (tokens.at('DIRECTORY') || tokens.at('LOCAL')))
      throw tokens.unsupported('INSERT OVERWRITE DIRECTORY', start)
    const isTable = !tokens.at('TABLE', '.')
    if (isTable) tokens.accept('TABLE')
    const name = readQualifiedName(tokens, 'expected the name of the table')
    for (const word of ['PARTITION', 'REPLACE', 'WITH'])
      if (tokens.at(word) && !(word === 'WITH' && beginsQuery(tokens, 0)))
        throw tokens.unsupported(`INSERT … ${word}`, start)
    const byName = tokens.accept('BY', 'NAME')
    const columns = !byName && isColumnList(tokens) ? readColumnNames(tokens) : undefined
    return { kind: 'insert', name, overwrite, byName, query: readQuery(tokens), ...(columns ? { columns } : {}) }
  },

  run: (statement, context) => doneAfter(insertInto(statement.name, statement.query, statement, context)),
}

/** Whether names stand in the parentheses, rather than a query. */
function isColumnList(tokens: TokenStream): boolean {
  const { kind } = tokens.peek(1)
  const { match } = tokens.peek(2)
  return tokens.at('(') && (kind === 'word' || kind === 'quoted') && (match === ',' || match === ')')
}

/** @throws TABLE_OR_VIEW_NOT_FOUND, UNSUPPORTED_OVERWRITE.TABLE, and the conditions of the assignment */
export async function insertInto(
  name: readonly string[],
  query: UnresolvedRelation,
  { overwrite, byName, columns }: InsertClauses,
  context: StatementContext,
): Promise<void> {
  const { catalog, engine } = context
  const table = targetOf(name, context)
  const plan = context.inlined(withoutDefaults(query))
  const place = placeOf(table)
  if (overwrite && isRead(table, plan, context))
    throw new MillraceError('UNSUPPORTED_OVERWRITE.TABLE', { table: place })
  await engine.write(plan, {
    format: table.provider,
    options: table.options,
    path: table.location,
    mode: overwrite ? 'overwrite' : 'append',
    table: { name: place, columns: table.columns, byName, ...(columns ? { into: columns } : {}) },
  })
  catalog.changed(engine)
  // Whoever dropped it meanwhile has removed what was written, or would have.
  const now = catalog.stored.relation(catalog.database(table.database), table.name)
  if (now?.kind !== 'table' || now.location !== table.location) throw notFound(place)
}

const NO_DEFAULT: UnresolvedExpression = { kind: 'literal', type: VOID, value: null }

/** DEFAULT among VALUES stands for NULL, as no column has another one. */
function withoutDefaults(query: UnresolvedRelation): UnresolvedRelation {
  if (query.kind !== 'values') return query
  const isDefault = (cell: UnresolvedExpression): boolean =>
    cell.kind === 'attribute' && cell.parts.length === 1 && cell.parts[0]!.toLowerCase() === 'default'
  return { ...query, rows: query.rows.map((row) => row.map((cell) => (isDefault(cell) ? NO_DEFAULT : cell))) }
}

function targetOf(name: readonly string[], { catalog }: StatementContext): TableEntry {
  const found = catalog.lookUp(name)
  if (found?.kind === 'table') return found
  catalog.refuseManyParts(name)
  throw notFound(name.map(quotedName).join('.'))
}

/** Whether a query reads the files of a table. */
const isRead = (table: TableEntry, plan: UnresolvedRelation, { catalog }: StatementContext): boolean =>
  sourcesOf(plan, {
    isFormat: () => false,
    relation: (parts) => catalog.relation(parts),
  }).some(({ paths }) => paths.includes(table.location))
