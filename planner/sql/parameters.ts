import type { UnresolvedExpression } from '../plan/unresolved/expression.js'

/** The values of the markers of a statement, each a constant. */
export interface Parameters {
  /** Of `:name`. */
  readonly named: ReadonlyMap<string, UnresolvedExpression>
  /** Of `?`, in order. */
  readonly positional: readonly UnresolvedExpression[]
}

export const NO_PARAMETERS: Parameters = { named: new Map(), positional: [] }
