import { toMillraceError } from '../../common/errors/millrace-error.js'
import type { ExecutorMessage, TakeOutput } from '../../proto/protocol.js'
import type { BlockClient } from './block-sources.js'
import type { BlockStore } from './block-store.js'

/** Of why an output could not be taken so much is told. */
const MAX_REASON_CHARS = 1_000

/** Takes over what tasks wrote on executors that go. The driver bounds how much at once. */
export class OutputIntake {
  readonly #store: BlockStore
  readonly #client: BlockClient
  readonly #send: (message: ExecutorMessage) => void
  readonly #abort = new AbortController()
  /** By attempt. */
  readonly #underWay = new Map<number, Promise<void>>()

  constructor(store: BlockStore, client: BlockClient, send: (message: ExecutorMessage) => void) {
    this.#store = store
    this.#client = client
    this.#send = send
  }

  take(order: TakeOutput): void {
    const { attemptId } = order
    if (this.#underWay.has(attemptId)) return
    const taking = this.#take(order).finally(() => this.#underWay.delete(attemptId))
    this.#underWay.set(attemptId, taking)
  }

  async close(): Promise<void> {
    this.#abort.abort()
    await Promise.all(this.#underWay.values())
  }

  async #take({ attemptId, jobId, owner, address }: TakeOutput): Promise<void> {
    try {
      if (!this.#store.has(attemptId)) {
        this.#store.open(attemptId, jobId, owner)
        await this.#fetch(attemptId, address)
      }
      // The job ended meanwhile, or the cache was dropped, and with it what came so far.
      if (this.#store.has(attemptId)) this.#send({ kind: 'outputTaken', attemptId })
    } catch (error) {
      this.#store.discard(attemptId)
      if (this.#abort.signal.aborted) return
      const reason = toMillraceError(error).text.slice(0, MAX_REASON_CHARS)
      this.#send({ kind: 'outputNotTaken', attemptId, reason })
    }
  }

  async #fetch(attemptId: number, address: string): Promise<void> {
    const request = { kind: 'output', attemptId } as const
    for await (const block of this.#client.fetch(address, request, this.#abort.signal)) {
      if (!this.#store.has(attemptId)) return
      const { rows, bytes, partition = 0 } = block
      await this.#store.put(attemptId, partition, { rows, bytes })
    }
  }
}
