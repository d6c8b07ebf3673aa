import type {
  AggregateCall,
  Expression,
  FrameBound,
  NamedExpression,
  SortOrder,
  WindowCall,
} from '../expression/expression.js'
import { mapAll, someNode } from '../expression/transform.js'
import type { EvaluatedCall, LogicalObserve, LogicalPlan } from './plan.js'

type InputsOf<Node> = Node extends { readonly input: LogicalPlan }
  ? 'one'
  : Node extends { readonly left: LogicalPlan; readonly right: LogicalPlan }
    ? 'sides'
    : Node extends { readonly inputs: readonly LogicalPlan[] }
      ? 'list'
      : 'none'

/** How each relation holds the ones that it reads: a kind that is missing here, or that holds them otherwise, does not compile. */
const INPUTS: { readonly [K in LogicalPlan['kind']]: InputsOf<Extract<LogicalPlan, { readonly kind: K }>> } = {
  scan: 'none',
  local: 'none',
  oneRow: 'none',
  range: 'none',
  values: 'none',
  union: 'list',
  join: 'sides',
  project: 'one',
  filter: 'one',
  aggregate: 'one',
  window: 'one',
  replicate: 'one',
  expand: 'one',
  sample: 'one',
  draw: 'one',
  evaluate: 'one',
  mapPartitions: 'one',
  sort: 'one',
  repartition: 'one',
  limit: 'one',
  observe: 'one',
  watermark: 'one',
  deduplicate: 'one',
  cached: 'one',
}

/** A relation that reads one other relation. */
export type OverOne = Extract<LogicalPlan, { readonly input: LogicalPlan }>

export const isOverOne = (plan: LogicalPlan): plan is OverOne => INPUTS[plan.kind] === 'one'

type Join = Extract<LogicalPlan, { readonly kind: 'join' }>
type Union = Extract<LogicalPlan, { readonly kind: 'union' }>

/** The relations a relation reads, left first. */
export function inputsOf(plan: LogicalPlan): readonly LogicalPlan[] {
  switch (INPUTS[plan.kind]) {
    case 'none':
      return []
    case 'one':
      return [(plan as OverOne).input]
    case 'sides':
      return [(plan as Join).left, (plan as Join).right]
    case 'list':
      return (plan as Union).inputs
  }
}

/** The plan with its inputs replaced; the same object when none changed. */
export function mapInputs(plan: LogicalPlan, map: (input: LogicalPlan) => LogicalPlan): LogicalPlan {
  switch (INPUTS[plan.kind]) {
    case 'none':
      return plan
    case 'one':
      return withInput(plan as OverOne, map((plan as OverOne).input))
    case 'sides': {
      const join = plan as Join
      const [left, right] = [map(join.left), map(join.right)]
      return left === join.left && right === join.right ? plan : Object.freeze({ ...join, left, right })
    }
    case 'list': {
      const union = plan as Union
      const inputs = mapAll(union.inputs, map)
      return inputs === union.inputs ? plan : Object.freeze({ ...union, inputs })
    }
  }
}

/** The relation over another input; the same object when it is the one as before. */
export const withInput = (plan: OverOne, input: LogicalPlan): LogicalPlan =>
  input === plan.input ? plan : Object.freeze({ ...plan, input })

/**
 * Replaces from the leaves up.
 * @param settled relations that stay as they are with all below them, to which those are added that turn out to
 */
export function transformPlanUp(
  plan: LogicalPlan,
  rule: (plan: LogicalPlan) => LogicalPlan,
  settled?: Set<LogicalPlan>,
): LogicalPlan {
  const visit = (node: LogicalPlan): LogicalPlan => {
    if (settled?.has(node)) return node
    const result = rule(mapInputs(node, visit))
    if (result === node) settled?.add(node)
    return result
  }
  return visit(plan)
}

/** Replaces from the top down. */
export function transformPlanDown(plan: LogicalPlan, rule: (plan: LogicalPlan) => LogicalPlan): LogicalPlan {
  const visit = (node: LogicalPlan): LogicalPlan => mapInputs(rule(node), visit)
  return visit(plan)
}

/** Whether a node of an expression anywhere in the plan satisfies the predicate. */
export function hasExpression(plan: LogicalPlan, predicate: (e: Expression) => boolean): boolean {
  let isFound = false
  mapExpressions(plan, (e) => {
    isFound ||= someNode(e, predicate)
    return e
  })
  return isFound || inputsOf(plan).some((input) => hasExpression(input, predicate))
}

/** The node with its own expressions replaced (not those of its inputs); the same object when none changed. */
export function mapExpressions(plan: LogicalPlan, map: (e: Expression) => Expression): LogicalPlan {
  switch (plan.kind) {
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
      return plan
    case 'draw': {
      const args = mapAll(plan.call.args, map)
      return args === plan.call.args ? plan : Object.freeze({ ...plan, call: Object.freeze({ ...plan.call, args }) })
    }
    case 'evaluate': {
      const calls = mapAll(plan.calls, (one) => mapEvaluated(one, map))
      return calls === plan.calls ? plan : Object.freeze({ ...plan, calls })
    }
    case 'mapPartitions': {
      const given = mapAll(plan.given, (named) => mapNamed(named, map))
      return given === plan.given ? plan : Object.freeze({ ...plan, given })
    }
    case 'values': {
      const rows = mapAll(plan.rows, (row) => mapAll(row, map))
      return rows === plan.rows ? plan : Object.freeze({ ...plan, rows })
    }
    case 'project': {
      const projections = mapAll(plan.projections, (named) => mapNamed(named, map))
      return projections === plan.projections ? plan : Object.freeze({ ...plan, projections })
    }
    case 'filter': {
      const condition = map(plan.condition)
      return condition === plan.condition ? plan : Object.freeze({ ...plan, condition })
    }
    case 'replicate': {
      const times = map(plan.times)
      return times === plan.times ? plan : Object.freeze({ ...plan, times })
    }
    case 'aggregate': {
      const keys = mapAll(plan.keys, (named) => mapNamed(named, map))
      const aggregates = mapAll(plan.aggregates, (call) => mapAggregate(call, map))
      return keys === plan.keys && aggregates === plan.aggregates ? plan : Object.freeze({ ...plan, keys, aggregates })
    }
    case 'observe':
      return mapObserve(plan, map)
    case 'window': {
      const partitionBy = mapAll(plan.partitionBy, map)
      const orderBy = mapAll(plan.orderBy, (order) => mapOrder(order, map))
      const calls = mapAll(plan.calls, (call) => mapWindowCall(call, map))
      const isSame = partitionBy === plan.partitionBy && orderBy === plan.orderBy && calls === plan.calls
      return isSame ? plan : Object.freeze({ ...plan, partitionBy, orderBy, calls })
    }
    case 'join': {
      const condition = plan.condition && map(plan.condition)
      return condition === plan.condition ? plan : Object.freeze({ ...plan, ...(condition ? { condition } : {}) })
    }
    case 'sort':
    case 'repartition': {
      const orders = mapAll(plan.orders, (order) => mapOrder(order, map))
      return orders === plan.orders ? plan : Object.freeze({ ...plan, orders })
    }
  }
}

export function mapNamed(named: NamedExpression, map: (e: Expression) => Expression): NamedExpression {
  const expression = map(named.expression)
  return expression === named.expression ? named : Object.freeze({ ...named, expression })
}

function mapObserve(plan: LogicalObserve, map: (e: Expression) => Expression): LogicalObserve {
  const aggregates = mapAll(plan.aggregates, (call) => mapAggregate(call, map))
  const metrics = mapAll(plan.metrics, (named) => mapNamed(named, map))
  const isSame = aggregates === plan.aggregates && metrics === plan.metrics
  return isSame ? plan : Object.freeze({ ...plan, aggregates, metrics })
}

function mapEvaluated(one: EvaluatedCall, map: (e: Expression) => Expression): EvaluatedCall {
  const args = mapAll(one.call.args, map)
  return args === one.call.args ? one : Object.freeze({ ...one, call: Object.freeze({ ...one.call, args }) })
}

export function mapAggregate(call: AggregateCall, map: (e: Expression) => Expression): AggregateCall {
  const args = mapAll(call.args, map)
  const filter = call.filter && map(call.filter)
  return args === call.args && filter === call.filter
    ? call
    : Object.freeze({ ...call, args, ...(filter ? { filter } : {}) })
}

export function mapWindowCall(call: WindowCall, map: (e: Expression) => Expression): WindowCall {
  const args = mapAll(call.args, map)
  const filter = call.filter && map(call.filter)
  const bounds: readonly FrameBound[] = [call.frame.lower, call.frame.upper]
  const [lower, upper] = mapAll(bounds, (bound) => mapBound(bound, map)) as readonly [FrameBound, FrameBound]
  const isSameFrame = lower === call.frame.lower && upper === call.frame.upper
  if (args === call.args && filter === call.filter && isSameFrame) return call
  const frame = isSameFrame ? call.frame : Object.freeze({ ...call.frame, lower, upper })
  return Object.freeze({ ...call, args, frame, ...(filter ? { filter } : {}) })
}

function mapBound(bound: FrameBound, map: (e: Expression) => Expression): FrameBound {
  if (bound.kind !== 'value') return bound
  const [value, key] = [map(bound.value), map(bound.key)]
  return value === bound.value && key === bound.key ? bound : Object.freeze({ ...bound, value, key })
}

export function mapOrder(order: SortOrder, map: (e: Expression) => Expression): SortOrder {
  const expression = map(order.expression)
  return expression === order.expression ? order : Object.freeze({ ...order, expression })
}
