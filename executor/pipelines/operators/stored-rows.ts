import type { ColumnSource } from '../../compiler/expression/scope.js'
import type { Local } from '../../compiler/wasm/types.js'
import { CHUNK_HEADER_BYTES, STORE_SIZE } from '../../kernels/interface/rows.js'
import { TABLE_ROW_STORE, TABLE_STRING_STORE } from '../../kernels/interface/table.js'
import type { RowRange, TaskRun } from '../step.js'
import type { PlacedRows, StoredRows } from './operator.js'

/** A table of the kernels and how its rows lie. */
export interface RowTable {
  readonly table: number
  readonly width: number
  /** Offset of the list of refs in a row. */
  readonly refs: number
}

/** Bytes that the rows of the table at an offset of the data area take, with their strings. */
export const bytesOf = (task: TaskRun, table: number): number =>
  task.slot(table + TABLE_ROW_STORE + STORE_SIZE) + task.slot(table + TABLE_STRING_STORE + STORE_SIZE)

/** How many rows of a width a table has at most: the last chunks of its store may be filled in part. */
export const mostRows = (task: TaskRun, table: number, width: number): number =>
  Math.ceil(task.slot(table + TABLE_ROW_STORE + STORE_SIZE) / width)

/** The rows of a table's store, in the order in which they were added. */
export function storedRows(table: number, width: number, load: (row: Local) => ColumnSource): StoredRows {
  return { ranges: (task) => rowsOf(task, table, width), ...adjacentRows(width, load) }
}

/** Rows of one width that lie one behind the other. */
export function adjacentRows(width: number, load: (row: Local) => ColumnSource): PlacedRows {
  return {
    stride: width,
    locate: (f, row) => f.set(row),
    load,
  }
}

/** Where the rows of a table's store are. */
export function* rowsOf(task: TaskRun, table: number, width: number): Generator<RowRange> {
  const { kernels } = task.memory
  const store = task.addressOf(table + TABLE_ROW_STORE)
  for (let chunk = kernels.storeFirst(store); chunk !== 0; chunk = kernels.storeNext(chunk)) {
    yield [(chunk >>> 0) + CHUNK_HEADER_BYTES, kernels.storeChunkBytes(store, chunk) / width]
  }
}
