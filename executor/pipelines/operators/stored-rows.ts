import type { ColumnSource } from '../../compiler/expression/scope.js'
import type { Local } from '../../compiler/wasm/types.js'
import { ROWS_STORE } from '../codegen/table-layout.js'
import type { RowRange, TaskRun } from '../step.js'
import type { StoredRows } from './operator.js'

/** What lies before the rows of a chunk. */
const CHUNK_HEADER_BYTES = 16

/** The rows of a table's store, in the order in which they were added. */
export function storedRows(table: number, width: number, load: (row: Local) => ColumnSource): StoredRows {
  return {
    ranges: (task) => chunks(task, table, width),
    locate: (f, row) => f.i32(width).op('i32.mul').get(f.parameters[0]!).op('i32.add').set(row),
    load,
  }
}

function* chunks(task: TaskRun, table: number, width: number): Generator<RowRange> {
  const { kernels } = task.memory
  const store = task.addressOf(table + ROWS_STORE)
  for (let chunk = kernels.storeFirst(store); chunk !== 0; chunk = kernels.storeNext(chunk)) {
    yield [(chunk >>> 0) + CHUNK_HEADER_BYTES, kernels.storeChunkBytes(store, chunk) / width]
  }
}
