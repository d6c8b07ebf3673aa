import type { Descriptions, TopicDescription } from '../client/topic-description.js'
import { type Offsets, offsetOf } from './offsets.js'

/**
 * Which topic of its name it is, since a topic may be deleted and created again: its id, or, from brokers that give none, for each
 * partition the epoch of its leader and where its log starts, both of which never go back.
 */
export type TopicIdentity =
  | { readonly id: string }
  | { readonly partitions: Readonly<Record<string, { readonly epoch: number; readonly start: bigint }>> }

export type TopicIdentities = Readonly<Record<string, TopicIdentity>>

/** Whether a name stands for another topic now. What was never noted counts as the same. */
function isAnother(before: TopicIdentity | undefined, now: TopicIdentity | undefined): boolean {
  if (before === undefined || now === undefined) return false
  if ('id' in before && 'id' in now) return before.id !== now.id
  if ('id' in before || 'id' in now) return false
  return Object.entries(before.partitions).some(([partition, { epoch, start }]) => {
    const found = now.partitions[partition]
    if (found === undefined) return false
    return (found.epoch >= 0 && found.epoch < epoch) || found.start < start
  })
}

/** Those of the topics for which `isAnother` holds. */
export function renewedTopics(before: TopicIdentities, now: TopicIdentities): readonly string[] {
  return Object.keys(before).filter((topic) => isAnother(before[topic], now[topic]))
}

/** @param starts where the logs of topics without an id start */
export function identitiesOf(descriptions: Descriptions, starts: Offsets): TopicIdentities {
  return Object.fromEntries([...descriptions].map(([topic, about]) => [topic, identityOf(topic, about, starts)]))
}

function identityOf(topic: string, { id, partitions }: TopicDescription, starts: Offsets): TopicIdentity {
  if (id !== undefined) return { id }
  const found = [...partitions].flatMap(([partition, { epoch }]) => {
    const start = offsetOf(starts, topic, partition)
    return start === undefined ? [] : [[String(partition), { epoch, start }] as const]
  })
  return { partitions: Object.fromEntries(found) }
}

/**
 * What to keep with offsets that were moved on from `before` to `offsets`: of partitions that stay where they were the old notes too, so
 * that offsets at which nothing is new are equal to those before.
 */
export function identitiesKept(
  offsets: Offsets,
  before: { readonly offsets: Offsets; readonly identities: TopicIdentities },
  now: TopicIdentities,
): TopicIdentities {
  const kept = Object.keys(offsets).flatMap((topic): [string, TopicIdentity][] => {
    const [old, found] = [before.identities[topic], now[topic]]
    if (found === undefined) return old === undefined ? [] : [[topic, old]]
    if (old === undefined || 'id' in found || isAnother(old, found)) return [[topic, found]]
    if ('id' in old) return [[topic, old]]
    const partitions = Object.entries(found.partitions).map(([partition, note]) => {
      const stays = offsetOf(offsets, topic, Number(partition)) === offsetOf(before.offsets, topic, Number(partition))
      return [partition, (stays ? old.partitions[partition] : undefined) ?? note] as const
    })
    return [[topic, { partitions: Object.fromEntries(partitions) }]]
  })
  return Object.fromEntries(kept.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
