import type { Block } from '../../columnar/blocks/block.js'
import type { Schema } from '../../columnar/types.js'

/** Whom a result is written for. */
export interface Target {
  /** How wide a table may be; as wide as it is when absent. */
  readonly columns?: number
  /** The rows that a table shows: of more, the first and the last. */
  readonly mostRows: number
  /** That of the session. */
  readonly timeZone: string
}

export type Chunks = AsyncIterable<string | Uint8Array>

/** How results are written. Rows go out block by block, so that a result may be larger than memory; a table shows what fits. */
export interface OutputFormat {
  /** Whether it is of no use on a terminal. */
  readonly isBinary: boolean
  render(schema: Schema, blocks: AsyncIterable<Block>, target: Target): Chunks
}
