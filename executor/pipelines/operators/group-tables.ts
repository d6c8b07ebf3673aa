import { DIRECTORY_ENTRY_SHIFT, SMALLEST_DIRECTORY } from '../../kernels/interface/rows.js'
import { TABLE_DIRECTORY, TABLE_MASK, TABLE_MOST_ROWS, TABLE_ROWS } from '../../kernels/interface/table.js'
import { PAGE_BYTES } from '../../spill/row-pages.js'
import type { TaskRun } from '../step.js'

/** Rows that one call of generated code may add. */
export const CALL_ROWS = PAGE_BYTES / 16

/** Makes the table of groups at an offset of the data area an empty one. */
export function emptyGroups(task: TaskRun, table: number): void {
  const { kernels } = task.memory
  kernels.tableRelease(task.addressOf(table))
  kernels.groupTableInit(task.addressOf(table))
}

/** Without keys there is one group from the start. */
export function insertOnlyGroup(task: TaskRun, table: number, width: number): void {
  task.memory.kernels.groupInsert(task.addressOf(table), 0, width)
}

/** Bytes of the directory of a table: of groups while they come, of a join when all its rows are there. */
const directoryBytes = (task: TaskRun, table: number): number =>
  task.slot(table + TABLE_DIRECTORY) === 0 ? 0 : (task.slot(table + TABLE_MASK) + 1) << DIRECTORY_ENTRY_SHIFT

/** Bytes of the directory of a table beyond what it has when it is empty, too. */
export const grownDirectoryBytes = (task: TaskRun, table: number): number =>
  Math.max(0, directoryBytes(task, table) - (SMALLEST_DIRECTORY << DIRECTORY_ENTRY_SHIFT))

/** Bytes of the next directory of a table of groups when so many rows more may make it grow. */
export function growthOf(task: TaskRun, table: number, rows: number): number {
  const isNearlyFull = task.slot(table + TABLE_ROWS) + rows > task.slot(table + TABLE_MOST_ROWS)
  return isNearlyFull ? 2 * directoryBytes(task, table) : 0
}
