import type { Json } from '../../api.js'
import { corruptOffsets, type Offsets, offsetOf, offsetsFromJson, partitionOffsets, toOffsets } from './offsets.js'
import type { TopicIdentities, TopicIdentity } from './topic-identity.js'

/** How far a stream is, as the offset log keeps it: offsets, and of which topics they are. */
export interface StreamOffset {
  readonly offsets: Offsets
  readonly identities: TopicIdentities
  /** Where partitions begin that the offsets before did not have: a batch that is run again reads them from there, or tells what was lost. */
  readonly begins: Offsets
}

// No topic has such names.
const IDENTITIES = '#topics'
const BEGINS = '#begins'

/** As `{topic: {partition: next offset}}`, the identities and beginnings beside the topics. */
export function streamOffsetToJson({ offsets, identities, begins }: StreamOffset): Json {
  return { ...offsets, [IDENTITIES]: identities, ...(Object.keys(begins).length === 0 ? {} : { [BEGINS]: begins }) }
}

/**
 * The beginnings to keep with offsets that were moved on from `before`: those of partitions that are new, as `from` has them, and the old ones of
 * partitions that stay where they were, so that offsets at which nothing is new are equal to those before.
 */
export function beginsKept(
  offsets: Offsets,
  before: StreamOffset,
  from: Offsets,
  isRenewed: (topic: string) => boolean,
): Offsets {
  return toOffsets(
    partitionOffsets(offsets).flatMap(({ topic, partition, offset }) => {
      const past = isRenewed(topic) ? undefined : offsetOf(before.offsets, topic, partition)
      if (past !== undefined && past !== offset) return []
      const begin = offsetOf(past === undefined ? from : before.begins, topic, partition)
      return begin === undefined ? [] : [{ topic, partition, offset: begin }]
    }),
  )
}

/**
 * The inverse. Offsets of a checkpoint from before identities were kept have none: they are taken for those of the topics there are now,
 * which then is noted with the next offsets.
 * @throws CORRUPT_RECORD
 */
export function streamOffsetFromJson(json: Json): StreamOffset {
  const { [IDENTITIES]: identities = {}, [BEGINS]: begins = {}, ...offsets } = mapOf(json)
  const noted = Object.entries(mapOf(identities)).map(([topic, one]) => [topic, identityFromJson(topic, one)] as const)
  return {
    offsets: offsetsFromJson(offsets),
    identities: Object.fromEntries(noted),
    begins: offsetsFromJson(begins),
  }
}

function mapOf(json: Json | undefined): Readonly<Record<string, Json>> {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Readonly<Record<string, Json>>
  throw corruptOffsets('there is no map of topics')
}

/** Numbers may come back from a log in another type. */
function identityFromJson(topic: string, json: Json): TopicIdentity {
  const { id, partitions } = mapOf(json)
  if (typeof id === 'string') return { id }
  const noted = Object.entries(mapOf(partitions)).map(([partition, note]) => {
    const { epoch, start } = mapOf(note)
    const isPlain = [epoch, start].every((number) => /^-?\d+$/.test(String(number)))
    if (!isPlain) throw corruptOffsets(`what is noted of partition ${partition} of the topic ${topic}`)
    return [partition, { epoch: Number(epoch), start: BigInt(start as bigint) }] as const
  })
  return { partitions: Object.fromEntries(noted) }
}
