import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { readQuery } from '../../planner/sql/query.js'
import type { StatementKind } from './statement.js'

export interface QueryStatement {
  readonly kind: 'query'
  readonly query: UnresolvedRelation
}

/** A query, which runs when its rows are asked for. */
export const query: StatementKind<QueryStatement> = {
  isLocal: true,

  read: (tokens) => ({ kind: 'query', query: readQuery(tokens) }),
  run: (statement, context) => ({ kind: 'query', plan: context.inlined(statement.query) }),
}
