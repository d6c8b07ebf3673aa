import { KEYED_EXPIRES, KEYED_KEY, KEYED_VALUE } from '../../kernels/interface/keyed-state.js'
import type { LinearMemory } from '../../memory/linear-memory.js'

/** Bytes that are handed to kernels without memory of their own. */
export const CELL_SCRATCH_BYTES = 1024
/** When a cell expires that is kept until it is removed. */
export const NEVER = (1n << 63n) - 1n

/** The address of a cell; 0 for none. It may be used until another cell is put. */
export type Cell = number

/** Brings cells back into memory: those whose keys have a hash, or that expire at a time or before. */
export interface CellsOnDisk {
  bring(hash: number): void
  bringDue(untilMicros: bigint): void
}

/** The cells of a state: values of bytes under keys of bytes, in the memory of the thread (executor/kernels/assembly/state/keyed-state.ts). */
export class KeyedCells {
  readonly #memory: LinearMemory
  readonly #state: number
  readonly #scratch: number
  readonly #disk: CellsOnDisk | undefined

  /** @param scratch the address of `CELL_SCRATCH_BYTES`; `disk` has the cells that are not in memory */
  constructor(memory: LinearMemory, state: number, scratch: number, disk?: CellsOnDisk) {
    this.#disk = disk
    this.#memory = memory
    this.#state = state
    this.#scratch = scratch
  }

  find(key: Uint8Array): Cell {
    return this.#placed([key], (at) => this.#findAt(at, key.length))
  }

  value(cell: Cell): Uint8Array {
    return this.#bytes(cell + KEYED_VALUE)
  }

  key(cell: Cell): Uint8Array {
    return this.#bytes(cell + KEYED_KEY)
  }

  /** In microseconds. */
  expires(cell: Cell): bigint {
    return this.#memory.view.getBigInt64(cell + KEYED_EXPIRES, true)
  }

  /** Puts a value under a key in place of one that is there. @throws UNABLE_TO_ACQUIRE_MEMORY */
  put(key: Uint8Array, value: Uint8Array, expires: bigint): void {
    this.#placed([key, value], (at) => {
      if (this.#disk) this.#findAt(at, key.length)
      this.#memory.kernels.keyedPut(this.#state, at, key.length, at + key.length, value.length, expires)
    })
  }

  delete(cell: Cell): void {
    this.#memory.kernels.keyedDelete(this.#state, cell)
  }

  /** The same by its key; one that is not there changes nothing. */
  deleteKey(key: Uint8Array): void {
    const cell = this.find(key)
    if (cell !== 0) this.delete(cell)
  }

  /** The next cell that expires at a time or before, each once: who asks deletes it. 0 when there is none. */
  nextExpired(untilMicros: bigint): Cell {
    return this.#memory.kernels.keyedExpired(this.#state, untilMicros) >>> 0
  }

  /** Has the cells be in memory that expire at a time or before. */
  bringExpired(untilMicros: bigint): void {
    this.#disk?.bringDue(untilMicros)
  }

  /** Of a key that lies at an address. A cell that is on disk comes back. */
  #findAt(at: number, length: number): Cell {
    const { kernels } = this.#memory
    const found = kernels.keyedFind(this.#state, at, length) >>> 0
    if (found !== 0 || !this.#disk) return found
    const hash = kernels.keyedHash(at, length) >>> 0
    if (kernels.stateMayReturn(this.#state, hash) === 0) return found
    this.#disk.bring(hash)
    return kernels.keyedFind(this.#state, at, length) >>> 0
  }

  #bytes(ref: number): Uint8Array {
    const { view, bytes } = this.#memory
    const address = view.getUint32(ref, true)
    return bytes.slice(address, address + view.getUint32(ref + 4, true))
  }

  /** Puts bytes one behind the other for the time of a call. */
  #placed<T>(parts: readonly Uint8Array[], call: (address: number) => T): T {
    const length = parts.reduce((sum, part) => sum + part.length, 0)
    const isLong = length > CELL_SCRATCH_BYTES
    const address = isLong ? this.#memory.allocate(length) : this.#scratch
    try {
      let at = address
      for (const part of parts) {
        this.#memory.bytes.set(part, at)
        at += part.length
      }
      return call(address)
    } finally {
      if (isLong) this.#memory.release(address)
    }
  }
}
