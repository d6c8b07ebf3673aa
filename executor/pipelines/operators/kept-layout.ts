import type { Field } from '../../../columnar/types.js'
import type { ColumnSource } from '../../compiler/expression/scope.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Local } from '../../compiler/wasm/types.js'
import { LIST_ADDRESS, LIST_COUNT } from '../../kernels/interface/table.js'
import type { EventTimeView } from '../event-times.js'
import type { Pipeline, RowRange, TaskRun } from '../step.js'
import type { BatchPipeline, PlacedRows, StoredRows } from './operator.js'

/** What a stateful operator keeps, and where in the data area. */
export interface KeptPlaces {
  readonly operatorId: number
  /** What it keeps (`STATE_BYTES`). */
  readonly state: number
  /** Of the count of rows that came too late (i64). */
  readonly late: number
  /** Rows in files. */
  readonly fields: readonly Field[]
}

/** How it lays its rows out. All offsets are in the data area, or in a row. */
export interface KeptLayout extends KeptPlaces {
  readonly width: number
  readonly refs: number
  readonly mark: number
  /** Whether there is one row, from the start, as without keys. */
  readonly isSingle?: boolean
  /** Whether strings in rows are replaced by others. */
  readonly replacesStrings?: boolean
  /** Whether several rows may have the same keys (executor/kernels/assembly/state/chained-state.ts). */
  readonly isChained?: boolean
  /** What it sees of event time, if rows expire. */
  readonly times: EventTimeView | undefined
  /** Whether the driver is told when the next row expires. */
  readonly tellsDue?: boolean
  /** Of rows that can leave the memory: where it says when a row expires, if rows do, and, where rows are merged, how many bytes the keys take at their beginning. */
  readonly leaving?: { readonly expires: number | undefined; readonly keyBytes?: number }
}

/** How rows get into files and out of them. */
export interface KeptPipelines {
  /** Puts rows in place of those that they are newer versions of. */
  readonly restore: BatchPipeline
  /** To a side output: of a list of rows, or of all that lie in the memory, those that were not removed. */
  readonly writeListed: Pipeline
  readonly writeAll: Pipeline
  readonly sideOutput: number
  /** Of rows that can leave the memory: adds rows of this batch, that lie one behind the other, to those that came back. */
  readonly merge?: Pipeline
}

/** The rows whose addresses are in a list (`STATE_TOUCHED`, `STATE_EXPIRED`). */
export const listedRows = (list: number, load: (row: Local) => ColumnSource): StoredRows => ({
  ranges: (task) => [listOf(task, list)],
  ...addressesOf(load),
})

/** Rows whose addresses lie one behind the other. */
export const addressesOf = (load: (row: Local) => ColumnSource): PlacedRows => ({
  stride: ADDRESS_BYTES,
  locate: (f: FunctionBuilder, row: Local) => f.load('i32.load').set(row),
  load,
})

export const ADDRESS_BYTES = 4

export const listOf = (task: TaskRun, list: number): RowRange => [
  task.slot(list + LIST_ADDRESS),
  task.slot(list + LIST_COUNT),
]
