import { field, STRING } from '../../columnar/types.js'
import type { ExplainMode } from '../../planner/explain/explain.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { readQuery } from '../../planner/sql/query.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'
import type { StatementKind } from './statement.js'

export interface ExplainStatement {
  readonly kind: 'explain'
  readonly mode: ExplainMode
  readonly statement: Explained
}

/** A statement, as far as EXPLAIN tells of it: its kind, and the query whose rows it takes. */
interface Explained {
  readonly kind: string
  readonly query?: UnresolvedRelation
}

/** The modes that Spark has. */
const MODES = ['extended', 'codegen', 'cost', 'formatted'] as const

/**
 * EXPLAIN [EXTENDED | CODEGEN | COST | FORMATTED] of a statement: what it executes, and the plan of its query. EXPLAIN ANALYZE runs a query, and tells what its
 * operators did.
 */
export const explain: StatementKind<ExplainStatement> = {
  read(tokens, readStatement) {
    if (!tokens.accept('EXPLAIN')) return undefined
    const mode = modeOf(tokens)
    const start = tokens.peek()
    const statement: Explained = tokens.at('(') ? { kind: 'query', query: readQuery(tokens) } : readStatement(tokens)
    if (mode === 'analyze' && statement.kind !== 'query')
      throw tokens.unsupported('EXPLAIN ANALYZE of a statement that is no query', start)
    return { kind: 'explain', mode, statement }
  },

  run({ statement, mode }, { engine, inlined }) {
    const { kind, query } = statement
    const head = kind === 'query' ? '' : `== Command ==\nExecute ${kind[0]!.toUpperCase()}${kind.slice(1)}\n`
    const plan = query ? engine.explain(inlined(query), mode) : Promise.resolve('')
    return {
      kind: 'rows',
      schema: { fields: [field('plan', STRING, false)] },
      rows: plan.then((text) => [{ plan: [head, text].filter((part) => part !== '').join('\n') }]),
    }
  },
}

/** EXPLAIN ANALYZE TABLE … explains a statement. */
function modeOf(tokens: TokenStream): ExplainMode {
  const runs = tokens.at('ANALYZE') && !tokens.at('ANALYZE', 'TABLE') && !tokens.at('ANALYZE', 'TABLES')
  if (runs && tokens.accept('ANALYZE')) return 'analyze'
  return MODES.find((one) => tokens.accept(one.toUpperCase())) ?? 'simple'
}
