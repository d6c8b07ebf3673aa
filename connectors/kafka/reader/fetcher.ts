import { MillraceError } from '../../../common/errors/millrace-error.js'
import { EARLIEST, type KafkaClient } from '../client/kafka-client.js'
import { fetchRequest, protocolError } from '../client/kafkajs-internals.js'
import type { KafkaSplit } from '../split.js'
import { type Fetched, fetchResponse } from './fetch-response.js'

const FETCH_BYTES = 4 * 1024 * 1024
const MAX_WAIT_MS = 500
const OFFSET_OUT_OF_RANGE = 1

/** Fetches the records of one partition, through the connections of the thread. */
export class Fetcher {
  readonly #client: KafkaClient
  readonly #split: KafkaSplit
  readonly #isolationLevel: 0 | 1
  readonly #signal: AbortSignal

  constructor(client: KafkaClient, split: KafkaSplit, isolationLevel: 0 | 1, signal: AbortSignal) {
    this.#client = client
    this.#split = split
    this.#isolationLevel = isolationLevel
    this.#signal = signal
  }

  /** What the partition has from `offset` on. @throws KAFKA_UNAVAILABLE, KAFKA_DATA_LOSS and others of `asCondition` */
  async fetch(offset: bigint): Promise<Fetched> {
    const { topic, partition } = this.#split
    const fetched = await this.#client.retrying(
      topic,
      async (again) => {
        const response = await this.#client.sendToLeader(topic, partition, again, this.#request(offset), fetchResponse)
        if (response.errorCode !== 0 && response.errorCode !== OFFSET_OUT_OF_RANGE) {
          throw protocolError(response.errorCode)
        }
        return response
      },
      this.#signal,
    )
    if (fetched.errorCode === OFFSET_OUT_OF_RANGE) {
      throw dataLoss(this.#split, `offset ${offset} is not there (any more)`)
    }
    return fetched
  }

  /** The first offset that the partition still has. */
  async earliest(): Promise<bigint> {
    const { topic, partition } = this.#split
    const asked = new Map([[partition, EARLIEST]])
    return (await this.#client.offsets(topic, asked, this.#isolationLevel, this.#signal)).get(partition)!
  }

  #request(offset: bigint): ReturnType<typeof fetchRequest> {
    const { topic, partition } = this.#split
    return fetchRequest({
      replicaId: -1,
      maxWaitTime: Math.min(MAX_WAIT_MS, this.#client.requestTimeoutMs >> 1),
      minBytes: 1,
      maxBytes: FETCH_BYTES,
      isolationLevel: this.#isolationLevel,
      topics: [{ topic, partitions: [{ partition, fetchOffset: String(offset), maxBytes: FETCH_BYTES }] }],
    })
  }
}

export function dataLoss(split: Pick<KafkaSplit, 'topic' | 'partition'>, reason: string): MillraceError {
  return new MillraceError('KAFKA_DATA_LOSS', { topic: split.topic, partition: split.partition, reason })
}
