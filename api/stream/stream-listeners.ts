import type { Logger } from '../../common/log.js'
import type {
  QueryIdleEvent,
  QueryProgressEvent,
  QueryStartedEvent,
  QueryTerminatedEvent,
  StreamEvents,
} from '../../driver/index.js'
import type { StreamingQueryListener } from './streaming-query-listener.js'

/** Tells the listeners of a session. */
export class StreamListeners implements StreamEvents {
  readonly #logger: Logger
  readonly #own: StreamEvents | undefined
  /** With what each failed last, which is not logged again. */
  readonly #listeners = new Map<StreamingQueryListener, string | undefined>()

  /** @param own of the session itself, which is told first and listed nowhere */
  constructor(logger: Logger, own?: StreamEvents) {
    this.#logger = logger
    this.#own = own
  }

  get all(): readonly StreamingQueryListener[] {
    return [...this.#listeners.keys()]
  }

  add(listener: StreamingQueryListener): void {
    if (!this.#listeners.has(listener)) this.#listeners.set(listener, undefined)
  }

  remove(listener: StreamingQueryListener): void {
    this.#listeners.delete(listener)
  }

  onQueryStarted(event: QueryStartedEvent): void {
    this.#tell((listener) => listener.onQueryStarted?.(event))
  }

  onQueryProgress(event: QueryProgressEvent): void {
    this.#tell((listener) => listener.onQueryProgress?.(event))
  }

  onQueryIdle(event: QueryIdleEvent): void {
    this.#tell((listener) => listener.onQueryIdle?.(event))
  }

  onQueryTerminated(event: QueryTerminatedEvent): void {
    this.#tell((listener) => listener.onQueryTerminated?.(event))
  }

  #tell(call: (listener: StreamingQueryListener) => unknown): void {
    const own = this.#own ? [this.#own] : []
    for (const listener of [...own, ...this.all]) {
      try {
        Promise.resolve(call(listener)).catch((error: unknown) => this.#failed(listener, error))
      } catch (error) {
        this.#failed(listener, error)
      }
    }
  }

  #failed(listener: StreamingQueryListener, error: unknown): void {
    const text = error instanceof Error ? error.message : String(error)
    if (this.#listeners.get(listener) === text) return
    if (this.#listeners.has(listener)) this.#listeners.set(listener, text)
    this.#logger.warn({ cause: text }, 'a listener of streaming queries failed; the queries go on')
  }
}
