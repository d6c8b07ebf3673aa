import type { LinearMemory } from '../memory/linear-memory.js'

/** What is done with rows that lie one behind the other, or with a list of their addresses. */
export type RowWork = (first: number, rows: number) => Promise<void>

/** So many rows are worked on together, or those of a page that has more. */
const APART_ROWS = 1 << 10

/** Copies of rows that are put apart, and worked on when there are many. */
export class RowsApart {
  readonly #memory: LinearMemory
  readonly #width: number
  readonly #work: RowWork
  #address = 0
  #room = 0
  #rows = 0

  constructor(memory: LinearMemory, width: number, work: RowWork) {
    this.#memory = memory
    this.#width = width
    this.#work = work
  }

  /** Where so many rows may go next. */
  async roomFor(rows: number): Promise<number> {
    if (this.#rows + rows > this.#room) await this.finish()
    if (rows > this.#room) {
      this.release()
      this.#room = Math.max(rows, APART_ROWS)
      this.#address = this.#memory.allocate(this.#room * this.#width)
    }
    return this.#address + this.#rows * this.#width
  }

  added(rows: number): void {
    this.#rows += rows
  }

  /** Has the rows worked on that are left. */
  async finish(): Promise<void> {
    const rows = this.#rows
    this.#rows = 0
    if (rows > 0) await this.#work(this.#address, rows)
  }

  release(): void {
    if (this.#address !== 0) this.#memory.release(this.#address)
    this.#address = 0
    this.#room = 0
  }
}
