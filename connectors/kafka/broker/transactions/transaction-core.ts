import type { OffsetOfGroup } from '../groups/offset-store.js'
import type { Outcome } from '../log/control-batch.js'
import { ERROR } from '../protocol/error-codes.js'
import { decidedOutcome, type PartitionsOfTopic, type ProducerName, type Transaction } from './transaction.js'

/*
 * The transaction coordinator of Kafka (KIP-98, KIP-360) as pure functions: what is known of a transactional id and a request go in, what
 * is to be known next or an error comes out. Nothing here knows of files, logs or timers.
 */

/** What comes of a request: an error, or what is known from now on; the same as before when nothing changes. */
export type Step = { readonly error: number } | { readonly next: Transaction }

/** The longest that a transaction may stay open; Kafka's `transaction.max.timeout.ms`. */
export const MAX_TIMEOUT_MS = 900_000
/** Of one transaction. */
export const MAX_PARTITIONS = 10_000
export const MAX_GROUPS = 1_000
export const MAX_OFFSETS = 10_000
/** With the next one a producer's epochs are used up: the last is for giving up what it left open. */
const LAST_EPOCH = 32_766

export interface InitRequest {
  readonly transactionalId: string
  readonly timeoutMs: number
  /** The name that the producer has, when it goes on by itself. */
  readonly current: ProducerName | null
}

/** Whether the next producer gets an id that none had before. */
export function needsNewId(known: Transaction | undefined, { current }: InitRequest): boolean {
  if (known === undefined) return true
  return known.epoch >= LAST_EPOCH && (current === null || current.epoch === known.epoch)
}

/** A new producer: those before it are fenced by their epoch, and what they left open is given up first. `newId` is used where it is needed. */
export function initProducer(known: Transaction | undefined, request: InitRequest, newId: string | undefined): Step {
  const { transactionalId, timeoutMs, current } = request
  if (timeoutMs <= 0 || timeoutMs > MAX_TIMEOUT_MS) return { error: ERROR.invalidTransactionTimeout }
  const begin = (name: ProducerName, previous: ProducerName | null): Step => ({
    next: { ...name, transactionalId, previous, timeoutMs, ...NOTHING_OPEN, phase: 'Empty' },
  })
  const needsId = needsNewId(known, request)
  // It was not needed when the coordinator looked, which was a moment ago.
  if (needsId && newId === undefined) return { error: ERROR.concurrentTransactions }
  if (known === undefined) return begin({ producerId: newId!, epoch: 0 }, null)
  const { producerId, epoch, previous } = known
  const isPresent = current === null || (current.producerId === producerId && current.epoch === epoch)
  const isRepeated = current?.producerId === previous?.producerId && current?.epoch === previous?.epoch
  if (!isPresent && !isRepeated) return { error: ERROR.producerFenced }
  if (decidedOutcome(known) !== undefined) return { error: ERROR.concurrentTransactions }
  if (known.phase === 'Ongoing') return fence(known)
  if (!isPresent) return begin({ producerId, epoch }, previous)
  return begin(needsId ? { producerId: newId!, epoch: 0 } : { producerId, epoch: epoch + 1 }, current)
}

export function addPartitions(
  known: Transaction | undefined,
  producer: ProducerName,
  added: readonly PartitionsOfTopic[],
  nowMs: number,
): Step {
  const checked = joining(known, producer, nowMs)
  if ('error' in checked) return checked
  const topics = merged(checked.next.topics, added)
  const count = partitionCount(topics)
  if (count > MAX_PARTITIONS) return { error: ERROR.invalidRequest }
  return count === partitionCount(checked.next.topics) ? checked : { next: { ...checked.next, topics } }
}

export function addGroup(known: Transaction | undefined, producer: ProducerName, group: string, nowMs: number): Step {
  const checked = joining(known, producer, nowMs)
  if ('error' in checked || checked.next.groups.includes(group)) return checked
  const groups = [...checked.next.groups, group]
  return groups.length > MAX_GROUPS ? { error: ERROR.invalidRequest } : { next: { ...checked.next, groups } }
}

/** Offsets of a group that was added; of a partition the last ones hold. */
export function addOffsets(
  known: Transaction | undefined,
  producer: ProducerName,
  group: string,
  added: readonly OffsetOfGroup[],
): Step {
  const error = nameFault(known, producer)
  if (error !== ERROR.none) return { error }
  if (known!.phase !== 'Ongoing' || !known!.groups.includes(group)) return { error: ERROR.invalidTxnState }
  const newest = new Map(
    [...known!.offsets, ...added].map((line) => [JSON.stringify([line.group, line.topic, line.partition]), line]),
  )
  if (newest.size > MAX_OFFSETS) return { error: ERROR.invalidRequest }
  return { next: { ...known!, offsets: [...newest.values()] } }
}

/** The producer ends its transaction; asked again for the same, nothing more happens. */
export function end(known: Transaction | undefined, producer: ProducerName, outcome: Outcome): Step {
  const error = nameFault(known, producer)
  if (error !== ERROR.none) return { error }
  const { phase } = known!
  const [prepared, complete] = OUTCOME_PHASES[outcome]
  if (phase === 'Ongoing') return { next: { ...known!, phase: prepared } }
  if (phase === complete) return { next: known! }
  return { error: phase === prepared ? ERROR.concurrentTransactions : ERROR.invalidTxnState }
}

/** The transaction is given up by the broker, its producer taken no more. */
export const fence = (known: Transaction): { readonly next: Transaction } => ({
  next: { ...known, epoch: known.epoch + 1, phase: 'PrepareAbort' },
})

export const isOverdue = ({ phase, startedMs, timeoutMs }: Transaction, nowMs: number): boolean =>
  phase === 'Ongoing' && nowMs - startedMs > timeoutMs

/** Every marker is written, and the offsets are those of their groups. */
export const completed = (known: Transaction, outcome: Outcome): Transaction => ({
  ...known,
  ...NOTHING_OPEN,
  phase: OUTCOME_PHASES[outcome][1],
})

/** Without anything of a topic that is deleted; the same when it has nothing of it. */
export function withoutTopic(known: Transaction, topic: string): Transaction {
  const topics = known.topics.filter((each) => each.topic !== topic)
  const offsets = known.offsets.filter((each) => each.topic !== topic)
  const isSame = topics.length === known.topics.length && offsets.length === known.offsets.length
  return isSame ? known : { ...known, topics, offsets }
}

const NOTHING_OPEN = { startedMs: -1, topics: [], groups: [], offsets: [] } as const
const OUTCOME_PHASES = {
  commit: ['PrepareCommit', 'CompleteCommit'],
  abort: ['PrepareAbort', 'CompleteAbort'],
} as const

/** Whether it is this producer who has the transactional id. */
function nameFault(known: Transaction | undefined, { producerId, epoch }: ProducerName): number {
  if (known?.producerId !== producerId) return ERROR.invalidProducerIdMapping
  return known.epoch === epoch ? ERROR.none : ERROR.producerFenced
}

/** The transaction to which something may be added: the one that is open, or one that begins now. */
function joining(known: Transaction | undefined, producer: ProducerName, nowMs: number): Step {
  const error = nameFault(known, producer)
  if (error !== ERROR.none) return { error }
  if (decidedOutcome(known!) !== undefined) return { error: ERROR.concurrentTransactions }
  return { next: known!.phase === 'Ongoing' ? known! : { ...known!, phase: 'Ongoing', startedMs: nowMs } }
}

const partitionCount = (topics: readonly PartitionsOfTopic[]): number =>
  topics.reduce((sum, { partitions }) => sum + partitions.length, 0)

function merged(
  known: readonly PartitionsOfTopic[],
  added: readonly PartitionsOfTopic[],
): readonly PartitionsOfTopic[] {
  const topics = new Map(known.map(({ topic, partitions }) => [topic, new Set(partitions)]))
  for (const { topic, partitions } of added) {
    const all = topics.get(topic) ?? new Set<number>()
    for (const partition of partitions) all.add(partition)
    topics.set(topic, all)
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions: [...partitions] }))
}
