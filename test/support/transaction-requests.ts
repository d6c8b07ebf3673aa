import { setTimeout as pause } from 'node:timers/promises'
import { ERROR } from '../../connectors/kafka/broker/protocol/error-codes.js'
import type { RequestReader } from '../../connectors/kafka/broker/protocol/reader.js'
import type { ResponseWriter } from '../../connectors/kafka/broker/protocol/writer.js'
import { ask, request } from './broker-requests.js'
import { recordBatch } from './record-batches.js'

export interface Producer {
  readonly transactionalId: string
  readonly producerId: bigint
  readonly epoch: number
}

const TRANSACTIONAL = 0x10
const [GROUP, TRANSACTION] = [0, 1]
const [INIT, ADD_PARTITIONS, ADD_OFFSETS, END, TXN_OFFSETS] = [22, 24, 25, 26, 28]
/** From which version on requests are flexible. */
const FLEXIBLE: Readonly<Record<number, number>> = { 9: 6, 22: 2, 24: 3, 25: 3, 26: 3, 28: 3 }
/** What a broker answers while markers of the transaction before are being written, or while it is still loading what it kept. */
/** A transaction before is being ended, a coordinator is not ready, or a new partition has no leader yet. */
const COME_AGAIN: ReadonlySet<number> = new Set([
  ERROR.concurrentTransactions,
  14,
  ERROR.coordinatorNotAvailable,
  16,
  6,
])
const PATIENCE_MS = 40_000
const PAUSE_MS = 10

/** One request of transactions as a client sends it, to any broker. */
export class TransactionRequests {
  readonly #servers: string
  /** The last version that is asked for: old clients ask in plain form, new ones in compact. */
  readonly #maxVersion: number

  constructor(servers: string, maxVersion = 4) {
    this.#servers = servers
    this.#maxVersion = maxVersion
  }

  /** Waits until coordinators are found: a broker that is new makes the topics in which it keeps what they know. */
  async ready(): Promise<void> {
    for (const kind of [GROUP, TRANSACTION]) await settled(() => this.findCoordinator(kind, 'ready'))
  }

  async findCoordinator(kind: number, key: string): Promise<number> {
    const [answer] = await ask(this.#servers, [request(10, 2, (body) => body.string(key).int8(kind))])
    answer!.int32()
    answer!.int32()
    return answer!.int16()
  }

  /** A producer, and the error code. With `current` it asks for its next epoch. */
  async init(transactionalId: string, timeoutMs = 60_000, current?: Producer): Promise<Producer & { error: number }> {
    const version = Math.min(4, this.#maxVersion)
    const answer = await this.#ask(INIT, version, (body) => {
      body.nullableString(transactionalId).int32(timeoutMs)
      if (version >= 3) body.int64(current?.producerId ?? -1n).int16(current?.epoch ?? -1)
      body.noTags()
    })
    answer.int32()
    return { error: answer.int16(), transactionalId, producerId: answer.int64(), epoch: answer.int16() }
  }

  /** A producer; when the one before left a transaction open, that is given up first. */
  async begin(transactionalId: string, timeoutMs?: number, current?: Producer): Promise<Producer> {
    let begun: (Producer & { error: number }) | undefined
    await settled(async () => {
      begun = await this.init(transactionalId, timeoutMs, current)
      return begun.error
    })
    if (begun!.error !== ERROR.none) throw new Error(`InitProducerId: ${begun!.error}`)
    const { producerId, epoch } = begun!
    return { transactionalId, producerId, epoch }
  }

  /** The error code of each partition. */
  async add(producer: Producer, topic: string, partitions: readonly number[]): Promise<readonly number[]> {
    const version = Math.min(3, this.#maxVersion)
    const answer = await this.#ask(ADD_PARTITIONS, version, (body) => {
      name(body, producer).array([topic], (each) => {
        body
          .string(each)
          .array(partitions, (partition) => body.int32(partition))
          .noTags()
      })
      body.noTags()
    })
    answer.int32()
    return topicErrors(answer)
  }

  async addGroup(producer: Producer, group: string): Promise<number> {
    const version = Math.min(3, this.#maxVersion)
    const answer = await this.#ask(ADD_OFFSETS, version, (body) => name(body, producer).string(group).noTags())
    answer.int32()
    return answer.int16()
  }

  /** Offsets of partition 0. */
  async commitOffset(
    { transactionalId, producerId, epoch }: Producer,
    group: string,
    topic: string,
    offset: bigint,
    member = { generation: -1, id: '' },
  ): Promise<number> {
    const version = Math.min(3, this.#maxVersion)
    const answer = await this.#ask(TXN_OFFSETS, version, (body) => {
      body.string(transactionalId).string(group).int64(producerId).int16(epoch)
      if (version >= 3) body.int32(member.generation).string(member.id).nullableString(null)
      body.array([topic], (each) => {
        body.string(each).array([0], (partition) => {
          body.int32(partition).int64(offset)
          if (version >= 2) body.int32(-1)
          body.nullableString('noted').noTags()
        })
        body.noTags()
      })
      body.noTags()
    })
    answer.int32()
    return topicErrors(answer)[0]!
  }

  async end(producer: Producer, isCommit: boolean): Promise<number> {
    const version = Math.min(3, this.#maxVersion)
    const answer = await this.#ask(END, version, (body) => name(body, producer).boolean(isCommit).noTags())
    answer.int32()
    return answer.int16()
  }

  /** Sends one batch. `transactionalId` may differ from the producer's. */
  async produce(
    producer: Producer,
    topic: string,
    values: readonly string[],
    baseSequence: number,
    { partition = 0, transactionalId = producer.transactionalId as string | null, isTransactional = true } = {},
  ): Promise<number> {
    const { producerId, epoch } = producer
    const batch = recordBatch({
      values,
      producerId,
      producerEpoch: epoch,
      baseSequence,
      timestampMs: Date.now(),
      attributes: isTransactional ? TRANSACTIONAL : 0,
    })
    const bytes = (body: ResponseWriter): void => {
      body.nullableString(transactionalId).int16(-1).int32(10_000)
      body.array([topic], (each) => {
        body.string(each).array([partition], (number) => {
          body.int32(number).int32(batch.length)
          for (const byte of batch) body.int8((byte << 24) >> 24)
        })
      })
    }
    const [answer] = await ask(this.#servers, [request(0, 7, bytes)])
    answer!.int32()
    const errors = answer!.array(() => {
      answer!.string()
      return answer!.array(() => {
        answer!.int32()
        const error = answer!.int16()
        answer!.int64()
        answer!.int64()
        answer!.int64()
        return error
      })
    })
    return errors.flat()[0]!
  }

  /** Committed offset of partition 0 and the error code. */
  async committed(group: string, topic: string, requiresStable: boolean): Promise<{ error: number; offset: bigint }> {
    const answer = await this.#ask(9, 7, (body) => {
      body.string(group).array([topic], (each) => {
        body
          .string(each)
          .array([0], (partition) => body.int32(partition))
          .noTags()
      })
      body.boolean(requiresStable).noTags()
    })
    answer.int32()
    const offsets = answer.array(() => {
      answer.string()
      const partitions = answer.array(() => {
        answer.int32()
        const offset = answer.int64()
        answer.int32()
        answer.nullableString()
        const error = answer.int16()
        answer.tags()
        return { error, offset }
      })
      answer.tags()
      return partitions
    })
    return offsets.flat()[0]!
  }

  /** Where partition 0 ends for readers of what is committed, and for all. */
  async ends(topic: string): Promise<{ readonly stable: bigint; readonly all: bigint }> {
    const [all, stable] = await Promise.all([0, 1].map((isolation) => this.#listed(topic, isolation, -1n)))
    return { stable: stable!, all: all! }
  }

  /** The first offset of partition 0 at the time or later. */
  offsetByTime(topic: string, isolation: number, timestampMs: bigint): Promise<bigint> {
    return this.#listed(topic, isolation, timestampMs)
  }

  /** A fetch of partition 0 with Fetch 11. */
  async fetch(
    topic: string,
    offset: bigint,
    isolation: number,
    maxBytes = 1_000_000,
    maxWaitMs = 0,
  ): Promise<FetchAnswer> {
    const [answer] = await ask(this.#servers, [
      request(1, 11, (body) => {
        body.int32(-1).int32(maxWaitMs).int32(1).int32(1_000_000).int8(isolation).int32(0).int32(-1)
        body.array([topic], (each) => {
          body.string(each).array([0], (partition) => {
            body.int32(partition).int32(-1).int64(offset).int64(-1n).int32(maxBytes)
          })
        })
        body.array([], () => undefined).string('')
      }),
    ])
    const read = answer!
    read.int32()
    read.int32()
    read.int16()
    read.int32()
    const found = read.array(() => {
      read.string()
      return read.array(() => {
        read.int32()
        const head = { error: read.int16(), end: read.int64(), stable: read.int64() }
        read.int64()
        const aborted = read.nullableArray(() => ({ producerId: read.int64(), firstOffset: read.int64() }))
        read.int32()
        return { ...head, aborted, records: Buffer.from(read.bytes()) }
      })
    })
    return found.flat()[0]!
  }

  async #listed(topic: string, isolation: number, timestampMs: bigint): Promise<bigint> {
    const [answer] = await ask(this.#servers, [
      request(2, 5, (body) => {
        body.int32(-1).int8(isolation)
        body.array([topic], (each) => {
          body.string(each).array([0], (partition) => body.int32(partition).int32(-1).int64(timestampMs))
        })
      }),
    ])
    const read = answer!
    read.int32()
    read.int32()
    const offsets = read.array(() => {
      read.string()
      return read.array(() => {
        read.int32()
        read.int16()
        read.int64()
        const offset = read.int64()
        read.int32()
        return offset
      })
    })
    return offsets.flat()[0]!
  }

  async #ask(apiKey: number, version: number, write: (body: ResponseWriter) => unknown): Promise<RequestReader> {
    const isFlexible = version >= FLEXIBLE[apiKey]!
    const [answer] = await ask(this.#servers, [request(apiKey, version, write, isFlexible)])
    answer!.int32() // correlation id
    if (isFlexible) answer!.flexible().tags()
    return answer!
  }
}

export interface FetchAnswer {
  readonly error: number
  readonly end: bigint
  readonly stable: bigint
  readonly aborted: readonly { readonly producerId: bigint; readonly firstOffset: bigint }[] | null
  readonly records: Buffer
}

const name = (body: ResponseWriter, { transactionalId, producerId, epoch }: Producer): ResponseWriter =>
  body.string(transactionalId).int64(producerId).int16(epoch)

function topicErrors(answer: RequestReader): readonly number[] {
  const errors = answer.array(() => {
    answer.string()
    const partitions = answer.array(() => {
      const read = { partition: answer.int32(), error: answer.int16() }
      answer.tags()
      return read
    })
    answer.tags()
    return partitions
  })
  // Brokers answer in an order of their own.
  return errors
    .flat()
    .toSorted((a, b) => a.partition - b.partition)
    .map(({ error }) => error)
}

/** The first error code that does not ask to come again. */
export async function settled(attempt: () => Promise<number>): Promise<number> {
  const endMs = Date.now() + PATIENCE_MS
  for (;;) {
    const error = await attempt()
    if (!COME_AGAIN.has(error) || Date.now() > endMs) return error
    await pause(PAUSE_MS)
  }
}
