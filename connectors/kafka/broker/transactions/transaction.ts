import type { OffsetOfGroup } from '../groups/offset-store.js'
import type { Outcome } from '../log/control-batch.js'

/*
 * What a coordinator knows of a transactional id, and nothing else: `transaction-core.ts` decides what follows from it, and a line of
 * the file of transactions is one of these.
 */

const ALL_PHASES = ['Empty', 'Ongoing', 'PrepareCommit', 'PrepareAbort', 'CompleteCommit', 'CompleteAbort'] as const
export type Phase = (typeof ALL_PHASES)[number]
export const PHASES: ReadonlySet<string> = new Set(ALL_PHASES)

export interface PartitionsOfTopic {
  readonly topic: string
  readonly partitions: readonly number[]
}

export interface ProducerName {
  readonly producerId: string
  readonly epoch: number
}

/** Of who has none yet, or gets none. */
export const NO_PRODUCER: ProducerName = { producerId: '-1', epoch: -1 }

export interface Transaction extends ProducerName {
  readonly transactionalId: string
  /** The name that the producer gave for its present one, so that the same request again gets the same answer (KIP-360). */
  readonly previous: ProducerName | null
  readonly timeoutMs: number
  readonly phase: Phase
  readonly startedMs: number
  readonly topics: readonly PartitionsOfTopic[]
  readonly groups: readonly string[]
  /** Offsets that the groups get with the commit. */
  readonly offsets: readonly OffsetOfGroup[]
}

/** The outcome that is decided while markers are being written. */
export const decidedOutcome = ({ phase }: Transaction): Outcome | undefined =>
  phase === 'PrepareCommit' ? 'commit' : phase === 'PrepareAbort' ? 'abort' : undefined

/** Whether something is under way that a partition or a group waits for. */
export const isOpen = (transaction: Transaction): boolean =>
  transaction.phase === 'Ongoing' || decidedOutcome(transaction) !== undefined

export const hasPartition = ({ topics }: Transaction, topic: string, partition: number): boolean =>
  topics.some((each) => each.topic === topic && each.partitions.includes(partition))
