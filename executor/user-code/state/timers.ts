import { TIMER_CELLS } from '../../../planner/plan/state-cells.js'
import { CellMap } from './cell-map.js'
import { FOR_EVER } from './cell-value.js'
import type { KeyedCells } from './keyed-cells.js'

const NO_VALUE = new Uint8Array()
const MICROS = 1000n

/** A timer that is due. */
export interface DueTimer {
  readonly group: Uint8Array
  readonly timeMs: number
}

/** The timers of each group: a map whose keys are times, of which each expires when it is past. */
export class Timers {
  readonly #map: CellMap

  constructor(cells: KeyedCells) {
    this.#map = new CellMap(cells, TIMER_CELLS, FOR_EVER)
  }

  register(group: Uint8Array, timeMs: number): void {
    // It is past when the clock, in milliseconds, shows a later time: so has Spark it.
    this.#map.put(group, keyOf(timeMs), NO_VALUE, BigInt(timeMs) * MICROS + 1n)
  }

  has(group: Uint8Array, timeMs: number): boolean {
    return this.#map.get(group, keyOf(timeMs)) !== undefined
  }

  delete(group: Uint8Array, timeMs: number): void {
    this.#map.remove(group, keyOf(timeMs))
  }

  *list(group: Uint8Array): Generator<number> {
    for (const key of this.#map.keys(group)) yield timeOf(key)
  }
}

function keyOf(timeMs: number): Uint8Array {
  const key = Buffer.alloc(8)
  key.writeBigInt64LE(BigInt(timeMs))
  return key
}

/** Of the member of a cell's key. */
export const timeOf = (key: Uint8Array): number =>
  Number(new DataView(key.buffer, key.byteOffset, key.byteLength).getBigInt64(0, true))
