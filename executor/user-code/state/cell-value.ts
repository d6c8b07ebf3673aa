import { CELL_PARTS } from '../../../planner/plan/state-cells.js'
import { type CellKey, cellKey } from './cell-keys.js'
import { type KeyedCells, NEVER } from './keyed-cells.js'

/** What is kept of a state variable knows when its cells expire. */
export interface Lifetime {
  /** When what is kept now expires, in microseconds. */
  expires(): bigint
  /** Whether what expires then is gone. */
  isOver(expires: bigint): boolean
}

export const FOR_EVER: Lifetime = { expires: () => NEVER, isOver: () => false }

/** A kind of state variable over cells. Groups are given with each call. */
export interface CellVariable {
  /** Lets a cell go that has expired. */
  expired(key: CellKey): void
}

/** One value for each group. */
export class CellValue implements CellVariable {
  readonly #cells: KeyedCells
  readonly #variable: number
  readonly #lifetime: Lifetime

  constructor(cells: KeyedCells, variable: number, lifetime: Lifetime) {
    this.#cells = cells
    this.#variable = variable
    this.#lifetime = lifetime
  }

  get(group: Uint8Array): Uint8Array | undefined {
    const cell = this.#cells.find(this.#key(group))
    return cell === 0 || this.#lifetime.isOver(this.#cells.expires(cell)) ? undefined : this.#cells.value(cell)
  }

  put(group: Uint8Array, value: Uint8Array): void {
    this.#cells.put(this.#key(group), value, this.#lifetime.expires())
  }

  clear(group: Uint8Array): void {
    this.#cells.deleteKey(this.#key(group))
  }

  expired({ group }: CellKey): void {
    this.clear(group)
  }

  #key(group: Uint8Array): Uint8Array {
    return cellKey(this.#variable, CELL_PARTS.whole, group)
  }
}
