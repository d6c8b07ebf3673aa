import type { PhysicalWindow } from '../../../planner/plan/physical/window.js'
import { WINDOW_COMPLETE, WINDOW_COUNT } from '../../kernels/interface/table.js'
import { emitPartitions } from '../codegen/window/partitions.js'
import { windowSource } from '../codegen/window/results.js'
import { WindowRows } from '../codegen/window/window-rows.js'
import type { Pipeline, Step, TaskRun } from '../step.js'
import type { ExecutableOperator, PlacedRows } from './operator.js'

/** Keeps the rows of a partition until its last one is known, computes what functions give for each, and passes them on. */
export const window: ExecutableOperator<PhysicalWindow> = {
  produce(compiler, plan, next) {
    const { context } = compiler
    const table = compiler.table()
    const rows = new WindowRows(context, plan, table)
    const partitions = `partitions${table}`
    emitPartitions(context, plan, table, rows, partitions)
    const output = compiler.pipeline(storedRows(plan, rows), next)
    const before = compiler.table()
    const passOn = completePassed({ table, before, width: rows.width, refs: rows.refs }, partitions, output)
    compiler.input(plan, 0, rows.filledBy(compiler.between(passOn), output.stop))
    compiler.step(lastPassed(table, passOn))
    compiler.release(table)
  },
}

const storedRows = (plan: PhysicalWindow, rows: WindowRows): PlacedRows => ({
  stride: 1,
  locate: (f, row) => {
    const index = f.setNew('i32')
    rows.pushRow(f, rows.directory(f), index).set(row)
  },
  load: (row) => windowSource(plan, rows, row),
})

/** Where the rows are that are held: offsets in the data area. */
interface HeldRows {
  readonly table: number
  /** Has the rows from before while those that stay are moved. */
  readonly before: number
  readonly width: number
  readonly refs: number
}

/** Passes on the rows of partitions that are complete, and drops them. */
const completePassed =
  ({ table, before, width, refs }: HeldRows, partitions: string, output: Pipeline) =>
  async (task: TaskRun): Promise<void> => {
    const complete = task.slot(table + WINDOW_COMPLETE)
    if (task.slot(output.stop) === 0) {
      task.callOnce(partitions, 0, complete)
      await task.runOverRows(output, [[0, complete]])
    }
    const { kernels } = task.memory
    kernels.windowDrop(task.addressOf(table), task.addressOf(before), complete, width, task.addressOf(refs))
  }

/** At the end all partitions are complete. */
const lastPassed =
  (table: number, passOn: (task: TaskRun) => Promise<void>): Step['run'] =>
  async (task) => {
    task.memory.view.setUint32(task.addressOf(table + WINDOW_COMPLETE), task.slot(table + WINDOW_COUNT), true)
    await passOn(task)
  }
