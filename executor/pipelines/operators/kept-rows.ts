import type { Block } from '../../../columnar/blocks/block.js'
import {
  LIST_ADDRESS,
  LIST_COUNT,
  STATE_EXPIRED,
  STATE_HEAP,
  STATE_RUNS,
  STATE_TOUCHED,
  TABLE_ROWS,
} from '../../kernels/interface/table.js'
import { type CellsOnDisk, NEVER } from '../../user-code/state/keyed-cells.js'
import type { ResidentState } from '../resident-states.js'
import { EMPTY_CHAIN } from '../state-chain.js'
import { StateDisk } from '../state-disk.js'
import type { Pipeline, TaskRun } from '../step.js'
import type { StatePart } from '../task.js'
import { batchesOfBlocks } from './block-batches.js'
import { type FilesOfTask, KeptFiles } from './kept-files.js'
import { type KeptLayout, type KeptPipelines, listOf } from './kept-layout.js'
import { LeavingRows } from './leaving-rows.js'
import { ofTask } from './of-task.js'
import type { BatchPipeline } from './operator.js'
import { rowsOf } from './stored-rows.js'

/** What a task has of it. */
interface OfTask extends FilesOfTask {
  /** Who gives rows back, where they can leave the memory. */
  leaving: LeavingRows | undefined
  removed: number
  /** What the partitions that the batch is through with take of the thread's memory when it is opened. */
  residentBytes: number
  /** When it was open, had taken in the rows of the batch, and had removed what is final. */
  openMs: number
  takenMs: number
  removedMs: number
}

/**
 * What a stateful operator keeps, from its opening in a batch to its end. A batch costs what it touches: rows stay in memory, and what changed is
 * written as a delta; now and then there is a snapshot, so that no version is made of many files: of many rows bit by bit, batch by batch.
 */
export class KeptRows {
  readonly #layout: KeptLayout
  readonly #restore: BatchPipeline
  readonly #merge: Pipeline | undefined
  readonly #files: KeptFiles
  readonly #of = ofTask(
    (task): OfTask => ({
      operator: task.states.operator(this.#layout.operatorId),
      chain: EMPTY_CHAIN,
      snapshot: undefined,
      disk: undefined,
      leaving: undefined,
      removed: 0,
      expiredMicros: undefined,
      residentBytes: 0,
      openMs: 0,
      takenMs: 0,
      removedMs: 0,
    }),
  )

  constructor(layout: KeptLayout, pipelines: KeptPipelines) {
    this.#layout = layout
    this.#restore = pipelines.restore
    this.#merge = pipelines.merge
    this.#files = new KeptFiles(layout, pipelines)
  }

  async open(task: TaskRun): Promise<void> {
    const own = this.#of(task)
    await this.#open(task, own)
    own.openMs = performance.now()
  }

  /** Goes on from the version that the batch before left: it is in memory still, or is restored. */
  async #open(task: TaskRun, own: OfTask): Promise<void> {
    const { state, width, isSingle } = this.#layout
    const { memory, states } = task
    const address = task.addressOf(state)
    const { id, before } = own.operator
    const resident = before && states.resident.take(memory, id, before, this, address)
    if (!before) states.resident.drop(memory, id)
    own.residentBytes = states.resident.bytesOf(own.operator)
    if (resident) {
      own.chain = resident.chain
      this.#holdRows(task, own, resident.disk)
      own.snapshot = this.#files.snapshotOver(task, before, resident)
      await own.leaving?.leaveBeyondShare()
      return
    }
    memory.kernels.groupTableInit(address)
    if (isSingle) memory.kernels.groupInsert(address, 0, width)
    this.#holdRows(task, own, undefined)
    if (before) await this.#restoreAll(task, own)
  }

  /** From now on rows may leave the memory, if they can. */
  #holdRows(task: TaskRun, own: OfTask, known: StateDisk | undefined): void {
    const { leaving, state, refs, width, mark, isChained = false } = this.#layout
    if (!leaving) return
    const at = task.addressOf(refs)
    const refList = task.memory.bytes.slice(at, at + refListBytes(task.slot(refs)))
    const disk = known ?? new StateDisk(task.memory, { width, mark, ...leaving, isChained, refList })
    task.memory.view.setUint32(task.addressOf(state + STATE_RUNS), disk.list, true)
    task.returnRows(state, (hash) => disk.bring(task.addressOf(state), hash))
    task.states.disks.add(disk)
    own.disk = disk
    own.leaving = new LeavingRows(task, this.#layout, disk, () => {
      // A snapshot that is made bit by bit knows where rows lie in memory.
      if (!own.snapshot?.isInMemory) return
      own.snapshot.abandon()
      task.states.growing.delete(own.snapshot)
      own.snapshot = undefined
    })
    task.arbiter.hold(own.leaving)
  }

  /** Brings rows back that code asks for which is not generated, where they can leave the memory. */
  onDisk(task: TaskRun): CellsOnDisk | undefined {
    const { disk } = this.#of(task)
    const state = task.addressOf(this.#layout.state)
    return disk && { bring: (hash) => disk.bring(state, hash), bringDue: (until) => disk.bringDue(state, until) }
  }

  async #restoreAll(task: TaskRun, own: OfTask): Promise<void> {
    const { operator, leaving, disk } = own
    const { operatorId } = this.#layout
    const held = task.memory.count(`state of operator ${operatorId} that is restored`, operatorId)
    for await (const part of operator.restore(operator.before!, held)) {
      await this.#restorePart(task, own, part)
      // The first part has each key once.
      if (leaving && this.#merge) leaving.hasNewer = true
    }
    if (!leaving?.hasNewer) return
    await disk?.resolve(task.addressOf(this.#layout.state), true)
    leaving.hasNewer = false
  }

  async #restorePart(task: TaskRun, own: OfTask, { blocks, expiredMicros, chain }: StatePart): Promise<void> {
    const restore = this.#restore
    const { fields } = this.#layout
    await task.runOverBatches(restore.pipeline, {
      ...restore,
      open: ({ memory }, { used }) => ({
        batches: batchesOfBlocks(bounded(blocks, own.leaving), memory, fields, used),
        isCounted: false,
      }),
    })
    if (expiredMicros !== undefined) {
      this.#expireUpTo(task, expiredMicros)
      await own.disk?.expire(expiredMicros)
    }
    this.#settle(task)
    own.chain = chain
  }

  /** The batch is taken in: keys of which there are rows on disk become what they are together. */
  async merge(task: TaskRun): Promise<void> {
    const { disk, leaving } = this.#of(task)
    const [merge, { state }] = [this.#merge, this.#layout]
    if (!disk || !leaving || !merge) return
    // Whoever has its address must find a row.
    task.arbiter.release(leaving)
    await disk.resolve(task.addressOf(state), false, (first, rows) => task.runOverRows(merge, [[first, rows]]))
  }

  /** Has all rows worked on, those on disk among them. */
  async forEach(task: TaskRun, work: Pipeline): Promise<void> {
    const { state, width } = this.#layout
    await task.runOverRows(work, rowsOf(task, state, width))
    await this.#of(task).disk?.forEachPage((first, rows) => task.runOverRows(work, [[first, rows]]))
  }

  /** Removes what is final; until the batch is saved it can be read still. @param output gets lists of rows that are removed */
  async expire(task: TaskRun, output?: Pipeline): Promise<void> {
    const { times, state } = this.#layout
    const own = this.#of(task)
    own.takenMs = performance.now()
    // From now on rows are listed by their addresses.
    if (own.leaving) task.arbiter.release(own.leaving)
    if (times) {
      const final = task.memory.view.getBigInt64(task.addressOf(times.final), true)
      own.removed = this.#expireUpTo(task, final)
      if (output) await task.runOverRows(output, [listOf(task, state + STATE_EXPIRED)])
      const passOn = output && ((list: number, rows: number) => task.runOverRows(output, [[list, rows]]))
      own.removed += (await own.disk?.expire(final, passOn)) ?? 0
      if (own.removed > 0) own.expiredMicros = final
    }
    own.removedMs = performance.now()
  }

  #expireUpTo(task: TaskRun, micros: bigint): number {
    const { state, mark, isChained } = this.#layout
    const { kernels } = task.memory
    const at = task.addressOf(state)
    return isChained ? kernels.chainExpire(at, micros, mark) : kernels.stateExpire(at, micros, mark)
  }

  /** Writes what the batch changed, and leaves the rows for the next one. */
  async save(task: TaskRun): Promise<void> {
    const { operatorId, state, late } = this.#layout
    const own = this.#of(task)
    const { before } = own.operator
    const growing = own.snapshot
    const rowsTotal = task.slot(state + TABLE_ROWS) + (own.disk?.rows ?? 0)
    const rowsUpdated = task.slot(state + STATE_TOUCHED + LIST_COUNT)
    const isChanged = rowsUpdated > 0 || own.removed > 0
    const beganMs = performance.now()
    const saved = isChanged
      ? await this.#files.write(task, own, rowsUpdated, rowsTotal)
      : before && { version: before, chain: own.chain }
    this.#settle(task)
    const due = this.#due(task, own.disk)
    if (saved) {
      this.#keep(task, own, saved)
      if (growing) task.states.growing.delete(growing)
    }
    task.states.reports.push({
      operatorId,
      ...(saved ? { version: saved.version } : {}),
      rowsTotal,
      rowsUpdated,
      rowsRemoved: own.removed,
      rowsDropped: Number(task.memory.view.getBigInt64(task.addressOf(late), true)),
      memoryBytes: task.states.resident.bytesOf(own.operator) - own.residentBytes,
      updatesMs: own.takenMs - own.openMs,
      removalsMs: own.removedMs - own.takenMs,
      commitMs: performance.now() - beganMs,
      ...due,
    })
  }

  /** Leaves the rows for the next batch. */
  #keep(task: TaskRun, own: OfTask, saved: Pick<ResidentState, 'version' | 'chain'>): void {
    const { id, batch } = own.operator
    const { batchId } = batch
    const resident = { ...saved, batchId, layout: this, snapshot: own.snapshot, disk: own.disk }
    task.states.resident.keep(task.memory, id, task.addressOf(this.#layout.state), resident)
    if (own.disk) task.states.disks.delete(own.disk)
  }

  #settle(task: TaskRun): void {
    const { state, width, refs, mark, replacesStrings = false, isChained = false } = this.#layout
    const [at, refsAt] = [task.addressOf(state), task.addressOf(refs)]
    const { memory } = task
    const bytes = memory.kernels.stateSettle(at, mark, Number(replacesStrings)) >>> 0
    // What moves is there twice for a time. Where there is no room for that all stays as it is; the next batch looks again.
    if (bytes > 0 && memory.secure(memory.taskBytes + bytes))
      memory.kernels.stateCompact(at, width, refsAt, mark, Number(isChained))
  }

  #due(task: TaskRun, disk: StateDisk | undefined): { readonly dueMicros?: bigint } {
    const heap = this.#layout.state + STATE_HEAP
    if (!this.#layout.tellsDue) return {}
    const isEmpty = task.slot(heap + LIST_COUNT) === 0
    const inMemory = isEmpty ? NEVER : task.memory.view.getBigInt64(task.slot(heap + LIST_ADDRESS), true)
    const onDisk = disk?.leastExpiry ?? NEVER
    const dueMicros = onDisk < inMemory ? onDisk : inMemory
    return dueMicros === NEVER ? {} : { dueMicros }
  }
}

/** Bytes of a list of refs: their count, then two words each. */
const refListBytes = (count: number): number => 4 + count * 8

/** The blocks of a file, between which rows leave the memory. */
async function* bounded(blocks: AsyncIterable<Block>, leaving: LeavingRows | undefined): AsyncGenerator<Block> {
  for await (const block of blocks) {
    await leaving?.leaveBeyondShare()
    yield block
  }
}
