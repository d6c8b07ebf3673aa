import { STORE_SIZE } from '../../kernels/interface/rows.js'
import { LIST_COUNT, STATE_TOUCHED, TABLE_ROWS, TABLE_STRING_STORE } from '../../kernels/interface/table.js'
import type { MemoryHolder } from '../../memory/memory-arbiter.js'
import { MERGED_BYTES } from '../../spill/state-runs.js'
import { stateBytes } from '../state-bytes.js'
import { leavingBytes, type StateDisk } from '../state-disk.js'
import type { TaskRun } from '../step.js'
import { CALL_ROWS, growthOf } from './group-tables.js'
import type { KeptLayout } from './kept-layout.js'

/** Of a row that is looked for: its entry in a list, and in the one that it is sorted with. */
const LOOKED_FOR_BYTES = 16
/** Of merged runs there are pages in memory, what is listed of them, and the next page that is written. */
const MERGING_BYTES = 3 * MERGED_BYTES

/** The rows of a state, while a task takes in a batch, or reads them: when memory is short those leave it that the batch has not touched. */
export class LeavingRows implements MemoryHolder {
  readonly operator: string
  readonly stateOperatorId: number
  readonly #task: TaskRun
  readonly #layout: KeptLayout
  readonly #disk: StateDisk
  /** Told when rows have left. */
  readonly #left: () => void
  /** Whether rows in memory may be newer versions of some on disk. */
  hasNewer = false
  /** How many rows could not leave the last time: those of chains with one that is touched, too. */
  #stayed = 0

  constructor(task: TaskRun, layout: KeptLayout, disk: StateDisk, left: () => void) {
    this.operator = `state of operator ${layout.operatorId}`
    this.stateOperatorId = layout.operatorId
    this.#task = task
    this.#layout = layout
    this.#disk = disk
    this.#left = left
  }

  get bytes(): number {
    const rows = this.#rows
    return rows === 0 ? 0 : Math.floor((this.#stateBytes * Math.max(0, rows - this.#bound)) / rows)
  }

  get reserve(): number {
    const { state, width } = this.#layout
    const [rows, bound] = [this.#rows, this.#bound]
    const strings = this.#task.slot(state + TABLE_STRING_STORE + STORE_SIZE)
    // Those that stay move together, or get what they were before at their side.
    const staying = bound * (width + LOOKED_FOR_BYTES + (rows === 0 ? 0 : Math.ceil(strings / rows)))
    return leavingBytes(rows) + staying + growthOf(this.#task, state, CALL_ROWS) + MERGING_BYTES
  }

  async giveBack(): Promise<void> {
    const address = this.#task.addressOf(this.#layout.state)
    if (this.hasNewer) await this.#disk.resolve(address, true)
    this.#disk.leave(address)
    this.#stayed = this.#rows
    this.#left()
  }

  /** The same, if the state takes more than a thread can count on: of what it takes beyond that for a time, its memory does not become free. */
  async leaveBeyondShare(): Promise<void> {
    if (this.#stateBytes > this.#task.memory.share) await this.giveBack()
  }

  get #stateBytes(): number {
    return stateBytes(this.#task.memory.view, this.#task.addressOf(this.#layout.state))
  }

  get #rows(): number {
    return this.#task.slot(this.#layout.state + TABLE_ROWS)
  }

  /** How many rows do not leave before the batch ends. */
  get #bound(): number {
    return Math.max(this.#stayed, this.#task.slot(this.#layout.state + STATE_TOUCHED + LIST_COUNT))
  }
}
