import { MillraceError } from '../../../common/errors/millrace-error.js'
import { conjunction, conjuncts, reference } from '../../plan/expression/build.js'
import type { Attribute, Expression } from '../../plan/expression/expression.js'
import { sqlText } from '../../plan/expression/sql-text.js'
import { referencesOf } from '../../plan/expression/transform.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalJoin, LogicalPlan } from '../../plan/logical/plan.js'
import type { PhysicalHashJoin, PhysicalPlan } from '../../plan/physical/plan.js'
import { Binder } from '../bind.js'
import { estimateBytes, estimateRows } from '../estimate.js'
import type { Planning } from '../planning.js'
import { ANYHOW, clustered, EVERYWHERE } from '../properties.js'
import { isStreaming } from '../streaming.js'
import type { PhysicalOperator } from './operator.js'
import { projectOver } from './rowwise.js'

const TYPE_NAMES = { inner: 'Inner', left: 'LeftOuter' } as const

export const hashJoin: PhysicalOperator<PhysicalHashJoin> = {
  requires: ({ broadcast, leftKeys, rightKeys }) =>
    broadcast ? [ANYHOW, EVERYWHERE] : [clustered(leftKeys, true), clustered(rightKeys, true)],
  // Rows of the probe side stay where they are, and its columns come first.
  provides: (_, [left]) => ({ ...left!, ordering: [] }),
  line: ({ type, broadcast, leftKeys, rightKeys, condition }) => {
    const keys = leftKeys.map((key, i) => `${sqlText(key)} = ${sqlText(rightKeys[i]!)}`).join(', ')
    const hashed = broadcast ? 'BroadcastHashJoin' : 'ShuffledHashJoin'
    const kind = leftKeys.length === 0 ? 'BroadcastNestedLoopJoin' : hashed
    return `${kind} ${TYPE_NAMES[type]} [${keys}]${condition ? `, ${sqlText(condition)}` : ''}`
  },
}

/** The condition of a join as equalities between the sides and the rest. */
export interface JoinKeys {
  readonly left: readonly Expression[]
  readonly right: readonly Expression[]
  readonly rest: Expression | undefined
}

/** Splits a condition into keys and the rest. */
export function joinKeys(
  condition: Expression | undefined,
  left: readonly Attribute[],
  right: readonly Attribute[],
): JoinKeys {
  const [leftIds, rightIds] = [new Set(left.map((a) => a.id)), new Set(right.map((a) => a.id))]
  const isOf = (e: Expression, ids: ReadonlySet<number>): boolean => {
    const used = [...referencesOf(e)]
    return used.length > 0 && used.every((id) => ids.has(id))
  }
  const keys: { left: Expression[]; right: Expression[] } = { left: [], right: [] }
  const rest: Expression[] = []
  for (const conjunct of condition ? conjuncts(condition) : []) {
    const [a, b] = conjunct.kind === 'call' && conjunct.fn === 'eq' ? conjunct.args : []
    if (a && b && isOf(a, leftIds) && isOf(b, rightIds)) keys.left.push(a) && keys.right.push(b)
    else if (a && b && isOf(a, rightIds) && isOf(b, leftIds)) keys.left.push(b) && keys.right.push(a)
    else rest.push(conjunct)
  }
  return { ...keys, rest: conjunction(rest) }
}

/**
 * A hash join: builds on the right, probes with the left. Of an inner join the smaller side is built, of a stream and a table the
 * table; a small build side is sent whole to every task, otherwise both are shuffled by the keys.
 */
export function planJoin(planning: Planning, plan: LogicalJoin): PhysicalPlan {
  if (isStreaming(plan.left) && isStreaming(plan.right)) {
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'joins of two streams' })
  }
  if (plan.type === 'left' && isStreaming(plan.right)) {
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'a left join of a table with a stream on the right' })
  }
  if (!buildsLeft(plan)) return hashJoinOf(planning, plan)
  const swapped = hashJoinOf(planning, { ...plan, left: plan.right, right: plan.left })
  const projections = outputOf(plan).map((a) => Object.freeze({ id: a.id, name: a.name, expression: reference(a) }))
  return projectOver(planning, swapped, projections)
}

function buildsLeft(plan: LogicalJoin): boolean {
  if (plan.type !== 'inner') return false
  if (isStreaming(plan.left) || isStreaming(plan.right)) return isStreaming(plan.right)
  if (plan.hint) return plan.hint === 'broadcast-left'
  return buildCost(plan.left) < buildCost(plan.right)
}

/** Bytes that a row takes in a join's table beside its columns: hash, chain and directory. */
const ROW_OVERHEAD_BYTES = 32

const buildCost = (plan: LogicalPlan): number => estimateBytes(plan) + estimateRows(plan) * ROW_OVERHEAD_BYTES

function hashJoinOf(planning: Planning, plan: Omit<LogicalJoin, 'hint'> & Pick<LogicalJoin, 'hint'>): PhysicalPlan {
  const [left, right] = [planning.plan(plan.left), planning.plan(plan.right)]
  const keys = joinKeys(plan.condition, left.attributes, right.attributes)
  const leftKeys = keys.left.map(new Binder(left.attributes).expression)
  const rightKeys = keys.right.map(new Binder(right.attributes).expression)
  const broadcast = leftKeys.length === 0 || isStreaming(plan.left) || isSmall(planning, plan.right, plan.hint)
  const attributes = outputOf({ ...plan, kind: 'join' })
  const condition = keys.rest && new Binder([...left.attributes, ...right.attributes]).expression(keys.rest)
  return planning.place({
    kind: 'hashJoin',
    type: plan.type,
    broadcast,
    inputs: [left, right],
    leftKeys,
    rightKeys,
    ...(condition ? { condition } : {}),
    attributes,
  })
}

function isSmall(planning: Planning, side: LogicalPlan, hint: LogicalJoin['hint']): boolean {
  return hint !== undefined || estimateBytes(side) <= planning.options.broadcastThresholdBytes
}
