import { append } from '../../../common/append.js'
import type { Memory } from '../../api.js'
import { Region } from '../../files/region.js'

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
