import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Json, SinkProvider, StreamedWrite, WriteDescription } from '../../api.js'
import { leaseClient } from '../client/client-lease.js'
import type { KafkaClient } from '../client/kafka-client.js'
import { openTransactions } from '../client/open-transactions.js'
import { endTransaction, newTransactionalProducer } from '../client/transactions.js'
import { isAtLeastOnce, type KafkaSinkOptions, sinkOptions } from './sink-options.js'
import { idPrefix, isSettled, transactionOf } from './task-transaction.js'

/**
 * Kafka topics, driver side. A stream is written exactly once where brokers serve transactions: each task has one, and all of a batch are committed
 * when all tasks have written. Without them, and outside of streams, records count as they are sent: at least once, as in Spark.
 */
export const kafkaSink: SinkProvider = {
  name: 'kafka',
  stream: {
    modes: ['append', 'update', 'complete'],
    guarantee: (options) => (isAtLeastOnce(options) ? 'atLeastOnce' : 'transactional'),
  },

  /** @throws KAFKA_TRANSACTIONS_LOST when an earlier attempt, a part of which is committed, divided the rows among another number of tasks */
  async awaitsCommit(write: WriteDescription, messages: readonly Json[]): Promise<boolean> {
    const { streaming } = write
    // What is kept behind attempts of another number of tasks was kept as nothing of these is committed.
    const before = streaming?.prepared.at(-1)?.length ?? messages.length
    if (streaming && before !== messages.length)
      await withClient(write, (client) => assertNoneCommitted(client, streaming, before, messages.length))
    return !messages.every(isSettled)
  },

  /** @returns false when an earlier start had everything written, and its commit is now finished */
  async begin(write: WriteDescription): Promise<boolean> {
    const options = sinkOptions(write)
    const { streaming } = write
    if (!streaming) return true
    const { prepared, isFirst } = streaming
    const mayBeOpen = isFirst && options.guarantee !== 'at-least-once'
    if (prepared.length === 0 && !mayBeOpen) return true
    return await withClient(write, async (client) => {
      const isDue = prepared.length === 0 || (await committedTasks(client, prepared)).includes(false)
      if (mayBeOpen) await giveUpEarlier(client, streaming, options)
      return isDue
    })
  },

  /** @throws KAFKA_TRANSACTIONS_LOST, KAFKA_UNAVAILABLE */
  async commit(write: WriteDescription, messages: readonly Json[]): Promise<void> {
    const { streaming } = write
    if (!streaming) return
    await withClient(write, async (client) => {
      const committed = await committedTasks(client, [messages])
      const lost = committed.filter((isCommitted) => !isCommitted).length
      if (lost > 0)
        throw transactionsLost(
          streaming,
          messages.length,
          lost,
          'their time was over, or another start of the query took their place',
        )
    })
  },

  /** As far as brokers can be reached; they give transactions up themselves after a while. */
  async abort(write: WriteDescription, messages: readonly Json[]): Promise<void> {
    if (messages.every(isSettled)) return
    await withClient(write, (client) => giveUp(client, messages)).catch(() => undefined)
  },
}

async function withClient<T>(write: WriteDescription, body: (client: KafkaClient) => Promise<T>): Promise<T> {
  const lease = leaseClient(sinkOptions(write).client)
  try {
    return await body(lease.client)
  } finally {
    lease.release()
  }
}

/** Commits what attempts at a batch prepared. @returns of each task of the last one whether all that it has to write is committed */
async function committedTasks(
  client: KafkaClient,
  prepared: readonly (readonly Json[])[],
): Promise<readonly boolean[]> {
  const last = prepared.at(-1)!
  return await Promise.all(
    last.map(async (message, task) => {
      if (isSettled(message)) return true
      const transactions = prepared.flatMap((messages) => transactionOf(messages[task] ?? null) ?? [])
      const ended = await Promise.all(transactions.map((producer) => endTransaction(client, producer, true)))
      return ended.includes(true)
    }),
  )
}

async function giveUp(client: KafkaClient, messages: readonly Json[]): Promise<void> {
  const transactions = messages.flatMap((message) => transactionOf(message) ?? [])
  await Promise.all(transactions.map((producer) => endTransaction(client, producer, false)))
}

/**
 * Gives up what tasks of earlier starts left open and did not prepare. Most of it ends when the same tasks begin, but a start with less tasks, or with no
 * rows for some, would leave it to hold up readers of what is committed until its time is over.
 */
async function giveUpEarlier(client: KafkaClient, streaming: StreamedWrite, options: KafkaSinkOptions): Promise<void> {
  const prefix = idPrefix(streaming, options)
  const isOurs = (id: string): boolean => id.startsWith(prefix) && TASK_NUMBER.test(id.slice(prefix.length))
  const open = (await openTransactions(client)).filter(isOurs)
  await Promise.all(open.map((id) => newTransactionalProducer(client, id, options.transactionTimeoutMs)))
}

const TASK_NUMBER = /^\d+$/

/** Tasks that were committed by an earlier attempt wrote nothing in this one, so that it has to divide the rows as that one did. */
async function assertNoneCommitted(
  client: KafkaClient,
  streaming: StreamedWrite,
  before: number,
  tasks: number,
): Promise<void> {
  const committed = await committedTasks(client, streaming.prepared)
  if (!committed.includes(true)) return
  const reason = `start the query with the same options of its source and the same shuffle.partitions as before: ${before} tasks had written the batch, and now ${tasks} did`
  const lost = committed.filter((isCommitted) => !isCommitted).length
  throw transactionsLost(streaming, before, lost, reason)
}

const transactionsLost = ({ batchId }: StreamedWrite, tasks: number, lost: number, reason: string): MillraceError =>
  new MillraceError('KAFKA_TRANSACTIONS_LOST', { batchId, tasks, lost, reason })
