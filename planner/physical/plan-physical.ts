import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Attribute } from '../plan/expression/expression.js'
import { attributeOf, outputOf } from '../plan/logical/output.js'
import type { LogicalCached, LogicalLimit, LogicalPlan, LogicalProject, LogicalSort } from '../plan/logical/plan.js'
import type { Partitioning, PhysicalPlan } from '../plan/physical/plan.js'
import { planAggregate } from './aggregate.js'
import { Binder } from './bind.js'
import { planJoin } from './join.js'
import type { PhysicalOptions } from './options.js'
import { checkStreaming, isStreaming } from './streaming.js'

/** A query as it will run, not yet cut into stages, with the plans of the caches it reads that nobody has made yet. */
export interface PhysicalQuery {
  readonly root: PhysicalPlan
  readonly caches: ReadonlyMap<string, PhysicalPlan>
}

/** Chooses how each relation is computed and binds every column by position. @throws UNSUPPORTED_FEATURE, STREAMING_* */
export function planPhysical(plan: LogicalPlan, options: PhysicalOptions): PhysicalQuery {
  if (isStreaming(plan)) checkStreaming(plan, options)
  const planner = new PhysicalPlanner(options)
  return { root: planner.plan(plan), caches: planner.caches }
}

const SINGLE: Partitioning = Object.freeze({ kind: 'single' })

/** Plans the nodes of one query; hands out the ids of scans and stateful operators. */
export class PhysicalPlanner {
  readonly options: PhysicalOptions
  readonly caches = new Map<string, PhysicalPlan>()
  #nextScanId = 0
  #nextOperatorId = 0

  constructor(options: PhysicalOptions) {
    this.options = options
  }

  nextOperatorId(): number {
    return this.#nextOperatorId++
  }

  plan(plan: LogicalPlan): PhysicalPlan {
    const attributes = outputOf(plan)
    switch (plan.kind) {
      case 'scan':
        return Object.freeze({
          kind: 'scan',
          scanId: this.#nextScanId++,
          source: plan.source,
          columns: attributes.map((a) => a.name),
          filters: plan.filters,
          streaming: plan.streaming,
          attributes,
        })
      case 'local':
        return Object.freeze({ kind: 'local', id: plan.id, attributes })
      case 'oneRow':
        return Object.freeze({ kind: 'oneRow', attributes })
      case 'range':
        return Object.freeze({ kind: 'range', start: plan.start, end: plan.end, step: plan.step, attributes })
      case 'project':
        return this.#project(plan)
      case 'filter': {
        const input = this.plan(plan.input)
        const condition = new Binder(input.attributes).expression(plan.condition)
        return Object.freeze({ kind: 'filter', input, condition, attributes: input.attributes })
      }
      case 'aggregate':
        return planAggregate(this, plan)
      case 'join':
        return planJoin(this, plan)
      case 'sort':
        return this.#sort(plan)
      case 'limit':
        return this.#limit(plan)
      case 'watermark': {
        const input = this.plan(plan.input)
        const ordinal = new Binder(input.attributes).ordinal(plan.column, 'event time')
        return Object.freeze({ kind: 'watermark', input, ordinal, attributes: input.attributes })
      }
      case 'cached':
        return this.#cached(plan, attributes)
    }
  }

  exchange(input: PhysicalPlan, partitioning: Partitioning): PhysicalPlan {
    return Object.freeze({ kind: 'exchange', input, partitioning, attributes: input.attributes })
  }

  /** A projection of nothing but columns of a cache reads only these columns. */
  #project(plan: LogicalProject): PhysicalPlan {
    if (plan.input.kind === 'cached') {
      const columns = new Binder(outputOf(plan.input))
      const ids = plan.projections.map(({ expression }) =>
        expression.kind === 'attribute' ? expression.id : undefined,
      )
      if (ids.every((id) => id !== undefined)) {
        const wanted = ids.map((id) => columns.ordinal(id, 'cached'))
        return this.#cached(plan.input, plan.projections.map(attributeOf), wanted)
      }
    }
    const input = this.plan(plan.input)
    const projections = plan.projections.map(new Binder(input.attributes).named)
    return Object.freeze({ kind: 'project', input, projections, attributes: projections.map(attributeOf) })
  }

  #sort(plan: LogicalSort): PhysicalPlan {
    const input = this.exchange(this.plan(plan.input), SINGLE)
    return Object.freeze({
      kind: 'sort',
      input,
      orders: plan.orders.map(new Binder(input.attributes).order),
      attributes: input.attributes,
    })
  }

  /** A limit over a sort keeps only the first rows while sorting, in every task and then once more over all. */
  #limit(plan: LogicalLimit): PhysicalPlan {
    const { limit, offset } = plan
    if (plan.input.kind === 'project' && plan.input.input.kind === 'sort') {
      const below = Object.freeze({ ...plan, input: plan.input.input })
      return this.#project(Object.freeze({ ...plan.input, input: below }))
    }
    const most = limit + offset
    if (plan.input.kind === 'sort' && Number.isSafeInteger(most)) {
      const input = this.plan(plan.input.input)
      const orders = plan.input.orders.map(new Binder(input.attributes).order)
      const { attributes } = input
      const partial: PhysicalPlan = Object.freeze({ kind: 'topK', input, orders, limit: most, offset: 0, attributes })
      return Object.freeze({ kind: 'topK', input: this.exchange(partial, SINGLE), orders, limit, offset, attributes })
    }
    const input = this.plan(plan.input)
    const { attributes } = input
    const partial: PhysicalPlan = Number.isSafeInteger(most)
      ? Object.freeze({ kind: 'limit', input, limit: most, offset: 0, attributes })
      : input
    return Object.freeze({ kind: 'limit', input: this.exchange(partial, SINGLE), limit, offset, attributes })
  }

  #cached(plan: LogicalCached, attributes: readonly Attribute[], columns?: readonly number[]): PhysicalPlan {
    const { cacheId } = plan
    if (isStreaming(plan.input))
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'cache() of a streaming DataFrame' })
    if (!this.options.isCached(cacheId) && !this.caches.has(cacheId)) this.caches.set(cacheId, this.plan(plan.input))
    const relation = outputOf(plan)
    const wanted = columns ?? relation.map((_, i) => i)
    return Object.freeze({ kind: 'cachedScan', cacheId, columns: wanted, relation, attributes })
  }
}
