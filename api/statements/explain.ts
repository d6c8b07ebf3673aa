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

const MODES = ['extended', 'codegen', 'cost', 'formatted'] as const

/** EXPLAIN [EXTENDED | CODEGEN | COST | FORMATTED] of a query. */
export const explain: StatementKind<ExplainStatement> = {
  read(tokens) {
    const start = tokens.peek()
    if (!tokens.accept('EXPLAIN')) return undefined
    const mode = MODES.find((one) => tokens.accept(one.toUpperCase())) ?? 'simple'
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
