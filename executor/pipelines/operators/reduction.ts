/** So many groups fit into a cache near the processor with the directory that finds them. */
const FEWEST_GROUPS = 1 << 15
/** More of them would be found in memory alone. */
const MOST_GROUPS = 1 << 19
/** Rows that go on as they are before it is tried again whether they share groups. */
const UNGROUPED_ROWS = 1 << 20
/** A table twice as large finds more rows of its groups, or it is not worth its room. */
const BETTER = 1.1

/** What is to be done with a full table of partial groups: it may grow, its groups go on, or these and the next rows go on ungrouped. */
export type WhenFull = 'grow' | 'passOn' | 'passThrough'

/**
 * How large the table of a partial aggregation may become. Where most rows are groups of their own, finding this out again for each costs more than
 * bringing the rows together later; where the rows of a group come one behind the other, a small table finds them as well as a large one.
 */
export class Reduction {
  #groups = FEWEST_GROUPS
  /** How many rows came for each group when the table was half as large. */
  #rowsBefore: number | undefined

  /** How many groups there may be, or how many rows may go on ungrouped, until `whenFull` or `again` is asked. */
  get limit(): number {
    return this.#groups
  }

  get ungroupedRows(): number {
    return UNGROUPED_ROWS
  }

  /** There are as many groups as there may be, or a few more: what now, if they are of so many rows? */
  whenFull(groups: number, rows: number): WhenFull {
    const rowsEach = rows / groups
    // Of rows drawn evenly from `MOST_GROUPS` groups, so many would have met their group.
    const isHopeless = rows - groups < (groups * groups) / (2 * MOST_GROUPS)
    if (isHopeless) {
      this.#start()
      return 'passThrough'
    }
    const isBetter = this.#rowsBefore === undefined || rowsEach > this.#rowsBefore * BETTER
    if (!isBetter || this.#groups === MOST_GROUPS) return 'passOn'
    this.#rowsBefore = rowsEach
    this.#groups *= 2
    return 'grow'
  }

  #start(): void {
    this.#groups = FEWEST_GROUPS
    this.#rowsBefore = undefined
  }
}
