import { groupBy } from '../../../common/group-by.js'
import type { Json, Split, StreamLag, StreamSource } from '../../api.js'
import type { ClientLease } from '../client/client-lease.js'
import { EARLIEST, type Inquiry, LATEST } from '../client/topic-description.js'
import { dataLoss, RENEWED } from '../reader/fetcher.js'
import { asSplitOfBatch } from '../split.js'
import { identify } from './identify.js'
import {
  limited,
  type Offsets,
  offsetOf,
  type PartitionOffset,
  partitionOffsets,
  selected,
  splitsBetween,
  toOffsets,
} from './offsets.js'
import type { GivenPosition } from './position-options.js'
import {
  checkedAgainstLog,
  offsetsAt,
  type Partitions,
  partitionsOf,
  resolvePosition,
  samePartitions,
  subscribed,
  subscribedStill,
} from './positions.js'
import type { KafkaSourceOptions } from './source-options.js'
import { beginsKept, type StreamOffset, streamOffsetFromJson, streamOffsetToJson } from './stream-offset.js'
import { identitiesKept, renewedTopics } from './topic-identity.js'

const FROM_NOW_ON: GivenPosition = { option: 'startingOffsets', position: { kind: 'latest' } }

const NOTHING_READ: StreamOffset = { offsets: {}, identities: {}, begins: {} }

/** A group that could not be told how far the stream is must not hold up every batch. */
const PAUSE_AFTER_REFUSAL_MS = 60_000

/** A subscription as a stream. */
export class KafkaStream implements StreamSource {
  readonly #options: KafkaSourceOptions
  readonly #lease: ClientLease
  readonly #client: Inquiry
  readonly #closed = new AbortController()
  /** Up to where `latestOffset` said last: what it has just looked at need not be looked at again. */
  #lastUntil: Json | undefined
  /** Those that there were when brokers were last asked. */
  #partitions: Partitions | undefined
  #commitAgainAtMs = 0

  constructor(options: KafkaSourceOptions, lease: ClientLease) {
    this.#options = options
    this.#lease = lease
    this.#client = lease.client.until(this.#closed.signal)
  }

  async initialOffset(): Promise<Json> {
    const { starting = FROM_NOW_ON, isolationLevel } = this.#options
    const { partitions, descriptions } = await subscribed(this.#client, this.#options)
    const { identities } = await identify(this.#client, NOTHING_READ, descriptions, isolationLevel)
    const offsets = await resolvePosition(this.#client, starting, partitions, isolationLevel)
    return streamOffsetToJson({ offsets, identities, begins: {} })
  }

  async latestOffset(from: Json, isLimited: boolean, goal?: Json): Promise<Json> {
    const before = streamOffsetFromJson(from)
    const { isolationLevel, failOnDataLoss, subscription } = this.#options
    const asked = this.#askLatest()
    const found =
      failOnDataLoss && subscription.kind !== 'pattern'
        ? await subscribed(this.#client, this.#options)
        : await subscribedStill(this.#client, this.#options, before.offsets)
    const now = await identify(this.#client, before, found.descriptions, isolationLevel)
    this.#checkRenewed(now.renewed, before.offsets)
    const partitions = partitionsOf(now.descriptions, subscription)
    const isAsExpected = asked !== undefined && now.renewed.size === 0 && samePartitions(partitions, asked.partitions)
    const early = isAsExpected ? await asked.answer : undefined
    const latest = early ?? (await offsetsAt(this.#client, partitions, LATEST, isolationLevel))
    this.#partitions = partitions
    const begin = selected(before.offsets, (topic) => !now.renewed.has(topic))
    this.#checkGone(begin, latest)
    const known = await this.#withNewPartitions(begin, {}, latest)
    const aim = goal === undefined ? undefined : streamOffsetFromJson(goal)
    // Of a topic that was another one when the goal was set nothing of then is left to be read: it stays where it is.
    const held = new Set(renewedTopics(aim?.identities ?? {}, now.identities))
    const bounded = selected(
      aim === undefined ? latest : within(latest, begin, aim.offsets),
      (topic) => !held.has(topic),
    )
    const ahead = toOffsets(
      partitionOffsets(bounded).map(({ topic, partition, offset }) => {
        const at = offsetOf(known, topic, partition) ?? offset
        this.#checkCut(topic, partition, at, offsetOf(latest, topic, partition)!)
        return { topic, partition, offset: offset > at ? offset : at }
      }),
    )
    const most = this.#options.maxOffsetsPerTrigger
    const moved = isLimited && most !== undefined ? limited(known, ahead, most) : ahead
    const stay = selected(before.offsets, (topic) => held.has(topic))
    const offsets = toOffsets([...partitionOffsets(moved), ...partitionOffsets(stay)])
    const noted = Object.entries(now.identities).filter(([topic]) => !held.has(topic))
    const identities = identitiesKept(offsets, before, Object.fromEntries(noted))
    const begins = beginsKept(offsets, before, known, (topic) => now.renewed.has(topic) && !held.has(topic))
    this.#lastUntil = streamOffsetToJson({ offsets, identities, begins })
    return this.#lastUntil
  }

  async planSplits(from: Json, until: Json): Promise<readonly Split[]> {
    const [before, after] = [streamOffsetFromJson(from), streamOffsetFromJson(until)]
    const end = until === this.#lastUntil ? after.offsets : await this.#stillThere(after)
    const renewed = new Set(renewedTopics(before.identities, after.identities))
    const begin = selected(
      before.offsets,
      (topic, partition) => !renewed.has(topic) && offsetOf(end, topic, partition) !== undefined,
    )
    const known = await this.#withNewPartitions(begin, after.begins, end)
    const read = selected(known, (topic, partition) => {
      return offsetOf(known, topic, partition)! < offsetOf(end, topic, partition)!
    })
    const checked = await checkedAgainstLog(this.#client, read, this.#options)
    return splitsBetween(checked, end, this.#options, (topic) => {
      const identity = after.identities[topic]
      return identity !== undefined && 'id' in identity ? identity.id : undefined
    }).map(asSplitOfBatch(this.#options))
  }

  async committed(until: Json): Promise<void> {
    const { groupId } = this.#options
    if (groupId === undefined) return
    const topics = Object.entries(streamOffsetFromJson(until).offsets).map(([topic, partitions]) => ({
      topic,
      partitions: Object.entries(partitions).map(([partition, offset]) => ({
        partition: Number(partition),
        offset: String(offset),
      })),
    }))
    if (Date.now() < this.#commitAgainAtMs) return
    try {
      await this.#lease.client.commitOffsets(this.#closed.signal, groupId, topics)
    } catch (error) {
      this.#commitAgainAtMs = Date.now() + PAUSE_AFTER_REFUSAL_MS
      throw error
    }
  }

  /** As Spark shows it: `{topic: {partition: next offset}}`. */
  shown(offset: Json): Json {
    return streamOffsetFromJson(offset).offsets
  }

  async lag(from: Json): Promise<StreamLag> {
    const { offsets } = streamOffsetFromJson(from)
    const partitions = this.#partitions ?? (await subscribed(this.#client, this.#options)).partitions
    const latestOffset = await offsetsAt(this.#client, partitions, LATEST, this.#options.isolationLevel)
    const behind = partitionOffsets(latestOffset).map(({ topic, partition, offset }) => {
      const at = offsetOf(offsets, topic, partition) ?? 0n
      return [`${topic}-${partition}`, offset > at ? offset - at : 0n] as const
    })
    return { latestOffset, behind: Object.fromEntries(behind) }
  }

  close(): Promise<void> {
    this.#closed.abort()
    this.#lease.release()
    return Promise.resolve()
  }

  /** Asks for the ends of the partitions that there were, while brokers are asked which there are. */
  #askLatest(): { readonly partitions: Partitions; readonly answer: Promise<Offsets | undefined> } | undefined {
    const partitions = this.#partitions
    if (partitions === undefined) return undefined
    // Of one that is gone it is told otherwise.
    const answer = offsetsAt(this.#client, partitions, LATEST, this.#options.isolationLevel).catch(() => undefined)
    return { partitions, answer }
  }

  /** What of a logged batch is still there to be read. @throws KAFKA_DATA_LOSS unless data may be lost */
  async #stillThere(logged: StreamOffset): Promise<Offsets> {
    const { offsets } = logged
    const topics = Object.keys(offsets)
    const found = await this.#client.describeUntil(topics, (some) => topics.every((topic) => some.has(topic)))
    const { descriptions, renewed } = await identify(this.#client, logged, found, this.#options.isolationLevel)
    this.#checkRenewed(renewed, offsets)
    const there = selected(
      offsets,
      (topic, partition) => !renewed.has(topic) && descriptions.get(topic)?.partitions.has(partition) === true,
    )
    this.#checkGone(offsets, there)
    return there
  }

  /** Partitions that `end` has and `begin` has not are new and read from their beginning: the one that was noted, or the one there is now. */
  async #withNewPartitions(begin: Offsets, noted: Offsets, end: Offsets): Promise<Offsets> {
    const isAdded = (topic: string, partition: number): boolean => offsetOf(begin, topic, partition) === undefined
    const added = partitionOffsets(selected(end, isAdded))
    if (added.length === 0) return begin
    const isUnknown = ({ topic, partition }: PartitionOffset): boolean =>
      offsetOf(noted, topic, partition) === undefined
    const known = partitionOffsets(
      selected(noted, (topic, partition) => offsetOf(end, topic, partition) !== undefined && isAdded(topic, partition)),
    )
    const unknown = groupBy(added.filter(isUnknown), ({ topic }) => topic)
    const asked = new Map([...unknown].map(([topic, of]) => [topic, of.map(({ partition }) => partition)]))
    const earliest = await offsetsAt(this.#client, asked, EARLIEST, this.#options.isolationLevel)
    return toOffsets([...partitionOffsets(begin), ...known, ...partitionOffsets(earliest)])
  }

  #checkRenewed(renewed: ReadonlySet<string>, offsets: Offsets): void {
    if (!this.#options.failOnDataLoss) return
    const lost = partitionOffsets(offsets).find(({ topic }) => renewed.has(topic))
    if (lost !== undefined) throw dataLoss(lost, RENEWED)
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

/** The latest offsets, but none beyond a goal. A partition that the goal does not know is not read on, or not begun. */
function within(latest: Offsets, begin: Offsets, goal: Offsets): Offsets {
  return toOffsets(
    partitionOffsets(latest).flatMap(({ topic, partition, offset }) => {
      const most = offsetOf(goal, topic, partition) ?? offsetOf(begin, topic, partition)
      return most === undefined ? [] : [{ topic, partition, offset: offset < most ? offset : most }]
    }),
  )
}
