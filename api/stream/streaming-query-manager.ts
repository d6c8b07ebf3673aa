import { tellingCaller } from '../call-site.js'
import type { ActiveStreams } from './active-streams.js'
import type { StreamingQuery } from './streaming-query.js'
import type { StreamingQueryListener } from './streaming-query-listener.js'

/** `session.streams`: the streaming queries of a session. */
export class StreamingQueryManager {
  readonly #streams: ActiveStreams

  constructor(streams: ActiveStreams) {
    this.#streams = streams
  }

  /** The queries that run. */
  get active(): readonly StreamingQuery[] {
    return this.#streams.all
  }

  /** The query of an id, when it runs. */
  get(id: string): StreamingQuery | undefined {
    return this.active.find((query) => query.id === id)
  }

  /**
   * Resolves when a query has ended since the session began or `resetTerminated` was called (true), or after the time (false).
   * @throws STREAM_FAILED when that query failed
   */
  awaitAnyTermination(timeoutMs?: number): Promise<boolean> {
    return tellingCaller(this.awaitAnyTermination, () => this.#streams.awaitAny(timeoutMs))
  }

  /** Has a listener told what queries do from now on, whatever their names. One that is there already is not added again. */
  addListener(listener: StreamingQueryListener): void {
    this.#streams.listeners.add(listener)
  }

  removeListener(listener: StreamingQueryListener): void {
    this.#streams.listeners.remove(listener)
  }

  listListeners(): readonly StreamingQueryListener[] {
    return this.#streams.listeners.all
  }

  /** Forgets the queries that have ended, for the next `awaitAnyTermination`. */
  resetTerminated(): void {
    this.#streams.resetEnded()
  }
}
