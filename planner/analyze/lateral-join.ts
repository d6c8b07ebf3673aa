import { MillraceError } from '../../common/errors/millrace-error.js'
import { conjunction } from '../plan/expression/build.js'
import type { Attribute, Expression, ExprId, NamedExpression } from '../plan/expression/expression.js'
import { outputOf } from '../plan/logical/output.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import type { JoinType, UnresolvedRelation } from '../plan/unresolved/relation.js'
import { resolveExpression } from './expressions.js'
import { booleanCondition } from './select.js'
import { checkAggregates } from './subqueries/aggregates-of-own-rows.js'
import { Decorrelator } from './subqueries/decorrelate.js'
import { keep } from './visible.js'

type Join = Extract<UnresolvedRelation, { kind: 'join' }>

/** How a join is called that may not be lateral. */
const REFUSED: Partial<Record<JoinType, string>> = {
  right: 'RIGHT OUTER',
  full: 'FULL OUTER',
  left_semi: 'LEFT SEMI',
  left_anti: 'LEFT ANTI',
}

/** A join with a subquery for each row of the left side. @throws INVALID_LATERAL_JOIN_TYPE, UNSUPPORTED_FEATURE.LATERAL_JOIN_USING */
export function analyzeLateralJoin(
  node: Join,
  left: LogicalPlan,
  right: LogicalPlan,
  nextId: () => ExprId,
): LogicalPlan {
  const { origin } = node
  if (node.natural) {
    const types = { joinType1: 'LATERAL', joinType2: 'NATURAL' }
    throw new MillraceError('INCOMPATIBLE_JOIN_TYPES', types, { origin })
  }
  if (node.using) throw new MillraceError('UNSUPPORTED_FEATURE.LATERAL_JOIN_USING', {}, { origin })
  const joinType = REFUSED[node.type]
  if (joinType !== undefined) throw new MillraceError('INVALID_LATERAL_JOIN_TYPE', { joinType }, { origin })
  const [leftOut, rightOut] = [outputOf(left), outputOf(right)]
  checkAggregates(right, { attributes: leftOut })
  const on =
    node.condition &&
    booleanCondition(
      resolveExpression(node.condition, { scope: { attributes: [...leftOut, ...rightOut] }, clause: 'JOIN' }),
      node.condition,
      'JOIN',
    )
  const computed = node.type === 'left' ? undefined : computedColumns(right)
  if (computed) return withColumns(left, computed, on)
  const outer = new Set(leftOut.map(({ id }) => id))
  const { plan, conditions } = new Decorrelator(left, outer, nextId, origin).pull(right)
  const condition = conjunction([...conditions, ...(on ? [on] : [])])
  const type = node.type === 'left' ? 'left' : 'inner'
  const joined: LogicalPlan = Object.freeze({
    kind: 'join',
    type,
    left,
    right: plan,
    ...(condition ? { condition } : {}),
  })
  return only([...leftOut, ...rightOut], joined)
}

/** What a subquery without FROM gives, which is a row computed of the one next to it. */
function computedColumns(plan: LogicalPlan): readonly NamedExpression[] | undefined {
  return plan.kind === 'project' && plan.input.kind === 'oneRow' ? plan.projections : undefined
}

function withColumns(left: LogicalPlan, computed: readonly NamedExpression[], on: Expression | undefined): LogicalPlan {
  const projections = [...outputOf(left).map(asBefore), ...computed]
  const plan: LogicalPlan = Object.freeze({ kind: 'project', input: left, projections })
  return on ? Object.freeze({ kind: 'filter', input: plan, condition: on }) : plan
}

const asBefore = (a: Attribute): NamedExpression =>
  Object.freeze({ ...keep(a), ...(a.isHidden ? { isHidden: true } : {}) })

/** Without what was joined for conditions. */
function only(columns: readonly Attribute[], plan: LogicalPlan): LogicalPlan {
  const output = new Map(outputOf(plan).map((a) => [a.id, a]))
  return Object.freeze({
    kind: 'project',
    input: plan,
    projections: columns.map(({ id }) => asBefore(output.get(id)!)),
  })
}
