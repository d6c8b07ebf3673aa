import { type Descriptions, EARLIEST, type Inquiry } from '../client/topic-description.js'
import type { Offsets } from './offsets.js'
import { offsetsAt } from './positions.js'
import type { StreamOffset } from './stream-offset.js'
import { identitiesOf, renewedTopics, type TopicIdentities } from './topic-identity.js'

export interface Identified {
  readonly descriptions: Descriptions
  readonly identities: TopicIdentities
  /** Topics that were deleted and created again since. */
  readonly renewed: ReadonlySet<string>
}

/**
 * Which topics those found are, held against those of `before`. Brokers that are behind may still tell of the topic of before, or not yet of
 * partitions that were added, so they are asked again, a few times, before a topic counts as another one or a partition as gone.
 */
export async function identify(
  client: Inquiry,
  before: StreamOffset,
  found: Descriptions,
  isolationLevel: 0 | 1,
): Promise<Identified> {
  const withoutId = [...found].filter(([, { id }]) => id === undefined)
  const partitions = withoutId.map(([topic, about]) => [topic, [...about.partitions.keys()]] as const)
  const starts = await offsetsAt(client, new Map(partitions), EARLIEST, isolationLevel)
  const identities = identitiesOf(found, starts)
  const renewedIn = (some: Descriptions): readonly string[] =>
    renewedTopics(before.identities, identitiesOf(some, starts)).filter((topic) => some.has(topic))
  const doubtful = [...new Set([...renewedIn(found), ...withMissingPartitions(before.offsets, found)])]
  if (doubtful.length === 0) return { descriptions: found, identities, renewed: new Set() }
  const again = await client.describeUntil(doubtful, (some) => {
    return some.size > 0 && renewedIn(some).length === 0 && withMissingPartitions(before.offsets, some).length === 0
  })
  const isGone = (topic: string): boolean => !again.has(topic) && renewedIn(found).includes(topic)
  const renewed = new Set(doubtful.filter((topic) => isGone(topic) || renewedIn(again).includes(topic)))
  const descriptions = new Map([...found, ...again])
  return { descriptions, identities: { ...identities, ...identitiesOf(again, starts) }, renewed }
}

/** Those of the topics found that lack a partition they had. */
function withMissingPartitions(before: Offsets, found: Descriptions): readonly string[] {
  return [...found].flatMap(([topic, { partitions }]) =>
    Object.keys(before[topic] ?? {}).every((partition) => partitions.has(Number(partition))) ? [] : [topic],
  )
}
