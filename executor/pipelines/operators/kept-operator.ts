import { type KeptState, keptColumns } from '../../../planner/plan/physical/stateful.js'
import type { ColumnSource } from '../../compiler/expression/scope.js'
import type { Local } from '../../compiler/wasm/types.js'
import { before, type Consumer } from '../codegen/consumer.js'
import type { RowMarks } from '../codegen/row-marks.js'
import type { Pipeline, Step } from '../step.js'
import { addressesOf, type KeptLayout, type KeptPlaces } from './kept-layout.js'
import { KeptRows } from './kept-rows.js'
import type { PipelineCompiler, PlacedRows } from './operator.js'
import { adjacentRows } from './stored-rows.js'

/** How rows get into files and out of them. */
interface KeptCode {
  readonly marks: RowMarks
  /** Puts rows of files in place of those that they are newer versions of. */
  readonly restore: Consumer
  /** The columns of a row as they are in files. @param isWhole whether the file has all rows, and so no newer versions */
  load(row: Local, isWhole: boolean): ColumnSource
  /** Of rows that can leave the memory: adds what a batch brought for keys to their rows. */
  readonly merge?: Consumer
}

/** Places for what an operator keeps. */
export const keptPlaces = (
  compiler: PipelineCompiler,
  { operatorId, parts }: Pick<KeptState, 'operatorId' | 'parts'>,
): KeptPlaces => ({
  operatorId,
  fields: keptColumns(parts),
  state: compiler.state(),
  late: compiler.context.constants.reserve(16),
})

/** Emits what every stateful operator has: how its rows are restored and written. */
export function keptRows(compiler: PipelineCompiler, layout: KeptLayout, code: KeptCode): KeptRows {
  const { fields, width } = layout
  const restore = compiler.batchPipeline(fields, code.restore)
  const { consumer, number } = compiler.sideOutput(fields)
  const written = (rows: (load: LoadRow) => PlacedRows, isWhole: boolean): Pipeline => {
    const { load, consumer: present } = presentRows(code.marks, (row) => code.load(row, isWhole), consumer)
    return compiler.pipeline(rows(load), present)
  }
  const writeListed = written(addressesOf, false)
  const writeAll = written((load) => adjacentRows(width, load), true)
  const merge =
    code.merge &&
    compiler.pipeline(
      adjacentRows(width, (row) => code.load(row, false)),
      code.merge,
    )
  const pipelines = { restore, writeListed, writeAll, sideOutput: number, ...(merge && { merge }) }
  return new KeptRows(layout, pipelines)
}

type LoadRow = (row: Local) => ColumnSource

/** Passes on all rows that are kept. */
export function overAllRows(
  compiler: PipelineCompiler,
  kept: KeptRows,
  { width }: KeptLayout,
  marks: RowMarks,
  load: LoadRow,
  next: Consumer,
): void {
  const present = presentRows(marks, load, next)
  compiler.step(allPassedOn(kept, compiler.pipeline(adjacentRows(width, present.load), present.consumer)))
}

/** Of the rows in the memory those that were not removed. */
function presentRows(
  marks: RowMarks,
  load: LoadRow,
  next: Consumer,
): { readonly load: LoadRow; readonly consumer: Consumer } {
  let row: Local
  const consumer = before(next, (scope, flow) => {
    marks.pushIsRemoved(scope.f, row).brIf(flow.skip)
    next.row(scope, flow)
  })
  const tracked = (at: Local): ColumnSource => {
    row = at
    return load(at)
  }
  return { load: tracked, consumer }
}

/* Steps; see `Step` for why they are made here. */

export const opened =
  (kept: KeptRows): Step['run'] =>
  (task) =>
    kept.open(task)

export const merged =
  (kept: KeptRows): Step['run'] =>
  (task) =>
    kept.merge(task)

const allPassedOn =
  (kept: KeptRows, output: Pipeline): Step['run'] =>
  (task) =>
    kept.forEach(task, output)

/** @param output gets lists of the rows that are removed */
export const expired =
  (kept: KeptRows, output?: Pipeline): Step['run'] =>
  (task) =>
    kept.expire(task, output)

export const saved =
  (kept: KeptRows): Step['run'] =>
  (task) =>
    kept.save(task)
