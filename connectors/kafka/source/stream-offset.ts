import type { Json } from '../../api.js'
import { corruptOffsets, type Offsets, offsetsFromJson } from './offsets.js'
import type { TopicIdentities, TopicIdentity } from './topic-identity.js'

/** How far a stream is, as the offset log keeps it: offsets, and of which topics they are. */
export interface StreamOffset {
  readonly offsets: Offsets
  readonly identities: TopicIdentities
}

/** No topic has such a name. */
const IDENTITIES = '#topics'

/** As `{topic: {partition: next offset}}`, the identities beside the topics. */
export function streamOffsetToJson({ offsets, identities }: StreamOffset): Json {
  return { ...offsets, [IDENTITIES]: identities }
}

/**
 * The inverse. Offsets of a checkpoint from before identities were kept have none: they are taken for those of the topics there are now,
 * which then is noted with the next offsets.
 * @throws CORRUPT_RECORD
 */
export function streamOffsetFromJson(json: Json): StreamOffset {
  const { [IDENTITIES]: identities = {}, ...offsets } = mapOf(json)
  const noted = Object.entries(mapOf(identities)).map(([topic, one]) => [topic, identityFromJson(topic, one)] as const)
  return { offsets: offsetsFromJson(offsets), identities: Object.fromEntries(noted) }
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
