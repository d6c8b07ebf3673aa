import { field, STRING } from '../../columnar/types.js'
import type { ExplainMode } from '../../planner/explain/explain.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { beginsQuery } from '../../planner/sql/keywords.js'
import { readQuery } from '../../planner/sql/query.js'
import type { StatementKind } from './statement.js'

export interface ExplainStatement {
  readonly kind: 'explain'
  readonly mode: ExplainMode
  readonly query: UnresolvedRelation
}

/** EXPLAIN [EXTENDED] of a query. */
export const explain: StatementKind<ExplainStatement> = {
  read(tokens) {
    const start = tokens.peek()
    if (!tokens.accept('EXPLAIN')) return undefined
    for (const mode of ['FORMATTED', 'CODEGEN', 'COST'])
      if (tokens.at(mode)) throw tokens.unsupported(`EXPLAIN ${mode}`, start)
    const mode = tokens.accept('EXTENDED') ? 'extended' : 'simple'
    if (!tokens.at('(') && !beginsQuery(tokens, 0)) throw tokens.unsupported('EXPLAIN of what is no query', start)
    return { kind: 'explain', mode, query: readQuery(tokens) }
  },

  run({ query, mode }, { engine, inlined }) {
    const plan = engine.explain(inlined(query), mode)
    return {
      kind: 'rows',
      schema: { fields: [field('plan', STRING, false)] },
      rows: plan.then((text) => [{ plan: text }]),
    }
  },
}
