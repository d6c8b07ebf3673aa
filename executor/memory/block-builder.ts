import type { Block } from '../../columnar/blocks/block.js'
import { bufferCount, type LeafContent, layoutBlock } from '../../columnar/blocks/block-codec.js'
import type { Leaf } from '../../columnar/leaves.js'
import { type Batch, type BatchColumn, MAX_BATCH_ROWS } from '../../connectors/api.js'
import {
  BUILDER_HEADER_BYTES,
  BUILDER_LIMIT,
  BUILDER_MOST_BYTES,
  BUILDER_PARTITION,
  BUILDER_ROWS,
  LEAF_BYTES,
  LEAF_DATA,
  LEAF_OFFSETS,
  LEAF_OWNER,
  LEAF_ROOM,
  LEAF_USED,
  LEAF_VALIDITY,
} from '../kernels/interface/block-builder.js'
import { Area } from './block-batches.js'
import type { LinearMemory } from './linear-memory.js'

/** What all builders of a sink may take together, their strings not counted: so much, and a share of what a task may hold. */
const BUILDERS_BYTES = 8 << 20
const BUILDERS_SHARE = 1 / 16
/** A string column of a block is not filled beyond so many bytes, except by one row. */
const MOST_STRING_BYTES = 1 << 22
const STRINGS_SHARE = 1 / 64
/** Where memory is short, no more than such a share is kept free for the strings of all builders. */
const ROOM_SHARE = 1 / 4
const MOST_ROWS = 16_384
const LEAST_ROWS = 256
const FIRST_STRING_BYTES_PER_ROW = 8

export const builderBytes = (leaves: readonly Leaf[]): number => BUILDER_HEADER_BYTES + leaves.length * LEAF_BYTES

function bytesPerRow(leaf: Leaf): number {
  switch (leaf.storage.kind) {
    case 'none':
      return 0
    case 'boolean':
      return 1
    case 'fixed':
      return leaf.storage.bytes
    case 'variable':
      return 4
  }
}

/** Builders of the blocks of a sink, one for each partition, in a row in linear memory. */
export class BlockBuilders {
  readonly address: number
  readonly #memory: LinearMemory
  readonly #leaves: readonly Leaf[]
  readonly #partitions: number
  readonly #limit: number
  readonly #owned: number[] = []
  readonly #packed: number

  constructor(memory: LinearMemory, leaves: readonly Leaf[], partitions: number) {
    this.#memory = memory
    this.#leaves = leaves
    this.#partitions = partitions
    const rowBytes = leaves.reduce((sum, leaf) => sum + bytesPerRow(leaf) + 1, 1)
    const fitting = Math.floor(Math.min(BUILDERS_BYTES, memory.share * BUILDERS_SHARE) / partitions / rowBytes)
    this.#limit = Math.max(LEAST_ROWS, Math.min(MOST_ROWS, fitting & ~63))
    const stride = builderBytes(leaves)
    this.#packed = this.#own(this.#limit / 8 + 16)
    this.address = this.#own(stride * partitions)
    memory.bytes.fill(0, this.address, this.address + stride * partitions)
    try {
      for (let i = 0; i < partitions; i++) this.#prepare(this.address + i * stride, i)
    } catch (error) {
      this.release()
      throw error
    }
  }

  #own(bytes: number): number {
    const address = this.#memory.allocate(bytes)
    this.#owned.push(address)
    return address
  }

  #prepare(builder: number, partition: number): void {
    const limit = this.#limit
    const set = (at: number, value: number) => this.#memory.view.setUint32(at, value, true)
    set(builder + BUILDER_ROWS, 0)
    set(builder + BUILDER_LIMIT, limit)
    set(builder + BUILDER_PARTITION, partition)
    set(builder + BUILDER_MOST_BYTES, this.#mostStringBytes)
    this.#leaves.forEach((leaf, i) => {
      const at = this.#leafAddress(builder, i)
      set(at + LEAF_OWNER, builder)
      if (leaf.nullable) set(at + LEAF_VALIDITY, this.#own(limit + 16))
      if (leaf.storage.kind !== 'variable') {
        set(at + LEAF_DATA, this.#own(limit * bytesPerRow(leaf) + 16))
        return
      }
      const offsets = this.#own(limit * 4 + 4)
      set(offsets, 0)
      set(at + LEAF_OFFSETS, offsets)
      // Grows by reallocation, so it is not among what is owned for good; noted at once, to be freed whatever comes.
      set(at + LEAF_DATA, this.#memory.allocate(limit * FIRST_STRING_BYTES_PER_ROW))
      set(at + LEAF_ROOM, limit * FIRST_STRING_BYTES_PER_ROW)
    })
  }

  /** What the strings of all builders may come to take, as far as room is kept for it. */
  get stringRoom(): number {
    const columns = this.#leaves.filter(({ storage }) => storage.kind === 'variable').length
    const most = columns * this.#partitions * this.#mostStringBytes
    return Math.min(most, Math.floor(this.#memory.share * ROOM_SHARE))
  }

  get #mostStringBytes(): number {
    return Math.min(MOST_STRING_BYTES, Math.floor(this.#memory.share * STRINGS_SHARE))
  }

  #leafAddress(builder: number, index: number): number {
    return builder + BUILDER_HEADER_BYTES + index * LEAF_BYTES
  }

  /** The rows of a builder as a block of its own, and its partition; the builder is empty afterwards. */
  take(builder: number): { readonly partition: number; readonly block: Block } {
    const { view } = this.#memory
    const rows = view.getUint32(builder + BUILDER_ROWS, true)
    const contents = this.#leaves.map((leaf, i) => this.#contentOf(leaf, this.#leafAddress(builder, i), rows))
    const layout = layoutBlock(this.#leaves, rows, contents)
    const bytes = new Uint8Array(new SharedArrayBuffer(layout.totalBytes))
    bytes.set(layout.header)
    let next = 0
    this.#leaves.forEach((leaf, i) => {
      const buffers = layout.buffers.slice(next, next + bufferCount(leaf))
      next += buffers.length
      this.#copyLeaf(leaf, this.#leafAddress(builder, i), rows, contents[i]!, buffers, bytes)
      view.setUint32(this.#leafAddress(builder, i) + LEAF_USED, 0, true)
    })
    view.setUint32(builder + BUILDER_ROWS, 0, true)
    view.setUint32(builder + BUILDER_LIMIT, this.#limit, true)
    return { partition: view.getUint32(builder + BUILDER_PARTITION, true), block: { rows, bytes } }
  }

  /** What is left in the builders, those without rows left out. */
  *takeAll(): Generator<{ readonly partition: number; readonly block: Block }> {
    const stride = builderBytes(this.#leaves)
    for (let i = 0; i < this.#partitions; i++) {
      const builder = this.address + i * stride
      if (this.#memory.view.getUint32(builder + BUILDER_ROWS, true) > 0) yield this.take(builder)
    }
  }

  /** How many rows the first builder has. */
  get rows(): number {
    return this.#memory.view.getUint32(this.address + BUILDER_ROWS, true)
  }

  /** The rows of the first builder as batches where they lie; the builder is empty when the last one was used. */
  *batches(): Generator<Batch> {
    const { rows } = this
    const areas = this.#leaves.map(() => new Area(this.#memory))
    try {
      for (let start = 0; start < rows; start += MAX_BATCH_ROWS) {
        const count = Math.min(MAX_BATCH_ROWS, rows - start)
        const columns = this.#leaves.map((leaf, i) =>
          this.#slice(leaf, this.#leafAddress(this.address, i), start, count, areas[i]!),
        )
        yield { rows: count, columns }
      }
    } finally {
      for (const area of areas) area.release()
    }
    const { view } = this.#memory
    view.setUint32(this.address + BUILDER_ROWS, 0, true)
    view.setUint32(this.address + BUILDER_LIMIT, this.#limit, true)
    for (const i of this.#leaves.keys()) view.setUint32(this.#leafAddress(this.address, i) + LEAF_USED, 0, true)
  }

  #slice(leaf: Leaf, at: number, start: number, rows: number, refs: Area): BatchColumn {
    const { view, kernels } = this.#memory
    const [data, bytes] = [view.getUint32(at + LEAF_DATA, true), view.getUint32(at + LEAF_VALIDITY, true)]
    const validity = bytes === 0 ? 0 : bytes + start
    if (leaf.storage.kind !== 'variable') return { data: data + start * bytesPerRow(leaf), validity }
    const offsets = view.getUint32(at + LEAF_OFFSETS, true) + start * 4
    const address = refs.atLeast(rows * 8)
    kernels.refsFromOffsets(offsets, rows, data, address)
    return { data: address, validity }
  }

  #contentOf(leaf: Leaf, at: number, rows: number): LeafContent {
    const { view, kernels } = this.#memory
    const validity = view.getUint32(at + LEAF_VALIDITY, true)
    const nullCount = leaf.nullable ? kernels.packBits(validity, rows, this.#packed) : 0
    if (leaf.storage.kind !== 'variable') return { nullCount }
    return { nullCount, variableBytes: view.getUint32(at + LEAF_USED, true) }
  }

  #copyLeaf(
    leaf: Leaf,
    at: number,
    rows: number,
    { nullCount, variableBytes }: LeafContent,
    buffers: readonly { readonly offset: number; readonly length: number }[],
    out: Uint8Array,
  ): void {
    const { view, kernels, bytes } = this.#memory
    const copy = (address: number, length: number, offset: number) =>
      out.set(bytes.subarray(address, address + length), offset)
    const data = view.getUint32(at + LEAF_DATA, true)
    if (nullCount > 0 && buffers.length > 0) {
      kernels.packBits(view.getUint32(at + LEAF_VALIDITY, true), rows, this.#packed)
      copy(this.#packed, Math.ceil(rows / 8), buffers[0]!.offset)
    }
    switch (leaf.storage.kind) {
      case 'none':
        return
      case 'boolean':
        kernels.packBits(data, rows, this.#packed)
        return copy(this.#packed, Math.ceil(rows / 8), buffers[1]!.offset)
      case 'fixed':
        return copy(data, rows * leaf.storage.bytes, buffers[1]!.offset)
      case 'variable':
        copy(view.getUint32(at + LEAF_OFFSETS, true), rows * 4 + 4, buffers[1]!.offset)
        return copy(data, variableBytes ?? 0, buffers[2]!.offset)
    }
  }

  release(): void {
    const stride = builderBytes(this.#leaves)
    for (let i = 0; i < this.#partitions; i++) {
      this.#leaves.forEach((leaf, j) => {
        const at = this.#leafAddress(this.address + i * stride, j) + LEAF_DATA
        const data = this.#memory.view.getUint32(at, true)
        if (leaf.storage.kind === 'variable' && data !== 0) this.#memory.release(data)
      })
    }
    for (const address of this.#owned) this.#memory.release(address)
  }
}
