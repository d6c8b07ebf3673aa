import { BOOLEAN } from '../../../columnar/types.js'
import { call, reference } from '../../plan/expression/build.js'
import type { AttributeReference } from '../../plan/expression/expression.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalAggregate, LogicalJoin, LogicalPlan, LogicalUnion } from '../../plan/logical/plan.js'
import { mapInputs } from '../../plan/logical/transform.js'
import { estimateRows } from '../estimate.js'
import { broadcastSide, buildsLeft } from '../join-strategy.js'
import type { PhysicalOptions } from '../options.js'
import { BUILD_NS, GROUP_NS, probeNs, SHUFFLE_NS, SORT_NS } from './costs.js'
import { equalTo, hasColumn, passedOn } from './key-columns.js'

/** A relation with a filter as far down as it goes. */
export interface Filtered {
  readonly plan: LogicalPlan
  /** What operators between the filter and the join do, in nanoseconds, if no row is left out. */
  readonly spared: number
  /** How many rows are asked. */
  readonly asked: number
}

/** The rows that have one of the values of a column of another relation. */
export interface FilterKeys {
  readonly plan: LogicalPlan
  readonly key: AttributeReference
}

/** Places filters by the keys of one relation. */
export class FilterPlacing {
  readonly #keys: FilterKeys
  readonly #options: PhysicalOptions
  readonly #fixed: ReadonlySet<LogicalPlan>

  /** @param fixed relations that other filters are made of: below them nothing is changed, or they would be computed twice */
  constructor(keys: FilterKeys, options: PhysicalOptions, fixed: ReadonlySet<LogicalPlan>) {
    this.#keys = keys
    this.#options = options
    this.#fixed = fixed
  }

  /** Filters a relation by a column where fewer rows spare most. Rows that pass through operators unchanged, or in groups by it, can be left out below them. */
  place(plan: LogicalPlan, column: AttributeReference): Filtered {
    return (this.#fixed.has(plan) ? undefined : this.#below(plan, column)) ?? this.#over(plan, column)
  }

  /** The filter below a relation, if it may be there. */
  #below(plan: LogicalPlan, column: AttributeReference): Filtered | undefined {
    switch (plan.kind) {
      case 'project': {
        const passed = passedOn(plan.projections, column.id)
        return passed && this.#through(plan, plan.input, passed, 0)
      }
      // Cheap tests come first, and sources do some of them themselves.
      case 'filter':
        return isWorthwhile(plan.input) ? this.#through(plan, plan.input, column, 0) : undefined
      case 'sort':
        return this.#through(plan, plan.input, column, SORT_NS)
      case 'repartition':
        return this.#through(plan, plan.input, column, SHUFFLE_NS)
      case 'aggregate':
        return plan.isShared ? undefined : this.#belowAggregate(plan, column)
      case 'window': {
        const isKey = plan.partitionBy.some((key) => key.kind === 'attribute' && key.id === column.id)
        return isKey ? this.#through(plan, plan.input, column, SORT_NS) : undefined
      }
      case 'union':
        return this.#belowUnion(plan, column)
      case 'join':
        return this.#belowJoin(plan, column)
      case 'scan':
      case 'local':
      case 'oneRow':
      case 'range':
      case 'values':
      case 'replicate':
      case 'expand':
      case 'sample':
      case 'draw':
      case 'evaluate':
      case 'mapPartitions':
      case 'limit':
      case 'observe':
      case 'watermark':
      case 'deduplicate':
      case 'cached':
        return undefined
    }
  }

  #over(plan: LogicalPlan, column: AttributeReference): Filtered {
    const { plan: right, key } = this.#keys
    const condition = call('eq', BOOLEAN, [reference(column), reference(key)])
    const filtered: LogicalPlan = Object.freeze({
      kind: 'join',
      type: 'left_semi',
      left: plan,
      right,
      condition,
      isFilter: true,
    })
    return { plan: filtered, spared: 0, asked: estimateRows(plan) }
  }

  #through(plan: LogicalPlan, input: LogicalPlan, column: AttributeReference, ns: number): Filtered {
    const { plan: filtered, spared, asked } = this.place(input, column)
    const through = mapInputs(plan, () => filtered)
    return { plan: through, spared: spared + estimateRows(input) * ns, asked }
  }

  /** Groups without a match are left out whole. */
  #belowAggregate(plan: LogicalAggregate, column: AttributeReference): Filtered | undefined {
    const key = passedOn(plan.keys, column.id)
    return key && this.#through(plan, plan.input, key, GROUP_NS)
  }

  #belowUnion(plan: LogicalUnion, column: AttributeReference): Filtered | undefined {
    const at = plan.output.findIndex(({ id }) => id === column.id)
    if (plan.withInitial) return undefined
    const all = plan.inputs.map((input) => this.place(input, reference(outputOf(input)[at]!)))
    return {
      plan: Object.freeze({ ...plan, inputs: all.map((one) => one.plan) }),
      spared: all.reduce((sum, { spared }) => sum + spared, 0),
      asked: all.reduce((sum, { asked }) => sum + asked, 0),
    }
  }

  /** Rows that a row without a match would be joined with are left out, too. */
  #belowJoin(join: LogicalJoin, column: AttributeReference): Filtered | undefined {
    const isOfLeft = hasColumn(join.left, column.id)
    if (join.type === 'full' || (!isOfLeft && join.type !== 'inner')) return undefined
    const [own, other] = isOfLeft ? [join.left, join.right] : [join.right, join.left]
    const filtered = this.place(own, column)
    if (join.isFilter) return { ...filtered, plan: this.#joined(join, isOfLeft, filtered.plan, other) }
    const [partner] = equalTo(join, column.id)
    const isBuilt = buildsLeft(join) === isOfLeft
    const isBroadcast = broadcastSide(join, this.#options) !== undefined
    const ofOwn = joinNs(join, isOfLeft ? 'left' : 'right', this.#options)
    // A probe side that is where it is read is asked by the join anyway, which then has a table of fewer rows.
    const isAsked = partner !== undefined && (isBuilt ? !isBroadcast : true)
    if (!isAsked) return sum(this.#joined(join, isOfLeft, filtered.plan, other), [filtered], ofOwn)
    const partners = this.place(other, partner)
    const plan = this.#joined(join, isOfLeft, filtered.plan, partners.plan)
    return sum(plan, [filtered, partners], ofOwn + joinNs(join, isOfLeft ? 'right' : 'left', this.#options))
  }

  #joined(join: LogicalJoin, isOfLeft: boolean, own: LogicalPlan, other: LogicalPlan): LogicalPlan {
    return withSides(join, isOfLeft, own, other, this.#options, this.#fixed)
  }
}

/** What a join does with the rows of a side, in nanoseconds. */
export function joinNs(join: LogicalJoin, side: 'left' | 'right', options: PhysicalOptions): number {
  const built = buildsLeft(join) ? 'left' : 'right'
  const isBroadcast = broadcastSide(join, options) !== undefined
  const looked =
    side === built ? BUILD_NS * (isBroadcast ? options.parallelism : 1) : probeNs(estimateRows(join[built]))
  return estimateRows(join[side]) * (looked + (isBroadcast ? 0 : SHUFFLE_NS))
}

/** A join over other sides. The one that filters are made of stays the one that every task gets, also where the other is smaller now. */
export function withSides(
  join: LogicalJoin,
  isOfLeft: boolean,
  own: LogicalPlan,
  other: LogicalPlan,
  options: PhysicalOptions,
  fixed: ReadonlySet<LogicalPlan>,
): LogicalPlan {
  const [left, right] = isOfLeft ? [own, other] : [other, own]
  const built = join.type === 'inner' ? broadcastSide(join, options) : undefined
  const isPinned = built !== undefined && fixed.has(built)
  const hint = built === join.left ? 'broadcast-left' : 'broadcast-right'
  return Object.freeze({ ...join, left, right, ...(isPinned ? { hint } : {}) })
}

const sum = (plan: LogicalPlan, all: readonly Filtered[], own: number): Filtered => ({
  plan,
  spared: all.reduce((total, { spared }) => total + spared, own),
  asked: all.reduce((total, { asked }) => total + asked, 0),
})

/** Whether there are operators below a filter that fewer rows may spare work. */
function isWorthwhile(plan: LogicalPlan): boolean {
  switch (plan.kind) {
    case 'project':
    case 'filter':
      return isWorthwhile(plan.input)
    case 'aggregate':
      return !plan.isShared
    case 'window':
    case 'join':
    case 'union':
    case 'sort':
    case 'repartition':
      return true
    case 'scan':
    case 'local':
    case 'oneRow':
    case 'range':
    case 'values':
    case 'replicate':
    case 'expand':
    case 'sample':
    case 'draw':
    case 'evaluate':
    case 'mapPartitions':
    case 'limit':
    case 'observe':
    case 'watermark':
    case 'deduplicate':
    case 'cached':
      return false
  }
}
