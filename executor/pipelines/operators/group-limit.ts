import type { PhysicalGroupLimit } from '../../../planner/plan/physical/window.js'
import { TABLE_ROWS } from '../../kernels/interface/table.js'
import type { MemoryHolder } from '../../memory/memory-arbiter.js'
import {
  LIMITED_ASKS,
  LIMITED_BYTES,
  LIMITED_PASSED,
  LIMITED_ROWS,
  LIMITED_UNSEEN,
  LimitedGroups,
} from '../codegen/limited-groups.js'
import type { Step, TaskRun } from '../step.js'
import { CALL_ROWS, emptyGroups, growthOf } from './group-tables.js'
import { LimitBenefit } from './limit-benefit.js'
import { ofTask } from './of-task.js'
import type { ExecutableOperator } from './operator.js'
import { bytesOf } from './stored-rows.js'

/** Larger tables are found in memory alone, where it takes as long as to sort the rows. */
const MOST_BYTES = 32 << 20
/** So many rows show what comes of the next ones: fewer, where they make the table grow by so much. */
const [TRIAL_ROWS, TRIAL_BYTES] = [1 << 18, 8 << 20]

/** Passes on the rows that may be among the first of their partition. It keeps no rows, only their places, and may forget these at any time. */
export const groupLimit: ExecutableOperator<PhysicalGroupLimit> = {
  produce(compiler, plan, next) {
    const table = compiler.table()
    const state = compiler.context.constants.reserve(LIMITED_BYTES)
    const groups = new LimitedGroups(compiler.context, plan, { table, state })
    const steps = stepsOf({ table, state, width: groups.width, limit: plan.limit, mode: plan.mode })
    compiler.step(steps.begin)
    const ask = compiler.between(steps.decide)
    compiler.input(plan, 0, groups.limiting(ask, next))
    compiler.step(steps.end)
    compiler.release(table)
  },
}

/** Offsets in the data area, and how many places partitions have. */
interface LimitedTable {
  readonly table: number
  readonly state: number
  readonly width: number
  readonly limit: number
  readonly mode: PhysicalGroupLimit['mode']
}

function stepsOf(table: LimitedTable): Readonly<Record<'begin' | 'decide' | 'end', Step['run']>> {
  const holderOf = ofTask((task) => new HeldPlaces(task, table))
  return {
    begin: (task) => holderOf(task).begin(),
    decide: (task) => holderOf(task).decide(),
    end: (task) => task.arbiter.release(holderOf(task)),
  }
}

class HeldPlaces implements MemoryHolder {
  readonly operator = 'window'
  readonly #task: TaskRun
  readonly #table: LimitedTable
  readonly #benefit: LimitBenefit

  constructor(task: TaskRun, table: LimitedTable) {
    this.#task = task
    this.#table = table
    this.#benefit = new LimitBenefit(table.limit, table.mode)
  }

  get bytes(): number {
    return bytesOf(this.#task, this.#table.table)
  }

  get reserve(): number {
    return growthOf(this.#task, this.#table.table, CALL_ROWS)
  }

  begin(): void {
    this.giveBack()
    this.#set(LIMITED_UNSEEN, 0)
    this.#start(this.#trialRows)
    this.#task.arbiter.hold(this)
  }

  /** Enough rows have come to tell whether the next ones are worth looking at, or have passed unseen. */
  decide(): void {
    const isUnseen = this.#slot(LIMITED_UNSEEN) === 1
    const [rows, passed] = [this.#slot(LIMITED_ROWS), this.#slot(LIMITED_PASSED)]
    const groups = this.#task.slot(this.#table.table + TABLE_ROWS)
    const next = isUnseen
      ? ({ kind: 'afresh' } as const)
      : this.#benefit.after({ rows, passed, groups, isFull: this.bytes >= MOST_BYTES })
    if (next.kind !== 'looking') this.giveBack()
    this.#set(LIMITED_UNSEEN, next.kind === 'unseen' ? 1 : 0)
    this.#start(next.kind === 'unseen' ? next.rows : this.#trialRows)
  }

  giveBack(): void {
    emptyGroups(this.#task, this.#table.table)
  }

  get #trialRows(): number {
    return Math.min(TRIAL_ROWS, Math.floor(TRIAL_BYTES / this.#table.width))
  }

  #start(rows: number): void {
    this.#set(LIMITED_ROWS, 0)
    this.#set(LIMITED_PASSED, 0)
    this.#set(LIMITED_ASKS, rows)
  }

  #slot(offset: number): number {
    return this.#task.slot(this.#table.state + offset)
  }

  #set(offset: number, value: number): void {
    this.#task.memory.view.setUint32(this.#task.addressOf(this.#table.state + offset), value, true)
  }
}
