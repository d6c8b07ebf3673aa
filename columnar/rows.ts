import type { Block } from './blocks/block.js'
import { objectMaker, rowKeys } from './row-keys.js'
import type { Schema } from './types.js'
import { type Value, valueReaders } from './value-reader.js'

/** A row as a plain object by column name; of columns with the same name see `rowKeys`. */
export type Row = { readonly [column: string]: Value }

/** The rows of a block as plain objects. */
export function rowsFromBlock(schema: Schema, block: Block): Row[] {
  const readers = valueReaders(schema, block)
  const make = objectMaker<Value>(rowKeys(schema.fields))
  return Array.from({ length: block.rows }, (_, row) => make((i) => readers[i]!(row)))
}

/** Rows of a block as arrays in column order, for tables and tests where names may repeat: all, or at most `most` of them. */
export function tuplesFromBlock(schema: Schema, block: Block, most = block.rows): Value[][] {
  const length = Math.min(block.rows, most)
  if (length === 0) return []
  const readers = valueReaders(schema, block)
  return Array.from({ length }, (_, row) => readers.map((read) => read(row)))
}
