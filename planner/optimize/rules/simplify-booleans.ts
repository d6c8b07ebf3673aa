import { BOOLEAN } from '../../../columnar/types.js'
import { booleanLiteral, call } from '../../plan/expression/build.js'
import type { Call, Expression } from '../../plan/expression/expression.js'
import type { ScalarFunction } from '../../plan/expression/functions.js'
import { canonicalText } from '../../plan/expression/same.js'
import { fromLeavesUp } from '../../plan/expression/transform.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import { mapExpressions, transformPlanUp } from '../../plan/logical/transform.js'
import type { Rule } from '../rule.js'

const isTrue = (e: Expression): boolean => e.kind === 'literal' && e.value === true
const isFalse = (e: Expression): boolean => e.kind === 'literal' && e.value === false

/** What a comparison becomes under NOT; NULL stays NULL either way. */
const OPPOSITE: Partial<Record<ScalarFunction, ScalarFunction>> = {
  eq: 'ne',
  ne: 'eq',
  is_null: 'is_not_null',
  is_not_null: 'is_null',
}

function simplify(e: Expression): Expression {
  if (e.kind === 'case') return simplifyCase(e)
  if (e.kind !== 'call') return e
  if (e.fn === 'and' || e.fn === 'or') return simplifyConnective(e, e.fn)
  if (e.fn === 'not') return negated(e)
  if ((e.fn === 'is_null' || e.fn === 'is_not_null') && !e.args[0]!.nullable)
    return booleanLiteral(e.fn === 'is_not_null')
  return e
}

function simplifyConnective(e: Call, fn: 'and' | 'or'): Expression {
  const [absorbing, neutral] = fn === 'and' ? [isFalse, isTrue] : [isTrue, isFalse]
  const flat = e.args.flatMap((arg) => (arg.kind === 'call' && arg.fn === fn ? arg.args : [arg]))
  if (flat.some(absorbing)) return booleanLiteral(fn === 'or')
  const seen = new Set<string>()
  const kept = flat.filter((arg) => {
    const text = canonicalText(arg)
    return !neutral(arg) && !seen.has(text) && seen.add(text)
  })
  if (kept.length === 0) return booleanLiteral(fn === 'and')
  if (kept.length === 1) return kept[0]!
  const same = kept.length === e.args.length && kept.every((arg, i) => arg === e.args[i])
  return same ? e : call(fn, BOOLEAN, kept, { origin: e.origin })
}

function negated(e: Call): Expression {
  const [inner] = e.args
  if (isTrue(inner!) || isFalse(inner!)) return booleanLiteral(isFalse(inner!))
  if (inner!.kind !== 'call') return e
  if (inner!.fn === 'not') return inner!.args[0]!
  const opposite = OPPOSITE[inner!.fn]
  return opposite ? call(opposite, BOOLEAN, inner!.args, { origin: inner!.origin }) : e
}

/** Branches that never hold go; one that always holds ends the list. */
function simplifyCase(e: Extract<Expression, { kind: 'case' }>): Expression {
  const possible = e.branches.filter(({ when }) => !isFalse(when) && !(when.kind === 'literal' && when.value === null))
  if (possible[0] && isTrue(possible[0].when)) return possible[0].value
  if (possible.length === e.branches.length) return e
  if (possible.length === 0 && e.otherwise) return e.otherwise
  return possible.length === 0 ? e : Object.freeze({ ...e, branches: possible })
}

const simplifyAll = fromLeavesUp(simplify)

/** Also drops filters that always hold. */
export const simplifyBooleans: Rule = {
  name: 'simplify booleans',
  apply: (plan, settled) => transformPlanUp(plan, (node) => dropTrueFilter(mapExpressions(node, simplifyAll)), settled),
}

function dropTrueFilter(plan: LogicalPlan): LogicalPlan {
  return plan.kind === 'filter' && isTrue(plan.condition) ? plan.input : plan
}
