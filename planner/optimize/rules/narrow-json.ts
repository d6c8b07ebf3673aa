import { struct } from '../../../columnar/types.js'
import type { Call, Expression } from '../../plan/expression/expression.js'
import { canonicalText } from '../../plan/expression/same.js'
import { childrenOf, transformDown } from '../../plan/expression/transform.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import { mapExpressions, transformPlanUp } from '../../plan/logical/transform.js'
import type { Rule } from '../rule.js'

/**
 * `from_json` extracts only the fields that are used. All uses in one pipeline must ask for the same fields, or the text would be parsed
 * once for each; so fields are collected over a chain of projections and filters, which one pipeline runs.
 */
export const narrowJson: Rule = {
  name: 'narrow from_json',
  apply: (plan) => {
    const uses = new Map<string, Set<number> | 'whole'>()
    transformPlanUp(plan, (node) => mapExpressions(node, (e) => collect(e, uses)))
    if (uses.size === 0) return plan
    return transformPlanUp(plan, (node): LogicalPlan => mapExpressions(node, (e) => narrow(e, uses)))
  },
}

/** With options a text is also asked whether all of it is of the schema. */
const isFromJson = (e: Expression): e is Call => e.kind === 'call' && e.fn === 'from_json' && e.options === undefined

function collect(e: Expression, uses: Map<string, Set<number> | 'whole'>): Expression {
  if (e.kind === 'getField' && isFromJson(e.child)) {
    const text = canonicalText(e.child)
    const used = uses.get(text) ?? new Set()
    if (used !== 'whole') uses.set(text, used.add(e.ordinal))
    for (const child of childrenOf(e.child)) collect(child, uses)
    return e
  }
  if (isFromJson(e)) uses.set(canonicalText(e), 'whole')
  for (const child of childrenOf(e)) collect(child, uses)
  return e
}

function narrow(e: Expression, uses: ReadonlyMap<string, Set<number> | 'whole'>): Expression {
  return transformDown(e, (node) => {
    if (node.kind !== 'getField' || !isFromJson(node.child) || node.child.type.kind !== 'struct') return node
    const used = uses.get(canonicalText(node.child))
    const { fields } = node.child.type
    if (used === undefined || used === 'whole' || used.size === fields.length) return node
    const kept = fields.filter((_, i) => used.has(i))
    const child: Expression = Object.freeze({ ...node.child, type: struct(kept) })
    return Object.freeze({ ...node, child, ordinal: kept.indexOf(fields[node.ordinal]!) })
  })
}
