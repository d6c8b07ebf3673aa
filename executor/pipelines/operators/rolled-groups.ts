import type { PhysicalAggregate, RollUp } from '../../../planner/plan/physical/plan.js'
import { TABLE_ROWS } from '../../kernels/interface/table.js'
import { GroupedAggregate } from '../codegen/grouped-aggregate.js'
import { oneTable } from '../codegen/table-place.js'
import type { Pipeline, RowRange, TaskRun } from '../step.js'
import { emptyGroups, growthOf } from './group-tables.js'
import type { PipelineCompiler } from './operator.js'
import { projectedTo } from './project.js'
import { adjacentRows, bytesOf, rowsOf } from './stored-rows.js'

/** Groups that are rolled up before it is asked whether there is room for what they may become. */
const PIECE_ROWS = 2048
/** Groups of all levels in a table: more of them would be found in memory alone. */
const MOST_GROUPS = 1 << 18

/** Offsets in the data area, and what runs over groups. */
interface RolledSite {
  /** Of the groups that are rolled up, which lie as those do that they come from. */
  readonly table: number
  readonly width: number
  readonly times: number
  /** Merges groups of either table to those of the next level. */
  readonly roll: Pipeline
  readonly output: Pipeline
}

/** Emits what rolls up the groups of an aggregate, and passes on what it made of them by its output. */
export function rolledGroups(
  compiler: PipelineCompiler,
  plan: PhysicalAggregate,
  { times, columns }: RollUp,
  output: Pipeline,
): (task: TaskRun) => RolledGroups {
  const table = compiler.table()
  const rolled = new GroupedAggregate(compiler.context, plan, oneTable(compiler.context, table))
  const { width } = rolled
  compiler.step((task) => {
    task.memory.kernels.groupTableInit(task.addressOf(table))
  })
  const rows = adjacentRows(width, (row) => rolled.source(row))
  const roll = compiler.pipeline(rows, projectedTo(columns, rolled))
  return (task) => new RolledGroups(task, { table, width, times, roll, output })
}

/**
 * Groups by levels: those of the first level come in, those of each next one are merged of the level before when all of that are there. The rows of a table
 * stay in the order in which they were added, so that a level's are those behind the levels before it.
 */
export class RolledGroups {
  readonly #task: TaskRun
  readonly #site: RolledSite

  constructor(task: TaskRun, site: RolledSite) {
    this.#task = task
    this.#site = site
  }

  get bytes(): number {
    return bytesOf(this.#task, this.#site.table)
  }

  /** Bytes that the levels behind the first one may take, and their directories. */
  get reserve(): number {
    return this.#roomFor(PIECE_ROWS, this.#site.width)
  }

  /** Beyond what there is, for so many more groups of the first level and all that become of them. */
  #roomFor(rows: number, rowBytes: number): number {
    const { table, times } = this.#site
    const { bytes } = this
    return times * (bytes + growthOf(this.#task, table, rows) + rows * rowBytes) - bytes
  }

  /**
   * Rolls groups up to those of the first level, which stay for others of theirs as long as there is room for all levels.
   * @param groupBytes what one of the groups takes, texts among it
   */
  async add(ranges: Iterable<RowRange>, groupBytes: number): Promise<void> {
    const { width } = this.#site
    for (const [first, count] of ranges)
      for (let done = 0; done < count; ) {
        const rows = await this.#secured(Math.min(PIECE_ROWS, count - done), groupBytes)
        await this.#roll([[first + done * width, rows]])
        done += rows
      }
  }

  /** Of how many groups more there is room for all levels: where there are few, those before are passed on first. */
  async #secured(rows: number, groupBytes: number): Promise<number> {
    const { times } = this.#site
    const { arbiter } = this.#task
    const isFull = this.#rows >= MOST_GROUPS / times
    const room = this.#roomFor(rows, groupBytes)
    if (!isFull && arbiter.secured(room) === room) return rows
    if (this.#rows > 0) await this.passOn()
    const most = arbiter.secured(this.#roomFor(rows, groupBytes)) / (times * groupBytes)
    return Math.max(1, Math.min(rows, Math.floor(most)))
  }

  /** Makes all levels of the first one, and passes them on. */
  async passOn(): Promise<void> {
    const { table, width, times, output } = this.#site
    let before = 0
    for (let level = 1; level < times; level++) {
      const rows = this.#rows
      await this.#roll([...rowsBehind(rowsOf(this.#task, table, width), before, width)])
      before = rows
    }
    await this.#task.runOverRows(output, rowsOf(this.#task, table, width))
    emptyGroups(this.#task, table)
  }

  get #rows(): number {
    return this.#task.slot(this.#site.table + TABLE_ROWS)
  }

  #roll(ranges: readonly RowRange[]): Promise<void> {
    return this.#task.runOverRows(this.#site.roll, ranges)
  }
}

/** Where rows are, but for so many at first. */
function* rowsBehind(ranges: Iterable<RowRange>, skipped: number, width: number): Generator<RowRange> {
  let left = skipped
  for (const [first, count] of ranges) {
    const without = Math.min(left, count)
    left -= without
    if (count > without) yield [first + without * width, count - without]
  }
}
