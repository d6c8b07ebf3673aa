import { DIRECTORY_ENTRY_SHIFT } from '../../kernels/interface/rows.js'
import {
  HEAP_ENTRY_BYTES,
  LIST_ADDRESS,
  LIST_CAPACITY,
  LIST_COUNT,
  STATE_EXPIRED,
  STATE_HEAP,
  STATE_TOUCHED,
  TABLE_MASK,
  TABLE_ROWS,
} from '../../kernels/interface/table.js'
import { EMPTY_CHAIN } from '../state-chain.js'
import type { TaskRun } from '../step.js'
import type { StatePart } from '../task.js'
import { batchesOfBlocks } from './block-batches.js'
import { type FilesOfTask, KeptFiles } from './kept-files.js'
import { ADDRESS_BYTES, type KeptLayout, type KeptPipelines } from './kept-layout.js'
import { ofTask } from './of-task.js'
import type { BatchPipeline } from './operator.js'
import { bytesOf } from './stored-rows.js'

/** What a task has of it. */
interface OfTask extends FilesOfTask {
  removed: number
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
  readonly #files: KeptFiles
  readonly #of = ofTask(
    (task): OfTask => ({
      operator: task.states.operator(this.#layout.operatorId),
      chain: EMPTY_CHAIN,
      snapshot: undefined,
      removed: 0,
      expiredMicros: undefined,
      openMs: 0,
      takenMs: 0,
      removedMs: 0,
    }),
  )

  constructor(layout: KeptLayout, pipelines: KeptPipelines) {
    this.#layout = layout
    this.#restore = pipelines.restore
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
    if (resident) {
      own.chain = resident.chain
      own.snapshot = this.#files.snapshotOver(task, before, resident)
      return
    }
    if (!before) states.resident.drop(memory, id)
    memory.kernels.groupTableInit(address)
    if (isSingle) memory.kernels.groupInsert(address, 0, width)
    if (!before) return
    const held = memory.count(`state of operator ${this.#layout.operatorId} that is restored`)
    for await (const part of own.operator.restore(before, held)) await this.#restorePart(task, own, part)
  }

  async #restorePart(task: TaskRun, own: OfTask, { blocks, expiredMicros, chain }: StatePart): Promise<void> {
    const restore = this.#restore
    const { fields } = this.#layout
    await task.runOverBatches(restore.pipeline, {
      ...restore,
      open: ({ memory }, { used }) => ({
        batches: batchesOfBlocks(blocks, memory, fields, used),
        isCounted: false,
      }),
    })
    if (expiredMicros !== undefined) this.#expireUpTo(task, expiredMicros)
    this.#settle(task)
    own.chain = chain
  }

  /** Removes what is final; until the batch is saved it can be read still. */
  expire(task: TaskRun): void {
    const { times } = this.#layout
    const own = this.#of(task)
    own.takenMs = performance.now()
    if (times) {
      const final = task.memory.view.getBigInt64(task.addressOf(times.final), true)
      own.removed = this.#expireUpTo(task, final)
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
    const { id, before } = own.operator
    const growing = own.snapshot
    const rowsTotal = task.slot(state + TABLE_ROWS)
    const rowsUpdated = task.slot(state + STATE_TOUCHED + LIST_COUNT)
    const isChanged = rowsUpdated > 0 || own.removed > 0
    const beganMs = performance.now()
    const saved = isChanged
      ? await this.#files.write(task, own, rowsUpdated, rowsTotal)
      : before && { version: before, chain: own.chain }
    this.#settle(task)
    const memoryBytes = this.#bytes(task)
    task.states.reports.push({
      operatorId,
      ...(saved ? { version: saved.version } : {}),
      rowsTotal,
      rowsUpdated,
      rowsRemoved: own.removed,
      rowsDropped: Number(task.memory.view.getBigInt64(task.addressOf(late), true)),
      memoryBytes,
      updatesMs: own.takenMs - own.openMs,
      removalsMs: own.removedMs - own.takenMs,
      commitMs: performance.now() - beganMs,
      ...this.#due(task),
    })
    if (!saved) return
    const resident = { ...saved, layout: this, bytes: memoryBytes, snapshot: own.snapshot }
    task.states.resident.keep(task.memory, id, task.addressOf(state), resident)
    if (growing) task.states.growing.delete(growing)
  }

  #settle(task: TaskRun): void {
    const { state, width, refs, mark, replacesStrings, isChained } = this.#layout
    const [at, refsAt] = [task.addressOf(state), task.addressOf(refs)]
    task.memory.kernels.stateSettle(
      at,
      width,
      refsAt,
      mark,
      Number(replacesStrings ?? false),
      Number(isChained ?? false),
    )
  }

  #due(task: TaskRun): { readonly dueMicros?: bigint } {
    const heap = this.#layout.state + STATE_HEAP
    if (!this.#layout.tellsDue || task.slot(heap + LIST_COUNT) === 0) return {}
    return { dueMicros: task.memory.view.getBigInt64(task.slot(heap + LIST_ADDRESS), true) }
  }

  #bytes(task: TaskRun): number {
    const { state } = this.#layout
    const lists = [STATE_TOUCHED, STATE_EXPIRED].map((list) => task.slot(state + list + LIST_CAPACITY) * ADDRESS_BYTES)
    const heap = task.slot(state + STATE_HEAP + LIST_CAPACITY) * HEAP_ENTRY_BYTES
    const entries = task.slot(state + TABLE_MASK) + 1
    return lists.reduce((sum, bytes) => sum + bytes, bytesOf(task, state) + heap + (entries << DIRECTORY_ENTRY_SHIFT))
  }
}
