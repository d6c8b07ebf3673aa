/** Of so many tasks that ended last the median is taken, so that a stage of many tasks costs no more. */
const MOST_KEPT = 1_024

/** How long the tasks of a stage took that ended well. */
export class RecentDurations {
  readonly #kept: number[] = []
  #added = 0
  #median: number | undefined

  add(durationMs: number): void {
    this.#kept[this.#added++ % MOST_KEPT] = durationMs
    this.#median = undefined
  }

  /** Undefined when there is none. */
  get median(): number | undefined {
    if (this.#added > 0) this.#median ??= this.#kept.toSorted((a, b) => a - b)[Math.floor(this.#kept.length / 2)]
    return this.#median
  }
}
