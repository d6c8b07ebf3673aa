import type { OffsetOfGroup, OffsetStore } from '../groups/offset-store.js'
import type { Outcome } from '../log/control-batch.js'
import type { Admission } from '../log/partition-log.js'
import type { TopicStore } from '../log/topic-store.js'
import { ERROR } from '../protocol/error-codes.js'
import {
  decidedOutcome,
  hasPartition,
  isOpen,
  NO_PRODUCER,
  type PartitionsOfTopic,
  type ProducerName,
  type Transaction,
} from './transaction.js'
import {
  addGroup,
  addOffsets,
  addPartitions,
  completed,
  end,
  fence,
  type InitRequest,
  initProducer,
  isOverdue,
  needsNewId,
  type Step,
  withoutTopic,
} from './transaction-core.js'
import type { TransactionStore } from './transaction-store.js'

const TICK_MS = 500

/** What a coordinator works with. */
export interface CoordinatorParts {
  readonly store: TransactionStore
  readonly topics: TopicStore
  readonly offsets: OffsetStore
  nextProducerId(): Promise<bigint>
  now(): number
}

export interface InitAnswer {
  readonly error: number
  readonly name: ProducerName
}

/**
 * Runs the transactions of a broker: what `transaction-core.ts` decides is written down first and done then, so that after a crash what
 * was decided is done, and what was not is open as before.
 */
export class TransactionCoordinator {
  readonly #parts: CoordinatorParts
  /** Ids about which something is being written; who asks meanwhile is told to come again. */
  readonly #busy = new Map<string, Promise<unknown>>()
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  private constructor(parts: CoordinatorParts) {
    this.#parts = parts
  }

  /** Finishes what was decided, and gives up what belongs to no transaction that is known. */
  static async open(parts: CoordinatorParts): Promise<TransactionCoordinator> {
    const coordinator = new TransactionCoordinator(parts)
    for (const transaction of parts.store.all()) {
      if (decidedOutcome(transaction) !== undefined) await coordinator.#finish(transaction.transactionalId)
    }
    await coordinator.#giveUpUnknown()
    coordinator.#timer = setInterval(() => void coordinator.tick(), TICK_MS)
    coordinator.#timer.unref()
    return coordinator
  }

  /** A new producer for a transactional id. An open transaction of the one before is given up, and the request is to be made again then. */
  async init(request: InitRequest): Promise<InitAnswer> {
    const { transactionalId } = request
    const { store, nextProducerId } = this.#parts
    const failed = (error: number): InitAnswer => ({ error, name: NO_PRODUCER })
    if (!store.hasRoomFor(transactionalId)) return failed(ERROR.coordinatorNotAvailable)
    // Asked for before anything is decided, so that what is decided holds when it is written.
    const needsId = needsNewId(store.get(transactionalId), request)
    const id = needsId ? await nextProducerId().catch(() => undefined) : undefined
    if (needsId && id === undefined) return failed(ERROR.coordinatorNotAvailable)
    let step: Step = { error: ERROR.concurrentTransactions }
    const error = await this.#take(transactionalId, (known) => {
      step = initProducer(known, request, id?.toString())
      return step
    })
    if (error !== ERROR.none || !('next' in step)) return failed(error)
    const { phase, producerId, epoch } = step.next as Transaction
    return phase === 'Empty' ? { error, name: { producerId, epoch } } : failed(ERROR.concurrentTransactions)
  }

  all(): readonly Transaction[] {
    return this.#parts.store.all()
  }

  addPartitions(id: string, producer: ProducerName, topics: readonly PartitionsOfTopic[]): Promise<number> {
    return this.#take(id, (known) => addPartitions(known, producer, topics, this.#parts.now()))
  }

  addGroup(id: string, producer: ProducerName, group: string): Promise<number> {
    return this.#take(id, (known) => addGroup(known, producer, group, this.#parts.now()))
  }

  addOffsets(id: string, producer: ProducerName, group: string, lines: readonly OffsetOfGroup[]): Promise<number> {
    return this.#take(id, (known) => addOffsets(known, producer, group, lines))
  }

  /** Answers when the markers are written. Once decided it is done, if not now then later. */
  end(id: string, producer: ProducerName, outcome: Outcome): Promise<number> {
    return this.#take(id, (known) => end(known, producer, outcome))
  }

  /** Whether a partition takes a batch of who says to have the transactional id: while it is a part of the open transaction. */
  admission(transactionalId: string | null, topic: string, partition: number): Admission {
    return ({ isTransactional, producerId, producerEpoch }) => {
      if (!isTransactional) return ERROR.none
      if (transactionalId === null) return ERROR.transactionalIdAuthorizationFailed
      const known = this.#parts.store.get(transactionalId)
      if (known?.producerId !== String(producerId)) return ERROR.invalidProducerIdMapping
      if (known.epoch !== producerEpoch) return ERROR.invalidProducerEpoch
      return known.phase === 'Ongoing' && hasPartition(known, topic, partition) ? ERROR.none : ERROR.invalidTxnState
    }
  }

  /** Offsets of a group that are neither committed nor given up. */
  pendingOffsets(group: string): readonly OffsetOfGroup[] {
    return this.#parts.store.all().flatMap(({ offsets }) => offsets.filter((line) => line.group === group))
  }

  /** Takes a topic that is going to be deleted out of all transactions: they say nothing about a later one of that name. */
  async forget(topic: string): Promise<void> {
    for (const { transactionalId } of this.#parts.store.all().filter(isOpen)) {
      while (this.#busy.has(transactionalId)) await this.#busy.get(transactionalId)?.catch(() => undefined)
      const known = this.#parts.store.get(transactionalId)!
      const next = withoutTopic(known, topic)
      if (next !== known) await this.#alone(transactionalId, this.#parts.store.put(next))
    }
  }

  /** Gives up transactions that took too long, and tries again to finish those whose markers could not be written. */
  async tick(): Promise<void> {
    const nowMs = this.#parts.now()
    const due = this.#parts.store.all().filter((each) => isOverdue(each, nowMs) || decidedOutcome(each) !== undefined)
    for (const { transactionalId } of due) {
      await this.#take(transactionalId, (known) => (isOverdue(known!, nowMs) ? fence(known!) : { next: known! }))
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#timer)
    await Promise.allSettled(this.#busy.values())
  }

  /** Decides and writes down what is decided, one request of a transactional id at a time. @returns an error code */
  async #take(transactionalId: string, decide: (known: Transaction | undefined) => Step): Promise<number> {
    if (this.#isClosed) return ERROR.coordinatorNotAvailable
    if (this.#busy.has(transactionalId)) return ERROR.concurrentTransactions
    const known = this.#parts.store.get(transactionalId)
    const step = decide(known)
    if ('error' in step) return step.error
    return await this.#alone(transactionalId, this.#settle(step.next, step.next !== known))
  }

  async #alone<T>(transactionalId: string, doing: Promise<T>): Promise<T> {
    this.#busy.set(transactionalId, doing)
    return await doing.finally(() => this.#busy.delete(transactionalId))
  }

  async #settle(next: Transaction, isNew: boolean): Promise<number> {
    try {
      if (isNew) await this.#parts.store.put(next)
    } catch {
      // Clients try again, which is what a disk that cannot be written comes to.
      return ERROR.coordinatorNotAvailable
    }
    // What cannot be finished now is tried again; it is decided all the same.
    if (decidedOutcome(next) !== undefined) await this.#finish(next.transactionalId).catch(() => undefined)
    return ERROR.none
  }

  /** Writes the markers, then the offsets, and that it is done; after a crash in between all of it again. */
  async #finish(transactionalId: string): Promise<void> {
    const { store, topics, offsets, now } = this.#parts
    const transaction = store.get(transactionalId)!
    const outcome = decidedOutcome(transaction)!
    const marker = {
      producerId: BigInt(transaction.producerId),
      producerEpoch: transaction.epoch,
      outcome,
      timestampMs: BigInt(now()),
    }
    const logs = transaction.topics.flatMap(({ topic, partitions }) =>
      partitions.flatMap((partition) => topics.partition(topic, partition) ?? []),
    )
    await Promise.all(logs.map((log) => log.appendMarker(marker)))
    if (outcome === 'commit' && transaction.offsets.length > 0) await offsets.commit(transaction.offsets)
    await store.put(completed(transaction, outcome))
  }

  /** A transaction of which nothing is known could never be ended, and readers of what is committed would wait for it for ever. */
  async #giveUpUnknown(): Promise<void> {
    const { store, topics, now } = this.#parts
    const open = store.all().filter(isOpen)
    for (const [topic, { partitions }] of topics.topics()) {
      for (const [partition, log] of partitions.entries()) {
        for (const producer of log.openProducers()) {
          const isIts = (each: Transaction): boolean =>
            each.producerId === String(producer.producerId) && hasPartition(each, topic, partition)
          if (open.some(isIts)) continue
          await log.appendMarker({ ...producer, outcome: 'abort', timestampMs: BigInt(now()) })
        }
      }
    }
  }
}
