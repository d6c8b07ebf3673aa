import { MemoryPool, type PoolHandle } from './memory-pool.js'
import type { PoolSignal } from './shared-counters.js'

/** Memory is taken from the pool in pieces, so that most allocations ask nobody: a share of what the slot can count on, and in bytes. */
const PIECE_SHARE = 1 / 64
const LEAST_PIECE_BYTES = 64 << 10
const LARGEST_PIECE_BYTES = 8 << 20
/** How long a task waits for others to give back what is beyond their part; then it goes on without. */
const PATIENCE_MS = 10_000
/** A wait that can be cancelled looks so often whether it is. */
const LOOK_MS = 500

/** A wait for a change of the pool. */
interface Claim {
  readonly seen: number
  readonly leftMs: number
}

/** What one slot of an executor has of its memory pool, as the slot's thread sees it. */
export class SlotMemory {
  readonly #pool: MemoryPool
  readonly #slot: number
  readonly #signal: PoolSignal
  readonly #pieceBytes: number
  readonly #now: () => number
  #granted = 0

  constructor(pool: MemoryPool, slot: number, signal: PoolSignal, now = () => performance.now()) {
    this.#now = now
    this.#pool = pool
    this.#slot = slot
    this.#signal = signal
    this.#pieceBytes = Math.max(LEAST_PIECE_BYTES, Math.min(LARGEST_PIECE_BYTES, Math.floor(pool.share * PIECE_SHARE)))
  }

  static of(handle: PoolHandle, slot: number): SlotMemory {
    const counters = MemoryPool.countersOf(handle)
    return new SlotMemory(new MemoryPool(handle.size, counters), slot, counters)
  }

  /** What the slot can count on when all slots run tasks. */
  get share(): number {
    return this.#pool.share
  }

  /** How many slots the executor has. */
  get slots(): number {
    return this.#pool.size.slots
  }

  /** Whether there is so much that nobody has. */
  hasFree(bytes: number): boolean {
    return this.#pool.free >= bytes
  }

  /** Bytes that were taken from the pool. */
  get granted(): number {
    return this.#granted
  }

  /** The most that may be taken in all, now. */
  get reach(): number {
    return this.#pool.reach(this.#slot)
  }

  /** What others wait for, of what was taken beyond the slot's part. */
  get excess(): number {
    return this.#pool.excess(this.#slot)
  }

  /** Takes so many bytes more, and perhaps some ahead, if they are there. */
  take(bytes: number): boolean {
    const grant = this.#pool.take(this.#slot, bytes, Math.max(bytes, this.#pieceBytes))
    this.#granted += grant
    return grant > 0
  }

  /** The same in the middle of generated code: where the bytes are the slot's due, the thread waits until others give back what is beyond theirs. */
  takeOrWait(bytes: number): boolean {
    const claim = this.#claim(bytes)
    for (;;) {
      const step = claim.next()
      if (step.done) return step.value
      const { seen, leftMs } = step.value
      this.#signal.wait(seen, leftMs)
    }
  }

  /** The same between batches, where the thread can do other things meanwhile. @throws what the signal was aborted with */
  async wait(bytes: number, signal: AbortSignal): Promise<boolean> {
    const claim = this.#claim(bytes)
    try {
      for (;;) {
        const step = claim.next()
        if (step.done) return step.value
        const { seen, leftMs } = step.value
        await this.#signal.waitAsync(seen, Math.min(leftMs, LOOK_MS))
        signal.throwIfAborted()
      }
    } finally {
      claim.return(false)
    }
  }

  /** Tries to take memory that is the slot's due, and asks for a wait each time in vain. */
  *#claim(bytes: number): Generator<Claim, boolean> {
    if (this.take(bytes)) return true
    const deadlineMs = this.#now() + PATIENCE_MS
    this.#pool.want(this.#slot, bytes)
    try {
      while (this.#pool.isDue(this.#slot, bytes)) {
        const seen = this.#signal.changes
        if (this.take(bytes)) return true
        const leftMs = deadlineMs - this.#now()
        if (leftMs <= 0) return false
        yield { seen, leftMs }
      }
      return this.take(bytes)
    } finally {
      this.#pool.want(this.#slot, 0)
    }
  }

  /** Whether a wait for so much would end: it is within half of the slot's part, which every task is given before it must put anything on disk. */
  isOwed(bytes: number): boolean {
    return this.#granted + bytes <= this.#pool.part / 2
  }

  /** Blocks go to the executor's main thread, which counts them from when it received them. */
  send(bytes: number): void {
    this.#pool.send(this.#slot, bytes)
  }

  giveBack(bytes: number): void {
    this.#granted -= bytes
    this.#pool.giveBack(this.#slot, bytes)
  }

  /** Counts so many bytes, no more and no fewer, whether or not they are there. */
  hold(bytes: number): void {
    this.#granted = bytes
    this.#pool.hold(this.#slot, bytes)
  }
}
