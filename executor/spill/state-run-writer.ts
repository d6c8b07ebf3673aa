import { HASH_ENTRY_BYTES, HASH_ENTRY_HASH } from '../kernels/interface/state-runs.js'
import type { LinearMemory } from '../memory/linear-memory.js'
import { ScratchFile } from './scratch-file.js'
import { type PlacedStateRows, StateRun } from './state-run.js'

/** A page in memory, unless rows are larger: to load a row costs about as much as to load its page. */
const STATE_PAGE_BYTES = 16 << 10
const NEVER = (1n << 63n) - 1n
const BEFORE_ALL = -(1n << 63n)

/** Hashes from one to another, both included. */
export interface HashRange {
  readonly from: number
  readonly last: number
}

const HASHES = 2 ** 32

/** All hashes, in so many ranges: a power of two. */
export const hashRanges = (count: number): readonly HashRange[] =>
  Array.from({ length: count }, (_, i) => ({ from: (HASHES / count) * i, last: (HASHES / count) * (i + 1) - 1 }))

/** Writes a run. @param mostRows that come @throws FAILED_WRITE_FILE, UNABLE_TO_ACQUIRE_MEMORY */
export function writeRun(
  memory: LinearMemory,
  rows: PlacedStateRows,
  mostRows: number,
  write: (writer: StateRunWriter) => void,
): StateRun {
  const writer = new StateRunWriter(memory, rows, mostRows)
  try {
    write(writer)
    return writer.finish()
  } catch (error) {
    writer.abort()
    throw error
  }
}

interface Packed {
  readonly rows: number
  readonly bytes: number
}

/** How many rows a kernel has packed, and how many bytes of them lie at the end of the page. */
const halvesOf = (packed: bigint): Packed => ({
  rows: Number(packed & 0xffff_ffffn),
  bytes: Number(BigInt.asUintN(32, packed >> 32n)),
})

/** Writes rows as a run. Nothing has its memory when it is done, or when it was aborted. */
class StateRunWriter {
  readonly #memory: LinearMemory
  readonly #rows: PlacedStateRows
  readonly #file = new ScratchFile()
  readonly #run: StateRun
  #room = STATE_PAGE_BYTES
  #page = 0
  #target = 0
  #scratch = 0

  /** @param mostRows that come */
  constructor(memory: LinearMemory, rows: PlacedStateRows, mostRows: number) {
    this.#memory = memory
    this.#rows = rows
    this.#run = new StateRun(memory, this.#file, rows, mostRows)
  }

  /** Adds the rows of a list that is sorted by hashes, all of which are greater than those before. @throws FAILED_WRITE_FILE, UNABLE_TO_ACQUIRE_MEMORY */
  add(list: number, count: number): void {
    for (let done = 0; done < count; ) done += this.#addPage(list + done * HASH_ENTRY_BYTES, count - done)
    this.#memory.kernels.runFilter(this.#run.address, list, count)
  }

  finish(): StateRun {
    this.#release()
    return this.#run
  }

  abort(): void {
    this.#release()
    this.#run.close()
  }

  /** Returns how many rows the page has. */
  #addPage(list: number, count: number): number {
    if (this.#page === 0) this.#allocate(STATE_PAGE_BYTES)
    let packed = this.#pack(list, count)
    // A row that is larger than a page, or rows with the same hash that are, have one of their own.
    const alone = packed.rows > 0 ? 0 : this.#sameHash(list, count)
    while (packed.rows === 0) {
      this.#allocate(this.#room * 2)
      packed = this.#pack(list, alone)
    }
    this.#write(list, packed.rows, packed.bytes)
    if (this.#room > STATE_PAGE_BYTES) this.#release()
    return packed.rows
  }

  /** How many of the first rows of a list have one hash. */
  #sameHash(list: number, count: number): number {
    const hashAt = (i: number): number =>
      this.#memory.view.getUint32(list + i * HASH_ENTRY_BYTES + HASH_ENTRY_HASH, true)
    let rows = 1
    while (rows < count && hashAt(rows) === hashAt(0)) rows++
    return rows
  }

  /** Makes a page of as many rows as fit and may be one. */
  #pack(list: number, count: number): Packed {
    const { kernels, bytes } = this.#memory
    const { width, refs } = this.#rows
    const [page, room] = [this.#page, this.#room]
    // Each result is taken apart at once: where one BigInt or another of WebAssembly may be meant, the optimizer of some versions of V8 ends the process.
    const pack = (most: number): Packed =>
      halvesOf(kernels.pagePack(list, HASH_ENTRY_BYTES, most, width, refs, page, room))
    const fitting = pack(count)
    const rows = fitting.rows === 0 ? 0 : kernels.hashesBreak(list, fitting.rows, count)
    if (rows === 0) return { rows, bytes: 0 }
    const behind = (rows < fitting.rows ? pack(rows) : fitting).bytes
    bytes.copyWithin(page + rows * width, page + room - behind, page + room)
    return { rows, bytes: rows * width + behind }
  }

  #write(list: number, rows: number, bytes: number): void {
    const { kernels } = this.#memory
    const { width, expires } = this.#rows
    const length = kernels.lz4FrameCompress(this.#page, bytes, this.#target, this.#scratch)
    const extent = this.#file.append(this.#memory.bytes.subarray(this.#target, this.#target + length))
    const hash = this.#memory.view.getUint32(list + HASH_ENTRY_HASH, true)
    const page = this.#run.pages
    this.#run.add(extent, rows, hash, bytes)
    // Two calls for the same reason as in `#pack`.
    if (expires === undefined) this.#run.setLeastExpiry(page, NEVER)
    else this.#run.setLeastExpiry(page, kernels.rowsLeastExpiry(this.#page, rows, width, expires, BEFORE_ALL))
  }

  #allocate(room: number): void {
    this.#release()
    const { kernels } = this.#memory
    this.#room = room
    this.#page = this.#memory.allocate(room)
    this.#target = this.#memory.allocate(kernels.lzBound(room))
    this.#scratch = this.#memory.allocate(kernels.lzScratchBytes())
  }

  #release(): void {
    for (const address of [this.#page, this.#target, this.#scratch]) if (address !== 0) this.#memory.release(address)
    this.#page = 0
    this.#target = 0
    this.#scratch = 0
  }
}
