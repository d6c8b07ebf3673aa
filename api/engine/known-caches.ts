import type { Driver } from '../../driver/index.js'
import type { PlannedQuery } from '../../planner/plan-query.js'

/** The relations that jobs of a session have put into the cache. */
export class KnownCaches {
  readonly #driver: Pick<Driver, 'knowsCache' | 'dropCache'>
  readonly #made = new Set<string>()

  constructor(driver: Pick<Driver, 'knowsCache' | 'dropCache'>) {
    this.#driver = driver
  }

  has(cacheId: string): boolean {
    return this.#made.has(cacheId) && this.#driver.knowsCache(cacheId)
  }

  drop(cacheId: string): void {
    this.#made.delete(cacheId)
    this.#driver.dropCache(cacheId)
  }

  /** Once a job that makes caches has run, the driver knows how to make them again. */
  remember(planned: PlannedQuery, result: Promise<unknown>): void {
    const made = [...planned.physical.caches.keys()]
    if (made.length === 0) return
    result.then(
      () => {
        for (const cacheId of made) this.#made.add(cacheId)
      },
      // The failure is the caller's; the caches are simply not there.
      () => undefined,
    )
  }
}
