import type { UnresolvedExpression } from '../plan/unresolved/expression.js'

/** The values of the markers of a statement, each a literal: by name, or in order. */
export type Parameters =
  | { readonly kind: 'named'; readonly values: ReadonlyMap<string, UnresolvedExpression> }
  | { readonly kind: 'positional'; readonly values: readonly UnresolvedExpression[] }

export const NO_PARAMETERS: Parameters = { kind: 'named', values: new Map() }
