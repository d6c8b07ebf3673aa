import { join } from 'node:path'
import { OffsetStore } from '../../connectors/kafka/broker/groups/offset-store.js'
import { OpenFiles } from '../../connectors/kafka/broker/log/open-files.js'
import type { PartitionLog } from '../../connectors/kafka/broker/log/partition-log.js'
import { readBatchHeader } from '../../connectors/kafka/broker/log/record-batch.js'
import { TopicStore } from '../../connectors/kafka/broker/log/topic-store.js'
import type { ProducerName } from '../../connectors/kafka/broker/transactions/transaction.js'
import { TransactionCoordinator } from '../../connectors/kafka/broker/transactions/transaction-coordinator.js'
import { TransactionStore } from '../../connectors/kafka/broker/transactions/transaction-store.js'
import { recordBatch } from './record-batches.js'

export interface TransactionParts {
  readonly topics: TopicStore
  readonly offsets: OffsetStore
  readonly store: TransactionStore
  readonly coordinator: TransactionCoordinator
  close(): Promise<void>
}

let producers = 0n

/** What a broker keeps in a folder, without one that listens. */
export async function openTransactions(
  folder: string,
  { files = new OpenFiles(20), now = (): number => 0, limit = 100 } = {},
): Promise<TransactionParts> {
  const topics = await TopicStore.open(join(folder, 'topics'), files)
  const offsets = await OffsetStore.open(join(folder, 'offsets'), files)
  const store = await TransactionStore.open(join(folder, 'transactions'), files, limit)
  const nextProducerId = async (): Promise<bigint> => producers++
  const coordinator = await TransactionCoordinator.open({ store, topics, offsets, nextProducerId, now })
  const close = async (): Promise<void> => {
    await coordinator.close()
    await topics.close()
    await offsets.close()
    await store.close()
  }
  return { topics, offsets, store, coordinator, close }
}

const TRANSACTIONAL = 0x10

/** Appends one record in the transaction of a producer. @returns an error code */
export async function appendIn(
  { topics, coordinator }: TransactionParts,
  transactionalId: string,
  { producerId, epoch }: ProducerName,
  partition: number,
  value: string,
  baseSequence: number,
): Promise<number> {
  const batch = recordBatch({
    values: [value],
    producerId: BigInt(producerId),
    producerEpoch: epoch,
    baseSequence,
    attributes: TRANSACTIONAL,
  })
  const admission = coordinator.admission(transactionalId, 'events', partition)
  return (await topics.partition('events', partition)!.append(batch, admission)).error
}

export interface SeenBatch {
  readonly offset: bigint
  readonly value: string
}

/**
 * The batches of one record `<…>` that a reader of what is committed sees: as clients do, it leaves out those of a producer from where a
 * transaction begins that was given up, up to the marker.
 */
export async function committedBatches(
  log: PartitionLog,
  from = 0n,
  maxBytes = 1 << 30,
): Promise<{ readonly seen: readonly SeenBatch[]; readonly next: bigint }> {
  const slice = await log.slice(from, maxBytes, true)
  const aborted = [...(await log.aborted(from, slice.until))]
  const pieces: Buffer[] = []
  for await (const piece of slice.read()) pieces.push(piece)
  const bytes = Buffer.concat(pieces)
  const givenUp = new Set<bigint>()
  const seen: SeenBatch[] = []
  let next = from
  for (let at = 0; ; ) {
    const header = readBatchHeader(bytes, at)
    if (header === undefined || at + header.totalBytes > bytes.length) return { seen, next }
    next = header.baseOffset + BigInt(header.lastOffsetDelta) + 1n
    while (aborted.length > 0 && aborted[0]!.firstOffset < next) givenUp.add(aborted.shift()!.producerId)
    const isGivenUp = header.isTransactional && givenUp.has(header.producerId)
    if (header.isControl) givenUp.delete(header.producerId)
    else if (!isGivenUp) {
      const value = /<([^<>]*)>/.exec(bytes.toString('latin1', at + 61, at + header.totalBytes))![1]!
      seen.push({ offset: header.baseOffset, value })
    }
    at += header.totalBytes
  }
}

export const committedValues = async (log: PartitionLog): Promise<readonly string[]> =>
  (await committedBatches(log)).seen.map(({ value }) => value)
