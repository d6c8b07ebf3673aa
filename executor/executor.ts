import type { Block } from '../columnar/blocks/block.js'
import { MillraceError, serializeError } from '../common/errors/millrace-error.js'
import { partitionCount } from '../planner/plan/physical/partitioning.js'
import type { Stage } from '../planner/plan/physical/plan.js'
import type { TaskReport } from '../planner/plan/physical/task-report.js'
import type { DriverMessage, ExecutorMemory, ExecutorMessage, FetchRequest, TaskLaunch } from '../proto/protocol.js'
import { MemoryPool } from './memory/memory-pool.js'
import { SharedTables } from './pool/shared-tables.js'
import { Slot } from './pool/slot.js'
import { StateHomes } from './pool/state-homes.js'
import { type TaskOutcome, TaskSession } from './pool/task-session.js'
import { type BlockClient, BlockSources } from './shuffle/block-sources.js'
import { BlockStore } from './shuffle/block-store.js'
import { OutputIntake } from './shuffle/output-intake.js'
import type { ThreadData } from './worker/thread-protocol.js'

export interface ExecutorOptions {
  readonly executorId: string
  readonly slots: number
  /** `executor.memory`: what this executor may hold. */
  readonly memoryBytes: number
  /** Called when the first thread starts. */
  threads(): Promise<ThreadData>
  readonly client: BlockClient
  send(message: ExecutorMessage): void
}

/** The share of an executor's memory that may hold blocks (shuffle, cache, results). */
const STORE_SHARE = 0.4
/** A thread whose linear memory is larger than this many shares after a task, but for what it holds, is replaced, since it never shrinks. */
const RECYCLE_FACTOR = 1.5

/** Tasks that can count on no more mostly run out of it: they put on disk what they keep from the first time they run. */
const LITTLE_BYTES = 5 << 20

/** How long a task waits for the thread that has its state, where another is free: most batches are done by then, and to read a state again costs more. */
const STATE_PATIENCE_MS = 100

/** A thread without a task that keeps no more is left alone when memory is short. */
const WORTH_TRIMMING_BYTES = 1 << 20

/** An executor: task slots, and the store of what its tasks wrote. What carries its messages is not its concern. */
export class Executor {
  /** What its threads and its store hold. */
  readonly memory: MemoryPool
  readonly store: BlockStore
  readonly #options: ExecutorOptions
  readonly #sources: BlockSources
  readonly #intake: OutputIntake
  readonly #tables: SharedTables
  readonly #slots: readonly Slot[]
  readonly #free: Slot[]
  /** Of slots that run a task, its job. */
  readonly #jobs = new Map<Slot, number>()
  readonly #waiting: TaskLaunch[] = []
  readonly #homes = new StateHomes<Slot>()
  /** Of tasks that waited for the thread that has their state, whether they still do. */
  readonly #patience = new WeakMap<TaskLaunch, boolean>()
  readonly #sessions = new Map<number, TaskSession>()
  readonly #ends = new Set<Promise<void>>()
  /** Jobs that were released while a task of theirs still ran. */
  readonly #released = new Set<number>()
  /** Stages of which a task ran out of memory. */
  readonly #spilling = new WeakSet<Stage>()
  #isClosed = false

  constructor(options: ExecutorOptions) {
    this.#options = options
    const { memoryBytes: bytes, slots } = options
    const memory = MemoryPool.shared({ bytes, slots, storeBytes: Math.floor(bytes * STORE_SHARE) })
    this.memory = memory.pool
    this.store = new BlockStore(memory.pool)
    this.#tables = new SharedTables(memory.pool)
    this.#sources = new BlockSources(options.executorId, this.store, options.client, this.memory)
    this.#intake = new OutputIntake(this.store, options.client, (message) => options.send(message))
    this.#slots = Array.from({ length: slots }, (_, i) => new Slot(i, () => options.threads(), memory))
    this.#free = [...this.#slots]
  }

  get memoryUsage(): ExecutorMemory {
    const { size, free, storedBytes } = this.memory
    return {
      limitBytes: size.bytes,
      heldBytes: size.bytes - free,
      storedBytes,
      residentBytes: process.memoryUsage.rss(),
    }
  }

  /** Starts all threads, so that the first tasks need not wait for them. */
  async start(): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot.start()))
  }

  /** All messages but `shutdown`, which is for whoever owns the process. */
  handle(message: DriverMessage): void {
    switch (message.kind) {
      case 'protectFiles':
        for (const slot of this.#slots) slot.protection = message.protection
        this.store.keyBits = message.protection.keyBits
        return
      case 'launchTask':
        return this.#launch(message.launch)
      case 'cancelTask':
        return this.#cancel(message.attemptId)
      case 'releaseJob':
        return this.#releaseJob(message.jobId)
      case 'dropCache':
        for (const slot of this.#slots) slot.dropCache(message.cacheId)
        return this.store.dropCache(message.cacheId)
      case 'passBarrier':
        return this.#sessions.get(message.attemptId)?.passBarrier(message.sequence, message.messages)
      case 'dropState':
        for (const slot of this.#slots) slot.dropState(message.queryId)
        return this.#homes.forgetQuery(message.queryId)
      case 'takeOutput':
        return this.#intake.take(message)
      case 'shutdown':
        return
    }
  }

  /** Serves blocks of this executor. @throws OUTPUT_NOT_HELD, REQUEST_REFUSED */
  async *fetch(request: FetchRequest): AsyncGenerator<Block> {
    if (request.kind === 'local')
      throw new MillraceError('REQUEST_REFUSED', { what: `the relation ${request.id} of a driver` })
    if (request.kind === 'output') return yield* this.store.readOutput(request.attemptId)
    for (const attemptId of request.attemptIds) yield* this.store.read(attemptId, request.partition)
  }

  /** Ends all tasks and threads and drops all blocks. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#waiting.length = 0
    for (const session of this.#sessions.values()) session.cancel()
    await Promise.all(this.#slots.map((slot) => slot.replace()))
    await Promise.all([...this.#ends, this.#intake.close()])
    await this.store.close()
  }

  /** The driver gives no more tasks than there are slots; one may wait for a moment while the last one's thread is replaced. */
  #launch(launch: TaskLaunch): void {
    if (this.#isClosed || this.#sessions.has(launch.attemptId)) return
    const slot = this.#takeSlot(launch)
    if (!slot) {
      this.#waiting.push(launch)
      return
    }
    this.#jobs.set(slot, launch.jobId)
    const end = this.#run(this.#open(launch, slot), slot)
    this.#ends.add(end)
    void end.finally(() => this.#ends.delete(end))
  }

  #open(launch: TaskLaunch, slot: Slot): TaskSession {
    const session = new TaskSession(launch, slot, {
      store: this.store,
      sources: this.#sources,
      pool: this.memory,
      tables: this.#tables,
      trimIdle: () => this.#trimIdle(),
      spills: this.#spills(launch),
      callBarrier: (call) => this.#options.send({ kind: 'barrierCalled', attemptId: launch.attemptId, ...call }),
    })
    this.#sessions.set(launch.attemptId, session)
    return session
  }

  async #trimIdle(): Promise<void> {
    const keeping = this.#free.filter(({ number }) => this.memory.heldBy(number) > WORTH_TRIMMING_BYTES)
    // One that fails has lost its thread, and all that it kept.
    await Promise.allSettled(keeping.map((slot) => slot.trim()))
  }

  /**
   * A partition of a stream goes to the thread that had it before, if that is free: it may have kept the rows of a state, or who writes in transactions. One that no
   * thread had, and one of a cached relation, whose columns may have been kept, goes to the thread of its number in the same way. For rows of a state it waits as long as another task of its job is there, and for a while where it is that of another job, which may take long: then the rows are read from the
   * checkpoint elsewhere, and stay there.
   */
  #takeSlot(launch: TaskLaunch): Slot | undefined {
    const { jobId, sources, inputs } = launch
    const hasState = Object.keys(inputs.streaming?.operators ?? {}).length > 0
    const home = this.#homes.of(launch)
    const usual = home ?? this.#slots[inputs.partition % this.#slots.length]!
    const keepsMore = inputs.streaming !== undefined || sources.some(({ kind }) => kind === 'cache')
    const at = keepsMore ? this.#free.indexOf(usual) : -1
    if (hasState && at < 0 && (this.#jobs.get(usual) === jobId || (home && this.#isPatient(launch)))) return undefined
    const slot = at < 0 ? this.#free.pop() : this.#free.splice(at, 1)[0]
    if (slot) this.#homes.set(launch, slot)
    return slot
  }

  #isPatient(launch: TaskLaunch): boolean {
    const known = this.#patience.get(launch)
    if (known !== undefined) return known
    this.#patience.set(launch, true)
    const end = (): void => {
      this.#patience.set(launch, false)
      this.#launchWaiting()
    }
    setTimeout(end, STATE_PATIENCE_MS).unref()
    return true
  }

  #launchWaiting(): void {
    for (const waiting of this.#waiting.splice(0)) this.#launch(waiting)
  }

  async #run(session: TaskSession, slot: Slot): Promise<void> {
    const { launch } = session
    const startedMs = performance.now()
    const outcome = await this.#runToEnd(session, slot)
    this.#sessions.delete(launch.attemptId)
    this.#forgetReleased(launch.jobId)
    const message = await this.#messageOf(launch, outcome, performance.now() - startedMs)
    const isBroken = outcome.kind === 'failed' && outcome.isThreadBroken
    const unusedBytes = outcome.memoryBytes - this.memory.heldBy(slot.number)
    if (isBroken || unusedBytes > this.memory.share * RECYCLE_FACTOR) await slot.replace()
    this.#free.push(slot)
    this.#jobs.delete(slot)
    if (this.#isClosed) return
    this.#options.send(message)
    this.#launchWaiting()
  }

  /** A task that runs out of memory is run again, as are then all of its stage, in a way in which everything it keeps can go to disk. */
  async #runToEnd(session: TaskSession, slot: Slot): Promise<TaskOutcome> {
    const { stage } = session.launch
    const isKnown = this.#spills(session.launch)
    const outcome = await session.run()
    if (isKnown || outcome.kind !== 'failed' || outcome.error.condition !== 'UNABLE_TO_ACQUIRE_MEMORY') return outcome
    this.#spilling.add(stage)
    await slot.replace()
    return session.isCanceled ? outcome : await this.#open(session.launch, slot).run()
  }

  /** A task that others wait for cannot be run again alone. */
  #spills({ stage, together }: TaskLaunch): boolean {
    return together !== undefined || this.#spilling.has(stage) || this.memory.share < LITTLE_BYTES
  }

  async #messageOf(launch: TaskLaunch, outcome: TaskOutcome, elapsedMs: number): Promise<ExecutorMessage> {
    const { attemptId } = launch
    if (outcome.kind === 'failed') return { kind: 'taskFailed', attemptId, error: outcome.error }
    try {
      const bytesWritten = this.store.bytesOf(attemptId)
      const report = { ...outcome.result, bytesWritten, ...this.#partitionBytes(launch), elapsedMs }
      if (launch.inlineBytes === 0 || bytesWritten > launch.inlineBytes) {
        return { kind: 'taskSucceeded', attemptId, report }
      }
      const blocks: Block[] = []
      for await (const block of this.store.read(attemptId, 'all')) blocks.push(block)
      this.store.discard(attemptId)
      return { kind: 'taskSucceeded', attemptId, report, blocks }
    } catch (error) {
      return { kind: 'taskFailed', attemptId, error: serializeError(error) }
    }
  }

  /** What the driver divides the tasks of later stages by. */
  #partitionBytes({ stage: { sink }, attemptId }: TaskLaunch): Pick<TaskReport, 'partitionBytes'> {
    const partitions = sink.kind === 'shuffle' ? partitionCount(sink.partitioning) : 1
    return partitions === 1 ? {} : { partitionBytes: this.store.partitionBytesOf(attemptId, partitions) }
  }

  #cancel(attemptId: number): void {
    this.#sessions.get(attemptId)?.cancel()
    const waiting = this.#waiting.findIndex((launch) => launch.attemptId === attemptId)
    if (waiting < 0) {
      // It may have ended while the driver cancelled it: nobody will ask for what it wrote.
      if (!this.#sessions.has(attemptId)) this.store.discard(attemptId)
      return
    }
    this.#waiting.splice(waiting, 1)
    const error = serializeError(new MillraceError('OPERATION_CANCELED'))
    this.#options.send({ kind: 'taskFailed', attemptId, error })
  }

  /** Whatever of the job still runs was cancelled before; its output is dropped with what it will still emit. */
  #releaseJob(jobId: number): void {
    for (const { launch } of this.#sessions.values()) {
      if (launch.jobId !== jobId) continue
      this.#released.add(jobId)
      if (launch.owner.kind === 'job') this.#cancel(launch.attemptId)
    }
    this.store.releaseJob(jobId)
    this.#sources.releaseJob(jobId)
    this.#tables.releaseJob(jobId)
  }

  /** A task of a released job ended; the last one takes along what they collected meanwhile. */
  #forgetReleased(jobId: number): void {
    if (!this.#released.has(jobId)) return
    if ([...this.#sessions.values()].some(({ launch }) => launch.jobId === jobId)) return
    this.#released.delete(jobId)
    this.#sources.releaseJob(jobId)
    this.#tables.releaseJob(jobId)
  }
}
