/**
 * The one queue through which everything that happens reaches the driver's state. A handler never awaits: it decides, starts
 * work that will post a message back, and returns. Messages posted meanwhile wait for their turn.
 */
export class Mailbox<Message> {
  readonly #handle: (message: Message) => void
  readonly #onFault: (error: unknown) => void
  #queue: Message[] = []
  #isScheduled = false
  #isClosed = false

  /** `onFault` is told when a handler throws, which is a bug: the state may be broken. */
  constructor(handle: (message: Message) => void, onFault: (error: unknown) => void) {
    this.#handle = handle
    this.#onFault = onFault
  }

  post(message: Message): void {
    if (this.#isClosed) return
    this.#queue.push(message)
    if (this.#isScheduled) return
    this.#isScheduled = true
    queueMicrotask(() => this.#drain())
  }

  /** Drops what waits and whatever comes. */
  close(): void {
    this.#isClosed = true
    this.#queue = []
  }

  #drain(): void {
    this.#isScheduled = false
    const messages = this.#queue
    this.#queue = []
    for (const message of messages) {
      if (this.#isClosed) return
      try {
        this.#handle(message)
      } catch (error) {
        this.#onFault(error)
      }
    }
  }
}
