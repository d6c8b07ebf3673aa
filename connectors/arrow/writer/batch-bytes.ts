import { batchOfValues } from '../../../columnar/arrow-batch.js'
import type { Block } from '../../../columnar/block.js'
import { hasNested } from '../../../columnar/ipc-stream.js'
import { type StoredNested, storedValues } from '../../../columnar/stored-values.js'
import type { Schema } from '../../../columnar/types.js'
import { widenDecimals } from '../../../columnar/wide-decimals.js'

/** The message of a record batch of some rows of a block, with the first columns of it. */
export type BatchBytes = (schema: Schema, from: number, until: number) => Uint8Array

/** What other readers know of decimals: those of 128 bits. */
const DECIMAL_BYTES = 16

/** A block is such a message as it stands, unless it has lists, columns that are not written or rows for several files. */
export function batchBytes(all: Schema, block: Block): BatchBytes {
  let values: readonly StoredNested[][] | undefined
  return (schema, from, until) => {
    const isWhole = until - from === block.rows && schema.fields.length === all.fields.length
    // Files take no shared memory.
    if (isWhole && !hasNested(schema)) return Uint8Array.from(widenDecimals(schema, block).bytes)
    values ??= storedValues(all, block)
    const rows = schema.fields.map((_, i) => values![i]!.slice(from, until))
    return batchOfValues(schema, until - from, rows, DECIMAL_BYTES).bytes
  }
}
