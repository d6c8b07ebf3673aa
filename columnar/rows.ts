import type { Block } from './block.js'
import type { Schema } from './types.js'
import { type Value, valueReaders } from './value-reader.js'

/** A row as a plain object by column name. Of columns with the same name the last one wins. */
export type Row = { readonly [column: string]: Value }

/** The rows of a block as plain objects. */
export function rowsFromBlock(schema: Schema, block: Block): Row[] {
  const readers = valueReaders(schema, block)
  const names = schema.fields.map((field) => field.name)
  return Array.from({ length: block.rows }, (_, row) => {
    const object: Record<string, Value> = {}
    for (let i = 0; i < names.length; i++) object[names[i]!] = readers[i]!(row)
    return object
  })
}

/** The rows of a block as arrays in column order, for tables and tests where names may repeat. */
export function tuplesFromBlock(schema: Schema, block: Block): Value[][] {
  const readers = valueReaders(schema, block)
  return Array.from({ length: block.rows }, (_, row) => readers.map((read) => read(row)))
}
