import type { Json, Split, StreamSource } from '../../api.js'
import type { ClientLease } from '../client/client-lease.js'
import { EARLIEST, type Inquiry, LATEST } from '../client/kafka-client.js'
import { dataLoss } from '../reader/fetcher.js'
import { splitToJson } from '../split.js'
import {
  limited,
  type Offsets,
  offsetOf,
  offsetsFromJson,
  offsetsToJson,
  partitionOffsets,
  splitsBetween,
  toOffsets,
} from './offsets.js'
import type { GivenPosition } from './position-options.js'
import { checkedAgainstLog, offsetsAt, resolvePosition, subscribedPartitions } from './positions.js'
import type { KafkaSourceOptions } from './source-options.js'

const FROM_NOW_ON: GivenPosition = { option: 'startingOffsets', position: { kind: 'latest' } }

/** A subscription as a stream: offsets are `{topic: {partition: next offset}}`. */
export class KafkaStream implements StreamSource {
  readonly #options: KafkaSourceOptions
  readonly #lease: ClientLease
  readonly #client: Inquiry
  readonly #closed = new AbortController()

  constructor(options: KafkaSourceOptions, lease: ClientLease) {
    this.#options = options
    this.#lease = lease
    this.#client = lease.client.until(this.#closed.signal)
  }

  async initialOffset(): Promise<Json> {
    const partitions = await subscribedPartitions(this.#client, this.#options)
    const { starting = FROM_NOW_ON, isolationLevel } = this.#options
    return offsetsToJson(await resolvePosition(this.#client, starting, partitions, isolationLevel))
  }

  async latestOffset(from: Json, isLimited: boolean, goal?: Json): Promise<Json> {
    const begin = offsetsFromJson(from)
    const latest = await this.#latest()
    this.#checkGone(begin, latest)
    const known = await this.#withNewPartitions(begin, latest)
    const bounded = goal === undefined ? latest : within(latest, offsetsFromJson(goal))
    const ahead = toOffsets(
      partitionOffsets(bounded).map(({ topic, partition, offset }) => {
        const at = offsetOf(known, topic, partition) ?? offset
        this.#checkCut(topic, partition, at, offsetOf(latest, topic, partition)!)
        return { topic, partition, offset: offset > at ? offset : at }
      }),
    )
    const most = this.#options.maxOffsetsPerTrigger
    return offsetsToJson(isLimited && most !== undefined ? limited(known, ahead, most) : ahead)
  }

  async planSplits(from: Json, until: Json): Promise<readonly Split[]> {
    const end = offsetsFromJson(until)
    const begin = await this.#withNewPartitions(offsetsFromJson(from), end)
    const checked = await checkedAgainstLog(this.#client, begin, this.#options)
    return splitsBetween(checked, end, this.#options).map((split) => ({
      data: splitToJson(split),
      rows: Number(split.until - split.from),
    }))
  }

  async committed(until: Json): Promise<void> {
    const { groupId } = this.#options
    if (groupId === undefined) return
    const topics = Object.entries(offsetsFromJson(until)).map(([topic, partitions]) => ({
      topic,
      partitions: Object.entries(partitions).map(([partition, offset]) => ({
        partition: Number(partition),
        offset: String(offset),
      })),
    }))
    await this.#lease.client.commitOffsets(this.#closed.signal, groupId, topics)
  }

  async lag(from: Json): Promise<bigint | undefined> {
    const begin = offsetsFromJson(from)
    return partitionOffsets(await this.#latest()).reduce((sum, { topic, partition, offset }) => {
      const at = offsetOf(begin, topic, partition) ?? 0n
      return offset > at ? sum + (offset - at) : sum
    }, 0n)
  }

  close(): Promise<void> {
    this.#closed.abort()
    this.#lease.release()
    return Promise.resolve()
  }

  async #latest(): Promise<Offsets> {
    const partitions = await subscribedPartitions(this.#client, this.#options)
    return await offsetsAt(this.#client, partitions, LATEST, this.#options.isolationLevel)
  }

  /** Partitions that `end` has and `begin` has not are new and read from their beginning. */
  async #withNewPartitions(begin: Offsets, end: Offsets): Promise<Offsets> {
    const byTopic = new Map<string, number[]>()
    for (const { topic, partition } of partitionOffsets(end)) {
      if (offsetOf(begin, topic, partition) !== undefined) continue
      byTopic.set(topic, [...(byTopic.get(topic) ?? []), partition])
    }
    if (byTopic.size === 0) return begin
    const earliest = await offsetsAt(this.#client, byTopic, EARLIEST, this.#options.isolationLevel)
    return toOffsets([...partitionOffsets(begin), ...partitionOffsets(earliest)])
  }

  #checkGone(begin: Offsets, latest: Offsets): void {
    if (!this.#options.failOnDataLoss) return
    const gone = partitionOffsets(begin).find(
      ({ topic, partition }) => offsetOf(latest, topic, partition) === undefined,
    )
    if (gone !== undefined) throw dataLoss(gone, 'the partition is gone')
  }

  #checkCut(topic: string, partition: number, at: bigint, end: bigint): void {
    if (end >= at || !this.#options.failOnDataLoss) return
    throw dataLoss({ topic, partition }, `it ends at offset ${end} but was read up to ${at}`)
  }
}

function within(latest: Offsets, goal: Offsets): Offsets {
  return toOffsets(
    partitionOffsets(latest).flatMap(({ topic, partition, offset }) => {
      const most = offsetOf(goal, topic, partition)
      return most === undefined ? [] : [{ topic, partition, offset: offset < most ? offset : most }]
    }),
  )
}
