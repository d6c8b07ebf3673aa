import type { PhysicalWindow } from '../../../planner/plan/physical/window.js'
import { WINDOW_COMPLETE, WINDOW_COUNT, WINDOW_FIRST_END } from '../../kernels/interface/table.js'
import { oneTable } from '../codegen/table-place.js'
import { emitPartitions, isRunning, membersOf, passesOf, type WindowSite } from '../codegen/window/partitions.js'
import { windowSource } from '../codegen/window/results.js'
import { ListedRows, PagedRows } from '../codegen/window/row-finder.js'
import { SharedResults } from '../codegen/window/shared-results.js'
import { WindowRows } from '../codegen/window/window-rows.js'
import type { Pipeline, Step, TaskRun } from '../step.js'
import type { ExecutableOperator, PlacedRows } from './operator.js'
import { type HeldRows, type HeldRowsOf, heldRows } from './window-partition.js'

/** Keeps rows until all that functions ask for is known, mostly the last row of the partition, computes what they give for each, and passes them on. */
export const window: ExecutableOperator<PhysicalWindow> = {
  produce(compiler, plan, next) {
    const { context } = compiler
    const table = compiler.table()
    const passes = passesOf(plan.calls, oneTable(context, table))
    const rows = new WindowRows(context, plan, table, membersOf(passes), isRunning(passes))
    const paged = new PagedRows(context, table, rows.width)
    const finders = compiler.spills ? paged : new ListedRows(context, table)
    const shared = compiler.spills ? new SharedResults(context, passes) : undefined
    const partitions = `partitions${table}`
    const site: WindowSite = { context, plan, table, rows, finders, passes, shared }
    emitPartitions(site, partitions)
    finders.begin()
    const output = compiler.pipeline(storedRows(site), next)
    const before = compiler.table()
    const { width, refs } = rows
    const held = heldRows({ table, before, width, refs, places: paged.places, alone: shared?.alone })
    if (compiler.spills) compiler.step((task) => task.arbiter.hold(held(task)))
    const passOn = completePassed(held, table, partitions, output)
    compiler.input(plan, 0, rows.filledBy(compiler.between(passOn), output.stop))
    compiler.step(lastPassed(held, table, passOn))
    compiler.release(table)
  },
}

const storedRows = ({ plan, rows, finders, shared }: WindowSite): PlacedRows => ({
  stride: 1,
  locate: (f, row) => {
    const index = f.setNew('i32')
    finders.in(f).push(index).set(row)
  },
  load: (row) => windowSource(plan, rows, finders, shared, row),
})

/** Passes on the rows that are complete, and drops them. */
const completePassed =
  (heldOf: HeldRowsOf, table: number, partitions: string, output: Pipeline) =>
  async (task: TaskRun): Promise<void> => {
    const held: HeldRows = heldOf(task)
    const complete = task.slot(table + WINDOW_COMPLETE)
    if (task.slot(output.stop) !== 0) return held.drop(complete)
    await held.readComplete(complete, async (first, end) => {
      task.callOnce(partitions, first, end)
      await task.runOverRows(output, [[first, end - first]])
    })
  }

/** At the end all rows are complete. */
const lastPassed =
  (held: HeldRowsOf, table: number, passOn: (task: TaskRun) => Promise<void>): Step['run'] =>
  async (task) => {
    const count = task.slot(table + WINDOW_COUNT)
    const { view } = task.memory
    view.setUint32(task.addressOf(table + WINDOW_FIRST_END), count, true)
    view.setUint32(task.addressOf(table + WINDOW_COMPLETE), count, true)
    if (count > 0) await passOn(task)
    task.arbiter.release(held(task))
  }
