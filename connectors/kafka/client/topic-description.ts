import { MillraceError } from '../../../common/errors/millrace-error.js'
import { type ClusterMetadata, protocolError } from './kafkajs-internals.js'

export const EARLIEST = -2n
export const LATEST = -1n

export interface PartitionLeader {
  /** The leading broker; -1 for none at the moment. */
  readonly leader: number
  readonly epoch: number
}

/** What the cluster says about a topic. */
export interface TopicDescription {
  /** Of brokers that give topics one: it changes when the topic is deleted and created again. */
  readonly id: string | undefined
  readonly partitions: ReadonlyMap<number, PartitionLeader>
}

export type Descriptions = ReadonlyMap<string, TopicDescription>

/** Questions about topics, all ended by the same signal. */
export interface Inquiry {
  /** Topics, always asked anew. @throws UNKNOWN_TOPIC_OR_PARTITION, KAFKA_UNAVAILABLE */
  describe(topics: readonly string[]): Promise<Descriptions>
  /**
   * Asks until the answer is as expected, a few times with pauses, since brokers hear of changes one after the other. The last answer counts;
   * topics that do not exist are left out of it. @throws KAFKA_UNAVAILABLE
   */
  describeUntil(topics: readonly string[], isExpected: (found: Descriptions) => boolean): Promise<Descriptions>
  /** The names of all topics but Kafka's own. @throws KAFKA_UNAVAILABLE */
  topics(): Promise<readonly string[]>
  /** Offsets by a timestamp in milliseconds for each partition, or LATEST and EARLIEST; -1 where no record is as young. */
  offsets(
    topic: string,
    timestamps: ReadonlyMap<number, bigint>,
    isolationLevel: number,
  ): Promise<ReadonlyMap<number, bigint>>
}

const UNKNOWN_TOPIC = 3
const INVALID_TOPIC = 17
const LEADER_NOT_AVAILABLE = 5

/** Those of the topics that exist. Throws what the broker says of the others. */
export function described(metadata: ClusterMetadata | null, topics: readonly string[]): Descriptions {
  const found = new Map<string, TopicDescription>()
  for (const { topic, topicErrorCode, id, partitionMetadata } of metadata?.topicMetadata ?? []) {
    if (topic === null || !topics.includes(topic)) continue
    if (topicErrorCode === UNKNOWN_TOPIC || topicErrorCode === INVALID_TOPIC) continue
    if (topicErrorCode !== 0) throw protocolError(topicErrorCode)
    // So is a topic that was created a moment ago.
    if (partitionMetadata.length === 0) throw protocolError(LEADER_NOT_AVAILABLE)
    const partitions = partitionMetadata
      .toSorted((a, b) => a.partitionId - b.partitionId)
      .map(({ partitionId, leader, leaderEpoch }) => [partitionId, { leader, epoch: leaderEpoch }] as const)
    found.set(topic, { id, partitions: new Map(partitions) })
  }
  return found
}

/** The broker that leads a partition. Throws what is tried again when there is none or the partition is not known. */
export function leaderOf(description: TopicDescription, topic: string, partition: number): number {
  const leader = description.partitions.get(partition)?.leader
  if (leader === undefined) {
    throw new MillraceError('UNKNOWN_TOPIC_OR_PARTITION', { topic: `${topic}-${partition}` })
  }
  if (leader < 0) throw protocolError(LEADER_NOT_AVAILABLE)
  return leader
}
