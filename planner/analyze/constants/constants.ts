import { MillraceError } from '../../../common/errors/millrace-error.js'
import { foldExpression } from '../../optimize/rules/fold-constants.js'
import type { Expression, Literal } from '../../plan/expression/expression.js'
import { isFoldable } from '../../plan/expression/foldable.js'
import { canonicalText } from '../../plan/expression/same.js'

/** What the engine gave for an expression without columns: a literal, or the expression itself if its type has none; or what it raised. */
export type Evaluated = { readonly value: Expression } | { readonly error: unknown }

/** By the canonical text of the expression. */
export type KnownConstants = ReadonlyMap<string, Evaluated>

/**
 * Analysis needs the values of these, which only the engine can compute, and analysis does not wait: it is to be repeated when they are known.
 * A condition for those who cannot do that.
 */
export class ConstantsWanted extends MillraceError {
  readonly expressions: readonly Expression[]

  constructor(expressions: readonly Expression[]) {
    const feature = 'a constant here that is more than numbers, their sums and products'
    super('UNSUPPORTED_FEATURE', { feature }, { origin: expressions[0]!.origin })
    this.expressions = expressions
  }
}

const NOTHING: KnownConstants = new Map()

/** Those of the analysis that runs, of which there is one at a time. */
let known = NOTHING

/** Analyzes with these constants known. */
export function withConstants<T>(constants: KnownConstants = NOTHING, analysis: () => T): T {
  known = constants
  try {
    return analysis()
  } finally {
    known = NOTHING
  }
}

/** What expressions without columns give, each by itself. @throws ConstantsWanted */
export function evaluated(expressions: readonly Expression[]): readonly Evaluated[] {
  const folded = expressions.map(foldExpression)
  const wanted = folded.filter((e) => e.kind !== 'literal' && !known.has(canonicalText(e)))
  if (wanted.length > 0) throw new ConstantsWanted(wanted)
  return folded.map((e) => (e.kind === 'literal' ? { value: e } : known.get(canonicalText(e))!))
}

/** The value of an expression; undefined when it has columns. @throws ConstantsWanted, and what it raises when it is computed */
export function constantOf(e: Expression): Literal | undefined {
  if (!isFoldable(e)) return undefined
  const [result] = evaluated([e])
  if ('error' in result!) throw result.error
  return result!.value.kind === 'literal' ? result!.value : undefined
}
