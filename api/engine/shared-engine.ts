import type { Driver } from '../../driver/index.js'
import type { SessionCatalog } from '../catalog/session-catalog.js'
import { ActiveStreams } from '../stream/active-streams.js'
import { withinTime } from '../stream/within-time.js'
import { KnownCaches } from './known-caches.js'
import { LocalRelations } from './local-relations.js'
import { QueryObservers } from './query-observers.js'
import { SqlExecutions } from './sql-executions.js'

/** How long streams may take to end: code of the user for a batch may never return. */
const STREAMS_PATIENCE_MS = 60_000

interface SharedEngineOptions {
  readonly driver: Driver
  readonly close: () => Promise<void>
  readonly streamsPatienceMs?: number
}

/** What sessions over the same executors have in common. */
export class SharedEngine {
  readonly caches: KnownCaches
  readonly observers: QueryObservers
  readonly streams: ActiveStreams
  readonly executions: SqlExecutions
  readonly local: LocalRelations
  /** Of the first session: what of its catalog the others share. */
  catalog: SessionCatalog | undefined
  readonly #driver: Driver
  readonly #close: () => Promise<void>
  readonly #streamsPatienceMs: number
  #stopped: Promise<void> | undefined

  constructor({ driver, close, streamsPatienceMs = STREAMS_PATIENCE_MS }: SharedEngineOptions) {
    this.#driver = driver
    this.#close = close
    this.#streamsPatienceMs = streamsPatienceMs
    this.caches = new KnownCaches(driver)
    this.observers = new QueryObservers(driver)
    this.streams = new ActiveStreams(driver.events)
    this.executions = new SqlExecutions(driver.events)
    this.local = new LocalRelations(driver)
  }

  get isStopped(): boolean {
    return this.#stopped !== undefined
  }

  /** Ends the streams of all sessions, and what they run on: a stream that does not end in time fails with that. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async #stop(): Promise<void> {
    const hasEnded = await withinTime(this.streams.stop(), this.#streamsPatienceMs)
    if (!hasEnded) this.#driver.logger.error({ waitedMs: this.#streamsPatienceMs }, 'streams have not ended')
    await this.observers.settled()
    await this.#driver.close()
    await this.#close()
  }
}
