import { CONFIG } from '../../common/config/entries.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Schema } from '../types.js'
import type { Block } from './block.js'

/** What a value of a row takes as an object of JavaScript, about. */
const CELL_BYTES = 32

/** Of which result how many bytes may be held. */
interface Limited {
  readonly schema: Schema
  readonly mostBytes: number
}

/** Counts what the driver holds of a result. */
export class HeldResult {
  readonly #mostBytes: number
  readonly #rowBytes: number
  #bytes = 0

  /** @param as blocks, or rows, which take more */
  constructor({ schema, mostBytes }: Limited, as: 'blocks' | 'rows') {
    this.#mostBytes = mostBytes
    this.#rowBytes = as === 'rows' ? schema.fields.length * CELL_BYTES : 0
  }

  /** Takes all blocks. @throws RESULT_TOO_LARGE */
  async all(blocks: AsyncIterable<Block>): Promise<readonly Block[]> {
    const all: Block[] = []
    for await (const block of blocks) {
      this.add(block)
      all.push(block)
    }
    return all
  }

  /** @throws RESULT_TOO_LARGE */
  add({ rows, bytes }: Block): void {
    this.#bytes += bytes.length + rows * this.#rowBytes
    if (this.#bytes <= this.#mostBytes) return
    throw new MillraceError('RESULT_TOO_LARGE', { limitBytes: this.#mostBytes, key: CONFIG.maxResultSize.key })
  }
}
