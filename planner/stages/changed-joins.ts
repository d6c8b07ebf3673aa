import { boundTo } from '../physical/bind.js'
import type { Expression } from '../plan/expression/expression.js'
import { fromLeavesUp } from '../plan/expression/transform.js'
import { frozen, withPhysicalInputs } from '../plan/physical/inputs.js'
import type { PhysicalHashJoin, PhysicalPlan, Stage } from '../plan/physical/plan.js'

/* What becomes of stages when the sizes of what they read are known (`adaptivity.ts` says of which). */

/**
 * A stage with a shuffled join that reads the right side whole, and makes the rows of the left side itself: what was the stage of these is now
 * part of it, and says how many tasks there are and what may be decided next.
 */
export function withBroadcast(stage: Stage, left: Stage): Stage {
  const changed = (plan: PhysicalPlan): PhysicalPlan => {
    if (plan.kind === 'shuffleRead') {
      if (plan.stageId === left.id) return left.root
      return Object.freeze({ ...plan, kind: 'broadcastRead' })
    }
    if (plan.kind !== 'hashJoin' || plan.broadcast) return withPhysicalInputs(plan, changed)
    const { mayBroadcast: _, ...join } = plan
    const [probed, built] = plan.inputs
    return frozen({ ...join, broadcast: true, inputs: [changed(probed), changed(built)] })
  }
  const { adaptive: _, ...own } = stage
  const inputs = [...new Set([...left.inputs, ...stage.inputs.filter((id) => id !== left.id)])]
  const root = changed(stage.root)
  const next = left.adaptive ? { adaptive: left.adaptive } : {}
  return Object.freeze({ ...own, root, inputs, tasks: left.tasks, ...next })
}

/** A stage whose shuffled join makes its table of what was the left side. */
export function withSwappedSides(stage: Stage): Stage {
  const changed = (plan: PhysicalPlan): PhysicalPlan =>
    plan.kind === 'hashJoin' && !plan.broadcast ? swapped(plan) : withPhysicalInputs(plan, changed)
  return Object.freeze({ ...stage, root: changed(stage.root) })
}

/** The join with its sides in each other's place, and its columns in the order that they had. */
function swapped({ mayBroadcast: _, ...join }: PhysicalHashJoin): PhysicalPlan {
  const [left, right] = join.inputs
  const [leftCount, rightCount] = [left.attributes.length, right.attributes.length]
  const condition = join.condition && movedColumns(join.condition, leftCount, rightCount)
  const attributes = [...join.attributes.slice(leftCount), ...join.attributes.slice(0, leftCount)]
  const turned = frozen({
    ...join,
    inputs: [right, left],
    leftKeys: join.rightKeys,
    rightKeys: join.leftKeys,
    ...(condition ? { condition } : {}),
    attributes,
  })
  const projections = join.attributes.map(({ id, name }, i) =>
    Object.freeze({ id, name, expression: boundTo(attributes, i < leftCount ? rightCount + i : i - leftCount) }),
  )
  return frozen({ kind: 'project', inputs: [turned], projections, attributes: join.attributes })
}

/** An expression over left columns and then right ones as one over right columns and then left ones. */
const movedColumns = (condition: Expression, leftCount: number, rightCount: number): Expression =>
  fromLeavesUp((e) =>
    e.kind === 'bound'
      ? Object.freeze({ ...e, ordinal: e.ordinal < leftCount ? e.ordinal + rightCount : e.ordinal - leftCount })
      : e,
  )(condition)
