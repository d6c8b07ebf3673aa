import type { Piscina } from 'piscina'
import { ownFile } from '../../common/own-files.js'
import type { Stage } from '../../planner/plan/physical/plan.js'
import type { ThreadData, ThreadTask } from '../worker/thread-protocol.js'

/** A task for a slot's thread. Tasks of one stage in one job have the same stage object. */
export interface SlotTask extends Omit<ThreadTask, 'stage' | 'droppedCaches'> {
  readonly jobId: number
  readonly stage: Stage
}

const WORKER_ENTRY = ownFile('executor/worker/main.js')

/**
 * A task slot: one thread, in a piscina pool of its own, so that a task can be given to it alone and it can be replaced alone. The
 * thread starts with the first task, or by `start`.
 */
export class Slot {
  readonly #data: () => Promise<ThreadData>
  #pool: Promise<Piscina<ThreadTask, void>> | undefined
  readonly #droppedCaches: string[] = []
  /** What the thread was sent last, so that the next task of the same stage comes without it. */
  #sent: { readonly jobId: number; readonly stage: Stage } | undefined

  constructor(data: () => Promise<ThreadData>) {
    this.#data = data
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
    await pool.run({ ...rest, droppedCaches, ...(isKnown ? {} : { stage }) }, { transferList: [task.port] })
  }

  /** Tells the thread with its next task: until then it does nothing with its memory. */
  dropCache(cacheId: string): void {
    if (this.#pool) this.#droppedCaches.push(cacheId)
  }

  /** Ends the thread; a task on it is rejected. The next task gets a new one. */
  async replace(): Promise<void> {
    const pool = this.#pool
    this.#pool = undefined
    this.#sent = undefined
    this.#droppedCaches.length = 0
    // One that could not be started has no thread to end.
    await (await pool?.catch(() => undefined))?.destroy()
  }

  #started(): Promise<Piscina<ThreadTask, void>> {
    this.#pool ??= this.#makePool()
    return this.#pool
  }

  async #makePool(): Promise<Piscina<ThreadTask, void>> {
    const [{ Piscina: Pool }, workerData] = await Promise.all([import('piscina'), this.#data()])
    const pool = new Pool<ThreadTask, void>({
      filename: WORKER_ENTRY,
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
