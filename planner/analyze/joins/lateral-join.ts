import { BIGINT, BOOLEAN } from '../../../columnar/types.js'
import type { Origin } from '../../../common/errors/condition.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call, conjunction, literal, reference } from '../../plan/expression/build.js'
import type { Attribute, Expression, ExprId, NamedExpression } from '../../plan/expression/expression.js'
import { outputIds, outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan, LogicalProject, LogicalReplicate } from '../../plan/logical/plan.js'
import type { JoinType, UnresolvedRelation } from '../../plan/unresolved/relation.js'
import { resolveExpression } from '../expressions.js'
import { keep, keepAll } from '../names/visible.js'
import { booleanCondition } from '../select.js'
import { checkAggregates } from '../subqueries/aggregates-of-own-rows.js'
import { Decorrelator } from '../subqueries/decorrelate.js'
import { valueIf } from '../subqueries/one-row.js'

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
  if (type === 'inner') {
    const rows = rowsOver(left, right)
    if (rows) return on ? Object.freeze({ kind: 'filter', input: rows, condition: on }) : rows
  }
  const isForAll = on === undefined || (on.kind === 'literal' && on.value === true)
  const outerRows = type === 'left' && isForAll ? outerRowsOver(left, right, nextId) : undefined
  if (outerRows) return only([...leftOut, ...rightOut], outerRows)
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

/**
 * Rows with what a generator makes of each, which are NULL where it makes nothing of one; undefined for other relations. A join would compare
 * what it reads, for each row that it makes.
 */
function outerRowsOver(left: LogicalPlan, right: LogicalPlan, nextId: () => ExprId): LogicalPlan | undefined {
  const generated = rowsOver(left, right)
  const replicate = generated && onlyReplicate(generated, left)
  if (!replicate) return undefined
  const below = outputIds(replicate)
  if (outputOf(right).some(({ id }) => below.has(id))) return undefined
  const made: Attribute = Object.freeze({ id: nextId(), name: '_made', type: BIGINT, nullable: false })
  const times = call('coalesce', BIGINT, [replicate.times, literal(BIGINT, 0n)], { nullable: false })
  const projections = [...keepAll(outputOf(replicate.input)), Object.freeze({ ...keep(made), expression: times })]
  const atLeastOnce: LogicalPlan = Object.freeze({
    ...replicate,
    input: Object.freeze({ kind: 'project', input: replicate.input, projections }),
    times: call('greatest', BIGINT, [reference(made), literal(BIGINT, 1n)], { nullable: false }),
  })
  return whereMade(generated, { replicate, below, atLeastOnce, made })
}

interface OuterRows {
  readonly replicate: LogicalReplicate
  readonly below: ReadonlySet<ExprId>
  /** What takes the generator's place. */
  readonly atLeastOnce: LogicalPlan
  /** How many rows it makes of one. */
  readonly made: Attribute
}

/** The projections above the generator, which compute nothing for a row that it makes nothing of. */
function whereMade(plan: LogicalPlan, rows: OuterRows): LogicalPlan {
  if (plan === rows.replicate) return rows.atLeastOnce
  const { input, projections } = plan as LogicalProject
  const isMade = call('gt', BOOLEAN, [reference(rows.made), literal(BIGINT, 0n)], { nullable: false })
  const computed = projections.map(
    (column): NamedExpression =>
      rows.below.has(column.id) ? column : Object.freeze({ ...column, expression: valueIf(isMade, column.expression) }),
  )
  return Object.freeze({ kind: 'project', input: whereMade(input, rows), projections: [...computed, keep(rows.made)] })
}

/** The one generator above the rows, if there is nothing but projections beside it. */
function onlyReplicate(plan: LogicalPlan, left: LogicalPlan): LogicalReplicate | undefined {
  let above = plan
  while (above.kind === 'project' && above !== left) above = above.input
  if (above === left || above.kind !== 'replicate') return undefined
  let below = above.input
  while (below.kind === 'project' && below !== left) below = below.input
  return below === left ? above : undefined
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
