import { invalidOption } from '../client/option-reader.js'
import { type Descriptions, EARLIEST, type Inquiry, LATEST } from '../client/topic-description.js'
import { dataLoss } from '../reader/fetcher.js'
import { type Offsets, offsetOf, type PartitionOffset, partitionOffsets, toOffsets } from './offsets.js'
import type { GivenPosition } from './position-options.js'
import type { KafkaSourceOptions, Subscription } from './source-options.js'

/** Partition numbers by topic. */
export type Partitions = ReadonlyMap<string, readonly number[]>

export const samePartitions = (a: Partitions, b: Partitions): boolean =>
  a.size === b.size && [...a].every(([topic, some]) => sameNumbers(some, b.get(topic)))

const sameNumbers = (a: readonly number[], b: readonly number[] | undefined): boolean =>
  a.length === b?.length && a.every((partition, i) => partition === b[i])

export interface Subscribed {
  readonly partitions: Partitions
  readonly descriptions: Descriptions
}

/** The partitions the options ask for. @throws UNKNOWN_TOPIC_OR_PARTITION, KAFKA_UNAVAILABLE */
export async function subscribed(client: Inquiry, { subscription }: KafkaSourceOptions): Promise<Subscribed> {
  const descriptions = await client.describe(await subscribedTopics(client, subscription))
  return { descriptions, partitions: partitionsOf(descriptions, subscription) }
}

/**
 * The same for a stream that has read some of the topics, `known`: these may be gone, and come again.
 * @throws UNKNOWN_TOPIC_OR_PARTITION for one that never was there
 */
export async function subscribedStill(
  client: Inquiry,
  { subscription }: KafkaSourceOptions,
  known: Offsets,
): Promise<Subscribed> {
  const asked = await subscribedTopics(client, subscription)
  // A broker that is behind may not list a topic yet that was read already.
  const topics = subscription.kind === 'pattern' ? [...new Set([...asked, ...Object.keys(known)])] : asked
  const found = await client.describeUntil(topics, (some) => topics.every((topic) => some.has(topic)))
  const strange = topics.filter((topic) => !found.has(topic) && known[topic] === undefined)
  const descriptions = new Map([...found, ...(subscription.kind === 'pattern' ? [] : await client.describe(strange))])
  return { descriptions, partitions: partitionsOf(descriptions, subscription) }
}

async function subscribedTopics(client: Inquiry, subscription: Subscription): Promise<readonly string[]> {
  switch (subscription.kind) {
    case 'topics':
      return subscription.topics
    case 'pattern':
      return (await client.topics()).filter(subscription.matches)
    case 'assign':
      return Object.keys(subscription.partitions)
  }
}

/** Those of the topics found that are read. */
export function partitionsOf(descriptions: Descriptions, subscription: Subscription): Partitions {
  const assigned = subscription.kind === 'assign' ? subscription.partitions : undefined
  return new Map([...descriptions].map(([topic, about]) => [topic, assigned?.[topic] ?? [...about.partitions.keys()]]))
}

/** Offsets of all partitions for a timestamp in milliseconds, EARLIEST or LATEST. */
export async function offsetsAt(
  client: Inquiry,
  partitions: Partitions,
  timestamp: bigint | ((topic: string, partition: number) => bigint),
  isolationLevel: 0 | 1,
): Promise<Offsets> {
  const of = typeof timestamp === 'bigint' ? () => timestamp : timestamp
  const all = await Promise.all(
    [...partitions].map(async ([topic, numbers]): Promise<PartitionOffset[]> => {
      const timestamps = new Map(numbers.map((partition) => [partition, of(topic, partition)]))
      const found = await client.offsets(topic, timestamps, isolationLevel)
      return [...found].map(([partition, offset]) => ({ topic, partition, offset }))
    }),
  )
  return toOffsets(all.flat())
}

/** What a position of the options means now. @throws INVALID_OPTION when it does not name just the partitions there are */
export async function resolvePosition(
  client: Inquiry,
  { option, position }: GivenPosition,
  partitions: Partitions,
  isolationLevel: 0 | 1,
): Promise<Offsets> {
  const at = (timestamp: bigint): Promise<Offsets> => offsetsAt(client, partitions, timestamp, isolationLevel)
  switch (position.kind) {
    case 'earliest':
      return await at(EARLIEST)
    case 'latest':
      return await at(LATEST)
    case 'times': {
      const { times, otherwise } = position
      if (typeof times !== 'bigint') checkNames(option, times, partitions)
      const of = (topic: string, partition: number): bigint =>
        typeof times === 'bigint' ? times : offsetOf(times, topic, partition)!
      const found = await offsetsAt(client, partitions, of, isolationLevel)
      const latest = await at(LATEST)
      return changed(found, (offset, topic, partition) => {
        if (offset >= 0n) return offset
        if (otherwise === 'latest') return offsetOf(latest, topic, partition)!
        const reason = `partition ${partition} of the topic ${topic} has no record as young; set startingOffsetsByTimestampStrategy to latest to start at its end`
        throw invalidOption(option, String(of(topic, partition)), reason)
      })
    }
    case 'offsets': {
      checkNames(option, position.offsets, partitions)
      const earliest = await at(EARLIEST)
      const latest = await at(LATEST)
      return changed(position.offsets, (offset, topic, partition) => {
        if (offset >= 0n) return offset
        return offsetOf(offset === EARLIEST ? earliest : latest, topic, partition)!
      })
    }
  }
}

function changed(offsets: Offsets, change: (offset: bigint, topic: string, partition: number) => bigint): Offsets {
  return toOffsets(
    partitionOffsets(offsets).map(({ topic, partition, offset }) => ({
      topic,
      partition,
      offset: change(offset, topic, partition),
    })),
  )
}

function checkNames(option: string, offsets: Offsets, partitions: Partitions): void {
  const named = partitionOffsets(offsets).map(({ topic, partition }) => `${topic}-${partition}`)
  const there = [...partitions].flatMap(([topic, numbers]) => numbers.map((number) => `${topic}-${number}`))
  const odd = named.find((name) => !there.includes(name)) ?? there.find((name) => !named.includes(name))
  if (odd === undefined) return
  const reason = `it must name every partition that is read and no other; ${odd} differs`
  throw invalidOption(option, named.join(', '), reason)
}

/**
 * Holds starts of ranges against what the partitions still have.
 * @throws KAFKA_DATA_LOSS when some is gone and `failOnDataLoss` is set; otherwise what is gone is left out
 */
export async function checkedAgainstLog(
  client: Inquiry,
  from: Offsets,
  options: Pick<KafkaSourceOptions, 'failOnDataLoss' | 'isolationLevel'>,
): Promise<Offsets> {
  const numbers = Object.entries(from).map(([topic, some]) => [topic, Object.keys(some).map(Number)] as const)
  const earliest = await offsetsAt(client, new Map(numbers), EARLIEST, options.isolationLevel)
  return changed(from, (offset, topic, partition) => {
    const first = offsetOf(earliest, topic, partition)!
    if (offset >= first) return offset
    if (!options.failOnDataLoss) return first
    throw dataLoss({ topic, partition }, `offset ${offset} is wanted but the earliest there is ${first}`)
  })
}
