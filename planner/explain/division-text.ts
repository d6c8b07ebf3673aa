import type { RowDivision } from '../plan/unresolved/relation.js'

const NAMES: Readonly<Record<RowDivision, string>> = {
  hash: 'by hash',
  range: 'by range',
  inTurn: 'round robin',
  byTask: 'task by task',
}

/** How rows are divided anew, for a line of EXPLAIN. */
export const divisionText = (by: RowDivision, partitions: number | undefined): string =>
  `${NAMES[by]}${partitions === undefined ? '' : ` into ${partitions}`}`
