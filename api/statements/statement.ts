import type { Schema } from '../../columnar/types.js'
import type { Config } from '../../common/config/config.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import type { Parameters } from '../../planner/sql/parameters.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'
import type { SessionCatalog } from '../catalog/session-catalog.js'
import type { Engine, MadeRows } from '../engine/engine.js'
import type { Variables } from '../session/session-variables.js'

/** What a statement comes to. */
export type Outcome =
  /** A relation that is computed when its rows are asked for. */
  | { readonly kind: 'query'; readonly plan: UnresolvedRelation }
  /** What a script came to, known when it has ended. */
  | { readonly kind: 'later'; readonly result: Promise<MadeRows> }
  /** Rows of its own; what takes a job has begun, and its rows come when it has ended. */
  | { readonly kind: 'rows'; readonly schema: Schema; readonly rows: readonly object[] | Promise<readonly object[]> }

/** What statements work on. */
export interface StatementContext {
  readonly engine: Engine
  readonly catalog: SessionCatalog
  readonly config: Config
  /** As it was when the session began. */
  readonly initialConfig: Config
  /** Takes other settings in place of those there are. */
  configure(config: Config): void
  /** The query with the names of tables, views and functions replaced by what they mean now. @param variables what temporary functions see; those that the statement sees unless told */
  withViews(query: UnresolvedRelation, variables?: Variables): UnresolvedRelation
  /** The same, and what its variables are is noted. */
  inlined(query: UnresolvedRelation): UnresolvedRelation
  /** Those that it sees. */
  readonly variables: Variables
  /** The values of the markers in its text. */
  readonly parameters: Parameters | undefined
  /** Reads the text of another statement. */
  parse(text: string, parameters: Parameters): { readonly kind: string }
  readonly readStatement: ReadStatement
  /** Runs another statement that was read, which sees these variables, or those of the session. */
  perform(statement: { readonly kind: string }, variables?: Variables): Outcome
}

/** Reads a statement within another one. */
export type ReadStatement = (tokens: TokenStream) => { readonly kind: string }

/** All that is known of a kind of statement. `S` is its node: frozen data. */
export interface StatementKind<S extends { readonly kind: string }> {
  /**
   * Reads a statement that begins as this kind does; takes nothing otherwise.
   * @param readStatement reads one within it
   * @throws PARSE_SYNTAX_ERROR, UNSUPPORTED_FEATURE
   */
  read(tokens: TokenStream, readStatement: ReadStatement): S | undefined
  /** Whether it touches nothing but the session, so that its errors are thrown at once. */
  readonly isLocal?: true
  /**
   * Runs it. What only changes the catalog or the session is done when this returns.
   * @throws the conditions of analysis and of the catalog
   */
  run(statement: S, context: StatementContext): Outcome
  /** What can be checked before it runs by whoever has the time to wait. */
  check?(statement: S, context: StatementContext): Promise<unknown>
}

const NOTHING: Schema = Object.freeze({ fields: [] })

/** Of a statement without rows. */
export const DONE: Outcome = Object.freeze({ kind: 'rows', schema: NOTHING, rows: [] })

/** Of a statement without rows that takes a job. */
export const doneAfter = (work: Promise<unknown>): Outcome => ({
  kind: 'rows',
  schema: NOTHING,
  rows: work.then(() => []),
})
