import type { AttributeReference } from '../../plan/expression/expression.js'
import type { JoinKind } from '../../plan/join-kind.js'
import type { LogicalJoin, LogicalPlan } from '../../plan/logical/plan.js'
import { mapInputs } from '../../plan/logical/transform.js'
import { columnDomains, estimateRows } from '../estimate.js'
import { broadcastSide, buildsLeft } from '../join-strategy.js'
import type { PhysicalOptions } from '../options.js'
import { isStreaming } from '../streaming.js'
import { LEAST_GAIN_NS, testNs } from './costs.js'
import { keyPairs } from './key-columns.js'
import { costOf, exchanged, type FilterSource, FilterSources, replaced } from './sources.js'
import { type Filtered, type FilterKeys, FilterPlacing, joinNs, withSides } from './targets.js'

/**
 * Has rows that a join will drop dropped where they are read: a semi join with the keys of the other side goes as far down as it can, below joins and
 * GROUP BY. The keys are those of the table of a broadcast join, or rows behind an exchange that the query reads, so that nothing is computed twice.
 */
export function withRuntimeFilters(plan: LogicalPlan, options: PhysicalOptions): LogicalPlan {
  if (options.runtimeFilters === 'never' || isStreaming(plan)) return plan
  return new RuntimeFilters(options).visit(plan)
}

type Side = 'left' | 'right'

const other = (side: Side): Side => (side === 'left' ? 'right' : 'left')

/** The sides of a join whose rows without a match make no difference. */
const FILTERED_SIDES: Readonly<Record<JoinKind, readonly Side[]>> = {
  inner: ['left', 'right'],
  left: ['right'],
  full: [],
  left_semi: ['left', 'right'],
  left_anti: ['right'],
}

/** A side of a join to be filtered by a column, and what by. */
interface Choice {
  readonly side: Side
  readonly column: AttributeReference
  readonly source: FilterSource
  readonly gain: number
}

class RuntimeFilters {
  readonly #options: PhysicalOptions
  /** What filters are made of: these relations are computed once as long as they stay as they are. */
  readonly #fixed = new Set<LogicalPlan>()

  constructor(options: PhysicalOptions) {
    this.#options = options
  }

  /** Joins further down first: they know more of what is small. A cache holds all rows, whoever reads it. */
  visit(plan: LogicalPlan): LogicalPlan {
    if (plan.kind === 'cached') return plan
    const whole = mapInputs(plan, (input) => this.visit(input))
    return whole.kind === 'join' ? this.#filter(whole) : whole
  }

  /** One side of a join at most is filtered by the other, so that no filter waits for itself. */
  #filter(join: LogicalJoin): LogicalPlan {
    const pairs = keyPairs(join)
    const choices = FILTERED_SIDES[join.type].flatMap((side) =>
      pairs.flatMap((pair) => this.#choicesOf(join, side, pair[side], pair[other(side)])),
    )
    const best = choices.reduce<Choice | undefined>((a, b) => (a && a.gain >= b.gain ? a : b), undefined)
    return best ? this.#withFilter(join, best) : join
  }

  #choicesOf(join: LogicalJoin, side: Side, column: AttributeReference, key: AttributeReference): readonly Choice[] {
    const from = join[other(side)]
    const isAlways = this.#options.runtimeFilters === 'always'
    const { spared, asked } = this.#placed(join, side, column, { plan: from, key })
    const work = spared + this.#workOfSide(join, side)
    if (work < LEAST_GAIN_NS && !isAlways) return []
    const domain = columnDomains(join[side]).get(column.id) ?? Number.POSITIVE_INFINITY
    return this.#sourcesOf(join, other(side), key).flatMap((source) => {
      const values = Math.min(domain, columnDomains(source.plan).get(source.key.id) ?? Number.POSITIVE_INFINITY)
      const rows = estimateRows(source.plan)
      const dropped = Math.max(0, 1 - rows / Math.max(1, values))
      const gain = dropped * work - asked * testNs(rows) - costOf(source, this.#options)
      return gain >= LEAST_GAIN_NS || isAlways ? [{ side, column, source, gain }] : []
    })
  }

  #placed(join: LogicalJoin, side: Side, column: AttributeReference, keys: FilterKeys): Filtered {
    return new FilterPlacing(keys, this.#options, this.#fixed).place(join[side], column)
  }

  #sourcesOf(join: LogicalJoin, side: Side, key: AttributeReference): readonly FilterSource[] {
    const isShared = join[side] === broadcastSide(join, this.#options)
    return new FilterSources(this.#options, this.#fixed).of(join[side], key, isShared)
  }

  /** What the join does with the rows of a side; those that only wait to be looked up are asked by the join as soon as by a filter. */
  #workOfSide(join: LogicalJoin, side: Side): number {
    const isBuilt = buildsLeft(join) === (side === 'left')
    const isBroadcast = broadcastSide(join, this.#options) !== undefined
    if (!isBuilt && isBroadcast) return 0
    return joinNs(join, side, this.#options)
  }

  #withFilter(join: LogicalJoin, { side, column, source }: Choice): LogicalPlan {
    const { plan, key, isShared } = source
    const shared = isShared ? plan : exchanged(source)
    this.#fixed.add(shared)
    const { plan: filtered } = this.#placed(join, side, column, { plan: shared, key })
    const from = isShared ? join[other(side)] : replaced(join[other(side)], plan, shared)
    return withSides(join, side === 'left', filtered, from, this.#options, this.#fixed)
  }
}
