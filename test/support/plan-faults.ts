import { sameType, typeName } from '../../columnar/types.js'
import type { Expression, ExprId } from '../../planner/plan/expression/expression.js'
import { childrenOf } from '../../planner/plan/expression/transform.js'
import { outputOf } from '../../planner/plan/logical/output.js'
import type { LogicalPlan, LogicalUnion } from '../../planner/plan/logical/plan.js'
import { inputsOf } from '../../planner/plan/logical/transform.js'

/** What is wrong with a logical plan: columns that no input produces or that have another type there, conditions that are not boolean. */
export function planFaults(plan: LogicalPlan): readonly string[] {
  const available = new Map(inputsOf(plan).flatMap((input) => outputOf(input).map((a) => [a.id, a] as const)))
  const faults = inputsOf(plan).flatMap(planFaults)
  const check = (e: Expression): void => {
    if (e.kind === 'attribute') {
      const column = available.get(e.id)
      if (!column) faults.push(`${plan.kind}: no input has ${e.name}#${e.id}`)
      else if (!sameType(column.type, e.type)) {
        faults.push(`${plan.kind}: ${e.name}#${e.id} is ${typeName(column.type)}, not ${typeName(e.type)}`)
      } else if (column.nullable && !e.nullable) faults.push(`${plan.kind}: ${e.name}#${e.id} may be NULL`)
    }
    for (const child of childrenOf(e)) check(child)
  }
  for (const e of ownExpressions(plan)) check(e)
  for (const condition of conditionsOf(plan)) {
    if (condition.type.kind !== 'boolean') faults.push(`${plan.kind}: a condition of type ${typeName(condition.type)}`)
  }
  if (plan.kind === 'watermark' && !available.has(plan.column)) faults.push('watermark: no such column')
  if (plan.kind === 'join') faults.push(...sharedIds(plan.left, plan.right))
  if (plan.kind === 'union') faults.push(...differences(plan))
  return faults
}

function ownExpressions(plan: LogicalPlan): readonly Expression[] {
  switch (plan.kind) {
    case 'project':
      return plan.projections.map(({ expression }) => expression)
    case 'values':
      return plan.rows.flat()
    case 'filter':
      return [plan.condition]
    case 'aggregate':
      return [
        ...plan.keys.map(({ expression }) => expression),
        ...plan.aggregates.flatMap(({ args, filter }) => [...args, ...(filter ? [filter] : [])]),
      ]
    // Its metrics are over the aggregates.
    case 'observe':
      return plan.aggregates.flatMap(({ args, filter }) => [...args, ...(filter ? [filter] : [])])
    case 'window':
      return [
        ...plan.partitionBy,
        ...plan.orderBy.map(({ expression }) => expression),
        ...plan.calls.flatMap(({ args, filter, frame }) => [
          ...args,
          ...(filter ? [filter] : []),
          ...[frame.lower, frame.upper].flatMap((bound) => (bound.kind === 'value' ? [bound.value, bound.key] : [])),
        ]),
      ]
    case 'replicate':
      return [plan.times]
    case 'draw':
      return [plan.call]
    case 'evaluate':
      return plan.calls.map(({ call }) => call)
    case 'mapPartitions':
      return plan.given.map(({ expression }) => expression)
    case 'join':
      return plan.condition ? [plan.condition] : []
    case 'sort':
    case 'repartition':
      return plan.orders.map(({ expression }) => expression)
    case 'scan':
    case 'local':
    case 'oneRow':
    case 'range':
    case 'union':
    case 'expand':
    case 'sample':
    case 'limit':
    case 'watermark':
    case 'deduplicate':
    case 'cached':
      return []
  }
}

function conditionsOf(plan: LogicalPlan): readonly Expression[] {
  if (plan.kind === 'filter') return [plan.condition]
  return plan.kind === 'join' && plan.condition ? [plan.condition] : []
}

function sharedIds(left: LogicalPlan, right: LogicalPlan): readonly string[] {
  const ids = new Set<ExprId>(outputOf(left).map((a) => a.id))
  return outputOf(right)
    .filter((a) => ids.has(a.id))
    .map((a) => `join: both sides have ${a.name}#${a.id}`)
}

/** Where an input of a union has other columns than the union. */
function differences({ inputs, output }: LogicalUnion): readonly string[] {
  return inputs.flatMap((input) => {
    const own = outputOf(input)
    if (own.length !== output.length) return [`union: an input has ${own.length} columns, not ${output.length}`]
    return own.flatMap(({ name, type, nullable }, i) => {
      const column = output[i]!
      if (!sameType(type, column.type)) return [`union: ${name} is ${typeName(type)}, not ${typeName(column.type)}`]
      return nullable && !column.nullable ? [`union: ${name} may be NULL`] : []
    })
  })
}
