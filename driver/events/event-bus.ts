import type { Logger } from '../../common/log.js'
import type { EngineEvent, EngineListener } from './engine-event.js'

/** Tells listeners what happens in a session, at once and in the order in which they were added. */
export class EventBus {
  readonly #logger: Logger
  /** With what each failed last, which is not logged again. */
  readonly #listeners = new Map<EngineListener, string | undefined>()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** One that is there already is not added again. */
  add(listener: EngineListener): void {
    if (!this.#listeners.has(listener)) this.#listeners.set(listener, undefined)
  }

  remove(listener: EngineListener): void {
    this.#listeners.delete(listener)
  }

  emit(event: EngineEvent): void {
    const method = methodFor(event)
    // A copy: a listener may be added or removed by one that is told.
    for (const listener of [...this.#listeners.keys()]) {
      this.#tell(listener, 'onEvent', event)
      this.#tell(listener, method, event)
    }
  }

  #tell(listener: EngineListener, name: keyof EngineListener, event: EngineEvent): void {
    try {
      // By the name of its kind, so that it takes events of that kind.
      const told = (listener[name] as ((event: EngineEvent) => unknown) | undefined)?.call(listener, event)
      if (isThenable(told)) Promise.resolve(told).catch((error: unknown) => this.#failed(listener, error))
    } catch (error) {
      this.#failed(listener, error)
    }
  }

  #failed(listener: EngineListener, error: unknown): void {
    const text = error instanceof Error ? error.message : String(error)
    if (!this.#listeners.has(listener) || this.#listeners.get(listener) === text) return
    this.#listeners.set(listener, text)
    this.#logger.warn({ cause: text }, 'a listener failed; what it listens to goes on')
  }
}

/** By the kind of event. A name that is put together anew is a new text, which each listener would be searched for. */
const methods = new Map<EngineEvent['kind'], keyof EngineListener>()

function methodFor({ kind }: EngineEvent): keyof EngineListener {
  let method = methods.get(kind)
  if (!method) {
    method = `on${kind[0]!.toUpperCase()}${kind.slice(1)}` as keyof EngineListener
    methods.set(kind, method)
  }
  return method
}

/** Promises of other libraries count, too. */
const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as PromiseLike<unknown> | undefined | null)?.then === 'function'
