import type { Block } from '../../../columnar/blocks/block.js'
import { bufferCount } from '../../../columnar/blocks/block-codec.js'
import { parseBlock } from '../../../columnar/blocks/block-parser.js'
import type { BufferRange } from '../../../columnar/blocks/buffer-range.js'
import { type Leaf, leafCount, leavesOf } from '../../../columnar/leaves.js'
import type { Schema } from '../../../columnar/types.js'
import type { BatchColumn, ReadContext } from '../../api.js'
import { Region } from '../../files/region.js'

/** What of a leaf does not lie in the block as pipelines have it. */
interface LeafRegions {
  readonly validity: Region
  readonly data: Region
}

/** Copies a block of at most a batch's rows into linear memory, and tells its leaves by column. */
export class BlockColumns {
  readonly #context: ReadContext
  readonly #leaves: readonly Leaf[]
  readonly #counts: readonly number[]
  readonly #regions: readonly LeafRegions[]
  readonly #bytes: Region

  constructor(schema: Schema, context: ReadContext) {
    const region = (): Region => new Region(context.memory)
    this.#context = context
    this.#leaves = leavesOf(schema)
    this.#counts = schema.fields.map(({ type }) => leafCount(type))
    this.#regions = this.#leaves.map(() => ({ validity: region(), data: region() }))
    this.#bytes = region()
  }

  /** The leaves of each column; valid until the next block. */
  of(block: Block): readonly (readonly BatchColumn[])[] {
    const { buffers, nullCounts } = parseBlock(block.bytes, this.#leaves)
    const base = this.#bytes.reserve(block.bytes.length)
    this.#context.memory.bytes.set(block.bytes, base)
    let next = 0
    const columns = this.#leaves.map((leaf, i) => {
      const own = buffers.slice(next, next + bufferCount(leaf))
      next += own.length
      const validity = nullCounts[i]! > 0 ? this.#validity(i, own[0], base, block.rows) : 0
      return { data: this.#data(leaf, i, own, base, block.rows), validity }
    })
    let at = 0
    return this.#counts.map((count) => {
      at += count
      return columns.slice(at - count, at)
    })
  }

  release(): void {
    for (const { validity, data } of this.#regions) for (const region of [validity, data]) region.release()
    this.#bytes.release()
  }

  #validity(i: number, bits: BufferRange | undefined, base: number, rows: number): number {
    const address = this.#regions[i]!.validity.reserve(rows)
    if (bits) this.#context.kernels.unpackBits(base + bits.offset, 0, rows, address)
    else this.#context.memory.bytes.fill(0, address, address + rows)
    return address
  }

  #data({ storage }: Leaf, i: number, buffers: readonly BufferRange[], base: number, rows: number): number {
    const { data } = this.#regions[i]!
    const { kernels } = this.#context
    switch (storage.kind) {
      case 'none':
        return data.reserve(rows)
      case 'fixed':
        return base + buffers[1]!.offset
      case 'boolean': {
        const address = data.reserve(rows)
        kernels.unpackBits(base + buffers[1]!.offset, 0, rows, address)
        return address
      }
      case 'variable': {
        const refs = data.reserve(8 * rows)
        kernels.refsFromOffsets(base + buffers[1]!.offset, rows, base + buffers[2]!.offset, refs)
        return refs
      }
    }
  }
}
