interface IndexEntry {
  readonly baseOffset: bigint
  readonly position: number
  /** The greatest timestamp up to here. */
  readonly maxTimestampMs: bigint
}

/** A batch is indexed at least every so many bytes, so that a look-up reads at most as many too much. */
export const INDEX_INTERVAL_BYTES = 64 * 1024

/** Where some of the batches of a log lie, in their order. */
export class SparseIndex {
  readonly #entries: IndexEntry[] = []

  note(entry: IndexEntry): void {
    const last = this.#entries.at(-1)
    if (last === undefined || entry.position - last.position >= INDEX_INTERVAL_BYTES) this.#entries.push(entry)
  }

  /** The last known position whose batch does not begin behind the offset. */
  positionBefore(offset: bigint): number {
    const behind = this.#firstWhere(({ baseOffset }) => baseOffset > offset)
    return this.#entries[behind - 1]?.position ?? 0
  }

  /** The offset of the first known batch at the position or behind it. */
  offsetFrom(position: number): bigint | undefined {
    return this.#entries[this.#firstWhere((entry) => entry.position >= position)]?.baseOffset
  }

  /** The last known position up to which all timestamps are less. */
  positionBeforeTime(timestampMs: bigint): number {
    const reached = this.#firstWhere((entry) => entry.maxTimestampMs >= timestampMs)
    return this.#entries[reached - 1]?.position ?? 0
  }

  /** The number of the first entry for which the condition holds, as it does for all behind it. */
  #firstWhere(condition: (entry: IndexEntry) => boolean): number {
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (condition(this.#entries[middle]!)) high = middle
      else low = middle + 1
    }
    return low
  }
}
