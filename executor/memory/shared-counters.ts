/** Numbers that the threads of an executor share. */
export interface PoolCounters {
  read(cell: number): number
  write(cell: number, value: number): void
  add(cell: number, difference: number): void
  /** Wakes whoever waits: there may be more to take. */
  changed(): void
}

/** How a thread waits for a change of the counters. A change since `seen` was read ends the wait at once. */
export interface PoolSignal {
  readonly changes: number
  wait(seen: number, milliseconds: number): void
  waitAsync(seen: number, milliseconds: number): Promise<void>
}

/** The number of changes lies before the counters, in a word that threads can wait for. */
const COUNTERS_AT = 8

/** Counters in memory that threads share. Each is read and written as a whole; nothing is locked. */
export class SharedCounters implements PoolCounters, PoolSignal {
  readonly buffer: SharedArrayBuffer
  readonly #cells: BigInt64Array
  readonly #changes: Int32Array

  constructor(cells: number, buffer = new SharedArrayBuffer(COUNTERS_AT + cells * BigInt64Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer
    this.#changes = new Int32Array(buffer, 0, 1)
    this.#cells = new BigInt64Array(buffer, COUNTERS_AT, cells)
  }

  read(cell: number): number {
    return Number(Atomics.load(this.#cells, cell))
  }

  write(cell: number, value: number): void {
    Atomics.store(this.#cells, cell, BigInt(value))
  }

  add(cell: number, difference: number): void {
    Atomics.add(this.#cells, cell, BigInt(difference))
  }

  get changes(): number {
    return Atomics.load(this.#changes, 0)
  }

  changed(): void {
    Atomics.add(this.#changes, 0, 1)
    Atomics.notify(this.#changes, 0)
  }

  wait(seen: number, milliseconds: number): void {
    Atomics.wait(this.#changes, 0, seen, milliseconds)
  }

  async waitAsync(seen: number, milliseconds: number): Promise<void> {
    await Atomics.waitAsync(this.#changes, 0, seen, milliseconds).value
  }
}
