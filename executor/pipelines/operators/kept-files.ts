import type { StateVersion } from '../../../common/state-path.js'
import { STATE_TOUCHED, TABLE_ROWS } from '../../kernels/interface/table.js'
import { GrowingSnapshot, growsSnapshots, rowsInMemory, type SnapshotRows } from '../growing-snapshot.js'
import type { ResidentState } from '../resident-states.js'
import { stateBytes } from '../state-bytes.js'
import {
  isLargeDelta,
  isSnapshotDue,
  isSnapshotLate,
  isSnapshotOverdue,
  type StateChain,
  type StateFileKind,
  withDelta,
  withSnapshot,
} from '../state-chain.js'
import type { StateDisk } from '../state-disk.js'
import type { Pipeline, RowRange, TaskRun } from '../step.js'
import type { OperatorState, StateWriter } from '../task.js'
import { ADDRESS_BYTES, type KeptLayout, type KeptPipelines, listOf } from './kept-layout.js'
import { rowsOf } from './stored-rows.js'

/**
 * Rows that are added to blocks before those that are full are written, fewer where rows are long: all together they could take as much again as the state. They are few, since
 * those of one batch may be far longer than the others.
 */
const ROWS_AT_ONCE = 64
const BYTES_AT_ONCE = 1 << 20

/** What a task has of the files. */
export interface FilesOfTask {
  readonly operator: OperatorState
  /** Those of the version before. */
  chain: StateChain
  /** The one that the batch adds to. */
  snapshot: GrowingSnapshot | undefined
  /** The rows that are not in memory, where rows can leave it. */
  disk: StateDisk | undefined
  /** Up to where the batch has removed what expires. */
  expiredMicros: bigint | undefined
}

type DoneSnapshot = Awaited<ReturnType<GrowingSnapshot['finish']>>

/** What a batch left. */
type Saved = Pick<ResidentState, 'version' | 'chain'>

/** Rows that lie behind one another, `stride` from one to the next, so many at a time. */
function* inParts(ranges: Iterable<RowRange>, stride: number, most: number): Generator<RowRange> {
  for (const [first, count] of ranges)
    for (let at = 0; at < count; at += most) yield [first + at * stride, Math.min(most, count - at)]
}

/** How the rows of a stateful operator get into files: what each batch changed, and now and then all of them. */
export class KeptFiles {
  readonly #layout: KeptLayout
  readonly #pipelines: KeptPipelines

  constructor(layout: KeptLayout, pipelines: KeptPipelines) {
    this.#layout = layout
    this.#pipelines = pipelines
  }

  /** The snapshot that the batch adds to: the one that those before it began, or one that it is time for. */
  snapshotOver(task: TaskRun, before: StateVersion, resident: ResidentState): GrowingSnapshot | undefined {
    const { state, width } = this.#layout
    const { chain, snapshot, disk } = resident
    const [first] = rowsOf(task, state, width)
    let growing = snapshot
    if (growing && !growing.isIn(first)) {
      growing.abandon()
      growing = undefined
    }
    const isLarge = growsSnapshots(task.slot(state + TABLE_ROWS) + (disk?.rows ?? 0))
    if (!growing && isLarge && isSnapshotDue(chain, task.partition))
      growing = new GrowingSnapshot(before, chain, this.#rowsNow(task, disk))
    if (growing) task.states.growing.add(growing)
    return growing
  }

  /** All rows of a state, before a batch touches any. Of a state that is on disk they all go there, where they stay as they are. */
  #rowsNow(task: TaskRun, disk: StateDisk | undefined): SnapshotRows {
    const { state, width } = this.#layout
    if (!disk || disk.runs === 0) return rowsInMemory([...rowsOf(task, state, width)], width)
    disk.leave(task.addressOf(state))
    return disk.heldRows()
  }

  /** Writes what a batch changed, or all rows that it leaves. @param updated rows, of so many in all */
  async write(task: TaskRun, own: FilesOfTask, updated: number, total: number): Promise<Saved> {
    if (this.#kindOf(task, own, updated, total) === 'delta') return await this.#writeDelta(task, own, updated)
    own.snapshot?.abandon()
    own.snapshot = undefined
    return await this.#writeSnapshot(task, own)
  }

  #kindOf(task: TaskRun, own: FilesOfTask, updated: number, total: number): StateFileKind {
    if (!own.operator.before || isLargeDelta(updated, total)) return 'snapshot'
    return this.#isTimeForAll(own, task.partition, total) ? 'snapshot' : 'delta'
  }

  #isTimeForAll({ chain, snapshot }: FilesOfTask, partition: number, total: number): boolean {
    if (!growsSnapshots(total)) return isSnapshotDue(chain, partition)
    // A batch that has read a large state again leaves it to the next one to begin a snapshot.
    return snapshot ? isSnapshotLate(chain, snapshot.parts) : isSnapshotOverdue(chain, partition)
  }

  async #writeSnapshot(task: TaskRun, { operator, chain, disk }: FilesOfTask): Promise<Saved> {
    const { state, width } = this.#layout
    const { writeAll } = this.#pipelines
    const writer = await operator.write('snapshot', chain, {})
    const { version, bytes } = await finished(writer, async () => {
      await this.#append(task, writer, writeAll, rowsOf(task, state, width))
      await disk?.forEachPage((first, rows) => this.#append(task, writer, writeAll, [[first, rows]]))
      await this.#appendRest(task, writer)
    })
    const { batchId } = operator.batch
    return {
      version,
      chain: await operator.forget(withSnapshot(chain, { from: batchId, oldest: batchId }, bytes)),
    }
  }

  async #writeDelta(task: TaskRun, own: FilesOfTask, updated: number): Promise<Saved> {
    const { operator, expiredMicros } = own
    const done = await this.#growSnapshot(task, own, updated)
    const before = done?.chain ?? own.chain
    const writer = await operator.write('delta', before, {
      ...(expiredMicros === undefined ? {} : { expiredMicros }),
      ...(done ? { rebase: done.rebase } : {}),
    })
    const touched = listOf(task, this.#layout.state + STATE_TOUCHED)
    const { version, bytes } = await finished(writer, async () => {
      await this.#append(task, writer, this.#pipelines.writeListed, [touched], ADDRESS_BYTES)
      await this.#appendRest(task, writer)
    })
    const chain = withDelta(before, bytes)
    // Batches before are kept for a while, for which the snapshots before are wanted.
    return { version, chain: done || chain.snapshots.length > 1 ? await operator.forget(chain) : chain }
  }

  /** Adds to the snapshot that is made bit by bit. Undefined until it is done. */
  async #growSnapshot(task: TaskRun, own: FilesOfTask, updated: number): Promise<DoneSnapshot | undefined> {
    const { snapshot, operator } = own
    if (!snapshot) return undefined
    const writer = await snapshot.writer(operator)
    for (const piece of snapshot.part(updated))
      await piece.visit((first, rows) => this.#append(task, writer, this.#pipelines.writeAll, [[first, rows]]))
    await this.#appendRest(task, writer)
    if (!snapshot.isWhole) return undefined
    own.snapshot = undefined
    return await snapshot.finish(operator.batch.batchId, own.chain)
  }

  /** Writes the blocks that rows fill, with the rows behind them; where none is full the rows wait for others. @param stride from what tells where a row is to the next */
  async #append(
    task: TaskRun,
    writer: StateWriter,
    rows: Pipeline,
    ranges: Iterable<RowRange>,
    stride = this.#layout.width,
  ): Promise<void> {
    const side = task.side(this.#pipelines.sideOutput)
    for (const range of inParts(ranges, stride, this.#rowsAtOnce(task))) {
      await task.runOverRows(rows, [range])
      if (side.hasFull) await writer.append(side.takeBlocks())
    }
  }

  #rowsAtOnce(task: TaskRun): number {
    const { state } = this.#layout
    const rows = task.slot(state + TABLE_ROWS)
    const most = (BYTES_AT_ONCE * rows) / stateBytes(task.memory.view, task.addressOf(state))
    return rows === 0 ? ROWS_AT_ONCE : Math.max(1, Math.min(ROWS_AT_ONCE, Math.floor(most)))
  }

  #appendRest(task: TaskRun, writer: StateWriter): Promise<void> {
    return writer.append(task.side(this.#pipelines.sideOutput).takeBlocks())
  }
}

/** Ends a file when all is written. */
async function finished(writer: StateWriter, write: () => Promise<void>): ReturnType<StateWriter['finish']> {
  try {
    await write()
    return await writer.finish()
  } catch (error) {
    await writer.abort()
    throw error
  }
}
