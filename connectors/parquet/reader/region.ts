import { append } from '../../../common/append.js'
import type { Memory } from '../../api.js'

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

const MAX_IDLE_REGIONS = 2

/**
 * The buffers of one column's pages. Strings of a batch point into them, so a buffer whose page was left in the middle of
 * a batch is kept until the batch is done with.
 */
export class PageBuffers {
  readonly #memory: Memory
  #current: Region[] = []
  #retired: Region[] = []
  #idle: Region[] = []

  constructor(memory: Memory) {
    this.#memory = memory
  }

  /** Room for a part of the current page. */
  take(bytes: number): number {
    const fitting = this.#idle.findIndex((region) => region.capacity >= bytes)
    const region = this.#idle.splice(Math.max(fitting, 0), 1)[0] ?? new Region(this.#memory)
    this.#current.push(region)
    return region.reserve(bytes)
  }

  /** The current page is done with; `isReferred` says that the batch being made points into it. */
  leavePage(isReferred: boolean): void {
    if (isReferred) append(this.#retired, this.#current)
    else append(this.#idle, this.#current)
    this.#current = []
  }

  /** The last batch is done with. */
  leaveBatch(): void {
    if (this.#retired.length > 0) {
      append(this.#idle, this.#retired)
      this.#retired = []
    }
    while (this.#idle.length > MAX_IDLE_REGIONS) this.#idle.shift()!.release()
  }

  release(): void {
    for (const region of [...this.#current, ...this.#retired, ...this.#idle]) region.release()
    this.#current = []
    this.#retired = []
    this.#idle = []
  }
}
