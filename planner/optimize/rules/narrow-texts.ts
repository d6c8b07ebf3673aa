import { type Field, field, type StructType, struct, VOID } from '../../../columnar/types.js'
import type { Call, Expression } from '../../plan/expression/expression.js'
import { canonicalText } from '../../plan/expression/same.js'
import { childrenOf, transformDown } from '../../plan/expression/transform.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import { mapExpressions, transformPlanUp } from '../../plan/logical/transform.js'
import type { Rule } from '../rule.js'

/**
 * `from_json` and `from_csv` extract only the fields that are used. All uses in one pipeline must ask for the same fields, or the text would be
 * parsed once for each; so fields are collected over a chain of projections and filters, which one pipeline runs.
 */
export const narrowTexts: Rule = {
  name: 'narrow texts',
  apply: (plan) => {
    const uses = new Map<string, Set<number> | 'whole'>()
    transformPlanUp(plan, (node) => mapExpressions(node, (e) => collect(e, uses)))
    if (uses.size === 0) return plan
    return transformPlanUp(plan, (node): LogicalPlan => mapExpressions(node, (e) => narrow(e, uses)))
  },
}

/** Options with which a text is asked whether all of it is of the schema. */
const OF_ALL = ['mode', 'columnNameOfCorruptRecord']

const isParsed = (e: Expression): e is Call =>
  e.kind === 'call' &&
  (e.fn === 'from_json' || e.fn === 'from_csv') &&
  OF_ALL.every((option) => e.options?.[option] === undefined)

function collect(e: Expression, uses: Map<string, Set<number> | 'whole'>): Expression {
  if (e.kind === 'getField' && isParsed(e.child)) {
    const text = canonicalText(e.child)
    const used = uses.get(text) ?? new Set()
    if (used !== 'whole') uses.set(text, used.add(e.ordinal))
    for (const child of childrenOf(e.child)) collect(child, uses)
    return e
  }
  if (isParsed(e)) uses.set(canonicalText(e), 'whole')
  for (const child of childrenOf(e)) collect(child, uses)
  return e
}

function narrow(e: Expression, uses: ReadonlyMap<string, Set<number> | 'whole'>): Expression {
  return transformDown(e, (node) => {
    if (node.kind !== 'getField' || !isParsed(node.child) || node.child.type.kind !== 'struct') return node
    const used = uses.get(canonicalText(node.child))
    const { fields } = node.child.type
    if (used === undefined || used === 'whole' || used.size === fields.length) return node
    const kept = node.child.fn === 'from_csv' ? inPlace(fields, used) : fields.filter((_, i) => used.has(i))
    const child: Expression = Object.freeze({ ...node.child, type: struct(kept) })
    const ordinal = node.child.fn === 'from_csv' ? node.ordinal : kept.indexOf(fields[node.ordinal]!)
    return Object.freeze({ ...node, child, ordinal })
  })
}

/** Values of CSV are known by their places: one that nobody wants is passed over, and none is read behind the last that is wanted. */
function inPlace(fields: StructType['fields'], used: ReadonlySet<number>): readonly Field[] {
  const last = fields.findLastIndex((_, i) => used.has(i))
  return fields.slice(0, last + 1).map((one, i) => (used.has(i) ? one : field(one.name, VOID)))
}
