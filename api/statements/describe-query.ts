import { typeName } from '../../columnar/types.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { beginsQuery } from '../../planner/sql/keywords.js'
import { readQuery } from '../../planner/sql/query.js'
import { COLUMNS_SCHEMA } from './describe-table.js'
import type { StatementKind } from './statement.js'

export interface DescribeQueryStatement {
  readonly kind: 'describeQuery'
  readonly query: UnresolvedRelation
}

/** DESCRIBE [QUERY] of a query: its columns. */
export const describeQuery: StatementKind<DescribeQueryStatement> = {
  read(tokens) {
    if (!tokens.at('DESCRIBE') && !tokens.at('DESC')) return undefined
    const ahead = tokens.peek(1).match === 'QUERY' ? 2 : 1
    let first = ahead
    while (tokens.peek(first).kind === 'symbol' && tokens.peek(first).text === '(') first++
    if (!beginsQuery(tokens, first) || tokens.peek(ahead).match === 'TABLE') return undefined
    for (let taken = 0; taken < ahead; taken++) tokens.next()
    return { kind: 'describeQuery', query: readQuery(tokens) }
  },

  run({ query }, { engine, inlined }) {
    const rows = engine
      .analyze(inlined(query))
      .then(({ fields }) =>
        fields.map(({ name, type, comment = null }) => ({ col_name: name, data_type: typeName(type), comment })),
      )
    return { kind: 'rows', schema: COLUMNS_SCHEMA, rows }
  },
}
