import type { BegunBatch, Checkpoint } from './checkpoint.js'
import type { BatchEnd } from './checkpoint-entries.js'
import type { StreamClock } from './system-clock.js'

/** How long a commit waits for sources to tell whether there is a next batch. */
const PATIENCE_MS = 50

/** @param tookMs how long the commit alone took to write; undefined when the offsets of the next batch say it */
type AfterCommit = (tookMs: number | undefined) => Promise<void>

/**
 * The commit of the batch that ran last. Each entry of the logs waits for the disk, so when another batch begins at once, its offsets say how the one before
 * it ended, and both are on the disk together. Otherwise the commit is an entry of its own. Nothing that a batch does counts for the one behind it before.
 */
export class DueCommit {
  readonly #checkpoint: Checkpoint
  readonly #clock: StreamClock
  #due: { readonly end: BatchEnd; readonly after: AfterCommit } | undefined
  /** From when it is being written until it is on the disk and what follows is done; for ever when that fails. */
  #isWriting = false

  constructor(checkpoint: Checkpoint, clock: StreamClock) {
    this.#checkpoint = checkpoint
    this.#clock = clock
  }

  /** Whether a batch has run whose commit is not on the disk. */
  get isDue(): boolean {
    return this.#due !== undefined || this.#isWriting
  }

  /** @param after is called when it is on the disk */
  add(end: BatchEnd, after: AfterCommit): void {
    this.#due = { end, after }
  }

  /** Writes it, if there is one, as an entry of its own. @throws as `Checkpoint.writeCommit`, what is done after it raises */
  async write(): Promise<void> {
    const due = this.#taken()
    if (due === undefined) return
    const beganMs = this.#clock.nowMs()
    await this.#checkpoint.writeCommit(due.end)
    await due.after(this.#clock.nowMs() - beganMs)
    this.#isWriting = false
  }

  /** Writes it with the offsets of the next batch. @throws as `Checkpoint.writeOffsets`, what is done after it raises */
  async writeWith(batch: Omit<BegunBatch, 'ended'>): Promise<void> {
    const due = this.#taken()
    await this.#checkpoint.writeOffsets({ ...batch, ...(due ? { ended: due.end } : {}) })
    await due?.after(undefined)
    this.#isWriting = false
  }

  /** Waits for what tells whether there is a next batch. When that takes long, or fails, the commit is written. @throws as `write` and what is waited for */
  async beside<T>(planning: Promise<T>): Promise<T> {
    if (this.#due === undefined) return planning
    const settled = new AbortController()
    const waited = this.#clock.sleep(PATIENCE_MS, settled.signal).then(() => 'late' as const)
    const outcome = await Promise.race([planning.then(() => 'planned' as const), waited]).catch(() => 'failed' as const)
    settled.abort()
    if (outcome === 'late') await this.write()
    // Why planning failed is what is told.
    if (outcome === 'failed') await this.write().catch(() => undefined)
    return planning
  }

  /** What was tried once is not tried again: a part of it may be on the disk. */
  #taken(): { readonly end: BatchEnd; readonly after: AfterCommit } | undefined {
    const due = this.#due
    this.#due = undefined
    this.#isWriting = due !== undefined
    return due
  }
}
