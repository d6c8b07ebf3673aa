import type { Call } from '../../plan/expression/expression.js'
import { sqlText } from '../../plan/expression/sql-text.js'
import { mappingText } from '../../plan/expression/user-function.js'
import type { LogicalEvaluate, LogicalMapPartitions } from '../../plan/logical/plan.js'
import type { PhysicalPlan } from '../../plan/physical/plan.js'
import type { PhysicalEvaluate, PhysicalMapPartitions } from '../../plan/physical/user-code.js'
import { Binder } from '../bind.js'
import type { Planning } from '../planning.js'
import { ANYHOW, SINGLE, UNKNOWN } from '../properties.js'
import type { PhysicalOperator } from './operator.js'
import { names } from './text.js'
import { planTransformWithState } from './transform-with-state.js'

/* Operators that run functions of the user. */

export const evaluate: PhysicalOperator<PhysicalEvaluate> = {
  requires: () => [ANYHOW],
  // What functions give comes last.
  provides: (_, [input]) => input!,
  line: ({ calls }) => `Evaluate ${calls.map((call) => sqlText(call)).join(', ')}`,
}

export function planEvaluate(planning: Planning, plan: LogicalEvaluate): PhysicalPlan {
  const input = planning.plan(plan.input)
  const binder = new Binder(input.attributes)
  const calls = plan.calls.map(({ call }) => binder.expression(call) as Call)
  const attributes = [...input.attributes, ...plan.calls.map(({ column }) => column)]
  return planning.place({ kind: 'evaluate', inputs: [input], calls, attributes })
}

export const mapPartitions: PhysicalOperator<PhysicalMapPartitions> = {
  requires: () => [ANYHOW],
  // Of what a function makes nothing is known but that rows of one task stay in one.
  provides: (_, [input]) => (input!.partitioning.kind === 'single' ? SINGLE : UNKNOWN),
  line: (plan) => `${mappingText(plan)} ${names(plan.attributes)}`,
}

export function planMapPartitions(planning: Planning, plan: LogicalMapPartitions): PhysicalPlan {
  if (plan.stateful) return planTransformWithState(planning, plan, plan.stateful)
  const input = planning.plan(plan.input)
  const given = plan.given.map(new Binder(input.attributes).named)
  const { kind, function: user, by, keys, barrier, output: attributes } = plan
  const counted = { ...(keys === undefined ? {} : { keys }), ...(barrier ? { barrier } : {}) }
  return planning.place({ kind, inputs: [input], function: user, by, ...counted, given, attributes })
}
