import type { AbortedIndex, AbortedTransaction } from './aborted-index.js'
import type { Outcome } from './control-batch.js'
import type { BatchHeader } from './record-batch.js'

/** A place between two batches of a log. */
export interface LogPlace {
  readonly offset: bigint
  readonly position: number
}

/** Who writes in a transaction that has no marker yet. */
export interface OpenProducer {
  readonly producerId: bigint
  readonly producerEpoch: number
}

/** The transactions of one partition: those without a marker yet, and those that were given up. */
export class PartitionTransactions {
  readonly #aborted: AbortedIndex
  /** By producer, where each begins, the first one first. As many as there are transactional ids at most: others are not let in. */
  readonly #open = new Map<bigint, LogPlace & OpenProducer>()

  constructor(aborted: AbortedIndex) {
    this.#aborted = aborted
  }

  producers(): readonly OpenProducer[] {
    return [...this.#open.values()].map(({ producerId, producerEpoch }) => ({ producerId, producerEpoch }))
  }

  has(producerId: bigint): boolean {
    return this.#open.has(producerId)
  }

  /** Where the first open transaction begins: everything before it is decided. */
  get stable(): LogPlace | undefined {
    return this.#open.values().next().value
  }

  /** Notes a batch of records that is in the log. */
  noteRecords({ isTransactional, producerId, producerEpoch, baseOffset }: BatchHeader, position: number): void {
    if (!isTransactional || this.#open.has(producerId)) return
    this.#open.set(producerId, { producerId, producerEpoch, offset: baseOffset, position })
  }

  /** Notes a marker that is in the log. When that fails the transaction stays open, so that nothing is read that was given up. */
  async noteMarker({ producerId, baseOffset }: BatchHeader, outcome: Outcome | undefined): Promise<void> {
    const begun = this.#open.get(producerId)
    if (begun === undefined) return
    if (outcome === 'abort') {
      const stableOffset = this.stable!.offset
      await this.#aborted.add({ producerId, firstOffset: begun.offset, markerOffset: baseOffset, stableOffset })
    }
    this.#open.delete(producerId)
  }

  aborted(from: bigint, until: bigint): Promise<readonly AbortedTransaction[]> {
    return this.#aborted.between(from, until)
  }

  async close(): Promise<void> {
    await this.#aborted.close()
  }
}
