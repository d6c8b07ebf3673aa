import type { Block } from './blocks/block.js'
import type { Nested } from './column-buffers.js'
import { columnReaders } from './column-reader.js'
import type { PlainValue, StoredValue } from './records/record.js'
import { plainRecordOf } from './records/records.js'
import type { Schema } from './types.js'

/** A value as users see it: bigint for bigint, Decimal, kinds of Date for dates and timestamps, an object for a struct. */
export type Value = Nested<PlainValue>

/** Reads one column of a block, row by row. For the edges only: what users collect, show or write in small. */
export type ValueReader = (row: number) => Value

/** A reader for each column of the schema, over this block. */
export const valueReaders = (schema: Schema, block: Block): readonly ValueReader[] =>
  columnReaders(schema, block, (type, buffers) => plainRecordOf(type).readUser(buffers, type))

/** The rows of a block, at most `most` of them, with values as they are stored; of texts not their bytes. */
export function storedTuples(schema: Schema, block: Block, most = block.rows): Nested<StoredValue>[][] {
  const readers = columnReaders<StoredValue>(schema, block, (type, buffers) => {
    const record = plainRecordOf(type)
    if (record.storage(type).kind !== 'variable') return record.readStored(buffers, type)
    // Users see variants and intervals in another form than plans.
    if (type.kind === 'variant' || type.kind === 'interval') {
      const bytes = record.readStored(buffers, type) as (row: number) => Uint8Array
      return (row) => Uint8Array.from(bytes(row))
    }
    return record.readUser(buffers, type) as (row: number) => StoredValue
  })
  const length = Math.min(block.rows, most)
  return Array.from({ length }, (_, row) => readers.map((read) => read(row)))
}
