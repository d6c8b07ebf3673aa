import type { Kernels } from '../../../executor/kernels/interface/generated.js'
import {
  APPEND_BUILDERS,
  APPEND_BYTES,
  APPEND_DONE,
  APPEND_FULL,
  APPEND_KEY_BYTES,
  APPEND_KEY_OFFSETS,
  APPEND_KEY_VALIDITY,
  APPEND_NEEDED,
  APPEND_NO_PARTITION,
  APPEND_PARTITION_COUNT,
  APPEND_PARTITION_VALIDITY,
  APPEND_PARTITIONS,
  APPEND_ROW,
  APPEND_ROWS,
  APPEND_STICKY,
  APPEND_VALUE_BYTES,
  APPEND_VALUE_OFFSETS,
  APPEND_VALUE_VALIDITY,
  BATCH_ADDRESS,
  BATCH_BUILDER_BYTES,
  BATCH_CAPACITY,
  BATCH_COUNT,
  BATCH_HEAD_BYTES,
  BATCH_POSITION,
} from '../../../executor/kernels/interface/kafka-append.js'
import type { CountedMemory, Memory, WriteContext } from '../../api.js'
import type { KafkaClient } from '../client/kafka-client.js'
import { CODEC_NUMBERS, type Compression, compressRecords } from './compress.js'
import { produceBatch } from './produce.js'
import type { ProducerIdentity } from './producer-identity.js'
import type { Rows } from './rows.js'
import type { TaskTransaction } from './task-transaction.js'

/** Below the 1 MiB that brokers take by default. */
const BATCH_BYTES = 900 * 1024
const FIRST_BYTES = 16 * 1024
const MAX_IN_FLIGHT = 4
/** Of partitions to which rows without a key go one after the other, so many are made a part of a transaction at a time: each such request waits for a coordinator that writes it down. */
const ENLISTED_TOGETHER = 4
/** A batch that is sent lies in JavaScript's heap as it is, and in its request. */
const COPIES_OF_BATCH = 2
/** Bit 4 of a batch's attributes. */
const TRANSACTIONAL = 16

/** What is written where, and as whom. */
export interface TopicWrite {
  readonly topic: string
  readonly partitions: number
  readonly compression: Compression
  readonly client: KafkaClient
  readonly identity: ProducerIdentity
  /** What the records are a part of; undefined when they count at once. */
  readonly transaction: TaskTransaction | undefined
  /** Counts tasks: rows without a key begin at another partition in each of them. */
  readonly turn: number
}

/** The record batches being built for the partitions of a topic, and those on their way. */
export class TopicBatches {
  readonly #topic: string
  readonly #partitions: number
  readonly #compression: Compression
  readonly #client: KafkaClient
  readonly #identity: ProducerIdentity
  readonly #transaction: TaskTransaction | undefined
  readonly #kernels: Kernels
  readonly #memory: Memory
  readonly #sent: CountedMemory
  readonly #abandoned = new AbortController()
  readonly #signal: AbortSignal
  readonly #state: number
  readonly #builders: number
  /** What is under way for each partition: one batch at a time, so that a repetition cannot overtake. */
  readonly #underWay = new Map<number, Promise<void>>()
  #failure: unknown
  #sticky: number

  constructor(
    { topic, partitions, compression, client, identity, transaction, turn }: TopicWrite,
    kernels: Kernels,
    context: WriteContext,
  ) {
    this.#topic = topic
    this.#partitions = partitions
    this.#compression = compression
    this.#client = client
    this.#identity = identity
    this.#transaction = transaction
    this.#kernels = kernels
    this.#memory = context.memory
    this.#sent = context.memory.count(`batches for ${topic}`)
    this.#signal = AbortSignal.any([context.signal, this.#abandoned.signal])
    this.#state = context.memory.allocate(APPEND_BYTES)
    this.#builders = context.memory.allocate(partitions * BATCH_BUILDER_BYTES)
    this.#memory.bytes.fill(0, this.#builders, this.#builders + partitions * BATCH_BUILDER_BYTES)
    this.#sticky = turn % partitions
  }

  get partitions(): number {
    return this.#partitions
  }

  /** Appends the rows from `first` to before `end`; waits while too much is under way. @returns the first row whose partition is not there, or `end` */
  async append({ key, value, partition }: Rows, first: number, end: number): Promise<number> {
    this.#setState({ key, value, partition }, first, end)
    for (;;) {
      const outcome = this.#kernels.kafkaAppend(this.#state)
      if (outcome === APPEND_DONE) return end
      if (outcome === APPEND_NO_PARTITION) return this.#word(this.#state + APPEND_ROW)
      await this.#makeRoom(this.#word(this.#state + APPEND_FULL), this.#word(this.#state + APPEND_NEEDED))
      this.#setWord(this.#state + APPEND_STICKY, this.#sticky)
    }
  }

  #setState({ key, value, partition }: Rows, first: number, end: number): void {
    const words: readonly (readonly [field: number, word: number])[] = [
      [APPEND_ROW, first],
      [APPEND_ROWS, end],
      [APPEND_KEY_OFFSETS, key.data],
      [APPEND_KEY_BYTES, key.bytes],
      [APPEND_KEY_VALIDITY, key.validity],
      [APPEND_VALUE_OFFSETS, value.data],
      [APPEND_VALUE_BYTES, value.bytes],
      [APPEND_VALUE_VALIDITY, value.validity],
      [APPEND_PARTITIONS, partition.data],
      [APPEND_PARTITION_VALIDITY, partition.validity],
      [APPEND_PARTITION_COUNT, this.#partitions],
      [APPEND_STICKY, this.#sticky],
      [APPEND_BUILDERS, this.#builders],
    ]
    for (const [field, word] of words) this.#setWord(this.#state + field, word)
  }

  /** Sends what is there and waits until all of it is acknowledged. */
  async flush(): Promise<void> {
    for (let partition = 0; partition < this.#partitions; partition++) await this.#send(partition)
    await this.#settle()
    this.#throwFailure()
  }

  /** Sends nothing more, not even again, and waits until nothing is under way. */
  async abandon(): Promise<void> {
    this.#abandoned.abort()
    await this.#settle()
  }

  async #settle(): Promise<void> {
    await Promise.all(this.#underWay.values())
  }

  release(): void {
    for (let partition = 0; partition < this.#partitions; partition++) {
      const address = this.#word(this.#builder(partition) + BATCH_ADDRESS)
      if (address !== 0) this.#memory.release(address)
    }
    this.#memory.release(this.#builders)
    this.#memory.release(this.#state)
  }

  async #makeRoom(partition: number, needed: number): Promise<void> {
    const builder = this.#builder(partition)
    const address = this.#word(builder + BATCH_ADDRESS)
    const position = this.#word(builder + BATCH_POSITION)
    const capacity = this.#word(builder + BATCH_CAPACITY)
    if (address !== 0 && position + needed > BATCH_BYTES && position > BATCH_HEAD_BYTES) {
      const isSticky = partition === this.#sticky
      await this.#send(partition, isSticky ? this.#afterSticky() : [])
      // Rows without a key go to one partition until its batch is full, then to the next.
      if (isSticky) this.#sticky = (this.#sticky + 1) % this.#partitions
      return
    }
    const bytes = Math.max(
      (address === 0 ? BATCH_HEAD_BYTES : position) + needed,
      Math.min(capacity * 4, BATCH_BYTES),
      FIRST_BYTES,
    )
    const moved = address === 0 ? this.#memory.allocate(bytes) : this.#memory.reallocate(address, bytes)
    this.#setWord(builder + BATCH_ADDRESS, moved)
    if (address === 0) this.#setWord(builder + BATCH_POSITION, BATCH_HEAD_BYTES)
    this.#setWord(builder + BATCH_CAPACITY, bytes)
  }

  /** The partitions to which rows without a key go on. */
  #afterSticky(): readonly number[] {
    const count = Math.min(this.#partitions, ENLISTED_TOGETHER) - 1
    return Array.from({ length: count }, (_, i) => (this.#sticky + 1 + i) % this.#partitions)
  }

  /** @param soon partitions of which batches come behind it */
  async #send(partition: number, soon: readonly number[] = []): Promise<void> {
    const builder = this.#builder(partition)
    const count = this.#word(builder + BATCH_COUNT)
    if (count === 0) return
    const enlisting = this.#transaction?.enlist(this.#topic, this.#filled(), soon, this.#signal)
    const sequence = this.#identity.sequence(this.#topic, partition, count)
    const batch = this.#sealed(
      this.#word(builder + BATCH_ADDRESS),
      this.#word(builder + BATCH_POSITION),
      count,
      sequence,
    )
    this.#setWord(builder + BATCH_POSITION, BATCH_HEAD_BYTES)
    this.#setWord(builder + BATCH_COUNT, 0)
    while (this.#underWay.has(partition) || this.#underWay.size >= MAX_IN_FLIGHT) {
      await (this.#underWay.get(partition) ?? Promise.race(this.#underWay.values()))
    }
    this.#throwFailure()
    const bytes = batch.length * COPIES_OF_BATCH
    this.#sent.hold(this.#sent.bytes + bytes)
    const transactionalId = this.#transaction?.transactionalId ?? null
    const send = (): Promise<void> =>
      produceBatch(this.#client, this.#topic, partition, batch, transactionalId, this.#signal)
    const sending = (enlisting ? enlisting.then(send) : send())
      .catch((error: unknown) => {
        this.#failure ??= error
      })
      .finally(() => {
        this.#underWay.delete(partition)
        this.#sent.hold(this.#sent.bytes - bytes)
      })
    this.#underWay.set(partition, sending)
  }

  /** The partitions for which there are records. */
  #filled(): readonly number[] {
    return Array.from({ length: this.#partitions }, (_, partition) => partition).filter(
      (partition) => this.#word(this.#builder(partition) + BATCH_COUNT) > 0,
    )
  }

  /** The bytes of a batch; compressed when it is wanted and makes them fewer. */
  #sealed(address: number, bytes: number, count: number, sequence: number): Buffer {
    const { id, epoch } = this.#identity
    const kind = this.#transaction ? TRANSACTIONAL : 0
    const seal = (at: number, size: number, codec: number): Buffer => {
      this.#kernels.kafkaSeal(at, size, count, codec | kind, BigInt(Date.now()), id, epoch, sequence)
      return Buffer.from(this.#memory.bytes.slice(at, at + size).buffer)
    }
    const compression = this.#compression
    if (compression === 'none') return seal(address, bytes, 0)
    const records = bytes - BATCH_HEAD_BYTES
    const made = compressRecords(
      compression,
      address + BATCH_HEAD_BYTES,
      records,
      BATCH_HEAD_BYTES,
      this.#memory,
      this.#kernels,
    )
    try {
      if (made.bytes >= records) return seal(address, bytes, 0)
      return seal(made.address, made.bytes + BATCH_HEAD_BYTES, CODEC_NUMBERS[compression])
    } finally {
      this.#memory.release(made.address)
    }
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  #builder(partition: number): number {
    return this.#builders + partition * BATCH_BUILDER_BYTES
  }

  #word(address: number): number {
    return this.#memory.view.getUint32(address, true)
  }

  #setWord(address: number, value: number): void {
    this.#memory.view.setUint32(address, value, true)
  }
}
