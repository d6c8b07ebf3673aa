import { MAX_BATCH_ROWS } from '../../connectors/api.js'

/** Blocks that may fill up in one call of generated code before the next call gets fewer rows: a join may make any number of a few. */
const MANY_BLOCKS = 8
const FIRST_ROWS = 1024
/** Where memory was too little before: texts that functions make of so many rows must fit into it. */
const FIRST_ROWS_OF_SHORT = 16

/** How many rows a function is called for: more and more, but fewer when a call takes much memory or makes many blocks. */
export class StepSize {
  rows: number
  readonly #most: number
  readonly #mostBytes: number

  /** @param copies how many rows the function makes of one. @param isShort whether memory was too little before */
  constructor(copies: number, mostBytes: number, isShort: boolean) {
    this.rows = Math.max(1, Math.floor((isShort ? FIRST_ROWS_OF_SHORT : FIRST_ROWS) / copies))
    this.#most = Math.max(1, Math.floor(MAX_BATCH_ROWS / copies))
    this.#mostBytes = mostBytes
  }

  /** Takes account of what the last call took and how many blocks it filled. One for fewer rows than it might have been tells nothing of more. */
  adapt(rows: number, bytes: number, blocks: number): void {
    if (bytes > this.#mostBytes || blocks > MANY_BLOCKS) this.rows = Math.max(1, this.rows >> 2)
    else if (rows === this.rows && rows < this.#most) this.rows *= 2
  }
}
