import { setTimeout as sleep } from 'node:timers/promises'
import { isFenced, typeOf } from './failure.js'
import type { KafkaClient } from './kafka-client.js'
import type { ClusterBroker } from './kafkajs-internals.js'
import { invalidOption } from './option-reader.js'

/** Who writes in transactions: of several with one transactional id brokers take only the latest, which has the highest epoch. */
export interface TransactionalProducer {
  readonly transactionalId: string
  readonly producerId: bigint
  readonly epoch: number
}

const TRANSACTION_COORDINATOR = 1
/** Markers of the transaction before are mostly written in less than this altogether; then the pauses of the client begin. */
const QUICK_PAUSES_MS = [1, 2, 4, 8, 16, 32, 64, 128]

/**
 * The next producer with a transactional id. A transaction that the one before left open is given up, one whose commit was decided is finished.
 * @throws KAFKA_UNAVAILABLE, INVALID_OPTION for a time-out above what brokers allow
 */
export async function newTransactionalProducer(
  client: KafkaClient,
  transactionalId: string,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<TransactionalProducer> {
  const { producerId, producerEpoch } = await ask(client, transactionalId, signal, async (broker) => {
    try {
      return await broker.initProducerId({ transactionalId, transactionTimeout: timeoutMs })
    } catch (error) {
      if (typeOf(error) !== 'INVALID_TRANSACTION_TIMEOUT') throw error
      const reason = 'the brokers allow less (transaction.max.timeout.ms)'
      throw invalidOption('kafka.transaction.timeout.ms', String(timeoutMs), reason)
    }
  })
  return { transactionalId, producerId: BigInt(producerId), epoch: producerEpoch }
}

/** Begins the producer's transaction when none is open, and makes partitions a part of it. @throws KAFKA_PRODUCER_FENCED, KAFKA_UNAVAILABLE */
export async function enlistPartitions(
  client: KafkaClient,
  producer: TransactionalProducer,
  topic: string,
  partitions: readonly number[],
  signal: AbortSignal,
): Promise<void> {
  const topics = [{ topic, partitions }]
  await ask(client, producer.transactionalId, signal, (broker) =>
    broker.addPartitionsToTxn({ ...namesOf(producer), topics }),
  )
}

/**
 * Ends the producer's transaction; said again, nothing more happens.
 * @returns false when it had ended the other way, or another producer has taken its place, by which it was given up
 * @throws KAFKA_UNAVAILABLE
 */
export async function endTransaction(
  client: KafkaClient,
  producer: TransactionalProducer,
  transactionResult: boolean,
  signal?: AbortSignal,
): Promise<boolean> {
  return await ask(client, producer.transactionalId, signal, async (broker) => {
    try {
      await broker.endTxn({ ...namesOf(producer), transactionResult })
      return true
    } catch (error) {
      if (isFenced(error)) return false
      throw error
    }
  })
}

const namesOf = ({ transactionalId, producerId, epoch }: TransactionalProducer) => ({
  transactionalId,
  producerId: String(producerId),
  producerEpoch: epoch,
})

/** Asks the broker that coordinates a transactional id, again while the transaction before is being ended. */
async function ask<T>(
  client: KafkaClient,
  transactionalId: string,
  signal: AbortSignal | undefined,
  question: (broker: ClusterBroker) => Promise<T>,
): Promise<T> {
  const body = async (again: boolean): Promise<T> => {
    const broker = await client.coordinator(TRANSACTION_COORDINATOR, transactionalId, again)
    for (const pauseMs of QUICK_PAUSES_MS) {
      try {
        return await question(broker)
      } catch (error) {
        if (typeOf(error) !== 'CONCURRENT_TRANSACTIONS') throw error
      }
      await sleep(pauseMs)
    }
    return await question(broker)
  }
  return await client.retrying(transactionalId, body, signal)
}
