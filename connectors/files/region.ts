import type { Memory } from '../api.js'

/** Kernels read and write up to so many bytes beyond the end of what they are given. */
const SLACK_BYTES = 64

/** A piece of linear memory that is used again and again, and grows when more is needed. */
export class Region {
  readonly #memory: Memory
  #address = 0
  #capacity = 0

  constructor(memory: Memory) {
    this.#memory = memory
  }

  get address(): number {
    return this.#address
  }

  get capacity(): number {
    return this.#capacity
  }

  /** Makes room for so many bytes, not keeping what was there. Returns the address. */
  reserve(bytes: number): number {
    if (bytes > this.#capacity || this.#address === 0) {
      this.release()
      const capacity = Math.max(bytes, 1024)
      this.#address = this.#memory.allocate(capacity + SLACK_BYTES)
      this.#capacity = capacity
    }
    return this.#address
  }

  /** Makes room for so many bytes and keeps the first `kept`. */
  extend(bytes: number, kept: number): number {
    if (bytes > this.#capacity) {
      const old = this.#address
      const address = this.#memory.allocate(bytes + SLACK_BYTES)
      this.#memory.bytes.copyWithin(address, old, old + kept)
      this.release()
      this.#address = address
      this.#capacity = bytes
    }
    return this.#address
  }

  release(): void {
    if (this.#address !== 0) this.#memory.release(this.#address)
    this.#address = 0
    this.#capacity = 0
  }
}
