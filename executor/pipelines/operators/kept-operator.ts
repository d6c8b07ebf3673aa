import type { ColumnSource } from '../../compiler/expression/scope.js'
import type { Local } from '../../compiler/wasm/types.js'
import { before, type Consumer } from '../codegen/consumer.js'
import type { RowMarks } from '../codegen/row-marks.js'
import type { Step } from '../step.js'
import { addressesOf, type KeptLayout, KeptRows, rowsOfDirectory } from './kept-rows.js'
import type { PipelineCompiler, StoredRows } from './operator.js'

/** How rows get into files and out of them. */
interface KeptCode {
  readonly marks: RowMarks
  /** Puts rows of files in place of those with the same keys. */
  readonly restore: Consumer
  /** The columns of a row as they are in files. */
  load(row: Local): ColumnSource
}

/** Emits what every stateful operator has: how its rows are restored and written. */
export function keptRows(compiler: PipelineCompiler, layout: KeptLayout, code: KeptCode): KeptRows {
  const { fields, state } = layout
  const restore = compiler.batchPipeline(fields, code.restore)
  const { consumer, number } = compiler.sideOutput(fields)
  let row: Local
  const load = (at: Local): ColumnSource => {
    row = at
    return code.load(at)
  }
  const writeListed = compiler.pipeline(
    addressesOf(load),
    before(consumer, (scope, flow) => {
      code.marks.pushIsRemoved(scope.f, row).brIf(flow.skip)
      consumer.row(scope, flow)
    }),
  )
  const all = directoryRows(state, load, consumer, () => row)
  const writeAll = compiler.pipeline(all.rows, all.consumer)
  return new KeptRows(layout, { restore, writeListed, writeAll, sideOutput: number })
}

/** Passes on all rows that are kept. */
export function overAllRows(
  compiler: PipelineCompiler,
  state: number,
  load: (row: Local) => ColumnSource,
  next: Consumer,
): void {
  let row: Local
  const tracked = (at: Local): ColumnSource => {
    row = at
    return load(at)
  }
  const all = directoryRows(state, tracked, next, () => row)
  compiler.overRows(all.rows, all.consumer)
}

/** The rows of a directory, where entries without a row are skipped. */
function directoryRows(
  state: number,
  load: (row: Local) => ColumnSource,
  next: Consumer,
  rowOf: () => Local,
): { readonly rows: StoredRows; readonly consumer: Consumer } {
  const consumer = before(next, (scope, flow) => {
    scope.f.get(rowOf()).op('i32.eqz').brIf(flow.skip)
    next.row(scope, flow)
  })
  return { rows: rowsOfDirectory(state, load), consumer }
}

/* Steps; see `Step` for why they are made here. */

export const opened =
  (kept: KeptRows): Step['run'] =>
  (task) =>
    kept.open(task)

export const expired =
  (kept: KeptRows): Step['run'] =>
  (task) =>
    kept.expire(task)

export const saved =
  (kept: KeptRows): Step['run'] =>
  (task) =>
    kept.save(task)
