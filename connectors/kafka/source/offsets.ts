import { MillraceError } from '../../../common/errors/millrace-error.js'
import { groupBy } from '../../../common/group-by.js'
import type { Json } from '../../api.js'
import type { KafkaSplit, SplitLimits } from '../split.js'

/** The next offset to read of each partition of each topic; as written to the offset log. */
export type Offsets = Readonly<Record<string, Readonly<Record<string, bigint>>>>

export interface PartitionOffset {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
}

/** Offsets may come back from a log as numbers. @throws CORRUPT_RECORD */
export function offsetsFromJson(json: Json): Offsets {
  const entries = (value: Json): [string, Json][] => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw corruptOffsets('there is no map of offsets')
    return Object.entries(value)
  }
  return toOffsets(
    entries(json).flatMap(([topic, partitions]) =>
      entries(partitions).map(([partition, offset]) => ({
        topic,
        partition: Number(partition),
        offset: offsetFromJson(topic, partition, offset),
      })),
    ),
  )
}

function offsetFromJson(topic: string, partition: string, offset: Json): bigint {
  const isPlain = /^\d+$/.test(partition) && /^\d+$/.test(String(offset))
  if (!isPlain) throw corruptOffsets(`${String(offset)} is no offset of partition ${partition} of the topic ${topic}`)
  return BigInt(offset as string)
}

export const corruptOffsets = (reason: string): MillraceError =>
  new MillraceError('CORRUPT_RECORD', { provider: 'kafka', position: 'the saved offsets of a stream', reason })

export function partitionOffsets(offsets: Offsets): readonly PartitionOffset[] {
  return Object.entries(offsets).flatMap(([topic, partitions]) =>
    Object.entries(partitions).map(([partition, offset]) => ({ topic, partition: Number(partition), offset })),
  )
}

/** Those for which `keep` holds. */
export function selected(offsets: Offsets, keep: (topic: string, partition: number) => boolean): Offsets {
  return toOffsets(partitionOffsets(offsets).filter(({ topic, partition }) => keep(topic, partition)))
}

/** In the order of names and partitions, so that equal offsets are written alike. */
export function toOffsets(list: readonly PartitionOffset[]): Offsets {
  const sorted = list.toSorted((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1))
  const byTopic = groupBy(sorted, ({ topic }) => topic)
  return Object.fromEntries(
    [...byTopic].map(([topic, of]) => [
      topic,
      Object.fromEntries(of.map(({ partition, offset }) => [partition, offset])),
    ]),
  )
}

export function offsetOf(offsets: Offsets, topic: string, partition: number): bigint | undefined {
  return Object.hasOwn(offsets, topic) ? offsets[topic]![partition] : undefined
}

/**
 * About `most` records after `from`, shared out among partitions in proportion to what each has, as in Spark: shares are rounded down, but
 * a partition that has records gives at least one, so that none starves and the stream does not stand still.
 */
export function limited(from: Offsets, latest: Offsets, most: bigint): Offsets {
  const sizes = partitionOffsets(latest).map((end) => {
    const begin = offsetOf(from, end.topic, end.partition) ?? end.offset
    return { ...end, begin, size: end.offset > begin ? end.offset - begin : 0n }
  })
  const total = sizes.reduce((sum, { size }) => sum + size, 0n)
  if (total <= most) return latest
  return toOffsets(
    sizes.map(({ topic, partition, begin, size }) => {
      const share = (most * size) / total
      return { topic, partition, offset: begin + (share === 0n && size > 0n ? 1n : share) }
    }),
  )
}

/**
 * The tasks that read what lies between; the ranges are cut, big ones the more, until there are at least `minPartitions`, and none has
 * more than `maxRecordsPerPartition`.
 */
export function splitsBetween(
  from: Offsets,
  until: Offsets,
  { minPartitions, maxRecordsPerPartition }: SplitLimits,
  topicId: (topic: string) => string | undefined,
): readonly KafkaSplit[] {
  const ranges = partitionOffsets(until).flatMap(({ topic, partition, offset }): KafkaSplit[] => {
    const begin = offsetOf(from, topic, partition) ?? offset
    const id = topicId(topic)
    const whose = id === undefined ? { topic, partition } : { topic, topicId: id, partition }
    return begin < offset ? [{ ...whose, from: begin, until: offset }] : []
  })
  const total = ranges.reduce((sum, range) => sum + (range.until - range.from), 0n)
  return ranges.flatMap((range) => {
    const size = range.until - range.from
    const forMost = maxRecordsPerPartition === undefined ? 1n : ceilOf(size, maxRecordsPerPartition)
    const forLeast = ranges.length >= minPartitions ? 1n : ceilOf(size * BigInt(minPartitions), total)
    const parts = forMost > forLeast ? forMost : forLeast
    const count = parts > size ? size : parts
    return Array.from({ length: Number(count) }, (_, i) => ({
      ...range,
      from: range.from + (size * BigInt(i)) / count,
      until: range.from + (size * BigInt(i + 1)) / count,
    }))
  })
}

const ceilOf = (dividend: bigint, divisor: bigint): bigint => (dividend + divisor - 1n) / divisor
