import { isCollated } from '../../../columnar/text-types.js'
import { BOOLEAN } from '../../../columnar/types.js'
import { call, literal, reference } from '../../plan/expression/build.js'
import type { AggregateCall, Call, Case, Expression, ExprId, In } from '../../plan/expression/expression.js'
import type { ScalarFunction } from '../../plan/expression/functions.js'
import { childrenOf, transformUp } from '../../plan/expression/transform.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalAggregate, LogicalPlan } from '../../plan/logical/plan.js'
import { hasExpression, mapExpressions, transformPlanUp } from '../../plan/logical/transform.js'
import { keep } from '../names/visible.js'
import { collationKey } from './key.js'

/**
 * The plan with texts that have collations compared and grouped by their keys. A group shows the first value that it was met with. Orders and windows have
 * keys before (`sort-order.ts`).
 */
export function withCollationKeys(plan: LogicalPlan, nextId: () => ExprId): LogicalPlan {
  if (!hasExpression(plan, ({ type }) => isCollated(type))) return plan
  return transformPlanUp(plan, (node) => {
    const compared = mapExpressions(node, (e) => (comparesCollated(e) ? transformUp(e, lowered) : e))
    return compared.kind === 'aggregate' ? groupedByKeys(compared, nextId) : compared
  })
}

const COMPARISONS: ReadonlySet<ScalarFunction> = new Set(['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'eq_null_safe'])

const isComparison = (e: Expression): boolean =>
  e.kind === 'call' && COMPARISONS.has(e.fn) && e.args.some(({ type }) => isCollated(type))
const isExtreme = (e: Expression): boolean =>
  e.kind === 'call' && (e.fn === 'greatest' || e.fn === 'least') && isCollated(e.type)
const isMembership = (e: Expression): e is In => e.kind === 'in' && isCollated(e.child.type)

const comparesCollated = (e: Expression): boolean =>
  isComparison(e) || isExtreme(e) || isMembership(e) || childrenOf(e).some(comparesCollated)

function lowered(e: Expression): Expression {
  if (e.kind === 'call') {
    if (isComparison(e)) return Object.freeze({ ...e, args: e.args.map(collationKey) })
    return isExtreme(e) ? e.args.reduce((a, b) => further(e, a, b)) : e
  }
  if (!isMembership(e)) return e
  const child = collationKey(e.child)
  const equal = e.list.map((value) =>
    call('eq', BOOLEAN, [child, collationKey(literal(e.child.type, value))], { origin: e.origin }),
  )
  return equal.length === 1 ? equal[0]! : call('or', BOOLEAN, equal, { origin: e.origin })
}

/** Of two the one that is greater, or less; of equal ones the first. */
function further({ fn, type, origin }: Call, a: Expression, b: Expression): Case {
  const beats = fn === 'greatest' ? 'gt' : 'lt'
  const surpasses = call(beats, BOOLEAN, [collationKey(b), collationKey(a)], { origin })
  const isChosen = a.nullable ? call('or', BOOLEAN, [call('is_null', BOOLEAN, [a]), surpasses]) : surpasses
  const branches = [{ when: isChosen, value: b }]
  return Object.freeze({ kind: 'case', branches, otherwise: a, type, nullable: a.nullable && b.nullable })
}

function groupedByKeys(plan: LogicalAggregate, nextId: () => ExprId): LogicalPlan {
  if (!plan.keys.some(({ expression }) => isCollated(expression.type))) return plan
  const shown: AggregateCall[] = []
  const keys = plan.keys.map((key) => {
    const { expression, id, name } = key
    if (!isCollated(expression.type)) return key
    const { type, nullable } = expression
    shown.push(Object.freeze({ id, name, fn: 'first', args: [expression], distinct: false, type, nullable }))
    return Object.freeze({ id: nextId(), name: `collation_key(${name})`, expression: collationKey(expression) })
  })
  const grouped: LogicalPlan = Object.freeze({ ...plan, keys, aggregates: [...plan.aggregates, ...shown] })
  const columns = new Map(outputOf(grouped).map((column) => [column.id, column]))
  const projections = outputOf(plan).map((a) => {
    const { nullable } = columns.get(a.id)!
    return Object.freeze({ ...keep(a), expression: reference({ ...a, nullable }) })
  })
  return Object.freeze({ kind: 'project', input: grouped, projections })
}
