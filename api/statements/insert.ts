import { VOID } from '../../columnar/types.js'
import type { UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { readQualifiedName } from '../../planner/sql/expressions.js'
import { beginsQuery } from '../../planner/sql/keywords.js'
import { readQuery } from '../../planner/sql/query.js'
import { readColumnNames } from '../../planner/sql/table-reference.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'
import { type InsertClauses, insertRows } from '../insert-rows.js'
import { doneAfter, type StatementKind } from './statement.js'

export interface InsertStatement extends InsertClauses {
  readonly kind: 'insert'
  readonly name: readonly string[]
  readonly query: UnresolvedRelation
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

  run: (statement, context) =>
    doneAfter(insertRows(statement.name, withoutDefaults(statement.query), statement, context)),
}

/** Whether names stand in the parentheses, rather than a query. */
function isColumnList(tokens: TokenStream): boolean {
  const { kind } = tokens.peek(1)
  const { match } = tokens.peek(2)
  return tokens.at('(') && (kind === 'word' || kind === 'quoted') && (match === ',' || match === ')')
}

const NO_DEFAULT: UnresolvedExpression = { kind: 'literal', type: VOID, value: null }

/** DEFAULT among VALUES stands for NULL, as no column has another one. */
function withoutDefaults(query: UnresolvedRelation): UnresolvedRelation {
  if (query.kind !== 'values') return query
  const isDefault = (cell: UnresolvedExpression): boolean =>
    cell.kind === 'attribute' && cell.parts.length === 1 && cell.parts[0]!.toLowerCase() === 'default'
  return { ...query, rows: query.rows.map((row) => row.map((cell) => (isDefault(cell) ? NO_DEFAULT : cell))) }
}
