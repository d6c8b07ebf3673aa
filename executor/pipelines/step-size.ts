import { MAX_BATCH_ROWS } from '../../connectors/api.js'

/** Blocks that may fill up in one call of generated code before the next call gets fewer rows: a join may make any number of a few. */
const MANY_BLOCKS = 8
const FIRST_ROWS = 1024
/** Where memory was too little before: texts that functions make of so many rows must fit into it. */
const FIRST_ROWS_OF_SHORT = 1

/** How much of what a row took once is expected of the next call's. */
const REMEMBERED = 0.9

/** How many rows a function is called for: more and more, but fewer when a call takes much memory or makes many blocks. */
export class StepSize {
  rows: number
  /** What a row took at most, as far as that is not long ago: blocks fill up every now and then only. */
  #rowBytes = 0
  readonly #most: number
  readonly #mostBytes: number

  /** @param copies how many rows the function makes of one. @param isShort whether memory was too little before */
  constructor(copies: number, mostBytes: number, isShort: boolean) {
    this.rows = Math.max(1, Math.floor((isShort ? FIRST_ROWS_OF_SHORT : FIRST_ROWS) / copies))
    this.#most = Math.max(1, Math.floor(MAX_BATCH_ROWS / copies))
    this.#mostBytes = mostBytes
  }

  /** What the next call is expected to take. */
  get bytes(): number {
    return this.rows * this.#rowBytes
  }

  /** Takes account of what the last call took and how many blocks it filled. One for fewer rows than it might have been tells nothing of more. */
  adapt(rows: number, bytes: number, blocks: number): void {
    this.#rowBytes = Math.max(bytes / rows, this.#rowBytes * REMEMBERED)
    const next = blocks > MANY_BLOCKS ? this.rows >> 2 : rows === this.rows ? this.rows * 2 : this.rows
    const fitting = this.#rowBytes > 0 ? Math.floor(this.#mostBytes / this.#rowBytes) : next
    this.rows = Math.max(1, Math.min(next, this.#most, fitting))
  }
}
