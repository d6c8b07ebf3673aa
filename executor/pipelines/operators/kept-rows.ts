import type { Field } from '../../../columnar/types.js'
import type { ColumnSource } from '../../compiler/expression/scope.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Local } from '../../compiler/wasm/types.js'
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
import type { EventTimeView } from '../event-times.js'
import type { Pipeline, RowRange, TaskRun } from '../step.js'
import type { OperatorState, StateChain, StateFileKind, StatePart } from '../task.js'
import { batchesOfBlocks } from './block-batches.js'
import { ofTask } from './of-task.js'
import type { BatchPipeline, PlacedRows, StoredRows } from './operator.js'
import { bytesOf, rowsOf } from './stored-rows.js'

/** A delta that changes a good part of the rows is written as a snapshot, which does not depend on others. */
const LARGE_DELTA = 1 / 2
/** Snapshots are made when the deltas since the last one take such a part of its bytes, but not for fewer deltas, and for so many at the latest. */
const WORTH_SNAPSHOT = 1 / 2
const FEWEST_DELTAS = 10
const MOST_DELTAS = 200
/** Rows, and at most those of one chunk more, that are made into blocks before these are written. */
const ROWS_AT_ONCE = 1 << 16
const EMPTY_CHAIN: StateChain = { snapshots: [], snapshotBytes: 0, deltas: 0, deltaBytes: 0 }

/** How a stateful operator lays its rows out. All offsets are in the data area, or in a row. */
export interface KeptLayout {
  readonly operatorId: number
  /** What it keeps (`STATE_BYTES`). */
  readonly state: number
  readonly width: number
  readonly refs: number
  readonly mark: number
  /** Of the count of rows that came too late (i64). */
  readonly late: number
  /** Rows in files. */
  readonly fields: readonly Field[]
  /** Whether there is one row, from the start, as without keys. */
  readonly isSingle: boolean
  /** Whether strings in rows are replaced by others. */
  readonly replacesStrings: boolean
  /** Whether several rows may have the same keys (executor/kernels/assembly/chained-state.ts). */
  readonly isChained: boolean
  /** What it sees of event time, if rows expire. */
  readonly times: EventTimeView | undefined
  /** Whether the driver is told when the next row expires. */
  readonly tellsDue?: boolean
}

/** How rows get into files and out of them. */
export interface KeptPipelines {
  /** Puts rows in place of those that they are newer versions of. */
  readonly restore: BatchPipeline
  /** To a side output: of a list of rows, or of all that lie in the memory, those that were not removed. */
  readonly writeListed: Pipeline
  readonly writeAll: Pipeline
  readonly sideOutput: number
}

/** The rows whose addresses are in a list (`STATE_TOUCHED`, `STATE_EXPIRED`). */
export const listedRows = (list: number, load: (row: Local) => ColumnSource): StoredRows => ({
  ranges: (task) => [listOf(task, list)],
  ...addressesOf(load),
})

/** Rows whose addresses lie one behind the other. */
export const addressesOf = (load: (row: Local) => ColumnSource): PlacedRows => ({
  stride: ADDRESS_BYTES,
  locate: (f: FunctionBuilder, row: Local) => f.load('i32.load').set(row),
  load,
})

const ADDRESS_BYTES = 4

const listOf = (task: TaskRun, list: number): RowRange => [task.slot(list + LIST_ADDRESS), task.slot(list + LIST_COUNT)]

/** What a task has of it. */
interface OfTask {
  readonly operator: OperatorState
  chain: StateChain
  removed: number
  expiredMicros: bigint | undefined
  /** When it was open, had taken in the rows of the batch, and had removed what is final. */
  openMs: number
  takenMs: number
  removedMs: number
}

/**
 * What a stateful operator keeps, from its opening in a batch to its end. A batch costs what it touches: rows stay in memory, and what changed is
 * written as a delta; now and then as a snapshot, so that no version is made of many files.
 */
export class KeptRows {
  readonly #layout: KeptLayout
  readonly #pipelines: KeptPipelines
  readonly #of = ofTask(
    (task): OfTask => ({
      operator: task.states.operator(this.#layout.operatorId),
      chain: EMPTY_CHAIN,
      removed: 0,
      expiredMicros: undefined,
      openMs: 0,
      takenMs: 0,
      removedMs: 0,
    }),
  )

  constructor(layout: KeptLayout, pipelines: KeptPipelines) {
    this.#layout = layout
    this.#pipelines = pipelines
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
    const { restore } = this.#pipelines
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
    const rowsTotal = task.slot(state + TABLE_ROWS)
    const rowsUpdated = task.slot(state + STATE_TOUCHED + LIST_COUNT)
    const isChanged = rowsUpdated > 0 || own.removed > 0
    const beganMs = performance.now()
    const saved = isChanged
      ? await this.#write(task, own, this.#kindOf(task, own, rowsUpdated, rowsTotal))
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
    const resident = { ...saved, layout: this, bytes: memoryBytes }
    task.states.resident.keep(task.memory, id, task.addressOf(state), resident)
  }

  #kindOf(task: TaskRun, { operator, chain }: OfTask, updated: number, total: number): StateFileKind {
    if (!operator.before || updated >= total * LARGE_DELTA) return 'snapshot'
    // Partitions are not due in the same batch.
    const isDue = chain.deltas >= MOST_DELTAS + (task.partition % FEWEST_DELTAS)
    const isWorth = chain.deltas >= FEWEST_DELTAS && chain.deltaBytes >= chain.snapshotBytes * WORTH_SNAPSHOT
    return isDue || isWorth ? 'snapshot' : 'delta'
  }

  async #write(task: TaskRun, { operator, chain, expiredMicros }: OfTask, kind: StateFileKind) {
    const { writeAll, writeListed, sideOutput } = this.#pipelines
    const isWhole = kind === 'snapshot'
    const writer = await operator.write(kind, chain, isWhole ? undefined : expiredMicros)
    try {
      for (const ranges of isWhole ? this.#allRows(task) : this.#touchedRows(task)) {
        await task.runOverRows(isWhole ? writeAll : writeListed, ranges)
        await writer.append(task.side(sideOutput).takeBlocks())
      }
      return await writer.finish()
    } catch (error) {
      await writer.abort()
      throw error
    }
  }

  /** The rows in the memory, those that were removed among them, some at a time. */
  *#allRows(task: TaskRun): Generator<readonly RowRange[]> {
    const { state, width } = this.#layout
    let ranges: RowRange[] = []
    let rows = 0
    for (const range of rowsOf(task, state, width)) {
      ranges.push(range)
      rows += range[1]
      if (rows < ROWS_AT_ONCE) continue
      yield ranges
      ranges = []
      rows = 0
    }
    yield ranges
  }

  *#touchedRows(task: TaskRun): Generator<readonly RowRange[]> {
    const [first, count] = listOf(task, this.#layout.state + STATE_TOUCHED)
    for (let at = 0; at < count; at += ROWS_AT_ONCE)
      yield [[first + at * ADDRESS_BYTES, Math.min(ROWS_AT_ONCE, count - at)]]
  }

  #settle(task: TaskRun): void {
    const { state, width, refs, mark, replacesStrings, isChained } = this.#layout
    const [at, refsAt] = [task.addressOf(state), task.addressOf(refs)]
    task.memory.kernels.stateSettle(at, width, refsAt, mark, Number(replacesStrings), Number(isChained))
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
