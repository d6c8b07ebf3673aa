import { VOID } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { TableEntry } from '../../connectors/catalog.js'
import type { UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { readExpression, readQualifiedName } from '../../planner/sql/expressions.js'
import { beginsQuery } from '../../planner/sql/keywords.js'
import { acceptPartitionSpec } from '../../planner/sql/partition-spec.js'
import { readQuery } from '../../planner/sql/query.js'
import { acceptIfNotExists } from '../../planner/sql/statement-parts.js'
import { readColumnNames } from '../../planner/sql/table-reference.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'
import { placeOf } from '../catalog/catalog-names.js'
import { parseDefault, withDefaultsInPlace } from '../write/default-values.js'
import type { InsertClauses } from '../write/insert-clauses.js'
import { insertRows } from '../write/insert-rows.js'
import { tableCalled } from './catalog-errors.js'
import { doneAfter, type StatementKind } from './statement.js'

export interface InsertStatement extends InsertClauses {
  readonly kind: 'insert'
  readonly name: readonly string[]
  readonly query: UnresolvedRelation
  readonly ifNotExists: boolean
  /** What Spark has for other tables than those of files. */
  readonly replacesWhere: boolean
}

/** INSERT INTO and INSERT OVERWRITE. */
export const insert: StatementKind<InsertStatement> = {
  read(tokens) {
    const start = tokens.peek()
    const overwrite = tokens.accept('INSERT', 'OVERWRITE')
    if (!overwrite && !tokens.accept('INSERT', 'INTO')) return undefined
    const isTable = !tokens.at('TABLE', '.')
    if (isTable) tokens.accept('TABLE')
    const name = readQualifiedName(tokens, 'expected the name of the table')
    if (tokens.at('WITH') && !beginsQuery(tokens, 0)) throw tokens.unsupported('INSERT … WITH', start)
    const partition = acceptPartitionSpec(tokens)
    const ifNotExists = overwrite && partition !== undefined && acceptIfNotExists(tokens)
    const replacesWhere = !overwrite && tokens.accept('REPLACE', 'WHERE')
    if (replacesWhere) readExpression(tokens)
    const byName = tokens.accept('BY', 'NAME')
    const columns = !byName && isColumnList(tokens) ? readColumnNames(tokens) : undefined
    return {
      kind: 'insert',
      name,
      overwrite,
      byName,
      ifNotExists,
      replacesWhere,
      query: readQuery(tokens),
      ...(columns ? { columns } : {}),
      ...(partition ? { partition } : {}),
    }
  },

  run(statement, context) {
    const { name, replacesWhere } = statement
    if (replacesWhere) {
      const tableName = placeOf(tableCalled(name, 'INSERT', context.catalog))
      const operation = 'INSERT INTO ... REPLACE WHERE'
      throw new MillraceError('UNSUPPORTED_FEATURE.TABLE_OPERATION', { tableName, operation })
    }
    const found = context.catalog.lookUp(name)
    const plan = withoutDefaults(statement, found?.kind === 'table' ? found : undefined)
    return doneAfter(insertRows(name, plan, statement, context))
  },
}

/** Whether names stand in the parentheses, rather than a query. */
function isColumnList(tokens: TokenStream): boolean {
  const { kind } = tokens.peek(1)
  const { match } = tokens.peek(2)
  return (
    tokens.at('(') &&
    (kind === 'word' || kind === 'quoted') &&
    (match === ',' || match === ')' || tokens.at('(', 'IDENTIFIER', '('))
  )
}

const NULL: UnresolvedExpression = { kind: 'literal', type: VOID, value: null }

/** With what columns get without a value in place of DEFAULT. @throws DEFAULT_PLACEMENT_INVALID */
function withoutDefaults({ query, columns }: InsertStatement, table: TableEntry | undefined): UnresolvedRelation {
  return withDefaultsInPlace(query, (i) => {
    const name = columns?.[i]?.toLowerCase()
    const column =
      name === undefined ? table?.columns[i] : table?.columns.find((one) => one.name.toLowerCase() === name)
    return column?.defaultText === undefined ? NULL : parseDefault(column.defaultText)
  })
}
