import { resolve } from 'node:path'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { EventBus } from '../../driver/index.js'
import { StreamListeners } from './stream-listeners.js'
import type { StreamingQuery } from './streaming-query.js'
import { withinTime } from './within-time.js'

/** The streaming queries of a session that run. */
export class ActiveStreams {
  readonly listeners: StreamListeners
  readonly #queries = new Set<StreamingQuery>()
  readonly #taken = new Set<string>()
  #tellEnd: (failure: MillraceError | undefined) => void = () => {}
  /** What the first failed with that ended since the last reset. Not the query itself, which holds its plan and the rows in it. */
  #firstEnd = this.#nextEnd()

  constructor(events: EventBus) {
    this.listeners = new StreamListeners(events)
  }

  /** Takes a name and a checkpoint for a query that is about to start. @returns what gives them back @throws CONCURRENT_QUERY */
  reserve(name: string | undefined, checkpointLocation: string | undefined): () => void {
    const subjects = [
      ...(name === undefined ? [] : [`the name ${name}`]),
      ...(checkpointLocation === undefined ? [] : [`the checkpoint ${resolve(checkpointLocation)}`]),
    ]
    for (const subject of subjects) {
      if (this.#taken.has(subject)) throw new MillraceError('CONCURRENT_QUERY', { subject })
    }
    for (const subject of subjects) this.#taken.add(subject)
    return () => {
      for (const subject of subjects) this.#taken.delete(subject)
    }
  }

  add(query: StreamingQuery): void {
    this.#queries.add(query)
  }

  /** Forgets a query that has ended. */
  delete(query: StreamingQuery): void {
    this.#queries.delete(query)
    this.#tellEnd(query.exception)
  }

  get all(): readonly StreamingQuery[] {
    return [...this.#queries]
  }

  /** Waits for the first query that ends, unless one has ended already. @throws what that one failed with */
  awaitAny(timeoutMs: number | undefined): Promise<boolean> {
    return withinTime(
      this.#firstEnd.then((failure) => {
        if (failure) throw failure
      }),
      timeoutMs,
    )
  }

  resetEnded(): void {
    this.#firstEnd = this.#nextEnd()
  }

  #nextEnd(): Promise<MillraceError | undefined> {
    return new Promise((resolve) => {
      this.#tellEnd = resolve
    })
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#queries].map((query) => query.stop()))
  }
}
