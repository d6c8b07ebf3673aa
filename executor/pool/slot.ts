import type { FileProtection } from '../../common/encryption/file-protection.js'
import type { Stage } from '../../planner/plan/physical/plan.js'
import type { SharedPool } from '../memory/memory-pool.js'
import type { HostMessage, SlotData, ThreadData, ThreadMessage, ThreadTask } from '../worker/thread-protocol.js'
import { SlotThread } from './slot-thread.js'

/** A task for a slot's thread. Tasks of one stage in one job have the same stage object. */
export interface SlotTask extends Omit<ThreadTask, 'stage' | 'droppedCaches' | 'droppedStates' | 'protection'> {
  readonly jobId: number
  readonly stage: Stage
}

/** A task slot: a thread that a task can be given to alone, and that can be replaced alone. It starts with the first task, or by `start`. */
export class Slot {
  /** Its number in the executor's memory pool. */
  readonly number: number
  /** How files of its thread are encrypted. */
  protection: FileProtection | undefined
  readonly #data: () => Promise<ThreadData>
  readonly #memory: SharedPool
  #thread: Promise<SlotThread> | undefined
  /** The thread that runs a task, and what the task was told before there was one. */
  #running: SlotThread | undefined
  readonly #early: HostMessage[] = []
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

  /** Resolves when the task has ended, well or not; rejects when the thread did. What the task says is heard until then. */
  async run(task: SlotTask, hear: (message: ThreadMessage) => void): Promise<void> {
    this.#early.length = 0
    const thread = await this.#started()
    const { jobId, stage, ...rest } = task
    const isKnown = this.#sent?.stage === stage && this.#sent.jobId === jobId
    this.#sent = { jobId, stage }
    const droppedCaches = this.#droppedCaches.splice(0)
    const droppedStates = this.#droppedStates.splice(0)
    const own = { ...rest, droppedCaches, droppedStates, protection: this.protection, ...(isKnown ? {} : { stage }) }
    const ended = thread.run(own, hear)
    this.#running = thread
    for (const message of this.#early.splice(0)) thread.tell(message)
    await ended.finally(() => {
      this.#running = undefined
    })
  }

  /** Tells the task that runs, or is about to. */
  tell(message: HostMessage): void {
    if (this.#running) this.#running.tell(message)
    else this.#early.push(message)
  }

  /** Tells the thread with its next task: until then it does nothing with its memory. */
  dropCache(cacheId: string): void {
    if (this.#thread) this.#droppedCaches.push(cacheId)
  }

  /** The same of the state of a stream. */
  dropState(queryId: string): void {
    if (this.#thread) this.#droppedStates.push(queryId)
  }

  /** Has the thread, which runs no task, give back what it keeps from one to the next. */
  async trim(): Promise<void> {
    const thread = await this.#thread
    await thread?.trim()
  }

  /** Ends the thread; a task on it is rejected. The next task gets a new one. What the thread held returns to the executor's pool. */
  replace(): Promise<void> {
    const thread = this.#thread
    this.#thread = undefined
    this.#sent = undefined
    this.#droppedCaches.length = 0
    this.#droppedStates.length = 0
    if (thread) this.#gone = Promise.all([this.#gone, this.#end(thread)]).then(() => undefined)
    return this.#gone
  }

  async #end(thread: Promise<SlotThread>): Promise<void> {
    // One that could not be started has no thread to end.
    await (await thread.catch(() => undefined))?.destroy()
    this.#memory.pool.vacate(this.number)
  }

  async #started(): Promise<SlotThread> {
    // The next thread does not count what it holds before the last one's part has returned.
    await this.#gone
    this.#thread ??= this.#start()
    return this.#thread
  }

  #start(): Promise<SlotThread> {
    const started = this.#data().then((data) => {
      const own: SlotData = { ...data, pool: this.#memory.handle, slot: this.number }
      return SlotThread.start(own, () => {
        // Without a task there is nobody to tell: the next task starts another.
        if (this.#thread === started) void this.replace()
      })
    })
    return started
  }
}
