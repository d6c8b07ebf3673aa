import { type Driver, type JobResult, observedMetrics } from '../../driver/index.js'
import type { PhysicalQuery } from '../../planner/physical/plan-physical.js'

type Observed = Pick<PhysicalQuery, 'observations'>

/** Tells those who observe queries of a session what the metrics came to (`DataFrame.observe`), when the queries have run. */
export class QueryObservers {
  readonly #driver: Driver
  /** What is being told: a session does not end before. */
  readonly #telling = new Set<Promise<void>>()

  constructor(driver: Driver) {
    this.#driver = driver
  }

  /** Those of a query that runs. Nothing is told of one that fails. */
  follow({ observations }: Observed, result: Promise<JobResult>): void {
    const followed = new Map([...observations].filter(([, { observer }]) => observer !== undefined))
    if (followed.size === 0) return
    result.then(
      (ended) => {
        const telling = this.#tell({ observations: followed }, ended)
        this.#telling.add(telling)
        void telling.then(() => this.#telling.delete(telling))
      },
      () => undefined,
    )
  }

  async #tell(followed: Observed, ended: JobResult): Promise<void> {
    try {
      for (const { observation, row } of await observedMetrics(this.#driver, followed, ended))
        observation.observer!.told(row)
    } catch (error) {
      for (const { observer } of followed.observations.values()) observer!.failed(error)
    }
  }

  /** What has ended is told. Queries that run yet are not waited for, which the end of the session ends. */
  async settled(): Promise<void> {
    await Promise.all(this.#telling)
  }
}
