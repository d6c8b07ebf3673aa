import { MillraceError } from '../../../common/errors/millrace-error.js'
import { reference } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { sameExpression } from '../../plan/expression/same.js'
import { sqlText } from '../../plan/expression/sql-text.js'
import { JOIN_NAMES, type JoinKind } from '../../plan/join-kind.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalJoin } from '../../plan/logical/plan.js'
import type { PhysicalHashJoin, PhysicalPlan } from '../../plan/physical/plan.js'
import { Binder } from '../bind.js'
import { buildsLeft, isSmall, mayBeSmall } from '../join-strategy.js'
import type { Planning } from '../planning.js'
import { ANYHOW, clustered, EVERYWHERE, inBuckets, SINGLE, UNKNOWN } from '../properties.js'
import { isStreaming } from '../streaming.js'
import { asBucketed } from './bucketed-join.js'
import { joinKeys } from './join-keys.js'
import type { PhysicalOperator } from './operator.js'
import { projectOver } from './rowwise.js'
import { planStreamJoin } from './stream-join.js'

export const hashJoin: PhysicalOperator<PhysicalHashJoin> = {
  requires: ({ broadcast, leftKeys, rightKeys, buckets }) => {
    if (broadcast) return [ANYHOW, EVERYWHERE]
    return [leftKeys, rightKeys].map((keys) =>
      buckets === undefined ? clustered(keys, true) : inBuckets(keys, buckets),
    )
  },
  // Rows of the probe side stay where they are, and its columns come first. Those that a full join adds lie by the keys of the other side.
  provides: ({ type, leftKeys }, [left]) => {
    if (type === 'full') return leftKeys.length === 0 ? SINGLE : UNKNOWN
    return { ...left!, ordering: [] }
  },
  line: (plan) => {
    const { type, leftKeys, rightKeys, nullSafe, condition, isNullAware, isFilter } = plan
    const keys = leftKeys.map((key, i) => `${sqlText(key)} ${nullSafe[i] ? '<=>' : '='} ${sqlText(rightKeys[i]!)}`)
    if (isFilter) return `RuntimeFilter [${keys.join(', ')}]`
    const rest = condition ? `, ${sqlText(condition)}` : ''
    return `${strategyOf(plan)} ${JOIN_NAMES[type]} [${keys.join(', ')}]${rest}${isNullAware ? ', null-aware' : ''}`
  },
}

function strategyOf({ broadcast, leftKeys }: PhysicalHashJoin): string {
  if (leftKeys.length === 0) return broadcast ? 'BroadcastNestedLoopJoin' : 'NestedLoopJoin'
  return broadcast ? 'BroadcastHashJoin' : 'ShuffledHashJoin'
}

/** What NOT IN asks of a row, `a = b OR (a = b) IS NULL`, as the equality; undefined for anything else. */
function nullAwareEquality({ type, condition }: Pick<LogicalJoin, 'type' | 'condition'>): Expression | undefined {
  if (type !== 'left_anti' || condition?.kind !== 'call' || condition.fn !== 'or' || condition.args.length !== 2) return
  const [equality, unknown] = condition.args as readonly [Expression, Expression]
  const isEquality = equality.kind === 'call' && equality.fn === 'eq'
  const isUnknown = unknown.kind === 'call' && unknown.fn === 'is_null' && sameExpression(unknown.args[0]!, equality)
  return isEquality && isUnknown ? equality : undefined
}

/**
 * A hash join: builds on the right, probes with the left. Of an inner join the smaller side is built, of a stream and a table the
 * table; a small build side is sent whole to every task, otherwise both are shuffled by the keys.
 */
export function planJoin(planning: Planning, plan: LogicalJoin): PhysicalPlan {
  if (isStreaming(plan.left) && isStreaming(plan.right)) return planStreamJoin(planning, plan)
  checkStream(plan)
  if (!buildsLeft(plan)) return hashJoinOf(planning, plan)
  const hint = plan.hint && 'broadcast-right'
  const swapped = hashJoinOf(planning, { ...plan, left: plan.right, right: plan.left, ...(hint ? { hint } : {}) })
  const projections = outputOf(plan).map((a) => Object.freeze({ id: a.id, name: a.name, expression: reference(a) }))
  return projectOver(planning, swapped, projections)
}

const IN_WORDS: Readonly<Record<JoinKind, string>> = {
  inner: 'an inner join',
  left: 'a left join',
  full: 'a full join',
  left_semi: 'a left semi join',
  left_anti: 'a left anti join',
}

/** Whether a row has no match is known of a table only, which all batches see whole. */
function checkStream({ type, left, right }: LogicalJoin): void {
  if (type === 'inner') return
  const refuse = (sides: string): MillraceError =>
    new MillraceError('UNSUPPORTED_FEATURE', { feature: `${IN_WORDS[type]} of ${sides}` })
  if (isStreaming(right)) throw refuse('a table with a stream on the right')
  if (type === 'full' && isStreaming(left)) throw refuse('a stream and a table')
}

const MAY_BROADCAST: Pick<PhysicalHashJoin, 'mayBroadcast'> = { mayBroadcast: true }

function hashJoinOf(planning: Planning, plan: LogicalJoin): PhysicalPlan {
  const left = planning.plan(plan.left)
  const right = planning.shared(plan.right)
  const nullAware = nullAwareEquality(plan)
  const nullAwareKeys = joinKeys(nullAware, left.attributes, right.attributes)
  const isNullAware = nullAwareKeys.left.length === 1
  const keys = isNullAware ? nullAwareKeys : joinKeys(plan.condition, left.attributes, right.attributes)
  const leftKeys = keys.left.map(new Binder(left.attributes).expression)
  const rightKeys = keys.right.map(new Binder(right.attributes).expression)
  const mustBroadcast = leftKeys.length === 0 || isNullAware || isStreaming(plan.left) || plan.isFilter === true
  const isAsked = plan.hint === 'broadcast-right'
  const broadcast = plan.type !== 'full' && (mustBroadcast || isAsked || isSmall(plan, planning.options))
  const attributes = outputOf({ ...plan, kind: 'join' })
  const condition = keys.rest && new Binder([...left.attributes, ...right.attributes]).expression(keys.rest)
  const pairs = { leftKeys, rightKeys, nullSafe: keys.nullSafe }
  const placed = broadcast ? pairs : asBucketed(pairs, planning.partitioningOf(left), planning.partitioningOf(right))
  return planning.place({
    kind: 'hashJoin',
    type: plan.type,
    broadcast,
    inputs: [left, right],
    ...placed,
    isNullAware,
    ...(!broadcast && mayBeSmall(plan, planning.options) ? MAY_BROADCAST : {}),
    ...(plan.isFilter ? { isFilter: plan.isFilter } : {}),
    ...(condition ? { condition } : {}),
    attributes,
  })
}
