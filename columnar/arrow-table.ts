import type { Table } from 'apache-arrow'
import type { Block } from './block.js'
import { encodeArrowStream } from './ipc-stream.js'
import type { Schema } from './types.js'

/**
 * A result as a table of the `apache-arrow` package, which is loaded on first use. Decimals are widened because that package
 * misreads negative 64-bit ones (apache-arrow 21).
 */
export async function toArrowTable(schema: Schema, blocks: readonly Block[]): Promise<Table> {
  const { tableFromIPC } = await import('apache-arrow')
  return tableFromIPC(encodeArrowStream(schema, blocks, { decimalBits: 128 }))
}
