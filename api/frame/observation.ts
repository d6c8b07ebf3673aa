import { MillraceError } from '../../common/errors/millrace-error.js'
import type { MetricsObserver } from '../../planner/plan/metrics-observer.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { tellingCaller } from '../call-site.js'
import type { Column } from '../column/column.js'
import type { AnyRow } from '../column/row.js'

/**
 * The metrics of a DataFrame that `observe` names it for, as the first action over it finds them. `M` is their type, where they are typed:
 * `new Observation<{ rows: bigint }>()`.
 */
export class Observation<M extends object = AnyRow> {
  readonly name: string
  readonly #metrics: Promise<M>
  #tell!: (metrics: M) => void
  #fail!: (error: unknown) => void
  #isUsed = false

  /** @param name one that nothing else has when undefined. @throws INVALID_OBSERVED_METRICS.MISSING_NAME */
  constructor(name: string = crypto.randomUUID()) {
    this.name = named(name)
    this.#metrics = new Promise((resolve, reject) => {
      this.#tell = resolve
      this.#fail = reject
    })
    this.#metrics.catch(() => undefined)
  }

  /** The metrics, once an action has run to its end. @throws NO_OBSERVE_BEFORE_GET, and what an aggregate raises */
  get(): Promise<M> {
    return tellingCaller(this.get, async () => {
      if (this.#isUsed) return await this.#metrics
      throw new MillraceError('NO_OBSERVE_BEFORE_GET')
    })
  }

  /** Who is told by the queries of a DataFrame. @throws REUSE_OBSERVATION */
  observer(): MetricsObserver {
    if (this.#isUsed) throw new MillraceError('REUSE_OBSERVATION')
    this.#isUsed = true
    return { told: (metrics) => this.#tell(metrics as M), failed: (error) => this.#fail(error) }
  }
}

/** A relation with metrics of its rows. @throws REUSE_OBSERVATION, INVALID_OBSERVED_METRICS.MISSING_NAME, INVALID_API_USE */
export function observed(
  input: UnresolvedRelation,
  isStreaming: boolean,
  as: string | Pick<Observation, 'name' | 'observer'>,
  metrics: readonly Column[],
): UnresolvedRelation {
  const isNamed = typeof as === 'string'
  if (!isNamed && isStreaming)
    throw new MillraceError('INVALID_API_USE', {
      reason:
        'an Observation is of one action: give the metrics of a stream a name, by which its progress tells them for each batch',
    })
  return {
    kind: 'observe',
    input,
    name: isNamed ? named(as) : as.name,
    instance: crypto.randomUUID(),
    metrics: metrics.map(({ expression }) => expression),
    ...(isNamed ? {} : { observer: as.observer() }),
  }
}

function named(name: string): string {
  if (name === '') throw new MillraceError('INVALID_OBSERVED_METRICS.MISSING_NAME')
  return name
}
