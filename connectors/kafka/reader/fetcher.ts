import { MillraceError } from '../../../common/errors/millrace-error.js'
import { isUnknownTopic } from '../client/failure.js'
import type { KafkaClient } from '../client/kafka-client.js'
import { type Call, type ClusterBroker, protocolError } from '../client/kafkajs-internals.js'
import { EARLIEST } from '../client/topic-description.js'
import type { KafkaSplit } from '../split.js'
import { FETCH_BY_ID, FETCH_KEY, fetchRequest } from './fetch-request.js'
import { type Fetched, fetchResponse } from './fetch-response.js'

const FETCH_BYTES = 4 * 1024 * 1024
/** Of a partition whose turn has not come: many more than a tiny batch has, and few enough to lie there until then. */
export const FETCH_AHEAD_BYTES = 192 * 1024
const MAX_WAIT_MS = 500
const OFFSET_OUT_OF_RANGE = 1
const NOT_LEADER_OR_FOLLOWER = 6
const UNKNOWN_TOPIC_ID = 100
const INCONSISTENT_TOPIC_ID = 103
/** How often a topic's id is asked for that the leader does not know: it may not have heard of the topic yet. */
const UNKNOWN_ID_RETRIES = 5

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

  /** What the partition has from `offset` on. @param maxBytes of it, unless the first of its batches is larger. @throws KAFKA_UNAVAILABLE, KAFKA_DATA_LOSS and others of `asCondition` */
  async fetch(offset: bigint, maxBytes = FETCH_BYTES): Promise<Fetched> {
    const { topic, partition } = this.#split
    let unknownIds = 0
    const body = async (again: boolean): Promise<Fetched> => {
      const response = await this.#client.sendToLeader(topic, partition, again, (broker) =>
        this.#call(offset, maxBytes, broker),
      )
      const { errorCode } = response
      if (errorCode === 0 || errorCode === OFFSET_OUT_OF_RANGE) return response
      if (errorCode !== UNKNOWN_TOPIC_ID && errorCode !== INCONSISTENT_TOPIC_ID) throw protocolError(errorCode)
      if (unknownIds++ < UNKNOWN_ID_RETRIES) throw protocolError(NOT_LEADER_OR_FOLLOWER)
      return response
    }
    const fetched = await this.#client.retrying(topic, body, this.#signal).catch((error: unknown) => {
      throw isUnknownTopic(error) ? dataLoss(this.#split, 'the partition is gone') : error
    })
    if (fetched.errorCode === OFFSET_OUT_OF_RANGE) {
      throw dataLoss(this.#split, `offset ${offset} is not there (any more)`)
    }
    if (fetched.errorCode !== 0) throw dataLoss(this.#split, RENEWED)
    return fetched
  }

  /** The first offset that the partition still has; undefined when it is gone, or is that of another topic now. */
  async earliest(): Promise<bigint | undefined> {
    const { topic, topicId, partition } = this.#split
    try {
      const { id } = (await this.#client.describe([topic], this.#signal)).get(topic)!
      if (topicId !== undefined && id !== topicId) return undefined
      const asked = new Map([[partition, EARLIEST]])
      return (await this.#client.offsets(topic, asked, this.#isolationLevel, this.#signal)).get(partition)
    } catch (error) {
      if (isUnknownTopic(error)) return undefined
      throw error
    }
  }

  #call(offset: bigint, maxBytes: number, { versions }: ClusterBroker): Call<Fetched> {
    const { topic, partition } = this.#split
    const knowsIds = (versions?.[FETCH_KEY]?.maxVersion ?? 0) >= FETCH_BY_ID
    const topicId = knowsIds ? this.#split.topicId : undefined
    const request = fetchRequest({
      topic,
      topicId,
      partition,
      offset,
      maxWaitMs: Math.min(MAX_WAIT_MS, this.#client.requestTimeoutMs >> 1),
      maxBytes,
      isolationLevel: this.#isolationLevel,
    })
    return { request, response: fetchResponse(topicId, partition) }
  }
}

/** Why the records of a topic of an earlier life cannot be read. */
export const RENEWED = 'the topic was deleted and created again'

export function dataLoss(split: Pick<KafkaSplit, 'topic' | 'partition'>, reason: string): MillraceError {
  return new MillraceError('KAFKA_DATA_LOSS', { topic: split.topic, partition: split.partition, reason })
}
