import type { ColumnSource } from '../../compiler/expression/scope.js'
import type { Local } from '../../compiler/wasm/types.js'
import { CHUNK_HEADER_BYTES, STORE_SIZE } from '../../kernels/interface/rows.js'
import { TABLE_ROW_STORE } from '../../kernels/interface/table.js'
import type { RowRange, TaskRun } from '../step.js'
import type { PlacedRows, StoredRows } from './operator.js'

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

/** Bytes of memory that a store takes, at an offset of the data area. */
export const storeBytes = (task: TaskRun, store: number): number => task.slot(store + STORE_SIZE)

/** Where the rows of a table's store are. */
export function* rowsOf(task: TaskRun, table: number, width: number): Generator<RowRange> {
  const { kernels } = task.memory
  const store = task.addressOf(table + TABLE_ROW_STORE)
  for (let chunk = kernels.storeFirst(store); chunk !== 0; chunk = kernels.storeNext(chunk)) {
    yield [(chunk >>> 0) + CHUNK_HEADER_BYTES, kernels.storeChunkBytes(store, chunk) / width]
  }
}
