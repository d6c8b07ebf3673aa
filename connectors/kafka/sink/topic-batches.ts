import type { Memory, WriteContext } from '../../api.js'
import type { KafkaClient } from '../client/kafka-client.js'
import { CODEC_NUMBERS, type Compression, compressRecords } from './compress.js'
import { produceBatch } from './produce.js'
import type { ProducerIdentity } from './producer-identity.js'
import type { ColumnBuffers } from './writer.js'
import type { KafkaWriterKernels } from './writer-kernels.js'

// Fields of the state and of builders as executor/kernels/assembly/kafka-produce.ts has them, in words of 32 bits.
const STATE_WORDS = 16
const FULL = 13
const NEEDED = 14
const BUILDER_BYTES = 16
const HEAD_BYTES = 61
/** Below the 1 MiB that brokers take by default. */
const BATCH_BYTES = 900 * 1024
const FIRST_BYTES = 16 * 1024
const MAX_IN_FLIGHT = 4

export interface Rows {
  readonly key: ColumnBuffers
  readonly value: ColumnBuffers
  readonly partition: ColumnBuffers
}

/** What is written where, and as whom. */
export interface TopicWrite {
  readonly topic: string
  readonly partitions: number
  readonly compression: Compression
  readonly client: KafkaClient
  readonly identity: ProducerIdentity
}

/** The record batches being built for the partitions of a topic, and those on their way. */
export class TopicBatches {
  readonly #topic: string
  readonly #partitions: number
  readonly #compression: Compression
  readonly #client: KafkaClient
  readonly #identity: ProducerIdentity
  readonly #kernels: KafkaWriterKernels
  readonly #memory: Memory
  readonly #abandoned = new AbortController()
  readonly #signal: AbortSignal
  readonly #state: number
  readonly #builders: number
  /** What is under way for each partition: one batch at a time, so that a repetition cannot overtake. */
  readonly #underWay = new Map<number, Promise<void>>()
  #failure: unknown
  #sticky: number

  constructor(
    { topic, partitions, compression, client, identity }: TopicWrite,
    kernels: KafkaWriterKernels,
    context: WriteContext,
  ) {
    this.#topic = topic
    this.#partitions = partitions
    this.#compression = compression
    this.#client = client
    this.#identity = identity
    this.#kernels = kernels
    this.#memory = context.memory
    this.#signal = AbortSignal.any([context.signal, this.#abandoned.signal])
    this.#state = context.memory.allocate(STATE_WORDS * 4)
    this.#builders = context.memory.allocate(partitions * BUILDER_BYTES)
    this.#memory.bytes.fill(0, this.#builders, this.#builders + partitions * BUILDER_BYTES)
    this.#sticky = context.partition % partitions
  }

  get partitions(): number {
    return this.#partitions
  }

  /** Appends the rows from `first` to before `end`; waits while too much is under way. @returns the first row whose partition is not there, or `end` */
  async append({ key, value, partition }: Rows, first: number, end: number): Promise<number> {
    const words = [first, end, key.data, key.bytes, key.validity, value.data, value.bytes, value.validity]
    const rest = [partition.data, partition.validity, this.#partitions, this.#sticky, this.#builders]
    for (const [i, word] of [...words, ...rest].entries()) this.#setWord(this.#state, i, word)
    for (;;) {
      const outcome = this.#kernels.kafkaAppend(this.#state)
      if (outcome === 0) return end
      if (outcome === 2) return this.#word(this.#state, 0)
      await this.#makeRoom(this.#word(this.#state, FULL), this.#word(this.#state, NEEDED))
      this.#setWord(this.#state, 11, this.#sticky)
    }
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
      const address = this.#word(this.#builder(partition), 0)
      if (address !== 0) this.#memory.release(address)
    }
    this.#memory.release(this.#builders)
    this.#memory.release(this.#state)
  }

  async #makeRoom(partition: number, needed: number): Promise<void> {
    const builder = this.#builder(partition)
    const [address, position, capacity] = [0, 1, 2].map((i) => this.#word(builder, i)) as [number, number, number]
    if (address !== 0 && position + needed > BATCH_BYTES && position > HEAD_BYTES) {
      await this.#send(partition)
      // Rows without a key go to one partition until its batch is full, then to the next.
      if (partition === this.#sticky) this.#sticky = (this.#sticky + 1) % this.#partitions
      return
    }
    const bytes = Math.max(
      (address === 0 ? HEAD_BYTES : position) + needed,
      Math.min(capacity * 4, BATCH_BYTES),
      FIRST_BYTES,
    )
    const moved = address === 0 ? this.#memory.allocate(bytes) : this.#memory.reallocate(address, bytes)
    this.#setWord(builder, 0, moved)
    if (address === 0) this.#setWord(builder, 1, HEAD_BYTES)
    this.#setWord(builder, 2, bytes)
  }

  async #send(partition: number): Promise<void> {
    const builder = this.#builder(partition)
    if (this.#word(builder, 3) === 0) return
    const count = this.#word(builder, 3)
    const sequence = this.#identity.sequence(this.#topic, partition, count)
    const batch = this.#sealed(this.#word(builder, 0), this.#word(builder, 1), count, sequence)
    this.#setWord(builder, 1, HEAD_BYTES)
    this.#setWord(builder, 3, 0)
    while (this.#underWay.has(partition) || this.#underWay.size >= MAX_IN_FLIGHT) {
      await (this.#underWay.get(partition) ?? Promise.race(this.#underWay.values()))
    }
    this.#throwFailure()
    const sending = produceBatch(this.#client, this.#topic, partition, batch, this.#signal)
      .catch((error: unknown) => {
        this.#failure ??= error
      })
      .finally(() => this.#underWay.delete(partition))
    this.#underWay.set(partition, sending)
  }

  /** The bytes of a batch; compressed when it is wanted and makes them fewer. */
  #sealed(address: number, bytes: number, count: number, sequence: number): Buffer {
    const { id, epoch } = this.#identity
    const seal = (at: number, size: number, attributes: number): Buffer => {
      this.#kernels.kafkaSeal(at, size, count, attributes, BigInt(Date.now()), id, epoch, sequence)
      return Buffer.from(this.#memory.bytes.slice(at, at + size).buffer)
    }
    const compression = this.#compression
    if (compression === 'none') return seal(address, bytes, 0)
    const records = bytes - HEAD_BYTES
    const made = compressRecords(compression, address + HEAD_BYTES, records, HEAD_BYTES, this.#memory, this.#kernels)
    try {
      if (made.bytes >= records) return seal(address, bytes, 0)
      return seal(made.address, made.bytes + HEAD_BYTES, CODEC_NUMBERS[compression])
    } finally {
      this.#memory.release(made.address)
    }
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  #builder(partition: number): number {
    return this.#builders + partition * BUILDER_BYTES
  }

  #word(base: number, index: number): number {
    return this.#memory.view.getUint32(base + index * 4, true)
  }

  #setWord(base: number, index: number, value: number): void {
    this.#memory.view.setUint32(base + index * 4, value, true)
  }
}
