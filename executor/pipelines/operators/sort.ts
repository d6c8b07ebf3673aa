import { MAX_BATCH_ROWS } from '../../../connectors/api.js'
import type { PhysicalSort, PhysicalTopK } from '../../../planner/plan/physical/plan.js'
import type { Consumer } from '../codegen/consumer.js'
import { SortedRows } from '../codegen/sorted-rows.js'
import { DIRECTORY, MASK } from '../codegen/table-layout.js'
import type { RowRange, Step, TaskRun } from '../step.js'
import { limited } from './limit.js'
import type { ExecutableOperator, PipelineCompiler, StoredRows } from './operator.js'

/** More rows than this are sorted as a whole: keeping twice as many at hand would not pay. */
const LARGEST_TOP = 1 << 18

/** An entry of a sorted table: the prefix of the row's keys, then where the row is. */
const ENTRY_BYTES = 16
const ENTRY_ROW = 8

/** Keeps all rows, sorts them, and passes them on in order. */
export const sort: ExecutableOperator<PhysicalSort> = {
  produce(compiler, plan, next) {
    const table = compiler.table()
    const rows = new SortedRows(compiler.context, plan, table)
    compiler.input(plan, 0, rows)
    compiler.step(sorted(table, rows.width, rows.descriptor))
    passOn(compiler, table, 0, rows, next)
  },
}

const sorted =
  (table: number, width: number, descriptor: number): Step['run'] =>
  (task) => {
    task.memory.kernels.sortFinish(task.addressOf(table), width, task.addressOf(descriptor))
  }

/** Keeps the first rows only, in a bounded heap. */
export const topK: ExecutableOperator<PhysicalTopK> = {
  produce(compiler, plan, next) {
    const { isGlobal, inputs, orders, limit, offset, attributes } = plan
    const keep = limit + offset
    if (keep > LARGEST_TOP) {
      const whole: PhysicalSort = { kind: 'sort', isGlobal, inputs, orders, attributes }
      return sort.produce(compiler, whole, limited(compiler, plan, next))
    }
    const table = compiler.table()
    const rows = new SortedRows(compiler.context, plan, table)
    compiler.step(topStarted(table, keep))
    compiler.input(plan, 0, rows)
    compiler.step(topFinished(table, rows.descriptor, keep))
    passOn(compiler, table, offset, rows, next)
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

/** Passes the sorted rows of a table on, so many of the first left out, and frees it. */
function passOn(compiler: PipelineCompiler, table: number, skip: number, rows: SortedRows, next: Consumer): void {
  compiler.overRows(
    sortedRows(table, skip, (row) => rows.source(row)),
    next,
  )
  compiler.release(table)
}

function sortedRows(table: number, skip: number, load: StoredRows['load']): StoredRows {
  return {
    ranges: (task) => entries(task, table, skip),
    locate: (f, row) => {
      f.i32(ENTRY_BYTES).op('i32.mul').get(f.parameters[0]!).op('i32.add').load('i32.load', ENTRY_ROW).set(row)
    },
    load,
  }
}

function* entries(task: TaskRun, table: number, skip: number): Generator<RowRange> {
  const first = task.slot(table + DIRECTORY)
  const count = task.slot(table + MASK)
  for (let at = skip; at < count; at += MAX_BATCH_ROWS) {
    yield [first + at * ENTRY_BYTES, Math.min(MAX_BATCH_ROWS, count - at)]
  }
}
