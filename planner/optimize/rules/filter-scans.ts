import type { ScanFilter } from '../../../connectors/api.js'
import { conjuncts } from '../../plan/expression/build.js'
import type { AttributeReference, Expression } from '../../plan/expression/expression.js'
import type { ScalarFunction } from '../../plan/expression/functions.js'
import type { LiteralValue } from '../../plan/expression/literal.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import { transformPlanUp } from '../../plan/logical/transform.js'
import type { Rule } from '../rule.js'

/** Tells sources what will be filtered anyway, so that they can skip data by their statistics. The filter stays. */
export const filterScans: Rule = {
  name: 'filter scans',
  apply: (plan) => transformPlanUp(plan, tellScan),
}

function tellScan(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== 'filter' || plan.input.kind !== 'scan') return plan
  const filters = conjuncts(plan.condition).flatMap((c) => scanFilter(c) ?? [])
  return filters.length === 0 ? plan : Object.freeze({ ...plan, input: Object.freeze({ ...plan.input, filters }) })
}

type Comparison = 'eq' | 'lt' | 'le' | 'gt' | 'ge'
/** Each comparison the other way round. */
const FLIPPED: Readonly<Record<Comparison, Comparison>> = { eq: 'eq', lt: 'gt', le: 'ge', gt: 'lt', ge: 'le' }
const isComparison = (fn: ScalarFunction): fn is Comparison => Object.hasOwn(FLIPPED, fn)

function scanFilter(e: Expression): ScanFilter | undefined {
  if (e.kind === 'in' && e.child.kind === 'attribute') {
    const { name: column, type } = e.child
    const values = e.list.filter((value) => value !== null)
    // Bytes are no part of the language; without them the list would let fewer rows pass.
    return values.every(isTold) ? { op: 'in', column, type, values } : undefined
  }
  if (e.kind !== 'call') return undefined
  if (e.fn === 'is_not_null' && e.args[0]!.kind === 'attribute')
    return { op: 'isNotNull', column: (e.args[0] as AttributeReference).name }
  if (!isComparison(e.fn)) return undefined
  const [left, right] = [e.args[0]!, e.args[1]!]
  if (left.kind === 'attribute') return comparison(e.fn, left, right)
  return right.kind === 'attribute' ? comparison(FLIPPED[e.fn], right, left) : undefined
}

function comparison(op: Comparison, column: AttributeReference, value: Expression): ScanFilter | undefined {
  if (value.kind !== 'literal' || value.value === null || !isTold(value.value)) return undefined
  return { op, column: column.name, type: column.type, value: value.value }
}

type Present = Exclude<LiteralValue, null>
const isTold = (value: Present): value is Exclude<Present, Uint8Array> => !(value instanceof Uint8Array)
