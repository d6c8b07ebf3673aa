import type { Data, RecordBatch, Table, Vector } from 'apache-arrow'
import type { Block } from '../blocks/block.js'
import { nullColumn } from '../columns/moved-columns.js'
import { blockOfColumns } from '../columns/stored-columns.js'
import type { Field, Schema } from '../types.js'
import { arrowColumn, columnOfVector } from './arrow-columns.js'

/** Whether a value is a table of the `apache-arrow` package, of whichever copy of it. */
export const isArrowTable = (value: object): value is Table =>
  'batches' in value && 'schema' in value && 'getChild' in value

/** The rows of a table as blocks of at most so many rows. @param order where each column of the schema is in the table, if not at its own place */
export function* blocksFromArrow(
  schema: Schema,
  { batches }: { readonly batches: readonly RecordBatch[] },
  mostRows: number,
  order: readonly number[] = [...schema.fields.keys()],
): Generator<Block> {
  for (const { data, numRows } of batches) {
    const columns = order.map((at) => data.children[at])
    yield* blocksOfArrow(schema, columns, numRows, mostRows)
  }
}

/** The rows of some columns as blocks of at most so many rows; a column that is not there is NULL. */
export function* blocksOfArrow(
  schema: Schema,
  columns: readonly (Data | undefined)[],
  allRows: number,
  mostRows: number,
): Generator<Block> {
  const readers = columns.map((data) => data && arrowColumn(data))
  for (let from = 0; from < allRows; from += mostRows) {
    const rows = Math.min(mostRows, allRows - from)
    const own = readers.map((read, i) => (read ? read(from, rows) : nullColumn(schema.fields[i]!.type, rows)))
    yield blockOfColumns(schema, rows, own)
  }
}

/** The values of a vector as a block of one column. */
export function blockOfVector(column: Field, vector: Pick<Vector, 'data'>): Block {
  const own = columnOfVector(column.type, vector)
  return blockOfColumns({ fields: [column] }, own.rows, [own])
}
