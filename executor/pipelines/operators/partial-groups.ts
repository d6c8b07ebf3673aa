import type { PhysicalAggregate } from '../../../planner/plan/physical/plan.js'
import { TABLE_ROWS } from '../../kernels/interface/table.js'
import type { MemoryHolder } from '../../memory/memory-arbiter.js'
import type { Consumer } from '../codegen/consumer.js'
import type { GroupedAggregate } from '../codegen/grouped-aggregate.js'
import {
  PARTIAL_BYTES,
  PARTIAL_LIMIT,
  PARTIAL_ROWS,
  PARTIAL_UNGROUPED,
  PartialGroups,
} from '../codegen/partial-groups.js'
import type { Pipeline, Step, TaskRun } from '../step.js'
import { CALL_ROWS, emptyGroups, growthOf, insertOnlyGroup } from './group-tables.js'
import { ofTask } from './of-task.js'
import type { PipelineCompiler } from './operator.js'
import { Reduction } from './reduction.js'
import { type RolledGroups, rolledGroups } from './rolled-groups.js'
import { adjacentRows, bytesOf, rowsOf } from './stored-rows.js'

/** Offsets in the data area. */
interface PartialTable {
  readonly table: number
  readonly width: number
  readonly state: number
  readonly row: number
  readonly hasKeys: boolean
  /** Whether rows may go on ungrouped. */
  readonly mayPass: boolean
  /** Whether groups keep their rows until they go on, when a function of the user makes less of them. */
  readonly keepsRows: boolean
  /** What rolls groups up before they go on. */
  readonly rolledIn: ((task: TaskRun) => RolledGroups) | undefined
}

/** Groups that keep their rows go on when there are so many of these. */
const MOST_KEPT_ROWS = 1 << 16
const MOST_KEPT_BYTES = 4 << 20
/** They are asked after every call whether there are. */
const EVERY_CALL = 1

/**
 * Adds rows to groups that may go on at any time, since what is behind merges groups with the same keys: when their table has become too large for a
 * cache, or when memory is short.
 */
export function producePartialGroups(
  compiler: PipelineCompiler,
  plan: PhysicalAggregate,
  groups: GroupedAggregate,
  table: number,
  next: Consumer,
): void {
  const { context } = compiler
  const { width } = groups
  const state = context.constants.reserve(PARTIAL_BYTES)
  const row = context.constants.reserve(width)
  const rows = adjacentRows(width, (at) => groups.source(at))
  const output = compiler.pipeline(rows, next)
  const keepsRows = plan.aggregates.some(({ shortened }) => shortened !== undefined)
  // A pipeline has one second function, which may be that of groups below.
  const { hasKeys } = groups
  const mayPass = hasKeys && plan.mode === 'partial'
  const rolledIn = plan.rollsUp && rolledGroups(compiler, plan, plan.rollsUp, output)
  const steps = stepsOf({ table, width, state, row, hasKeys, mayPass, keepsRows, rolledIn }, output)
  compiler.step(steps.begin)
  const ask = compiler.between(steps.decide)
  const isUngrouped = () => mayPass && compiler.inSecondFunction(state + PARTIAL_UNGROUPED)
  compiler.input(
    plan,
    0,
    new PartialGroups(context, groups, next, {
      table,
      state,
      row,
      ask,
      isUngrouped,
      countsRows: keepsRows,
      passes: plan.passes,
    }),
  )
  compiler.step(steps.passOn)
}

function stepsOf(table: PartialTable, output: Pipeline): Readonly<Record<'begin' | 'decide' | 'passOn', Step['run']>> {
  const holderOf = ofTask((task) => new HeldGroups(task, table, output))
  return {
    begin: (task) => holderOf(task).begin(),
    decide: (task) => holderOf(task).decide(),
    passOn: (task) => holderOf(task).passOn(),
  }
}

class HeldGroups implements MemoryHolder {
  readonly operator = 'aggregate'
  readonly #task: TaskRun
  readonly #table: PartialTable
  readonly #output: Pipeline
  readonly #reduction = new Reduction()
  readonly #rolled: RolledGroups | undefined

  constructor(task: TaskRun, table: PartialTable, output: Pipeline) {
    this.#task = task
    this.#table = table
    this.#output = output
    this.#rolled = table.rolledIn?.(task)
  }

  get bytes(): number {
    return bytesOf(this.#task, this.#table.table) + (this.#rolled?.bytes ?? 0)
  }

  get reserve(): number {
    return growthOf(this.#task, this.#table.table, CALL_ROWS) + (this.#rolled?.reserve ?? 0)
  }

  begin(): void {
    this.#group()
    this.#task.arbiter.hold(this)
  }

  /** The table is full, or enough rows have gone on ungrouped. */
  async decide(): Promise<void> {
    if (this.#slot(PARTIAL_UNGROUPED) === 1) return this.#group()
    if (!this.#isFull) return
    const groups = this.#task.slot(this.#table.table + TABLE_ROWS)
    const what = this.#reduction.whenFull(groups, this.#slot(PARTIAL_ROWS))
    if (what !== 'grow' || this.#table.keepsRows) await this.#empty(() => this.#passGroupsOn())
    this.#set(PARTIAL_LIMIT, this.#limit)
    if (what !== 'passThrough' || !this.#table.mayPass) return
    this.#set(PARTIAL_UNGROUPED, 1)
    this.#set(PARTIAL_LIMIT, this.#reduction.ungroupedRows)
  }

  giveBack(): Promise<void> {
    return this.#empty(() => this.passOn())
  }

  async #empty(passOn: () => Promise<void>): Promise<void> {
    const { table, width, row } = this.#table
    const { memory, arbiter } = this.#task
    await passOn()
    emptyGroups(this.#task, table)
    if (!this.#table.hasKeys) insertOnlyGroup(this.#task, table, width)
    // What it refers to has been freed.
    memory.bytes.fill(0, this.#task.addressOf(row), this.#task.addressOf(row) + width)
    this.#set(PARTIAL_ROWS, 0)
    arbiter.hold(this)
  }

  async passOn(): Promise<void> {
    await this.#passGroupsOn()
    await this.#rolled?.passOn()
  }

  /** What they are rolled up to stays for others of theirs. */
  async #passGroupsOn(): Promise<void> {
    // What passing on makes others take must not ask for these groups.
    this.#task.arbiter.release(this)
    const { table, width } = this.#table
    if (this.#rolled) {
      const groups = Math.max(1, this.#task.slot(table + TABLE_ROWS))
      const groupBytes = Math.ceil(bytesOf(this.#task, table) / groups)
      await this.#rolled.add(rowsOf(this.#task, table, width), groupBytes)
    }
    await this.#task.runOverRows(this.#output, rowsOf(this.#task, table, width))
  }

  #group(): void {
    this.#set(PARTIAL_UNGROUPED, 0)
    this.#set(PARTIAL_ROWS, 0)
    this.#set(PARTIAL_LIMIT, this.#limit)
  }

  get #isFull(): boolean {
    return !this.#table.keepsRows || this.#slot(PARTIAL_ROWS) >= MOST_KEPT_ROWS || this.bytes >= MOST_KEPT_BYTES
  }

  get #limit(): number {
    return this.#table.keepsRows ? EVERY_CALL : this.#reduction.limit
  }

  #slot(offset: number): number {
    return this.#task.slot(this.#table.state + offset)
  }

  #set(offset: number, value: number): void {
    this.#task.memory.view.setUint32(this.#task.addressOf(this.#table.state + offset), value, true)
  }
}
