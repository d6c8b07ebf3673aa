import type { Origin } from '../../../common/errors/condition.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { conjunction } from '../../plan/expression/build.js'
import type { Attribute, Expression, ExprId } from '../../plan/expression/expression.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { JoinType, UnresolvedRelation } from '../../plan/unresolved/relation.js'
import { resolveExpression } from '../expressions.js'
import { keepAll } from '../names/visible.js'
import { booleanCondition } from '../select.js'
import { checkAggregates } from '../subqueries/aggregates-of-own-rows.js'
import { Decorrelator } from '../subqueries/decorrelate.js'

type Join = Extract<UnresolvedRelation, { kind: 'join' }>

/** How a join is called that may not be lateral. */
export const JOINS_WITHOUT_LATERAL: Partial<Record<JoinType, string>> = {
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
  const joinType = JOINS_WITHOUT_LATERAL[node.type]
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
  return lateralJoin(left, right, nextId, origin, node.type === 'left' ? 'left' : 'inner', on)
}

/** Rows with those that a relation has which may use their columns. */
export function lateralJoin(
  left: LogicalPlan,
  right: LogicalPlan,
  nextId: () => ExprId,
  origin: Origin | undefined,
  type: 'left' | 'inner' = 'inner',
  on?: Expression,
): LogicalPlan {
  const [leftOut, rightOut] = [outputOf(left), outputOf(right)]
  const rows = type === 'left' ? undefined : rowsOver(left, right)
  if (rows) return on ? Object.freeze({ kind: 'filter', input: rows, condition: on }) : rows
  const outer = new Set(leftOut.map(({ id }) => id))
  const { plan, conditions } = new Decorrelator(left, outer, nextId, origin).pull(right)
  const condition = conjunction([...conditions, ...(on ? [on] : [])])
  const joined: LogicalPlan = Object.freeze({
    kind: 'join',
    type,
    left,
    right: plan,
    ...(condition ? { condition } : {}),
  })
  return only([...leftOut, ...rightOut], joined)
}

/** Rows with what a relation of one row computes of them, which may be several rows of each; undefined for a relation of others. */
function rowsOver(left: LogicalPlan, right: LogicalPlan): LogicalPlan | undefined {
  if (right.kind === 'oneRow') return left
  if (right.kind !== 'project' && right.kind !== 'expand' && right.kind !== 'replicate' && right.kind !== 'filter')
    return undefined
  const input = rowsOver(left, right.input)
  if (!input) return undefined
  if (right.kind !== 'project') return Object.freeze({ ...right, input })
  return Object.freeze({ ...right, input, projections: [...keepAll(outputOf(left)), ...right.projections] })
}

/** Without what was joined for conditions. */
function only(columns: readonly Attribute[], plan: LogicalPlan): LogicalPlan {
  const output = new Map(outputOf(plan).map((a) => [a.id, a]))
  return Object.freeze({
    kind: 'project',
    input: plan,
    projections: keepAll(columns.map(({ id }) => output.get(id)!)),
  })
}
