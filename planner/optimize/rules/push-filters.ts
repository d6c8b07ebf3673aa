import { conjunction, conjuncts, reference } from '../../plan/expression/build.js'
import type { Expression, ExprId } from '../../plan/expression/expression.js'
import { mayRaise } from '../../plan/expression/may-raise.js'
import { referencesOf } from '../../plan/expression/transform.js'
import type { JoinKind } from '../../plan/join-kind.js'
import { outputIds, outputOf } from '../../plan/logical/output.js'
import type {
  LogicalEvaluate,
  LogicalExpand,
  LogicalFilter,
  LogicalJoin,
  LogicalPlan,
  LogicalReplicate,
  LogicalUnion,
  LogicalWindow,
} from '../../plan/logical/plan.js'
import { transformPlanDown } from '../../plan/logical/transform.js'
import { canSubstitute, definitionsOf, filtered, substitute } from '../expressions.js'
import type { Rule } from '../rule.js'

/** Moves filters towards the sources, where they spare the most work. */
export const pushFilters: Rule = {
  name: 'push filters',
  apply: (plan) => transformPlanDown(plan, push),
}

function push(plan: LogicalPlan): LogicalPlan {
  if (plan.kind === 'join') return pushJoinCondition(plan)
  if (plan.kind !== 'filter') return plan
  const { input } = plan
  switch (input.kind) {
    case 'filter':
      return filtered(input.input, [...conjuncts(input.condition), ...conjuncts(plan.condition)])
    case 'project': {
      const definitions = definitionsOf(input.projections)
      if (!canSubstitute([plan.condition], definitions)) return plan
      const condition = substitute(plan.condition, definitions)
      return Object.freeze({ ...input, input: filtered(input.input, conjuncts(condition)) })
    }
    case 'join':
      return pushThroughJoin(plan, input)
    case 'aggregate':
      return input.isShared ? plan : pushThroughAggregate(plan, input)
    case 'window':
      return pushThroughWindow(plan, input)
    case 'union':
      return pushThroughUnion(plan, input)
    case 'expand':
      return pushThroughExpand(plan, input)
    case 'replicate':
      return pushThroughReplicate(plan, input)
    case 'evaluate':
      return pushThroughEvaluate(plan, input)
    case 'sort':
    case 'repartition':
      return Object.freeze({ ...input, input: filtered(input.input, conjuncts(plan.condition)) })
    case 'scan':
    case 'local':
    case 'oneRow':
    case 'range':
    case 'values':
    // The sample and what is drawn would be others, fewer rows would reach the limit, the cache holds all rows, and rows that fail are observed, or may yet move the watermark.
    case 'sample':
    case 'draw':
    // What a function makes of rows is not those rows.
    case 'mapPartitions':
    case 'limit':
    case 'cached':
    case 'observe':
    case 'watermark':
    case 'deduplicate':
      return plan
  }
}

/** What does not depend on the number of a copy holds for all of them. */
function pushThroughReplicate(plan: LogicalFilter, input: LogicalReplicate): LogicalPlan {
  const { condition } = plan
  const ofCopies = (e: Expression): boolean => input.number !== undefined && referencesOf(e).has(input.number.id)
  const [above, below] = [conjuncts(condition).filter(ofCopies), conjuncts(condition).filter((e) => !ofCopies(e))]
  if (below.length === 0) return plan
  return filtered(Object.freeze({ ...input, input: filtered(input.input, below) }), above)
}

/** Functions are called for fewer rows, unless they give something else each time. What may raise stays behind what guards it. */
function pushThroughEvaluate(plan: LogicalFilter, input: LogicalEvaluate): LogicalPlan {
  if (input.calls.some(({ call }) => !call.routine!.user!.isDeterministic)) return plan
  const computed = new Set(input.calls.map(({ column }) => column.id))
  const [above, below]: [Expression[], Expression[]] = [[], []]
  for (const c of conjuncts(plan.condition)) {
    const isOfCalls = [...referencesOf(c)].some((id) => computed.has(id))
    const stays = isOfCalls || (above.length > 0 && mayRaise(c))
    ;(stays ? above : below).push(c)
  }
  if (below.length === 0) return plan
  return filtered(Object.freeze({ ...input, input: filtered(input.input, below) }), above)
}

type Side = 'left' | 'right' | 'both'

function sideOf(e: Expression, left: ReadonlySet<ExprId>, right: ReadonlySet<ExprId>): Side {
  const used = [...referencesOf(e)]
  if (used.length > 0 && used.every((id) => left.has(id))) return 'left'
  return used.length > 0 && used.every((id) => right.has(id)) ? 'right' : 'both'
}

/**
 * The sides of a join that WHERE may filter before it: those whose rows are output as they are. What is NULL in rows without a match
 * may only be asked of the joined rows.
 */
const BELOW_WHERE: Readonly<Record<JoinKind, readonly Side[]>> = {
  inner: ['left', 'right'],
  left: ['left'],
  full: [],
  left_semi: ['left'],
  left_anti: ['left'],
}

/** The sides that ON may filter before the join: those whose rows are only output with a match, or not at all. */
const BELOW_ON: Readonly<Record<JoinKind, readonly Side[]>> = {
  inner: ['left', 'right'],
  left: ['right'],
  full: [],
  left_semi: ['left', 'right'],
  left_anti: ['right'],
}

/** Conditions by the side they concern, if it may be filtered before the join. */
function split(condition: Expression, join: LogicalJoin, allowed: readonly Side[]): Record<Side, Expression[]> {
  const [left, right] = [outputIds(join.left), outputIds(join.right)]
  const bySide: Record<Side, Expression[]> = { left: [], right: [], both: [] }
  for (const c of conjuncts(condition)) {
    const side = sideOf(c, left, right)
    bySide[allowed.includes(side) ? side : 'both'].push(c)
  }
  return bySide
}

/** WHERE over a join: each side gets its own; of an inner join the rest becomes the join's condition. */
function pushThroughJoin(plan: LogicalFilter, join: LogicalJoin): LogicalPlan {
  const bySide = split(plan.condition, join, BELOW_WHERE[join.type])
  if (join.type !== 'inner') {
    if (bySide.left.length === 0) return plan
    return filtered(Object.freeze({ ...join, left: filtered(join.left, bySide.left) }), bySide.both)
  }
  const condition = conjunction([...(join.condition ? conjuncts(join.condition) : []), ...bySide.both])
  return Object.freeze({
    ...join,
    left: filtered(join.left, bySide.left),
    right: filtered(join.right, bySide.right),
    ...(condition ? { condition } : {}),
  })
}

/** ON: what concerns one side only filters it before the join. */
function pushJoinCondition(join: LogicalJoin): LogicalPlan {
  if (!join.condition) return join
  const bySide = split(join.condition, join, BELOW_ON[join.type])
  if (bySide.left.length === 0 && bySide.right.length === 0) return join
  const { condition: _replaced, ...rest } = join
  const condition = conjunction(bySide.both)
  return Object.freeze({
    ...rest,
    left: filtered(join.left, bySide.left),
    right: filtered(join.right, bySide.right),
    ...(condition ? { condition } : {}),
  })
}

/** Each input is filtered in terms of its own columns. */
function pushThroughUnion(plan: LogicalFilter, union: LogicalUnion): LogicalPlan {
  const inputs = union.inputs.map((input) => {
    const own = outputOf(input).map((a) => reference(a))
    const definitions = new Map(union.output.map(({ id }, i) => [id, own[i]!]))
    return filtered(input, conjuncts(substitute(plan.condition, definitions)))
  })
  return Object.freeze({ ...union, inputs })
}

/** What concerns only the rows themselves, and not which copy of them it is, is asked of them once. */
function pushThroughExpand(plan: LogicalFilter, expand: LogicalExpand): LogicalPlan {
  const rows = outputIds(expand.input)
  const isOfRows = (e: Expression): boolean => [...referencesOf(e)].every((id) => rows.has(id))
  const all = conjuncts(plan.condition)
  const below = all.filter(isOfRows)
  if (below.length === 0) return plan
  const input = filtered(expand.input, below)
  return filtered(
    Object.freeze({ ...expand, input }),
    all.filter((c) => !isOfRows(c)),
  )
}

/** What concerns only the keys of a GROUP BY can be asked of the rows. */
function pushThroughAggregate(
  plan: LogicalFilter,
  aggregate: Extract<LogicalPlan, { kind: 'aggregate' }>,
): LogicalPlan {
  const keys = definitionsOf(aggregate.keys)
  const isOfKeys = (e: Expression): boolean => {
    const used = [...referencesOf(e)]
    return used.length > 0 && used.every((id) => keys.has(id))
  }
  const all = conjuncts(plan.condition)
  const below = all.filter(isOfKeys)
  if (below.length === 0 || !canSubstitute(below, keys)) return plan
  const input = filtered(
    aggregate.input,
    below.map((c) => substitute(c, keys)),
  )
  return filtered(
    Object.freeze({ ...aggregate, input }),
    all.filter((c) => !isOfKeys(c)),
  )
}

/** What concerns only the keys of the partitions leaves out whole partitions, so that the rest give the same. */
function pushThroughWindow(plan: LogicalFilter, window: LogicalWindow): LogicalPlan {
  const keys = new Set(window.partitionBy.flatMap((key) => (key.kind === 'attribute' ? [key.id] : [])))
  const isOfKeys = (e: Expression): boolean => {
    const used = [...referencesOf(e)]
    return used.length > 0 && used.every((id) => keys.has(id))
  }
  const all = conjuncts(plan.condition)
  const below = all.filter(isOfKeys)
  if (below.length === 0) return plan
  return filtered(
    Object.freeze({ ...window, input: filtered(window.input, below) }),
    all.filter((c) => !isOfKeys(c)),
  )
}
