import type { PhysicalGroupLimit } from '../../../planner/plan/physical/window.js'

/** Rows that are passed on unseen before it is tried again, at first and at most: twice as many each time that it was of no use. */
const [FEWEST_UNSEEN, MOST_UNSEEN] = [1 << 20, 1 << 26]
/** Finding the partition of a row costs about this share of what it spares that a row goes no further. */
const WORTHWHILE_SHARE = 0.85
/** While partitions have few rows most of them get a place: more tell, in places that were filled so often. */
const FILLED = 1.5
/** Partitions go on being new where the next rows begin more than this share of what as many began before, and these have places for at least this share of them. */
const [STEADY_SHARE, OPENED_SHARE] = [0.875, 0.5]
/** Of rows that are not exchanged yet a task sees a part of each partition: where more than this share of the first ones begin partitions, hardly any row will be left out. */
const SCATTERED_SHARE = 0.5

/** What is to be done next: rows are looked at, by what is known or from the start, or so many pass unseen. */
export type NextRows = { readonly kind: 'looking' | 'afresh' } | { readonly kind: 'unseen'; readonly rows: number }

/** What came of some rows, and how many rows and partitions the table has seen. */
export interface Trial {
  readonly rows: number
  readonly passed: number
  readonly groups: number
  /** Whether the table is as large as it may be. */
  readonly isFull: boolean
}

/** Whether it pays to look for the places of rows: not where partitions have hardly more rows than places, nor where each row comes before those seen. */
export class LimitBenefit {
  readonly #limit: number
  readonly #seesAll: boolean
  #rows = 0
  #groups = 0
  /** Partitions that a row of the last trial began, on average. */
  #began = Number.POSITIVE_INFINITY
  #unseen = FEWEST_UNSEEN

  /** @param mode whether all rows of a partition come, or those of one task before they are exchanged */
  constructor(limit: number, mode: PhysicalGroupLimit['mode']) {
    this.#limit = limit
    this.#seesAll = mode === 'final'
  }

  after({ rows, passed, groups, isFull }: Trial): NextRows {
    this.#rows += rows
    const isUseful = passed <= rows * WORTHWHILE_SHARE
    if (isUseful) this.#unseen = FEWEST_UNSEEN
    const isFilled = this.#rows >= groups * this.#limit * FILLED
    const isSteady = this.#beginsSteadily(rows, groups)
    const isScattered = !this.#seesAll && groups > this.#rows * SCATTERED_SHARE
    if (isUseful || !(isFull || isFilled || isSteady || isScattered)) {
      if (!isFull) return { kind: 'looking' }
      this.#forget()
      return { kind: 'afresh' }
    }
    this.#forget()
    const unseen = this.#unseen
    this.#unseen = Math.min(unseen * 2, MOST_UNSEEN)
    return { kind: 'unseen', rows: unseen }
  }

  /** Whether rows begin partitions as often as before, as where these lie one behind the other: few will come again. */
  #beginsSteadily(rows: number, groups: number): boolean {
    // There are fewer than before where the places were given back.
    const began = (groups < this.#groups ? groups : groups - this.#groups) / rows
    const isSteady = began * this.#limit >= OPENED_SHARE && began >= this.#began * STEADY_SHARE
    this.#groups = groups
    this.#began = began
    return isSteady
  }

  #forget(): void {
    this.#rows = 0
    this.#groups = 0
    this.#began = Number.POSITIVE_INFINITY
  }
}
