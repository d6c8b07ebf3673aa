import type { Block } from '../../columnar/blocks/block.js'
import type { BarrierCall } from '../../common/barrier.js'
import { MillraceError, type SerializedError, serializeError } from '../../common/errors/millrace-error.js'
import type { TaskLaunch, TaskSource } from '../../proto/protocol.js'
import type { MemoryPool } from '../memory/memory-pool.js'
import type { TableClaim, TaskResult } from '../pipelines/task.js'
import type { BlockSources } from '../shuffle/block-sources.js'
import type { BlockStore } from '../shuffle/block-store.js'
import type { EmittedBlock, HostMessage, StreamRequest, ThreadMessage } from '../worker/thread-protocol.js'
import { BlockFeeds } from './block-feeds.js'
import type { SharedTables, TableKey } from './shared-tables.js'
import type { Slot } from './slot.js'

/** Tables of so few bytes of blocks are made by each thread: they lie in its cache while it makes them, and copying is no faster. */
const SMALL_TABLE_BYTES = 2 << 20
/** How long a task may take to notice that it is cancelled before its thread is ended. */
const CANCEL_GRACE_MS = 2_000

export interface SessionServices {
  readonly store: BlockStore
  readonly sources: BlockSources
  readonly pool: MemoryPool
  readonly tables: SharedTables
  /** Whether a task of the stage ran out of memory before. */
  readonly spills: boolean
  /** Has threads without a task give back what they keep. */
  trimIdle(): Promise<void>
  /** Tells the driver that the task waits for the others of its stage. */
  callBarrier(call: BarrierCall): void
}

export type TaskOutcome =
  | { readonly kind: 'succeeded'; readonly result: TaskResult; readonly memoryBytes: number }
  | {
      readonly kind: 'failed'
      readonly error: SerializedError
      readonly memoryBytes: number
      /** The thread's heap may be inconsistent: it must not run another task. */
      readonly isThreadBroken: boolean
    }

/** One attempt of a task, as the executor's main thread sees it: feeds its thread, stores what it emits, and learns how it ended. */
export class TaskSession {
  readonly launch: TaskLaunch
  readonly #slot: Slot
  readonly #services: SessionServices
  readonly #feeds: BlockFeeds
  #isOnThread = false
  #stored: Promise<void> = Promise.resolve()
  #finish: ((outcome: TaskOutcome) => void) | undefined
  #isCanceled = false
  #isOffThread = false
  #killTimer: NodeJS.Timeout | undefined

  constructor(launch: TaskLaunch, slot: Slot, services: SessionServices) {
    this.launch = launch
    this.#slot = slot
    this.#services = services
    const blocks = (request: StreamRequest, signal: AbortSignal) => this.#blocks(request, signal)
    this.#feeds = new BlockFeeds(blocks, (message) => this.#post(message))
  }

  /** Whether the thread has done with the task: there is nothing left on it that a cancellation could end. */
  get isOffThread(): boolean {
    return this.#isOffThread
  }

  get isCanceled(): boolean {
    return this.#isCanceled
  }

  /** Runs the attempt to its end; never rejects. On success its output is in the store, else nothing of it is. */
  async run(): Promise<TaskOutcome> {
    const { launch } = this
    const { store, pool, tables } = this.#services
    store.open(launch.attemptId, launch.jobId, launch.owner)
    pool.begin(this.#slot.number)
    const outcome = this.#isCanceled ? this.#canceled() : await this.#onThread()
    pool.end(this.#slot.number)
    tables.ended(this.#slot.number)
    this.#isOffThread = true
    clearTimeout(this.#killTimer)
    this.#feeds.closeAll()
    const settled = await this.#settle(outcome)
    if (settled.kind === 'failed') store.discard(launch.attemptId)
    return settled
  }

  cancel(): void {
    if (this.#isCanceled) return
    this.#isCanceled = true
    // The slot's thread may be another task's by the time a timer started now would end it.
    if (this.#isOffThread) return
    this.#post({ kind: 'cancel' })
    this.#killTimer = setTimeout(() => void this.#slot.replace(), CANCEL_GRACE_MS)
  }

  /** The others have come to where the task waits. */
  passBarrier(sequence: number, messages: readonly string[]): void {
    this.#post({ kind: 'passBarrier', sequence, messages })
  }

  #onThread(): Promise<TaskOutcome> {
    this.#isOnThread = true
    return new Promise<TaskOutcome>((resolve) => {
      this.#finish = resolve
      const { jobId, stage, inputs, attempt, sources, together } = this.launch
      const own = { attempt, cacheVersions: versionsOf(sources), spills: this.#services.spills, together }
      const running = this.#slot.run({ jobId, stage, inputs, ...own }, (message) => this.#receive(message))
      running.catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error)
        // A condition says why the thread could not even start.
        const why = MillraceError.is(error)
          ? error
          : new MillraceError('TASK_THREAD_DIED', { reason }, { cause: error })
        void this.#slot.replace()
        resolve({ kind: 'failed', error: serializeError(why), memoryBytes: 0, isThreadBroken: false })
      })
    }).finally(() => {
      this.#isOnThread = false
    })
  }

  /** Waits until all that was emitted is stored; failing to store it is the task's failure. */
  async #settle(outcome: TaskOutcome): Promise<TaskOutcome> {
    if (this.#isCanceled) return this.#canceled(outcome)
    if (outcome.kind === 'failed') return outcome
    try {
      await this.#stored
      return this.#isCanceled ? this.#canceled(outcome) : outcome
    } catch (error) {
      const { memoryBytes } = outcome
      return { kind: 'failed', error: serializeError(error), memoryBytes, isThreadBroken: false }
    }
  }

  /** The outcome of a cancelled task; what its thread said of itself stays. */
  #canceled(outcome?: TaskOutcome): TaskOutcome {
    const isThreadBroken = outcome?.kind === 'failed' && outcome.isThreadBroken
    const error = serializeError(new MillraceError('OPERATION_CANCELED'))
    return { kind: 'failed', error, memoryBytes: outcome?.memoryBytes ?? 0, isThreadBroken }
  }

  #post(message: HostMessage): void {
    if (this.#isOnThread) this.#slot.tell(message)
  }

  #receive(message: ThreadMessage): void {
    const { pool, tables } = this.#services
    switch (message.kind) {
      case 'open':
        return this.#feeds.open(message.stream, message.request)
      case 'more':
        return this.#feeds.more(message.stream)
      case 'close':
        return this.#feeds.close(message.stream)
      case 'emit':
        return this.#storeSome(message.blocks)
      case 'claimTable':
        return void this.#claimTable(message.source, message.stageId)
      case 'madeTable':
        if (message.copy) pool.receive(this.#slot.number, message.copy.bytes.length)
        return tables.made(this.#keyOf(message.source), this.#slot.number, message.copy)
      case 'callBarrier':
        return this.#services.callBarrier(message.call)
      case 'trimIdle':
        return void this.#services.trimIdle().finally(() => this.#post({ kind: 'trimmed' }))
      case 'succeeded': {
        const { blocks, ...outcome } = message
        if (blocks.length > 0) this.#store(blocks)
        return this.#finish?.(outcome)
      }
      case 'failed':
        this.#finish?.(message)
    }
  }

  #store(blocks: readonly EmittedBlock[]): Promise<unknown> | undefined {
    const { store, pool } = this.#services
    const waits = blocks.map(({ partition, block }) => store.put(this.launch.attemptId, partition, block))
    pool.receive(this.#slot.number, bytesOf(blocks))
    const pending = waits.filter((wait) => wait !== undefined)
    if (pending.length === 0) return undefined
    const stored = Promise.all(pending)
    this.#stored = Promise.all([this.#stored, stored]).then(() => undefined)
    // A failure is met when the task ends; the pipeline goes on meanwhile, into an output that will be discarded.
    this.#stored.catch(() => undefined)
    return stored
  }

  /** Stores blocks of a task that goes on, and waits when too many of them are not stored. */
  #storeSome(blocks: readonly EmittedBlock[]): void {
    const acknowledge = (): void => this.#post({ kind: 'stored', bytes: bytesOf(blocks) })
    const stored = this.#store(blocks)
    if (stored) stored.then(acknowledge, acknowledge)
    else acknowledge()
  }

  #blocks(request: StreamRequest, signal: AbortSignal): AsyncIterable<Block> {
    const { sources } = this.#services
    const { jobId, inputs } = this.launch
    const { partition, shuffled = { from: partition, until: partition + 1 } } = inputs
    switch (request.kind) {
      case 'shuffle':
        return sources.partitions(this.#stageSource(request.stageId), shuffled.from, shuffled.until, signal)
      case 'broadcast':
        return sources.broadcast(jobId, this.#stageSource(request.stageId), signal)
      case 'cache': {
        const source = this.#source((one) => one.kind === 'cache' && one.cacheId === request.cacheId)
        return sources.partition(source as Extract<TaskSource, { kind: 'cache' }>, 'all', signal)
      }
      case 'local': {
        const source = this.#source((one) => one.kind === 'local' && one.id === request.id)
        return sources.local(source as Extract<TaskSource, { kind: 'local' }>, signal)
      }
    }
  }

  #keyOf(source: number): TableKey {
    const { jobId, stageKey } = this.launch
    return { jobId, stageKey, source }
  }

  async #claimTable(source: number, stageId: number): Promise<void> {
    const { store, tables } = this.#services
    const { groups } = this.#stageSource(stageId)
    const attempts = groups.flatMap(({ attemptIds }) => attemptIds)
    // What other executors hold has a size that is not known here.
    const isSmall =
      attempts.every((id) => store.has(id)) &&
      attempts.reduce((sum, id) => sum + store.bytesOf(id), 0) < SMALL_TABLE_BYTES
    const claim: TableClaim = isSmall
      ? { kind: 'make', isShared: false }
      : await tables.claim(this.#keyOf(source), this.#slot.number)
    this.#post({ kind: 'table', source, claim })
  }

  #stageSource(stageId: number): Extract<TaskSource, { kind: 'stage' }> {
    const source = this.#source((one) => one.kind === 'stage' && one.stageId === stageId)
    return source as Extract<TaskSource, { kind: 'stage' }>
  }

  #source(matches: (source: TaskSource) => boolean): TaskSource {
    const source = this.launch.sources.find(matches)
    if (!source) throw new MillraceError('INTERNAL_ERROR', { message: 'a task asks for blocks it does not read' })
    return source
  }
}

const bytesOf = (blocks: readonly EmittedBlock[]): number =>
  blocks.reduce((sum, { block }) => sum + block.bytes.length, 0)

function versionsOf(sources: readonly TaskSource[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    sources.flatMap((source) =>
      source.kind === 'cache' ? [[source.cacheId, source.groups.map(({ attemptIds }) => attemptIds).join()]] : [],
    ),
  )
}
