import type { Table } from 'apache-arrow'
import type { Block } from '../blocks/block.js'
import { blockFromRows } from '../blocks/block-from-rows.js'
import type { Schema } from '../types.js'
import { encodeArrowStream } from './ipc-stream.js'

/**
 * A result as a table of the `apache-arrow` package, which is loaded on first use. Decimals are widened because that package
 * misreads negative 64-bit ones (apache-arrow 21).
 */
export async function toArrowTable(schema: Schema, blocks: readonly Block[]): Promise<Table> {
  return (await arrowTables(schema))(blocks)
}

/** Makes such tables, once the package is there. */
export async function arrowTables(schema: Schema): Promise<(blocks: readonly Block[]) => Table> {
  const { tableFromIPC } = await import('apache-arrow')
  return (blocks) => {
    // Of a table without a batch that package makes one whose structs and lists lack their children.
    const present = blocks.length > 0 ? blocks : [blockFromRows(schema, [])]
    return tableFromIPC(encodeArrowStream(schema, present, { decimalBits: 128 }))
  }
}
