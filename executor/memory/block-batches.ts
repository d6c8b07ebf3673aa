import type { Block } from '../../columnar/blocks/block.js'
import { bufferCount } from '../../columnar/blocks/block-codec.js'
import { checkOffsets, parseBlock } from '../../columnar/blocks/block-parser.js'
import type { BufferRange } from '../../columnar/blocks/buffer-range.js'
import type { Leaf } from '../../columnar/leaves.js'
import { type BatchColumn, MAX_BATCH_ROWS } from '../../connectors/api.js'
import type { LinearMemory } from './linear-memory.js'

/** What batches need of the memory in which they lie. */
export type BatchMemory = Pick<LinearMemory, 'allocate' | 'release' | 'bytes' | 'kernels'>

/** Memory that is kept from batch to batch and grows as needed. */
export class Area {
  address = 0
  #bytes = 0
  readonly #memory: BatchMemory

  constructor(memory: BatchMemory) {
    this.#memory = memory
  }

  get bytes(): number {
    return this.address === 0 ? 0 : this.#bytes
  }

  atLeast(bytes: number): number {
    if (bytes > this.#bytes || this.address === 0) {
      if (this.address !== 0) this.#memory.release(this.address)
      this.address = 0
      this.#bytes = Math.max(bytes, 64)
      this.address = this.#memory.allocate(this.#bytes)
    }
    return this.address
  }

  release(): void {
    if (this.address !== 0) this.#memory.release(this.address)
    this.address = 0
  }
}

interface LeafAreas {
  readonly data: Area
  readonly extra: Area
  readonly validity: Area
}

/** Memory that belongs to a leaf of one batch alone. */
export interface DetachedMemory {
  readonly addresses: readonly number[]
  readonly bytes: number
}

/** The bytes of a slice's bitmap: slices begin at multiples of 8 rows, so at a byte of their own. */
function bitmapBytes(rows: number): number {
  return Math.ceil(rows / 8)
}

/** A leaf of the batches: the leaf of the block it is loaded from, with its position there, or undefined when nobody reads it. */
export type WantedLeaf = { readonly leaf: Leaf; readonly index: number } | undefined

/** All leaves of a block. */
export const everyLeaf = (leaves: readonly Leaf[]): readonly WantedLeaf[] =>
  leaves.map((leaf, index) => ({ leaf, index }))

const NOT_LOADED: BatchColumn = { data: 0, validity: 0 }

/**
 * Copies blocks into linear memory as batches in pipeline layout, in slices small enough to stay in the cache while the
 * pipeline works on them. A batch is valid until the next is loaded.
 */
export class BlockBatches {
  readonly #memory: BatchMemory
  readonly #all: readonly Leaf[]
  readonly #wanted: readonly WantedLeaf[]
  readonly #firstBuffer: readonly number[]
  readonly #areas: LeafAreas[]
  readonly #bits: Area

  /** @param all the leaves of the blocks; `wanted` those to be loaded */
  constructor(memory: BatchMemory, all: readonly Leaf[], wanted: readonly WantedLeaf[]) {
    this.#memory = memory
    this.#all = all
    this.#wanted = wanted
    let next = 0
    const first = all.map((leaf) => {
      const at = next
      next += bufferCount(leaf)
      return at
    })
    this.#firstBuffer = wanted.map((x) => (x ? first[x.index]! : 0))
    this.#areas = wanted.map(() => this.#newAreas())
    this.#bits = new Area(memory)
  }

  /** The batches of a block, each loaded when it is asked for. */
  *of(block: Block): Generator<{ readonly rows: number; readonly columns: readonly BatchColumn[] }> {
    const layout = parseBlock(block.bytes, this.#all)
    for (let start = 0; start < layout.rows; start += MAX_BATCH_ROWS) {
      const rows = Math.min(MAX_BATCH_ROWS, layout.rows - start)
      const columns = this.#wanted.map((x, i) => {
        if (!x) return NOT_LOADED
        const { leaf, index } = x
        const buffers = layout.buffers.slice(this.#firstBuffer[i]!, this.#firstBuffer[i]! + bufferCount(leaf))
        const validity = this.#validity(i, leaf, block.bytes, buffers[0], layout.nullCounts[index]!, start, rows)
        return { data: this.#data(i, leaf, block.bytes, buffers, start, rows), validity }
      })
      yield { rows, columns }
    }
  }

  #copy(area: Area, bytes: Uint8Array, offset: number, length: number): number {
    const address = area.atLeast(length + 16)
    this.#memory.bytes.set(bytes.subarray(offset, offset + length), address)
    return address
  }

  #unpack(area: Area, bytes: Uint8Array, offset: number, start: number, rows: number): number {
    const bits = this.#copy(this.#bits, bytes, offset + start / 8, bitmapBytes(rows))
    const address = area.atLeast(rows + 16)
    this.#memory.kernels.unpackBits(bits, 0, rows, address)
    return address
  }

  #validity(
    i: number,
    leaf: Leaf,
    bytes: Uint8Array,
    buffer: BufferRange | undefined,
    nullCount: number,
    start: number,
    rows: number,
  ): number {
    if (leaf.type.kind === 'void') {
      const address = this.#areas[i]!.validity.atLeast(rows)
      this.#memory.bytes.fill(0, address, address + rows)
      return address
    }
    if (nullCount === 0 || !buffer || buffer.length === 0) return 0
    return this.#unpack(this.#areas[i]!.validity, bytes, buffer.offset, start, rows)
  }

  #data(
    i: number,
    leaf: Leaf,
    bytes: Uint8Array,
    buffers: readonly BufferRange[],
    start: number,
    rows: number,
  ): number {
    const { data, extra } = this.#areas[i]!
    switch (leaf.storage.kind) {
      case 'none':
        return leaf.type.kind === 'void' ? data.atLeast(rows * 4) : 0
      case 'boolean':
        return this.#unpack(data, bytes, buffers[1]!.offset, start, rows)
      case 'fixed': {
        const width = leaf.storage.bytes
        return this.#copy(data, bytes, buffers[1]!.offset + start * width, rows * width)
      }
      case 'variable': {
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
        const at = buffers[1]!.offset + start * 4
        const first = view.getInt32(at, true)
        const last = view.getInt32(at + rows * 4, true)
        checkOffsets(first, last, buffers[2]!.length)
        const base = this.#copy(extra, bytes, buffers[2]!.offset + first, last - first)
        const offsets = this.#copy(this.#bits, bytes, at, rows * 4 + 4)
        const refs = data.atLeast(rows * 8)
        this.#memory.kernels.refsFromOffsets(offsets, rows, (base - first) | 0, refs)
        return refs
      }
    }
  }

  /** How much memory the last batch lies in. */
  get bytes(): number {
    return this.#areas.flatMap(areasOf).reduce((sum, area) => sum + area.bytes, 0)
  }

  /** Leaves the memory of a leaf of the last batch to the caller, who frees it: the leaf stays valid until then. */
  detach(leaf: number): DetachedMemory {
    const areas = areasOf(this.#areas[leaf]!)
    this.#areas[leaf] = this.#newAreas()
    return {
      addresses: areas.flatMap(({ address }) => (address === 0 ? [] : [address])),
      bytes: areas.reduce((sum, area) => sum + area.bytes, 0),
    }
  }

  release(): void {
    for (const area of this.#areas.flatMap(areasOf)) area.release()
    this.#bits.release()
  }

  #newAreas(): LeafAreas {
    const area = () => new Area(this.#memory)
    return { data: area(), extra: area(), validity: area() }
  }
}

const areasOf = ({ data, extra, validity }: LeafAreas): readonly Area[] => [data, extra, validity]
