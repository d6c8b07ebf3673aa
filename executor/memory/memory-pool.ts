import { type PoolCounters, SharedCounters } from './shared-counters.js'

/** What an executor may hold, for how many slots, and how much of it blocks may take. */
export interface PoolSize {
  readonly bytes: number
  readonly slots: number
  readonly storeBytes: number
}

/** Where a thread finds its executor's pool. */
export interface PoolHandle {
  readonly size: PoolSize
  readonly buffer: SharedArrayBuffer
}

/** A pool as the executor's main thread has it, and what it tells its threads. */
export interface SharedPool {
  readonly pool: MemoryPool
  readonly handle: PoolHandle
}

/** The first counter: bytes of blocks that the executor's main thread holds. Those of the slots follow. */
const STORED = 0
const FIRST_SLOT = 1
/** Of a slot: what its thread holds; blocks that it sent and the main thread has not received; what it waits for; and whether it runs a task. */
const HELD = 0
const UNDER_WAY = 1
const WANTED = 2
const RUNS = 3
const SLOT_CELLS = 4

/** How often a thread tries again that took at the same moment as another. */
const MOST_COLLISIONS = 16

const cellsOf = ({ slots }: PoolSize): number => FIRST_SLOT + slots * SLOT_CELLS

/**
 * The memory of an executor, which its threads share. Of what blocks and idle threads do not hold, each of N running tasks may take one part in N: a task
 * that runs alone may take all. When tasks begin later and nothing is left for them, those that hold more than their part are told to give back (`excess`).
 *
 * Each counter is written by one thread, but for blocks under way; what is free is computed from all of them. So a slot whose thread died
 * is put right by writing zeros (`vacate`), whatever the thread was doing.
 */
export class MemoryPool {
  readonly size: PoolSize
  readonly #counters: PoolCounters

  constructor(size: PoolSize, counters: PoolCounters) {
    this.size = size
    this.#counters = counters
  }

  static shared(size: PoolSize): SharedPool {
    const counters = new SharedCounters(cellsOf(size))
    return { pool: new MemoryPool(size, counters), handle: { size, buffer: counters.buffer } }
  }

  static countersOf({ size, buffer }: PoolHandle): SharedCounters {
    return new SharedCounters(cellsOf(size), buffer)
  }

  /** What a task can have when all slots run one and blocks take all that they may. */
  get share(): number {
    const { bytes, slots, storeBytes } = this.size
    return Math.floor((bytes - storeBytes) / slots)
  }

  /** What a running task may hold. */
  get part(): number {
    let others = this.storedBytes
    let running = 0
    for (let slot = 0; slot < this.size.slots; slot++) {
      if (this.#of(slot, RUNS) === 0) others += this.heldBy(slot)
      else running++
    }
    return Math.floor(Math.max(0, this.size.bytes - others) / Math.max(1, running))
  }

  get free(): number {
    let held = this.storedBytes
    for (let slot = 0; slot < this.size.slots; slot++) held += this.heldBy(slot)
    return this.size.bytes - held
  }

  get storedBytes(): number {
    return this.#counters.read(STORED)
  }

  heldBy(slot: number): number {
    return this.#of(slot, HELD) + this.#of(slot, UNDER_WAY)
  }

  /** The most a slot's task may hold now without anybody giving back. */
  reach(slot: number): number {
    const held = this.heldBy(slot)
    return held + Math.max(0, Math.min(this.part - held, this.free))
  }

  /** Takes `wanted` bytes for a slot's thread, or fewer, but not fewer than `least`. Returns how many, 0 when there are not so many. */
  take(slot: number, least: number, wanted: number): number {
    const before = this.#of(slot, HELD)
    for (let collisions = 0; collisions < MOST_COLLISIONS; collisions++) {
      const grant = Math.min(wanted, this.part - this.heldBy(slot), this.free)
      if (grant < least || grant <= 0) return 0
      this.#set(slot, HELD, before + grant)
      if (this.free >= 0) return grant
      // Another thread took at the same moment.
      this.#set(slot, HELD, before)
    }
    return 0
  }

  giveBack(slot: number, bytes: number): void {
    this.#set(slot, HELD, this.#of(slot, HELD) - bytes)
    if (bytes > 0) this.#counters.changed()
  }

  /** Counts what a thread holds already, whether or not there is so much. */
  hold(slot: number, bytes: number): void {
    this.#set(slot, HELD, bytes)
    this.#counters.changed()
  }

  /** What a slot's task ought to give back: others wait for it, and it holds more than its part. */
  excess(slot: number): number {
    let wanted = 0
    for (let other = 0; other < this.size.slots; other++) if (other !== slot) wanted += this.#of(other, WANTED)
    if (wanted === 0) return 0
    return Math.max(0, Math.min(wanted - Math.max(0, this.free), this.heldBy(slot) - this.part))
  }

  /** Whether so much more is within a slot's part, so that it comes when others have given back what is beyond theirs. */
  isDue(slot: number, bytes: number): boolean {
    return this.heldBy(slot) + bytes <= this.part
  }

  /** Tells that a slot's task waits for so much; 0 that it waits no longer. */
  want(slot: number, bytes: number): void {
    this.#set(slot, WANTED, bytes)
  }

  /** A task begins on a slot's thread. */
  begin(slot: number): void {
    this.#set(slot, RUNS, 1)
  }

  /** The task ended. What the thread goes on to hold, it keeps for the next. */
  end(slot: number): void {
    this.#set(slot, RUNS, 0)
    this.#set(slot, WANTED, 0)
    this.#set(slot, UNDER_WAY, 0)
    this.#counters.changed()
  }

  /** A slot's thread is gone, with all it held. */
  vacate(slot: number): void {
    this.#set(slot, HELD, 0)
    this.#set(slot, WANTED, 0)
    this.#counters.changed()
  }

  /** A thread sends blocks to the main thread. */
  send(slot: number, bytes: number): void {
    this.#counters.add(FIRST_SLOT + slot * SLOT_CELLS + UNDER_WAY, bytes)
  }

  /** The main thread received them, and counts them itself. */
  receive(slot: number, bytes: number): void {
    this.#counters.add(FIRST_SLOT + slot * SLOT_CELLS + UNDER_WAY, -bytes)
    this.#counters.changed()
  }

  /** Takes memory for blocks that could go to disk instead. */
  takeStored(bytes: number): boolean {
    if (this.storedBytes + bytes > this.size.storeBytes || bytes > this.free) return false
    this.holdStored(bytes)
    if (this.free >= 0) return true
    this.dropStored(bytes)
    return false
  }

  /** Counts blocks that are in memory, whether or not there is room. */
  holdStored(bytes: number): void {
    this.#counters.write(STORED, this.storedBytes + bytes)
  }

  dropStored(bytes: number): void {
    this.#counters.write(STORED, this.storedBytes - bytes)
    if (bytes > 0) this.#counters.changed()
  }

  #of(slot: number, cell: number): number {
    return this.#counters.read(FIRST_SLOT + slot * SLOT_CELLS + cell)
  }

  #set(slot: number, cell: number, value: number): void {
    this.#counters.write(FIRST_SLOT + slot * SLOT_CELLS + cell, value)
  }
}
