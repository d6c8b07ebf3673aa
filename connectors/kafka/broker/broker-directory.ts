import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { type FolderLock, lockFolder } from '../../../common/folder-lock.js'
import { GroupCoordinator } from './groups/coordinator.js'
import { OffsetStore } from './groups/offset-store.js'
import { replaceFile } from './log/replace-file.js'
import { TopicStore } from './log/topic-store.js'
import { TransactionCoordinator } from './transactions/transaction-coordinator.js'
import { TransactionStore } from './transactions/transaction-store.js'

/** Ids are handed out from ranges noted on disk, so that a restart never gives one again. */
const PRODUCER_ID_RANGE = 1000n

/** What a broker keeps on disk, for itself alone. */
export interface BrokerDirectory {
  readonly clusterId: string
  readonly topics: TopicStore
  readonly groups: GroupCoordinator
  readonly transactions: TransactionCoordinator
  /** An id that no producer had before. */
  nextProducerId(): Promise<bigint>
  close(): Promise<void>
}

/** @throws FOLDER_IN_USE, CORRUPT_RECORD, FAILED_WRITE_FILE */
export async function openDirectory(directory: string): Promise<BrokerDirectory> {
  let lock: FolderLock | undefined
  try {
    lock = await lockFolder(directory)
    return await openLocked(directory, lock)
  } catch (cause) {
    await lock?.release()
    if (MillraceError.is(cause)) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new MillraceError('FAILED_WRITE_FILE', { path: directory, reason }, { cause })
  }
}

async function openLocked(directory: string, lock: FolderLock): Promise<BrokerDirectory> {
  const clusterId = await clusterIdIn(join(directory, 'cluster-id'))
  const topics = await TopicStore.open(join(directory, 'topics'))
  const offsets = await OffsetStore.open(join(directory, 'committed-offsets.jsonl'))
  const store = await TransactionStore.open(join(directory, 'transactions.jsonl'))
  const nextProducerId = producerIds(join(directory, 'producer-ids'))
  const parts = { store, topics, offsets, nextProducerId, now: Date.now }
  const transactions = await TransactionCoordinator.open(parts)
  const groups = new GroupCoordinator(offsets)
  return {
    clusterId,
    topics,
    groups,
    transactions,
    nextProducerId,
    async close() {
      groups.close()
      await transactions.close()
      await topics.close()
      await offsets.close()
      await store.close()
      await lock.release()
    },
  }
}

async function clusterIdIn(path: string): Promise<string> {
  const existing = await readIfThere(path)
  if (existing !== undefined) return existing
  const id = randomUUID().replaceAll('-', '').slice(0, 22)
  await replaceFile(path, id)
  return id
}

function producerIds(path: string): () => Promise<bigint> {
  let next = 0n
  let end = 0n
  let tail: Promise<unknown> = Promise.resolve()
  const take = async (): Promise<bigint> => {
    if (next === end) {
      const begin = BigInt((await readIfThere(path)) ?? 0)
      await replaceFile(path, String(begin + PRODUCER_ID_RANGE))
      next = begin
      end = begin + PRODUCER_ID_RANGE
    }
    return next++
  }
  return () => {
    const id = tail.then(take)
    tail = id.catch(() => undefined)
    return id
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  return await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
}
