import type { PhysicalSort, PhysicalTopK } from '../../../planner/plan/physical/ordered.js'
import { SORT_ENTRY_BYTES, SORT_ENTRY_ROW } from '../../kernels/interface/rows.js'
import type { Consumer } from '../codegen/consumer.js'
import { SortedRows } from '../codegen/sorted-rows.js'
import type { Step } from '../step.js'
import { limited } from './limit.js'
import type { ExecutableOperator, PipelineCompiler, StoredRows } from './operator.js'
import { entriesOf, sortedRuns } from './sorted-runs.js'

/** More rows than this are sorted as a whole: keeping twice as many at hand would not pay. */
const LARGEST_TOP = 1 << 18

/** Keeps all rows, sorts them, and passes them on in order; in sorted runs on disk where memory is short. */
export const sort: ExecutableOperator<PhysicalSort> = {
  produce(compiler, plan, next) {
    const table = compiler.table()
    const rows = new SortedRows(compiler.context, plan, table)
    const runs = sortedRuns({ table, width: rows.width, descriptor: rows.descriptor, refs: rows.refs })
    compiler.step(started(runs))
    compiler.input(plan, 0, rows)
    compiler.step(finished(runs))
    passOn(compiler, table, rows, rangesOf(runs), next)
  },
}

type RunsOf = ReturnType<typeof sortedRuns>

const started =
  (runs: RunsOf): Step['run'] =>
  (task) =>
    task.arbiter.hold(runs(task))

const finished =
  (runs: RunsOf): Step['run'] =>
  (task) =>
    runs(task).finish()

const rangesOf =
  (runs: RunsOf): StoredRows['ranges'] =>
  (task) =>
    runs(task).ranges()

/** Keeps the first rows only, in a bounded heap. */
export const topK: ExecutableOperator<PhysicalTopK> = {
  produce(compiler, plan, next) {
    const { isGlobal, inputs, orders, limit, offset, attributes } = plan
    const extent = isGlobal ? 'all' : 'task'
    const keep = limit + offset
    if (keep > LARGEST_TOP) {
      const whole: PhysicalSort = { kind: 'sort', extent, inputs, orders, attributes }
      return sort.produce(compiler, whole, limited(compiler, plan, next))
    }
    const table = compiler.table()
    const rows = new SortedRows(compiler.context, plan, table)
    compiler.step(topStarted(table, keep))
    compiler.input(plan, 0, rows)
    compiler.step(topFinished(table, rows.descriptor, keep))
    passOn(compiler, table, rows, entriesBehind(table, offset), next)
  },
}

const topStarted =
  (table: number, keep: number): Step['run'] =>
  (task) =>
    task.memory.kernels.topInit(task.addressOf(table), keep)

const topFinished =
  (table: number, descriptor: number, keep: number): Step['run'] =>
  (task) => {
    task.memory.kernels.topFinish(task.addressOf(table), task.addressOf(descriptor), keep)
  }

const entriesBehind =
  (table: number, skip: number): StoredRows['ranges'] =>
  (task) =>
    entriesOf(task, table, skip)

/** Passes the sorted rows of a table on and frees it. */
export function passOn(
  compiler: PipelineCompiler,
  table: number,
  rows: SortedRows,
  ranges: StoredRows['ranges'],
  next: Consumer,
): void {
  compiler.overRows(
    {
      ranges,
      stride: SORT_ENTRY_BYTES,
      locate: (f, row) => f.load('i32.load', SORT_ENTRY_ROW).set(row),
      load: (row) => rows.source(row),
    },
    next,
  )
  compiler.release(table)
}
