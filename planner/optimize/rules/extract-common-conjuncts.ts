import { BOOLEAN } from '../../../columnar/types.js'
import { call, conjunction, conjuncts } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { mayRaise } from '../../plan/expression/may-raise.js'
import { canonicalText } from '../../plan/expression/same.js'
import { expressionRule } from '../expressions.js'

/**
 * `(a and b) or (a and c)` is `a and (b or c)`: what all alternatives ask for can be pushed down and joined by (TPC-H 19). What may raise stays
 * behind its guards, unless it is the very first to be evaluated anyway.
 */
function extract(e: Expression): Expression {
  if (e.kind !== 'call' || e.fn !== 'or') return e
  const alternatives = e.args.map(conjuncts)
  const texts = alternatives.map((all) => new Set(all.map(canonicalText)))
  const common = alternatives[0]!.filter(
    (c, i) => (i === 0 || !mayRaise(c)) && texts.every((set) => set.has(canonicalText(c))),
  )
  if (common.length === 0) return e
  const commonTexts = new Set(common.map(canonicalText))
  const rests = alternatives.map((all) => conjunction(all.filter((c) => !commonTexts.has(canonicalText(c)))))
  // An alternative that asks for nothing else makes the rest irrelevant.
  if (rests.some((rest) => rest === undefined)) return conjunction(common)!
  const rest = call('or', BOOLEAN, rests as Expression[], { origin: e.origin })
  return call('and', BOOLEAN, [...common, rest], { origin: e.origin })
}

export const extractCommonConjuncts = expressionRule('extract common conjuncts', extract)
