import { reference } from '../../plan/expression/build.js'
import type { AttributeReference } from '../../plan/expression/expression.js'
import type { LogicalJoin, LogicalPlan } from '../../plan/logical/plan.js'
import { mapInputs } from '../../plan/logical/transform.js'
import { estimateRows } from '../estimate.js'
import { broadcastSide } from '../join-strategy.js'
import type { PhysicalOptions } from '../options.js'
import { BUILD_NS, EXCHANGE_NS, SHUFFLE_NS } from './costs.js'
import { equalTo, hasColumn, passedOn } from './key-columns.js'

/** A relation among whose values of a column are those of all rows of a side of a join that has it. */
export interface FilterSource {
  readonly plan: LogicalPlan
  readonly key: AttributeReference
  /** Whether every task gets all of its rows anyway. */
  readonly isShared: boolean
}

/** Finds what filters can be made of. */
export class FilterSources {
  readonly #options: PhysicalOptions
  readonly #fixed: ReadonlySet<LogicalPlan>

  /** @param fixed what other filters are made of already */
  constructor(options: PhysicalOptions, fixed: ReadonlySet<LogicalPlan>) {
    this.#options = options
    this.#fixed = fixed
  }

  /** The relations below one that have all values of a column of it, itself first: the upper ones have fewer values, the lower ones may be shared. */
  of(plan: LogicalPlan, key: AttributeReference, isShared: boolean): readonly FilterSource[] {
    if (this.#fixed.has(plan)) return [{ plan, key, isShared: true }]
    return [{ plan, key, isShared }, ...this.#below(plan, key)]
  }

  #below(plan: LogicalPlan, key: AttributeReference): readonly FilterSource[] {
    switch (plan.kind) {
      case 'project': {
        const column = passedOn(plan.projections, key.id)
        return column ? this.of(plan.input, column, false) : []
      }
      case 'aggregate': {
        const column = passedOn(plan.keys, key.id)
        return column ? this.of(plan.input, column, false) : []
      }
      case 'filter':
      case 'sort':
        return this.of(plan.input, key, false)
      case 'join':
        return this.#belowJoin(plan, key)
      case 'scan':
      case 'local':
      case 'oneRow':
      case 'range':
      case 'values':
      case 'union':
      case 'window':
      case 'replicate':
      case 'expand':
      case 'sample':
      case 'draw':
      case 'evaluate':
      case 'mapPartitions':
      case 'repartition':
      case 'limit':
      case 'observe':
      case 'watermark':
      case 'deduplicate':
      case 'cached':
        return []
    }
  }

  /** A side of an outer join has all values of its columns but NULL, which matches nothing. */
  #belowJoin(join: LogicalJoin, key: AttributeReference): readonly FilterSource[] {
    const built = broadcastSide(join, this.#options)
    const isOfLeft = hasColumn(join.left, key.id)
    const [own, matching] = isOfLeft ? [join.left, join.right] : [join.right, join.left]
    const equal = join.type === 'inner' || join.type === 'left_semi' ? equalTo(join, key.id) : []
    return [
      ...this.of(own, key, own === built),
      ...equal.flatMap((column) => this.of(matching, column, matching === built)),
    ]
  }
}

/** What it costs to have the rows of a source in every task. Those that are not anyway go through an exchange, from which the query reads them, too. */
export function costOf({ plan, isShared }: FilterSource, { parallelism }: PhysicalOptions): number {
  const rows = estimateRows(plan)
  return rows * BUILD_NS * parallelism + (isShared ? 0 : rows * SHUFFLE_NS + EXCHANGE_NS)
}

/** The plan with a relation of it replaced. */
export function replaced(plan: LogicalPlan, from: LogicalPlan, to: LogicalPlan): LogicalPlan {
  return plan === from ? to : mapInputs(plan, (input) => replaced(input, from, to))
}

/** The rows of a source behind an exchange, so that several stages can read them. */
export const exchanged = ({ plan, key }: FilterSource): LogicalPlan =>
  Object.freeze({
    kind: 'repartition',
    input: plan,
    by: 'hash',
    orders: [{ expression: reference(key), direction: 'asc', nulls: 'first' }],
  } satisfies LogicalPlan)
