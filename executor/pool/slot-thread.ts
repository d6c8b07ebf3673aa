import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads'
import type { Piscina } from 'piscina'
import type { HostMessage, SlotData, ThreadMessage, ThreadOrder, ThreadTask } from '../worker/thread-protocol.js'

type Pool = Piscina<MessagePort, void>

/** Whoever waits for a thread, which may end meanwhile. */
interface Awaited {
  resolve(): void
  reject(reason: unknown): void
}

interface RunningTask extends Awaited {
  hear(message: ThreadMessage): void
}

/**
 * The thread of a slot, in a piscina pool of its own. Tasks come to it over one port: a port and a task of piscina for each of them cost as much as all else of a tiny task. What comes over a port
 * is in order, so a message that was sent when its task had just ended comes before the next task.
 */
export class SlotThread {
  readonly #pool: Pool
  readonly #thread: Worker
  readonly #port: MessagePort
  #running: RunningTask | undefined
  readonly #trims: Awaited[] = []
  #isDestroyed = false
  /** Why the thread is gone. */
  #end: { readonly reason: unknown } | undefined

  private constructor(pool: Pool, onGone: () => void) {
    this.#pool = pool
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    port1.on('message', (message: ThreadMessage) => this.#receive(message))
    // What runs keeps a process alive by the thread itself, whose end is to be heard as well; one that waits does not.
    port1.unref()
    const gone = (reason: unknown): void => {
      if (this.#end) return
      this.#gone(reason)
      onGone()
    }
    pool.run(port2, { transferList: [port2] }).catch(gone)
    // The task began it.
    const thread = pool.threads[0]!
    this.#thread = thread
    thread.once('error', gone)
    thread.once('exit', (code) => gone(new Error(`the thread ended with code ${code}`)))
  }

  /** @param onGone called when the thread has ended, by itself or not */
  static async start(workerData: SlotData, onGone: () => void): Promise<SlotThread> {
    const { Piscina: Pool } = await import('piscina')
    const pool = new Pool<MessagePort, void>({
      filename: workerData.entry,
      name: 'serve',
      // A pool that is to have one at least replaces one that died, by a thread that would only be ended.
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: Number.POSITIVE_INFINITY,
      // A thread that sleeps on an atomic between tasks would not serve the sockets its connectors keep.
      atomics: 'disabled',
      recordTiming: false,
      workerData,
    })
    // A thread that dies rejects its task as well.
    pool.on('error', () => undefined)
    return new SlotThread(pool, onGone)
  }

  /** Resolves when the task has ended, well or not; rejects when the thread did. */
  run(task: ThreadTask, hear: (message: ThreadMessage) => void): Promise<void> {
    return this.#awaited((waiting) => {
      this.#running = { hear, ...waiting }
      this.#order({ kind: 'run', task })
    })
  }

  /** Tells the task that runs. */
  tell(message: HostMessage): void {
    this.#order({ kind: 'tell', message })
  }

  /** Has a thread without a task give back what it keeps from one to the next. */
  trim(): Promise<void> {
    return this.#awaited((waiting) => {
      this.#trims.push(waiting)
      this.#order({ kind: 'trim' })
    })
  }

  async destroy(): Promise<void> {
    this.#isDestroyed = true
    await this.#pool.destroy()
    this.#port.close()
  }

  async #awaited(begin: (waiting: Awaited) => void): Promise<void> {
    if (this.#end) throw this.#end.reason
    this.#thread.ref()
    try {
      await new Promise<void>((resolve, reject) => begin({ resolve, reject }))
    } finally {
      if (!this.#running && this.#trims.length === 0 && !this.#isDestroyed) this.#thread.unref()
    }
  }

  #order(order: ThreadOrder): void {
    this.#port.postMessage(order)
  }

  #receive(message: ThreadMessage): void {
    if (message.kind === 'keepsLess') return this.#trims.shift()?.resolve()
    const running = this.#running
    running?.hear(message)
    if (message.kind !== 'succeeded' && message.kind !== 'failed') return
    this.#running = undefined
    running?.resolve()
  }

  #gone(reason: unknown): void {
    this.#end = { reason }
    for (const waiting of [this.#running, ...this.#trims.splice(0)]) waiting?.reject(reason)
    this.#running = undefined
  }
}
