import type { EventBus } from '../../driver/index.js'
import type { StreamingQueryListener } from './streaming-query-listener.js'

/** The listeners of a session that were added to be told what its streaming queries do. */
export class StreamListeners {
  readonly #bus: EventBus
  readonly #listeners = new Set<StreamingQueryListener>()

  constructor(bus: EventBus) {
    this.#bus = bus
  }

  get all(): readonly StreamingQueryListener[] {
    return [...this.#listeners]
  }

  add(listener: StreamingQueryListener): void {
    this.#listeners.add(listener)
    this.#bus.add(listener)
  }

  remove(listener: StreamingQueryListener): void {
    this.#listeners.delete(listener)
    this.#bus.remove(listener)
  }
}
