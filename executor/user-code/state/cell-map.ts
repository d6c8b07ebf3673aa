import { CELL_PARTS, ENTRY_PLACE_BYTES } from '../../../planner/plan/state-cells.js'
import { type CellKey, cellKey, numberAt, numberBytes } from './cell-keys.js'
import type { CellVariable, Lifetime } from './cell-value.js'
import { type KeyedCells, NEVER } from './keyed-cells.js'

/**
 * A map for each group: entries by their keys, each with its place, and the keys by places, so that all of them are found. The last one takes the place of
 * one that is removed.
 */
export class CellMap implements CellVariable {
  readonly #cells: KeyedCells
  readonly #variable: number
  readonly #lifetime: Lifetime

  constructor(cells: KeyedCells, variable: number, lifetime: Lifetime) {
    this.#cells = cells
    this.#variable = variable
    this.#lifetime = lifetime
  }

  get(group: Uint8Array, key: Uint8Array): Uint8Array | undefined {
    const cell = this.#cells.find(this.#entryKey(group, key))
    if (cell === 0 || this.#lifetime.isOver(this.#cells.expires(cell))) return undefined
    return this.#cells.value(cell).subarray(ENTRY_PLACE_BYTES)
  }

  /** @param expires when it expires, if not when others do */
  put(group: Uint8Array, key: Uint8Array, value: Uint8Array, expires = this.#lifetime.expires()): void {
    const cell = this.#cells.find(this.#entryKey(group, key))
    const place = cell === 0 ? this.#added(group, key) : numberAt(this.#cells.value(cell), 0)
    this.#write(group, key, place, value, expires)
  }

  remove(group: Uint8Array, key: Uint8Array): void {
    const cell = this.#cells.find(this.#entryKey(group, key))
    if (cell === 0) return
    const place = numberAt(this.#cells.value(cell), 0)
    this.#cells.delete(cell)
    const last = this.#count(group) - 1
    if (place !== last) this.#move(group, last, place)
    this.#cells.deleteKey(this.#placeKey(group, last))
    if (last === 0) this.#cells.deleteKey(this.#countKey(group))
    else this.#cells.put(this.#countKey(group), numberBytes(last), NEVER)
  }

  /** As they are when the first one is asked for. */
  *keys(group: Uint8Array): Generator<Uint8Array> {
    const count = this.#count(group)
    const keys = Array.from({ length: count }, (_, place) => this.#keyAt(group, place))
    for (const key of keys) if (this.get(group, key) !== undefined) yield key
  }

  clear(group: Uint8Array): void {
    const count = this.#count(group)
    for (let place = 0; place < count; place++) {
      this.#cells.deleteKey(this.#entryKey(group, this.#keyAt(group, place)))
      this.#cells.deleteKey(this.#placeKey(group, place))
    }
    this.#cells.deleteKey(this.#countKey(group))
  }

  expired({ group, member }: CellKey): void {
    this.remove(group, member)
  }

  /** Makes a place at the end. */
  #added(group: Uint8Array, key: Uint8Array): number {
    const place = this.#count(group)
    this.#cells.put(this.#placeKey(group, place), key, NEVER)
    this.#cells.put(this.#countKey(group), numberBytes(place + 1), NEVER)
    return place
  }

  #move(group: Uint8Array, from: number, to: number): void {
    const key = this.#keyAt(group, from)
    const cell = this.#cells.find(this.#entryKey(group, key))
    const [value, expires] = [this.#cells.value(cell).subarray(ENTRY_PLACE_BYTES), this.#cells.expires(cell)]
    this.#cells.put(this.#placeKey(group, to), key, NEVER)
    this.#write(group, key, to, value, expires)
  }

  #write(group: Uint8Array, key: Uint8Array, place: number, value: Uint8Array, expires: bigint): void {
    this.#cells.put(this.#entryKey(group, key), Buffer.concat([numberBytes(place), value]), expires)
  }

  #count(group: Uint8Array): number {
    const cell = this.#cells.find(this.#countKey(group))
    return cell === 0 ? 0 : numberAt(this.#cells.value(cell), 0)
  }

  #keyAt(group: Uint8Array, place: number): Uint8Array {
    return this.#cells.value(this.#cells.find(this.#placeKey(group, place)))
  }

  #countKey(group: Uint8Array): Uint8Array {
    return cellKey(this.#variable, CELL_PARTS.whole, group)
  }

  #placeKey(group: Uint8Array, place: number): Uint8Array {
    return cellKey(this.#variable, CELL_PARTS.place, group, numberBytes(place))
  }

  #entryKey(group: Uint8Array, key: Uint8Array): Uint8Array {
    return cellKey(this.#variable, CELL_PARTS.member, group, key)
  }
}
