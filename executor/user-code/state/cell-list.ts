import { CELL_PARTS } from '../../../planner/plan/state-cells.js'
import { type CellKey, cellKey, numberAt, numberBytes } from './cell-keys.js'
import type { CellVariable, Lifetime } from './cell-value.js'
import { type KeyedCells, NEVER } from './keyed-cells.js'

/** The numbers of the items of a list: those that are there, but for some that have expired, lie between. */
interface Bounds {
  readonly first: number
  readonly end: number
}

const EMPTY: Bounds = { first: 0, end: 0 }

/** A list for each group: items by their numbers, and between which these are. */
export class CellList implements CellVariable {
  readonly #cells: KeyedCells
  readonly #variable: number
  readonly #lifetime: Lifetime

  constructor(cells: KeyedCells, variable: number, lifetime: Lifetime) {
    this.#cells = cells
    this.#variable = variable
    this.#lifetime = lifetime
  }

  *items(group: Uint8Array): Generator<Uint8Array> {
    const { first, end } = this.#bounds(group)
    for (let i = first; i < end; i++) {
      const cell = this.#cells.find(this.#itemKey(group, i))
      if (cell !== 0 && !this.#lifetime.isOver(this.#cells.expires(cell))) yield this.#cells.value(cell)
    }
  }

  append(group: Uint8Array, items: Iterable<Uint8Array>): void {
    const { first, end } = this.#bounds(group)
    let next = end
    for (const item of items) this.#cells.put(this.#itemKey(group, next++), item, this.#lifetime.expires())
    if (next > end) this.#note(group, { first, end: next })
  }

  clear(group: Uint8Array): void {
    const { first, end } = this.#bounds(group)
    for (let i = first; i < end; i++) this.#cells.deleteKey(this.#itemKey(group, i))
    this.#cells.deleteKey(this.#boundsKey(group))
  }

  /** Items expire in the order in which they were added. */
  expired({ group, member }: CellKey): void {
    this.#cells.deleteKey(this.#itemKey(group, numberAt(member, 0)))
    const { first, end } = this.#bounds(group)
    let next = first
    while (next < end && this.#cells.find(this.#itemKey(group, next)) === 0) next++
    if (next === end) this.#cells.deleteKey(this.#boundsKey(group))
    else if (next > first) this.#note(group, { first: next, end })
  }

  #bounds(group: Uint8Array): Bounds {
    const cell = this.#cells.find(this.#boundsKey(group))
    if (cell === 0) return EMPTY
    const noted = this.#cells.value(cell)
    return { first: numberAt(noted, 0), end: numberAt(noted, 4) }
  }

  #note(group: Uint8Array, { first, end }: Bounds): void {
    this.#cells.put(this.#boundsKey(group), numberBytes(first, end), NEVER)
  }

  #boundsKey(group: Uint8Array): Uint8Array {
    return cellKey(this.#variable, CELL_PARTS.whole, group)
  }

  #itemKey(group: Uint8Array, number: number): Uint8Array {
    return cellKey(this.#variable, CELL_PARTS.member, group, numberBytes(number))
  }
}
