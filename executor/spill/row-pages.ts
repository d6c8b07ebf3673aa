import { CHUNK_HEADER_BYTES } from '../kernels/interface/rows.js'
import type { LinearMemory } from '../memory/linear-memory.js'
import type { Extent, ScratchFile } from './scratch-file.js'

/** Rows in a scratch file. */
export interface RowPage extends Extent {
  readonly rows: number
}

/** Rows of a page in memory again; whoever loaded it frees `address`. */
export interface LoadedPage {
  readonly address: number
  /** Where the first row is. */
  readonly first: number
  readonly rows: number
  readonly bytes: number
}

/** Addresses of rows in linear memory, `stride` bytes apart. */
export interface RowList {
  readonly address: number
  readonly stride: number
  readonly count: number
}

export const PAGE_BYTES = 256 * 1024

/** Writes rows of one layout to a task's scratch file as pages, and reads them back. */
export class RowPages {
  readonly #memory: LinearMemory
  readonly #file: ScratchFile
  readonly #width: number
  readonly #refs: number
  readonly #pageBytes: number

  /** @param refs address of the list of refs in a row (see executor/kernels/assembly/rows/row-pages.ts) */
  constructor(memory: LinearMemory, file: ScratchFile, width: number, refs: number, pageBytes: number = PAGE_BYTES) {
    this.#memory = memory
    this.#file = file
    this.#width = width
    this.#refs = refs
    this.#pageBytes = pageBytes
  }

  /** Writes rows in their order. @throws FAILED_WRITE_FILE */
  write({ address, stride, count }: RowList): readonly RowPage[] {
    const pages: RowPage[] = []
    const { kernels } = this.#memory
    const width = this.#width
    let room = this.#pageBytes
    let page = this.#memory.allocate(room)
    try {
      for (let done = 0; done < count; ) {
        const list = address + done * stride
        const packed = kernels.pagePack(list, stride, count - done, width, this.#refs, page, room)
        const rows = Number(packed & 0xffff_ffffn)
        if (rows === 0) {
          // A row that is larger than a page gets one of its own.
          const row = this.#memory.view.getUint32(list, true)
          this.#memory.release(page)
          page = 0
          room = kernels.pageBytes(row, width, this.#refs) >>> 0
          page = this.#memory.allocate(room)
          continue
        }
        const { bytes } = this.#memory
        const behind = Number(BigInt.asUintN(32, packed >> 32n))
        const text = bytes.subarray(page + room - behind, page + room)
        pages.push({ rows, ...this.#file.append(bytes.subarray(page, page + rows * width), text) })
        done += rows
      }
    } finally {
      if (page !== 0) this.#memory.release(page)
    }
    return pages
  }

  /** @throws BLOCK_CORRUPT, UNABLE_TO_ACQUIRE_MEMORY */
  load(page: RowPage): LoadedPage {
    const { rows, length } = page
    // With the header of a chunk, so that it can become one of a row store.
    const address = this.#memory.allocate(CHUNK_HEADER_BYTES + length)
    const first = address + CHUNK_HEADER_BYTES
    try {
      this.#file.read(page, this.#memory.bytes.subarray(first, first + length))
    } catch (error) {
      this.#memory.release(address)
      throw error
    }
    this.#memory.kernels.pageTurnRefs(first, rows, this.#width, this.#refs, first + length)
    return { address, first, rows, bytes: CHUNK_HEADER_BYTES + length }
  }

  /** Has the rows of pages worked on, each while it is in memory. */
  async forEach(pages: readonly RowPage[], work: (first: number, rows: number) => Promise<void>): Promise<void> {
    for (const page of pages) {
      const { address, first, rows } = this.load(page)
      try {
        await work(first, rows)
      } finally {
        this.#memory.release(address)
      }
    }
  }

  /** The same, and puts the rows back, in which the work may change what is not a string. */
  async update(
    pages: readonly RowPage[],
    work: (first: number, rows: number) => Promise<void>,
  ): Promise<readonly RowPage[]> {
    const updated: RowPage[] = []
    for (const page of pages) {
      const loaded = this.load(page)
      try {
        await work(loaded.first, loaded.rows)
        updated.push(this.putBack(page, loaded))
      } finally {
        this.#memory.release(loaded.address)
      }
    }
    return updated
  }

  /** Puts a page back that was loaded, when something in its rows has changed, but for their strings. They can be freed, but not be read any more. */
  putBack(page: RowPage, { first }: LoadedPage): RowPage {
    const { rows, length } = page
    this.#memory.kernels.pageTurnRefs(first, rows, this.#width, this.#refs, first + length)
    const bytes = this.#memory.bytes.subarray(first, first + length)
    return { rows, ...this.#file.overwrite(page, bytes, rows * this.#width) }
  }
}
