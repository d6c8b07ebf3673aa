import { type Descriptions, EARLIEST, type Inquiry } from '../client/topic-description.js'
import { offsetsAt } from './positions.js'
import { identitiesOf, renewedTopics, type TopicIdentities } from './topic-identity.js'

export interface Identified {
  readonly descriptions: Descriptions
  readonly identities: TopicIdentities
  /** Topics that were deleted and created again since. */
  readonly renewed: ReadonlySet<string>
}

/**
 * Which topics those found are, held against those of `before`. Brokers that are behind may still tell of the topic of before, so they are
 * asked again, a few times, before a topic counts as another one.
 */
export async function identify(
  client: Inquiry,
  before: TopicIdentities,
  found: Descriptions,
  isolationLevel: 0 | 1,
): Promise<Identified> {
  const withoutId = [...found].filter(([, { id }]) => id === undefined)
  const partitions = withoutId.map(([topic, about]) => [topic, [...about.partitions.keys()]] as const)
  const starts = await offsetsAt(client, new Map(partitions), EARLIEST, isolationLevel)
  const identities = identitiesOf(found, starts)
  const doubtful = renewedTopics(before, identities)
  if (doubtful.length === 0) return { descriptions: found, identities, renewed: new Set() }
  const renewedIn = (some: Descriptions): readonly string[] => renewedTopics(before, identitiesOf(some, starts))
  const again = await client.describeUntil(doubtful, (some) => some.size > 0 && renewedIn(some).length === 0)
  const renewed = new Set(doubtful.filter((topic) => !again.has(topic) || renewedIn(again).includes(topic)))
  const descriptions = new Map([...found, ...again])
  return { descriptions, identities: { ...identities, ...identitiesOf(again, starts) }, renewed }
}
