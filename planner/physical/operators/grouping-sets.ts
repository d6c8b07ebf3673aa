import { BOOLEAN } from '../../../columnar/types.js'
import { call, literal, reference } from '../../plan/expression/build.js'
import type {
  AggregateCall,
  Attribute,
  AttributeReference,
  Expression,
  ExprId,
  NamedExpression,
} from '../../plan/expression/expression.js'
import type { AggregateFunction } from '../../plan/expression/functions.js'
import { referencesOf } from '../../plan/expression/transform.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalAggregate, LogicalExpand } from '../../plan/logical/plan.js'
import type { PhysicalPlan } from '../../plan/physical/plan.js'
import { Binder, boundTo } from '../bind.js'
import type { Planning } from '../planning.js'
import { clustered } from '../properties.js'
import { isStreaming } from '../streaming.js'
import { keysOf, partialAttributes } from './groups.js'
import { chainOf, rollUpOf } from './rolled-sets.js'

/** Aggregates whose result depends on the order of rows, which stays the one in which these come. */
const ORDERED: ReadonlySet<AggregateFunction> = new Set(['first', 'last', 'collect'])

/**
 * Groups of rows that come once for each grouping set. The rows are grouped by the columns of all keys first, as those groups are fewer than the rows;
 * then each comes once for each set, and is merged with the others of the set. Where each set has the keys of the next one, as those of ROLLUP, it comes for the
 * first two alone, and the groups of one set are merged to those of the next. Undefined where that is not what is grouped, or would not give the same.
 */
export function planGroupingSets(planning: Planning, plan: LogicalAggregate): PhysicalPlan | undefined {
  const { input: expand, keys } = plan
  if (expand.kind !== 'expand' || isStreaming(expand)) return undefined
  const finest = finestKeys(keys, expand)
  const whole = wholeSet(keys, expand)
  // Sets that all leave keys out may have far less groups than all keys.
  if (finest.length === 0 || !whole || !plan.aggregates.every((call) => isOfFinest(call, expand))) return undefined
  const rows = planning.plan(expand.input)
  const rowsBinder = new Binder(rows.attributes)
  const aggregates = plan.aggregates.map(rowsBinder.aggregate)
  const finestBound = finest.map(rowsBinder.named)
  const groups = planning.place({
    kind: 'aggregate',
    mode: 'partial',
    inputs: [rows],
    keys: finestBound,
    aggregates,
    attributes: partialAttributes(finestBound, aggregates),
  })
  const chain = chainOf(keys, expand)
  const copied = chain ? Object.freeze({ ...expand, copies: chain.copies.slice(0, 2) }) : expand
  const ofSets = oncePerSet(planning, groups, copied, plan.keys, aggregates)
  const { attributes } = ofSets
  const rollsUp = chain && rollUpOf(chain, attributes)
  const mergedKeys = keys.map((key, i): NamedExpression => {
    return Object.freeze({ ...key, expression: boundTo(attributes, i) })
  })
  const merging = { kind: 'aggregate', keys: mergedKeys, aggregates } as const
  const isTogether = planning.brings(ofSets, clustered(keysOf(mergedKeys), false))
  const passes = isOfSet(whole, keys, expand, attributes)
  const merge = { ...merging, mode: 'merge', inputs: [ofSets], attributes, ...(passes && { passes }) } as const
  const merged = isTogether && !rollsUp ? ofSets : planning.place({ ...merge, ...(rollsUp && { rollsUp }) })
  return planning.place({ ...merging, mode: 'final', inputs: [merged], attributes: outputOf(plan) })
}

/** The columns of rows that the keys are made of: each is one, or one that some sets leave out. Otherwise none, as what keys are computed from may have many more values. */
function finestKeys(keys: readonly NamedExpression[], { added }: LogicalExpand): readonly NamedExpression[] {
  const addedIds = new Set(added.map(({ id }) => id))
  const finest = new Map<ExprId, NamedExpression>()
  for (const { expression } of keys) {
    const column = columnOf(expression, addedIds)
    if (!column) return []
    if (!addedIds.has(column.id))
      finest.set(column.id, Object.freeze({ id: column.id, name: column.name, expression: reference(column) }))
  }
  return [...finest.values()]
}

function columnOf(key: Expression, added: ReadonlySet<ExprId>): AttributeReference | undefined {
  if (key.kind === 'attribute') return key
  if (key.kind !== 'case' || key.otherwise || key.branches.length !== 1) return undefined
  const { when, value } = key.branches[0]!
  return when.kind === 'attribute' && added.has(when.id) && value.kind === 'attribute' ? value : undefined
}

const placeOf = (e: Expression, { added }: LogicalExpand): number =>
  e.kind === 'attribute' ? added.findIndex(({ id }) => id === e.id) : -1

/** The copy for the set that leaves no key out, if there is one. */
function wholeSet(
  keys: readonly NamedExpression[],
  expand: LogicalExpand,
): LogicalExpand['copies'][number] | undefined {
  const flags = keys.flatMap(({ expression: e }) => (e.kind === 'case' ? [placeOf(e.branches[0]!.when, expand)] : []))
  return expand.copies.find((copy) => flags.every((flag) => copy[flag] === true))
}

/** Which groups are those of the set that leaves no key out: they have been brought together before. Undefined where nothing tells it from the others. */
function isOfSet(
  whole: LogicalExpand['copies'][number],
  keys: readonly NamedExpression[],
  expand: LogicalExpand,
  attributes: readonly Attribute[],
): Expression | undefined {
  const isOfOne = (at: number): boolean =>
    at >= 0 && expand.copies.filter((copy) => copy[at] === whole[at]).length === 1
  const ordinal = keys.findIndex(({ expression: e }) => isOfOne(placeOf(e, expand)))
  if (ordinal < 0) return undefined
  const number = whole[placeOf(keys[ordinal]!.expression, expand)]!
  return call('eq', BOOLEAN, [boundTo(attributes, ordinal), literal(attributes[ordinal]!.type, number)])
}

/** Whether an aggregate of the groups of all keys can be merged to that of a set: what it adds is the same in each copy of a row, in any order. */
function isOfFinest({ fn, args, filter, fold, shortened }: AggregateCall, { added }: LogicalExpand): boolean {
  if (ORDERED.has(fn) || fold?.isOrdered || shortened) return false
  const read = new Set<ExprId>()
  for (const e of filter ? [...args, filter] : args) referencesOf(e, read)
  return !added.some(({ id }) => read.has(id))
}

/** The groups once for each set, with its keys in place of those of all. */
function oncePerSet(
  planning: Planning,
  groups: PhysicalPlan,
  { copies, added }: LogicalExpand,
  keys: readonly NamedExpression[],
  aggregates: readonly AggregateCall[],
): PhysicalPlan {
  const attributes = [...groups.attributes, ...added]
  const expanded = planning.place({ kind: 'expand', inputs: [groups], copies, attributes })
  const setKeys = keys.map(new Binder(attributes).named)
  const ofSets = partialAttributes(setKeys, aggregates)
  const states = ofSets.slice(keys.length)
  const firstState = groups.attributes.length - states.length
  const kept = states.map(({ id, name }, i): NamedExpression => {
    return Object.freeze({ id, name, expression: boundTo(attributes, firstState + i) })
  })
  return planning.place({
    kind: 'project',
    inputs: [expanded],
    projections: [...setKeys, ...kept],
    attributes: ofSets,
  })
}
