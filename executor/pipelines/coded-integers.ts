import type { DetachedMemory } from '../memory/block-batches.js'
import type { LinearMemory } from '../memory/linear-memory.js'
import { emptyDictionary, fillDictionary } from './kept-dictionary.js'

/** The most values of a dictionary: their rows of groups are to stay in a cache. */
const MOST_VALUES = 4096

/** Numbers the values of a column of integers from its least one, where these lie so close that all between may have a number. */
export class IntegerCoder {
  /** Filled by `finish`, unless there are too many values. */
  readonly dictionary = emptyDictionary()
  /** The least value of all batches, from which codes count. */
  least = 0n
  readonly #memory: LinearMemory
  readonly #width: 4 | 8
  #greatest = 0n
  #hasBatches = false
  #isGivenUp = false

  constructor(memory: LinearMemory, width: 4 | 8) {
    this.#memory = memory
    this.#width = width
  }

  /** Between which values those of a batch are. */
  add(least: bigint, greatest: bigint): void {
    if (!this.#hasBatches || least < this.least) this.least = least
    if (!this.#hasBatches || greatest > this.#greatest) this.#greatest = greatest
    this.#hasBatches = true
  }

  /** A batch was kept in full: the column has no codes. */
  giveUp(): void {
    this.#isGivenUp = true
  }

  /** Writes the values of codes to where they stay; returns that memory, if there are codes. */
  finish(): readonly DetachedMemory[] {
    const spread = this.#greatest - this.least
    if (this.#isGivenUp || !this.#hasBatches || spread >= MOST_VALUES) return []
    const entries = Number(spread) + 1
    const width = this.#width
    return fillDictionary(this.dictionary, this.#memory, { entries, bytes: entries * width }, (address) => {
      const { view } = this.#memory
      for (let code = 0; code < entries; code++) {
        const value = this.least + BigInt(code)
        if (width === 8) view.setBigInt64(address + code * 8, value, true)
        else view.setInt32(address + code * 4, Number(value), true)
      }
    })
  }
}
