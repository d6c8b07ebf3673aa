import type { Vector } from 'apache-arrow'
import { readersOf } from './arrow-input.js'
import type { Block } from './block.js'
import { blockFromColumns } from './block-from-rows.js'
import { leavesOf } from './leaves.js'
import type { Field } from './types.js'

/** The values of a vector, which may lie in several pieces, as a block of one column. */
export function blockOfVector(column: Field, { data }: Pick<Vector, 'data'>): Block {
  const leaves = leavesOf({ fields: [column] })
  const pieces = data.map((piece) => ({ rows: piece.length, readers: readersOf(piece) }))
  const columns = leaves.map((_, leaf) =>
    pieces.flatMap(({ rows, readers }) => Array.from({ length: rows }, (_, row) => readers[leaf]!(row))),
  )
  const rows = pieces.reduce((sum, piece) => sum + piece.rows, 0)
  return blockFromColumns(leaves, rows, columns)
}
