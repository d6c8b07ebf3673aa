import type { Block } from '../../columnar/blocks/block.js'
import { BlockGarbage } from '../../common/collect-garbage.js'
import { MillraceError, toMillraceError } from '../../common/errors/millrace-error.js'
import type { FetchedBlock, FetchRequest, SourceGroup, TaskSource } from '../../proto/protocol.js'
import type { MemoryPool } from '../memory/memory-pool.js'
import type { BlockStore } from './block-store.js'

/** Fetches blocks over the network: from other executors, and from the driver those that the session holds. */
export interface BlockClient {
  fetch(address: string, request: FetchRequest, signal: AbortSignal): AsyncIterable<FetchedBlock>
  fetchLocal(request: Extract<FetchRequest, { kind: 'local' }>, signal: AbortSignal): AsyncIterable<Block>
}

/** The broadcasts of a job, by stage, and what ends those that are still being fetched when the job does. */
interface JobBroadcasts {
  /** Undefined those that there is no memory for: each task fetches them itself. */
  readonly collected: Map<number, Promise<readonly Block[] | undefined>>
  readonly abort: AbortController
  /** Of those that are not blocks of the store here. */
  bytes: number
}

/** Bytes of fetched blocks after which garbage is collected. */
const GARBAGE_BYTES = 128 * 1024 ** 2

type StageSource = Extract<TaskSource, { kind: 'stage' }>

/** Finds the blocks a task reads, wherever they are: here, with another executor, or with the driver. */
export class BlockSources {
  readonly #executorId: string
  readonly #store: BlockStore
  readonly #client: BlockClient
  readonly #pool: MemoryPool
  /** Of blocks from elsewhere, which are a thread's as soon as they are handed on. */
  readonly #garbage = new BlockGarbage(GARBAGE_BYTES)
  /** Broadcasts collected for all threads of this executor, by job and stage. */
  readonly #broadcasts = new Map<number, JobBroadcasts>()

  constructor(executorId: string, store: BlockStore, client: BlockClient, pool: MemoryPool) {
    this.#executorId = executorId
    this.#store = store
    this.#client = client
    this.#pool = pool
  }

  /** One partition of what a stage or a cache holds. @throws FETCH_FAILED naming executor and stage */
  async *partition(
    source: Exclude<TaskSource, { kind: 'local' }>,
    partition: number | 'all',
    signal: AbortSignal,
  ): AsyncGenerator<Block> {
    for (const group of this.#order(source.groups)) yield* this.#group(source.stageKey, group, partition, signal)
  }

  /** Partitions of what a stage wrote, one behind the other. @throws FETCH_FAILED */
  async *partitions(source: StageSource, from: number, until: number, signal: AbortSignal): AsyncGenerator<Block> {
    for (let partition = from; partition < until; partition++) yield* this.partition(source, partition, signal)
  }

  /** Everything a stage wrote, fetched once for all tasks of the job. @throws FETCH_FAILED */
  async *broadcast(jobId: number, source: StageSource, signal: AbortSignal): AsyncGenerator<Block> {
    let ofJob = this.#broadcasts.get(jobId)
    if (!ofJob) {
      ofJob = { collected: new Map(), abort: new AbortController(), bytes: 0 }
      this.#broadcasts.set(jobId, ofJob)
    }
    const job = ofJob
    const { collected: all } = job
    let collected = all.get(source.stageKey)
    if (!collected) {
      // Bound to the job, not to this task: other tasks wait for the same blocks.
      collected = this.#collect(job, source)
      all.set(source.stageKey, collected)
      collected.catch(() => all.delete(source.stageKey))
    }
    const blocks = await collected
    if (!blocks) return yield* this.partition(source, 'all', signal)
    for (const block of blocks) {
      if (signal.aborted) return
      yield block
    }
  }

  local(source: Extract<TaskSource, { kind: 'local' }>, signal: AbortSignal): AsyncIterable<Block> {
    return this.#client.fetchLocal(source, signal)
  }

  releaseJob(jobId: number): void {
    const ofJob = this.#broadcasts.get(jobId)
    if (!ofJob) return
    ofJob.abort.abort()
    this.#broadcasts.delete(jobId)
    this.#pool.dropStored(ofJob.bytes)
  }

  /** All blocks of a broadcast, or undefined when there is no memory for them. As long as the job goes on, those count that the store here does not count anyway. */
  async #collect(job: JobBroadcasts, source: StageSource): Promise<readonly Block[] | undefined> {
    const all: Block[] = []
    const { signal } = job.abort
    let counted = 0
    const uncount = (): void => {
      if (signal.aborted) return
      job.bytes -= counted
      this.#pool.dropStored(counted)
    }
    try {
      for await (const block of this.partition(source, 'all', signal)) {
        all.push(block)
        if (this.#store.counts(block) || signal.aborted) continue
        if (!this.#pool.takeStored(block.bytes.length)) {
          uncount()
          return undefined
        }
        counted += block.bytes.length
        job.bytes += block.bytes.length
      }
      return all
    } catch (error) {
      uncount()
      throw error
    }
  }

  /** Local blocks first, then the others beginning behind this executor, so that not all ask the same one at once. */
  #order(groups: readonly SourceGroup[]): readonly SourceGroup[] {
    const own = groups.filter(({ executorId }) => executorId === this.#executorId)
    const others = groups.filter(({ executorId }) => executorId !== this.#executorId)
    const behind = others.findIndex(({ executorId }) => executorId > this.#executorId)
    return behind < 0 ? [...own, ...others] : [...own, ...others.slice(behind), ...others.slice(0, behind)]
  }

  async *#group(
    stageKey: number,
    { executorId, address, attemptIds }: SourceGroup,
    partition: number | 'all',
    signal: AbortSignal,
  ): AsyncGenerator<Block> {
    try {
      if (executorId === this.#executorId) {
        for (const attemptId of attemptIds) yield* this.#store.read(attemptId, partition)
      } else {
        for await (const block of this.#client.fetch(address, { kind: 'attempts', attemptIds, partition }, signal)) {
          yield block
          this.#garbage.released(block.bytes.length)
        }
      }
    } catch (cause) {
      if (signal.aborted) throw new MillraceError('OPERATION_CANCELED', {}, { cause })
      const { domain, message: reason } = toMillraceError(cause)
      // What the user must mend is not mended by computing the output again.
      if (domain === 'user') throw cause
      throw new MillraceError(
        'FETCH_FAILED',
        { block: `stage ${stageKey}, partition ${partition}`, executor: executorId, stage: stageKey, reason },
        { cause },
      )
    }
  }
}
