import type { Piscina } from 'piscina'
import type { FileProtection } from '../../common/encryption/file-protection.js'
import type { Stage } from '../../planner/plan/physical/plan.js'
import type { SharedPool } from '../memory/memory-pool.js'
import type { SlotData, ThreadData, ThreadTask } from '../worker/thread-protocol.js'

/** A task for a slot's thread. Tasks of one stage in one job have the same stage object. */
export interface SlotTask extends Omit<ThreadTask, 'stage' | 'droppedCaches' | 'droppedStates' | 'protection'> {
  readonly jobId: number
  readonly stage: Stage
}

/**
 * A task slot: one thread, in a piscina pool of its own, so that a task can be given to it alone and it can be replaced alone. The
 * thread starts with the first task, or by `start`.
 */
export class Slot {
  /** Its number in the executor's memory pool. */
  readonly number: number
  /** How files of its thread are encrypted. */
  protection: FileProtection | undefined
  readonly #data: () => Promise<ThreadData>
  readonly #memory: SharedPool
  #pool: Promise<Piscina<ThreadTask | undefined, void>> | undefined
  readonly #droppedCaches: string[] = []
  readonly #droppedStates: string[] = []
  /** Resolves when threads that were replaced have ended. */
  #gone: Promise<void> = Promise.resolve()
  /** What the thread was sent last, so that the next task of the same stage comes without it. */
  #sent: { readonly jobId: number; readonly stage: Stage } | undefined

  constructor(number: number, data: () => Promise<ThreadData>, memory: SharedPool) {
    this.number = number
    this.#data = data
    this.#memory = memory
  }

  async start(): Promise<void> {
    await this.#started()
  }

  /** Resolves when the task has ended, well or not; rejects when the thread did. */
  async run(task: SlotTask): Promise<void> {
    const pool = await this.#started()
    const { jobId, stage, ...rest } = task
    const isKnown = this.#sent?.stage === stage && this.#sent.jobId === jobId
    this.#sent = { jobId, stage }
    const droppedCaches = this.#droppedCaches.splice(0)
    const droppedStates = this.#droppedStates.splice(0)
    await pool.run(
      { ...rest, droppedCaches, droppedStates, protection: this.protection, ...(isKnown ? {} : { stage }) },
      { transferList: [task.port] },
    )
  }

  /** Tells the thread with its next task: until then it does nothing with its memory. */
  dropCache(cacheId: string): void {
    if (this.#pool) this.#droppedCaches.push(cacheId)
  }

  /** The same of the state of a stream. */
  dropState(queryId: string): void {
    if (this.#pool) this.#droppedStates.push(queryId)
  }

  /** Has the thread, which runs no task, give back what it keeps from one to the next. */
  async trim(): Promise<void> {
    const pool = await this.#pool
    await pool?.run(undefined, { name: 'trim' })
  }

  /** Ends the thread; a task on it is rejected. The next task gets a new one. What the thread held returns to the executor's pool. */
  replace(): Promise<void> {
    const pool = this.#pool
    this.#pool = undefined
    this.#sent = undefined
    this.#droppedCaches.length = 0
    this.#droppedStates.length = 0
    if (pool) this.#gone = Promise.all([this.#gone, this.#end(pool)]).then(() => undefined)
    return this.#gone
  }

  async #end(pool: Promise<Piscina<ThreadTask | undefined, void>>): Promise<void> {
    // One that could not be started has no thread to end.
    await (await pool.catch(() => undefined))?.destroy()
    this.#memory.pool.vacate(this.number)
  }

  async #started(): Promise<Piscina<ThreadTask | undefined, void>> {
    // The next thread does not count what it holds before the last one's part has returned.
    await this.#gone
    this.#pool ??= this.#makePool()
    return this.#pool
  }

  async #makePool(): Promise<Piscina<ThreadTask | undefined, void>> {
    const [{ Piscina: Pool }, data] = await Promise.all([import('piscina'), this.#data()])
    const workerData: SlotData = { ...data, pool: this.#memory.handle, slot: this.number }
    const pool = new Pool<ThreadTask | undefined, void>({
      filename: data.entry,
      name: 'run',
      minThreads: 1,
      maxThreads: 1,
      idleTimeout: Number.POSITIVE_INFINITY,
      // A thread that sleeps on an atomic between tasks would not serve the sockets its connectors keep.
      atomics: 'disabled',
      recordTiming: false,
      workerData,
    })
    // A thread that dies rejects its task as well; without one there is nobody to tell, and the next task starts another.
    pool.on('error', () => undefined)
    return pool
  }
}
