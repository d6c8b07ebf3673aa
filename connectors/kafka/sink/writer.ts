import type { Block } from '../../../columnar/blocks/block.js'
import { bufferCount } from '../../../columnar/blocks/block-codec.js'
import { parseBlock } from '../../../columnar/blocks/block-parser.js'
import { leavesOf } from '../../../columnar/leaves.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Kernels } from '../../../executor/kernels/interface/generated.js'
import type {
  BlockWriter,
  Json,
  Memory,
  StreamedWrite,
  WriteContext,
  WriteDescription,
  WriterProvider,
} from '../../api.js'
import { type ClientLease, leaseClient } from '../client/client-lease.js'
import type { KafkaClient } from '../client/kafka-client.js'
import { endTransaction } from '../client/transactions.js'
import { giveBackIdentity, type ProducerIdentity, takeIdentity } from './producer-identity.js'
import type { ColumnBuffers, Rows } from './rows.js'
import { type KafkaSinkOptions, sinkOptions } from './sink-options.js'
import {
  beginTransaction,
  COMMITTED,
  idPrefix,
  keepProducer,
  messageOf,
  type TaskTransaction,
  type TransactionalTask,
  transactionOf,
} from './task-transaction.js'
import { TopicBatches } from './topic-batches.js'

const NO_COLUMN: ColumnBuffers = { validity: 0, data: 0, bytes: 0 }

/** Kafka topics, executor side: whole record batches are built by a kernel and sent as they fill. */
export const kafkaWriter: WriterProvider = {
  name: 'kafka',

  async openWriter(write: WriteDescription, context: WriteContext): Promise<BlockWriter> {
    const options = sinkOptions(write)
    const lease = leaseClient(options.client, true)
    try {
      const task = await transactionalTask(write, options, lease.client, context)
      if (task && (await isCommitted(lease.client, task.write, context))) {
        lease.release()
        return COMMITTED_BEFORE
      }
      return new KafkaTaskWriter(write, options, lease, task, context)
    } catch (error) {
      lease.release()
      throw error
    }
  },
}

/** As which a task is known to brokers; undefined when its records are to count at once. @throws UNSUPPORTED_FEATURE, KAFKA_UNAVAILABLE */
async function transactionalTask(
  { streaming }: WriteDescription,
  options: KafkaSinkOptions,
  client: KafkaClient,
  { partition, signal }: WriteContext,
): Promise<TransactionalTask | undefined> {
  const { guarantee, transactionTimeoutMs: timeoutMs } = options
  if (!streaming || guarantee === 'at-least-once') return undefined
  if (!(await client.servesTransactions(signal))) {
    if (guarantee === undefined) return undefined
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'exactly once into a Kafka without transactions' })
  }
  return { transactionalId: `${idPrefix(streaming, options)}${partition}`, timeoutMs, write: streaming }
}

/** Whether an earlier attempt at the batch has committed what this task would write: then it is not written again. */
async function isCommitted(
  client: KafkaClient,
  { prepared }: StreamedWrite,
  { partition, signal }: WriteContext,
): Promise<boolean> {
  const earlier = prepared.flatMap((messages) => transactionOf(messages[partition] ?? null) ?? [])
  for (const producer of earlier) if (await endTransaction(client, producer, true, signal)) return true
  return false
}

const COMMITTED_BEFORE: BlockWriter = {
  write() {},
  prepare: () => Promise.resolve(COMMITTED),
  abort: () => Promise.resolve(),
}

class KafkaTaskWriter implements BlockWriter {
  readonly #options: KafkaSinkOptions
  readonly #lease: ClientLease
  readonly #memory: Memory
  readonly #kernels: Kernels
  readonly #context: WriteContext
  readonly #task: TransactionalTask | undefined
  /** A task of small batches would else write to the same partition always. */
  readonly #turn: number
  /** The first buffer of each column in a block. */
  readonly #firstBuffers: readonly number[]
  readonly #topics = new Map<string, TopicBatches>()
  #identity: ProducerIdentity | undefined
  #transaction: TaskTransaction | undefined
  #rows = 0

  constructor(
    write: WriteDescription,
    options: KafkaSinkOptions,
    lease: ClientLease,
    task: TransactionalTask | undefined,
    context: WriteContext,
  ) {
    this.#options = options
    this.#task = task
    this.#turn = context.partition + (write.streaming?.batchId ?? 0)
    this.#lease = lease
    this.#memory = context.memory
    this.#kernels = context.kernels
    this.#context = context
    let next = 0
    this.#firstBuffers = leavesOf(write.schema).map((leaf) => {
      const first = next
      next += bufferCount(leaf)
      return first
    })
  }

  async write(block: Block): Promise<void> {
    if (block.rows === 0) return
    const address = this.#memory.allocate(block.bytes.length)
    try {
      this.#memory.bytes.set(block.bytes, address)
      await this.#writeRows(block, address)
      this.#rows += block.rows
    } finally {
      this.#memory.release(address)
    }
  }

  async prepare(): Promise<Json> {
    for (const topic of this.#topics.values()) await topic.flush()
    const { client } = this.#lease
    if (this.#transaction) keepProducer(client, this.#transaction, this.#task!.write)
    else if (this.#identity) giveBackIdentity(client, this.#identity)
    this.#close()
    return messageOf(this.#transaction?.producer, this.#rows)
  }

  async abort(): Promise<void> {
    for (const topic of this.#topics.values()) await topic.abandon()
    await this.#transaction?.abort()
    this.#close()
  }

  #close(): void {
    for (const topic of this.#topics.values()) topic.release()
    this.#topics.clear()
    this.#lease.release()
  }

  async #writeRows(block: Block, address: number): Promise<void> {
    const { columns, topic: fixedTopic } = this.#options
    const { buffers, nullCounts } = parseBlock(block.bytes)
    const column = (index: number | undefined): ColumnBuffers => {
      if (index === undefined) return NO_COLUMN
      const [validity, data, bytes] = buffers.slice(this.#firstBuffers[index]!)
      return {
        validity: nullCounts[index] === 0 ? 0 : address + validity!.offset,
        data: address + data!.offset,
        bytes: address + (bytes?.offset ?? 0),
      }
    }
    const rows = { key: column(columns.key), value: column(columns.value), partition: column(columns.partition) }
    if (fixedTopic !== undefined) {
      await this.#append(fixedTopic, rows, 0, block.rows)
      return
    }
    const topics = column(columns.topic)
    if (topics.validity !== 0) throw new MillraceError('KAFKA_NULL_TOPIC')
    for (let row = 0; row < block.rows; ) {
      const end = this.#kernels.kafkaTextRun(topics.data, topics.bytes, row, block.rows)
      const from = this.#memory.view.getInt32(topics.data + row * 4, true)
      const until = this.#memory.view.getInt32(topics.data + row * 4 + 4, true)
      const name = Buffer.from(this.#memory.bytes.slice(topics.bytes + from, topics.bytes + until)).toString()
      await this.#append(name, rows, row, end)
      row = end
    }
  }

  /** @throws UNKNOWN_TOPIC_OR_PARTITION for a row of a partition that is not there, also not since the topic was looked at */
  async #append(name: string, rows: Rows, first: number, end: number): Promise<void> {
    let topic = this.#topics.get(name) ?? (await this.#openTopic(name))
    for (let row = first; ; ) {
      row = await topic.append(rows, row, end)
      if (row === end) return
      const partition = this.#memory.view.getInt32(rows.partition.data + row * 4, true)
      await topic.flush()
      const renewed = await this.#openTopic(name)
      topic.release()
      topic = renewed
      if (partition < 0 || partition >= topic.partitions)
        throw new MillraceError('UNKNOWN_TOPIC_OR_PARTITION', { topic: `${name}-${partition}` })
    }
  }

  /** With the first row, so that a task without any troubles nobody. */
  async #begin(): Promise<void> {
    if (this.#identity !== undefined) return
    const { client } = this.#lease
    const { signal } = this.#context
    if (this.#task) this.#transaction = await beginTransaction(client, this.#task, signal)
    this.#identity = this.#transaction?.identity ?? (await takeIdentity(client, signal))
  }

  /** With the partitions that it has now. */
  async #openTopic(name: string): Promise<TopicBatches> {
    const { client } = this.#lease
    const { compression } = this.#options
    const { partitions } = (await client.describe([name], this.#context.signal)).get(name)!
    await this.#begin()
    const [identity, transaction] = [this.#identity!, this.#transaction]
    const write = {
      ...{ topic: name, partitions: partitions.size, compression, client, identity, transaction },
      turn: this.#turn,
    }
    const topic = new TopicBatches(write, this.#kernels, this.#context)
    this.#topics.set(name, topic)
    return topic
  }
}
