import type { Json, StreamedWrite } from '../../api.js'
import type { KafkaClient } from '../client/kafka-client.js'
import {
  endTransaction,
  enlistPartitions,
  newTransactionalProducer,
  type TransactionalProducer,
} from '../client/transactions.js'
import { ProducerIdentity } from './producer-identity.js'
import type { KafkaSinkOptions } from './sink-options.js'

/** The transaction of one task: all that it writes counts when the driver commits it, and not at all otherwise. */
export class TaskTransaction {
  readonly identity: ProducerIdentity
  readonly producer: TransactionalProducer
  readonly #client: KafkaClient
  readonly #enlisted = new Set<string>()
  /** Brokers take one change of a transaction at a time. */
  #lastEnlisting: Promise<void> = Promise.resolve()

  constructor(client: KafkaClient, producer: TransactionalProducer, identity: ProducerIdentity) {
    this.#client = client
    this.producer = producer
    this.identity = identity
  }

  get transactionalId(): string {
    return this.producer.transactionalId
  }

  /**
   * Makes partitions a part of it, of which batches come next, and settles when those and all asked for before are: a batch may be sent then.
   * @param soon partitions that may follow, which are made a part at once when any is
   * @throws KAFKA_PRODUCER_FENCED, KAFKA_UNAVAILABLE
   */
  enlist(topic: string, partitions: readonly number[], soon: readonly number[], signal: AbortSignal): Promise<void> {
    const isMissing = (partition: number): boolean => !this.#enlisted.has(`${topic}-${partition}`)
    if (partitions.some(isMissing)) {
      const missing = [...new Set([...partitions, ...soon])].filter(isMissing)
      for (const partition of missing) this.#enlisted.add(`${topic}-${partition}`)
      const enlisting = this.#lastEnlisting.then(() =>
        enlistPartitions(this.#client, this.producer, topic, missing, signal),
      )
      enlisting.catch(() => undefined) // Whoever sends a batch behind it hears of it.
      this.#lastEnlisting = enlisting
    }
    return this.#lastEnlisting
  }

  /** Gives up what was written, as far as brokers can be reached: they do so themselves after a while. */
  async abort(): Promise<void> {
    if (this.#enlisted.size > 0) await endTransaction(this.#client, this.producer, false).catch(() => undefined)
  }
}

/** What the transactional ids of a query begin with; the number of the task is behind it. */
export const idPrefix = ({ queryId }: StreamedWrite, { transactionalId }: KafkaSinkOptions): string =>
  `${transactionalId ?? `millrace-${queryId}`}-`

/** A task of a streamed write, as which it is known to brokers. */
export interface TransactionalTask {
  readonly transactionalId: string
  readonly timeoutMs: number
  readonly write: StreamedWrite
}

interface Kept {
  readonly producer: TransactionalProducer
  readonly identity: ProducerIdentity
  readonly start: number
  readonly batchId: number
}

/** Producers of this thread whose last transaction the driver commits before the next batch begins. */
const kept = new WeakMap<KafkaClient, Map<string, Kept>>()
const MOST_KEPT = 1000

/**
 * A transaction for a task. The producer of the batch before is used again, since that batch was committed; any other may have left a transaction
 * open, which a new producer gives up. @throws KAFKA_UNAVAILABLE, INVALID_OPTION
 */
export async function beginTransaction(
  client: KafkaClient,
  { transactionalId, timeoutMs, write }: TransactionalTask,
  signal: AbortSignal,
): Promise<TaskTransaction> {
  const producers = kept.get(client)
  const last = producers?.get(transactionalId)
  producers?.delete(transactionalId)
  if (last !== undefined && last.start === write.start && last.batchId === write.batchId - 1)
    return new TaskTransaction(client, last.producer, last.identity)
  const producer = await newTransactionalProducer(client, transactionalId, timeoutMs, signal)
  return new TaskTransaction(client, producer, new ProducerIdentity(producer.producerId, producer.epoch))
}

/** Keeps the producer for the next batch. Only after everything sent was acknowledged. */
export function keepProducer(client: KafkaClient, { producer, identity }: TaskTransaction, write: StreamedWrite): void {
  const producers = kept.get(client) ?? new Map<string, Kept>()
  if (producers.size >= MOST_KEPT) producers.clear()
  producers.set(producer.transactionalId, { producer, identity, start: write.start, batchId: write.batchId })
  kept.set(client, producers)
}

/** What a task tells the driver: the transaction that is to be committed, none when it had no rows. */
export const messageOf = (producer: TransactionalProducer | undefined, rows: number): Json =>
  producer === undefined ? { rows } : { rows, transaction: { ...producer } }

/** The message of a task whose rows were committed by an earlier attempt. */
export const COMMITTED: Json = { committed: true }

/** The transaction that a message is about. */
export function transactionOf(message: Json): TransactionalProducer | undefined {
  if (typeof message !== 'object' || message === null || !('transaction' in message)) return undefined
  return message.transaction as unknown as TransactionalProducer
}

/** Whether a message says that there is nothing to commit. */
export const isSettled = (message: Json | undefined): boolean => message !== undefined && !transactionOf(message)
