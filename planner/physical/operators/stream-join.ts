import { MillraceError } from '../../../common/errors/millrace-error.js'
import { conjunction, conjuncts } from '../../plan/expression/build.js'
import type { Attribute, Expression } from '../../plan/expression/expression.js'
import { sqlText } from '../../plan/expression/sql-text.js'
import { referencesOf } from '../../plan/expression/transform.js'
import { JOIN_NAMES } from '../../plan/join-kind.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalJoin } from '../../plan/logical/plan.js'
import type { PhysicalPlan } from '../../plan/physical/plan.js'
import type { KeptParts, PhysicalStreamJoin, StreamJoinKind, StreamJoinSide } from '../../plan/physical/stateful.js'
import { Binder } from '../bind.js'
import { joinTimes, type SideTimes } from '../join-times.js'
import { partsOfStreamJoin } from '../kept-parts.js'
import type { Planning } from '../planning.js'
import { clustered, UNKNOWN } from '../properties.js'
import { keptState } from '../stateful-operators.js'
import { joinKeys } from './join-keys.js'
import type { StatefulOperator } from './operator.js'

export const streamJoin: StatefulOperator<PhysicalStreamJoin> = {
  // Rows that match are where the hash of their keys says, in every batch.
  requires: ({ leftKeys, rightKeys }) => [clustered(leftKeys, true), clustered(rightKeys, true)],
  // Those that only the right side has lie by its keys.
  provides: ({ type }, [left]) => (type === 'full' ? UNKNOWN : { ...left!, ordering: [] }),
  line: ({ type, state, leftKeys, rightKeys, nullSafe, condition, sides }) => {
    const keys = leftKeys.map((key, i) => `${sqlText(key)} ${nullSafe[i] ? '<=>' : '='} ${sqlText(rightKeys[i]!)}`)
    const rest = condition ? `, ${sqlText(condition)}` : ''
    const [left, right] = sides.map(({ expiry }) => (expiry ? sqlText(expiry) : 'never'))
    return `StreamingSymmetricHashJoin ${state.operatorId} ${JOIN_NAMES[type]} [${keys.join(', ')}]${rest}, expires at ${left} and ${right}`
  },
  stateful: {
    name: () => 'symmetricHashJoin',
    version: 1,
    isDivided: () => true,
    waitsForWatermark: ({ sides }) => sides.some(({ expiry }) => expiry !== undefined),
  },
}

/** @throws _LEGACY_ERROR_TEMP_1181, _LEGACY_ERROR_TEMP_3102 */
export function planStreamJoin(planning: Planning, plan: LogicalJoin): PhysicalPlan {
  const type = checkedKind(planning, plan)
  const [leftColumns, rightColumns] = [outputOf(plan.left), outputOf(plan.right)]
  const keys = joinKeys(plan.condition, leftColumns, rightColumns)
  if (keys.left.length === 0) throw new MillraceError('_LEGACY_ERROR_TEMP_1181')
  const times = joinTimes(plan, keys.left, keys.right)
  checkTimes(type, times.left, times.right)
  const inputs = [planning.plan(plan.left), planning.plan(plan.right)] as const
  const [left, right] = inputs.map(({ attributes }) => attributes) as [readonly Attribute[], readonly Attribute[]]
  const partsOf = (side: 0 | 1): KeptParts => {
    const [own, expiry] = side === 0 ? [keys.left, times.left.expiry] : [keys.right, times.right.expiry]
    return partsOfStreamJoin(plan, side, own, expiry)
  }
  const state = keptState(planning, inputs, partsOf(0))
  const { ofBoth, ofLeft, ofRight } = dividedCondition(type, keys.rest, leftColumns, rightColumns)
  const condition = ofBoth && new Binder([...left, ...right]).expression(ofBoth)
  const holdsMicros = [times.left.holdsMicros, times.right.holdsMicros].reduce((a, b) => (b > a ? b : a))
  return planning.place({
    kind: 'streamJoin',
    type,
    inputs,
    state: { ...state, others: [{ operatorId: planning.nextOperatorId(), parts: partsOf(1) }] },
    leftKeys: keys.left.map(new Binder(left).expression),
    rightKeys: keys.right.map(new Binder(right).expression),
    nullSafe: keys.nullSafe,
    ...(condition ? { condition } : {}),
    sides: [boundSide(times.left, ofLeft, left), boundSide(times.right, ofRight, right)],
    ...(times.left.expiry && times.right.expiry ? { holdsMicros } : {}),
    attributes: outputOf(plan),
  })
}

function boundSide(
  { eventTime, expiry }: SideTimes,
  condition: Expression | undefined,
  columns: readonly Attribute[],
): StreamJoinSide {
  const bound = (e: Expression): Expression => new Binder(columns).expression(e)
  return {
    ...(eventTime ? { eventTime: bound(eventTime) } : {}),
    ...(expiry ? { expiry: bound(expiry) } : {}),
    ...(condition ? { condition: bound(condition) } : {}),
  }
}

/** A row that is preserved need not wait where its own columns tell that it has no match. Of other rows the optimizer left such out. */
function dividedCondition(
  type: StreamJoinKind,
  condition: Expression | undefined,
  left: readonly Attribute[],
  right: readonly Attribute[],
) {
  const all = condition ? conjuncts(condition) : []
  const isOf = (columns: readonly Attribute[], e: Expression): boolean => {
    const used = [...referencesOf(e)]
    return used.length > 0 && used.every((id) => columns.some((column) => column.id === id))
  }
  const lefts = type === 'left' || type === 'full' ? all.filter((e) => isOf(left, e)) : []
  const rights = type === 'full' ? all.filter((e) => isOf(right, e)) : []
  const rest = all.filter((e) => !lefts.includes(e) && !rights.includes(e))
  return { ofBoth: conjunction(rest), ofLeft: conjunction(lefts), ofRight: conjunction(rights) }
}

const refused = (msg: string): MillraceError => new MillraceError('_LEGACY_ERROR_TEMP_3102', { msg })

/** That a row has no match is final, so that it can neither be output too early nor changed later. */
function checkedKind({ options: { outputMode } }: Planning, { type }: LogicalJoin): StreamJoinKind {
  if (type === 'left_anti') throw refused('LeftAnti joins with a streaming DataFrame/Dataset on the right')
  const isUpdatable = type === 'inner' || type === 'left_semi'
  if (outputMode === 'append' || (outputMode === 'update' && isUpdatable)) return type
  const modes = isUpdatable ? 'Append and Update output modes' : 'Append output mode'
  throw refused(
    `${JOIN_NAMES[type]} joins of two streaming DataFrames/Datasets in output mode ${outputMode}, only in ${modes}`,
  )
}

/** A row without a match comes out when none can come any more. */
function checkTimes(type: StreamJoinKind, left: SideTimes, right: SideTimes): void {
  const expires = type === 'inner' || left.expiry || (type === 'full' && right.expiry)
  if (expires) return
  throw refused(
    `${JOIN_NAMES[type]} joins of two streaming DataFrames/Datasets without a watermark in the join keys, or a watermark on the nullable side and an appropriate range condition`,
  )
}
