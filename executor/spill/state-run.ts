import { MillraceError } from '../../common/errors/millrace-error.js'
import {
  RUN_BYTES,
  RUN_DEAD,
  RUN_FILTER,
  RUN_FILTER_WORDS,
  RUN_INDEX,
  RUN_INDEX_BYTES,
  RUN_INDEX_CHECKSUM,
  RUN_INDEX_EXPIRES,
  RUN_INDEX_LENGTH,
  RUN_INDEX_OFFSET,
  RUN_INDEX_PAGE_BYTES,
  RUN_INDEX_ROW,
  RUN_LIVE,
  RUN_PAGES,
} from '../kernels/interface/state-runs.js'
import type { LinearMemory } from '../memory/linear-memory.js'
import type { Extent, ScratchFile } from './scratch-file.js'

/** How rows of a state lie in memory, and in pages. */
export interface StateRows {
  readonly width: number
  /** Offsets in a row: of its mark, of when it expires, if rows do, and, where rows are merged, of what follows its keys. */
  readonly mark: number
  readonly keyBytes?: number
  readonly expires: number | undefined
}

export interface PlacedStateRows extends StateRows {
  /** The address of the list of refs in a row. */
  readonly refs: number
}

/** Rows of a page in memory; whoever loaded it frees `first`. */
export interface StatePage {
  readonly first: number
  readonly rows: number
}

/** For a row, of the filter. */
const FILTER_BITS = 10
const WORD_BITS = 64
const WORD_BYTES = 8

/** Rows of a state on disk, in the order of the hashes of their keys, in compressed pages. What tells which page may have a key, and which rows still count, is in memory. */
export class StateRun {
  /** Of what is in memory (see executor/kernels/interface/state-runs.ts). */
  readonly address: number
  readonly #memory: LinearMemory
  readonly #file: ScratchFile
  readonly #rows: PlacedStateRows
  #indexEntries = 1
  #totalPageBytes = 0
  #users = 1

  /** One without pages. @param mostRows that it may get */
  constructor(memory: LinearMemory, file: ScratchFile, rows: PlacedStateRows, mostRows: number) {
    this.#memory = memory
    this.#file = file
    this.#rows = rows
    const words = Math.ceil((mostRows * FILTER_BITS) / WORD_BITS)
    this.address = this.#zeros(RUN_BYTES)
    try {
      this.#set(RUN_INDEX, this.#zeros(RUN_INDEX_BYTES))
      this.#set(RUN_FILTER, this.#zeros(words * WORD_BYTES))
      this.#set(RUN_DEAD, this.#zeros(Math.ceil(mostRows / 8)))
    } catch (error) {
      this.close()
      throw error
    }
    this.#set(RUN_FILTER_WORDS, words)
  }

  get live(): number {
    return this.#get(RUN_LIVE)
  }

  get pages(): number {
    return this.#get(RUN_PAGES)
  }

  /** How many rows it has, with those that do not count any more. */
  get rows(): number {
    return this.firstRow(this.pages)
  }

  /** How many bytes its pages would take in memory. */
  get totalPageBytes(): number {
    return this.#totalPageBytes
  }

  /** What it takes of memory. */
  get bytes(): number {
    return this.#indexEntries * RUN_INDEX_BYTES + this.#get(RUN_FILTER_WORDS) * WORD_BYTES + Math.ceil(this.rows / 8)
  }

  firstHash(page: number): number {
    return this.#memory.view.getUint32(this.#entry(page), true)
  }

  firstRow(page: number): number {
    return this.#memory.view.getUint32(this.#entry(page) + RUN_INDEX_ROW, true)
  }

  /** The least time at which a row of a page expires. */
  leastExpiry(page: number): bigint {
    return this.#memory.view.getBigInt64(this.#entry(page) + RUN_INDEX_EXPIRES, true)
  }

  /** The pages that may have rows which expire at a time or before. */
  duePages(until: bigint): readonly number[] {
    const due: number[] = []
    for (let page = 0; page < this.pages; page++) if (this.leastExpiry(page) <= until) due.push(page)
    return due
  }

  /** The least time at which a row may expire, if that is before another time, which it is else. */
  expiryBefore(time: bigint): bigint {
    let least = time
    for (let page = 0; page < this.pages; page++) {
      const own = this.leastExpiry(page)
      if (own < least) least = own
    }
    return least
  }

  setLeastExpiry(page: number, micros: bigint): void {
    this.#memory.view.setBigInt64(this.#entry(page) + RUN_INDEX_EXPIRES, micros, true)
  }

  /** Adds a page behind the others. @param bytes that it has in memory */
  add(extent: Extent, rows: number, hash: number, bytes: number): void {
    const page = this.pages
    if (page + 2 > this.#indexEntries) {
      this.#indexEntries = (page + 2) * 2
      this.#set(RUN_INDEX, this.#memory.reallocate(this.#get(RUN_INDEX), this.#indexEntries * RUN_INDEX_BYTES))
    }
    const [at, { view }] = [this.#entry(page), this.#memory]
    view.setUint32(at, hash, true)
    view.setFloat64(at + RUN_INDEX_OFFSET, extent.offset, true)
    view.setUint32(at + RUN_INDEX_LENGTH, extent.length, true)
    view.setUint32(at + RUN_INDEX_CHECKSUM, extent.checksum, true)
    view.setUint32(at + RUN_INDEX_PAGE_BYTES, bytes, true)
    const end = this.#entry(page + 1)
    this.#memory.bytes.fill(0, end, end + RUN_INDEX_BYTES)
    view.setUint32(end + RUN_INDEX_ROW, this.firstRow(page) + rows, true)
    this.#set(RUN_PAGES, page + 1)
    this.#set(RUN_LIVE, this.live + rows)
    this.#totalPageBytes += bytes
  }

  /** @throws BLOCK_CORRUPT, UNABLE_TO_ACQUIRE_MEMORY */
  load(page: number): StatePage {
    const { kernels, view } = this.#memory
    const at = this.#entry(page)
    const length = view.getUint32(at + RUN_INDEX_LENGTH, true)
    const checksum = view.getUint32(at + RUN_INDEX_CHECKSUM, true)
    const offset = view.getFloat64(at + RUN_INDEX_OFFSET, true)
    const bytes = view.getUint32(at + RUN_INDEX_PAGE_BYTES, true)
    const rows = this.firstRow(page + 1) - this.firstRow(page)
    const first = this.#memory.allocate(bytes)
    let packed = 0
    try {
      packed = this.#memory.allocate(length)
      this.#file.read({ offset, length, checksum }, this.#memory.bytes.subarray(packed, packed + length))
      if (kernels.lz4FrameDecompress(packed, length, first, bytes) !== bytes)
        throw new MillraceError('INTERNAL_ERROR', { message: 'a page of state that was compressed otherwise' })
    } catch (error) {
      this.#memory.release(first)
      throw error
    } finally {
      if (packed !== 0) this.#memory.release(packed)
    }
    const { width, refs } = this.#rows
    kernels.pageTurnRefs(first, rows, width, refs, first + bytes)
    return { first, rows }
  }

  /** A copy of the bits of those rows that do not count any more; whoever has it frees it. */
  copyDead(): number {
    const bytes = Math.ceil(this.rows / 8)
    const copy = this.#memory.allocate(bytes)
    const dead = this.#get(RUN_DEAD)
    this.#memory.bytes.copyWithin(copy, dead, dead + bytes)
    return copy
  }

  /** The address of these bits. */
  get dead(): number {
    return this.#get(RUN_DEAD)
  }

  /** It is used once more, until it is closed once more. */
  retain(): void {
    this.#users++
  }

  close(): void {
    if (--this.#users > 0) return
    for (const field of [RUN_INDEX, RUN_FILTER, RUN_DEAD]) {
      const address = this.#get(field)
      if (address !== 0) this.#memory.release(address)
    }
    this.#memory.release(this.address)
    this.#file.close()
  }

  #entry(page: number): number {
    return this.#get(RUN_INDEX) + page * RUN_INDEX_BYTES
  }

  #zeros(bytes: number): number {
    const address = this.#memory.allocate(bytes)
    this.#memory.bytes.fill(0, address, address + bytes)
    return address
  }

  #get(field: number): number {
    return this.#memory.view.getUint32(this.address + field, true)
  }

  #set(field: number, value: number): void {
    this.#memory.view.setUint32(this.address + field, value, true)
  }
}
