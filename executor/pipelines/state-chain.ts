/** A whole state, or what a batch changed of the one before. */
export type StateFileKind = 'snapshot' | 'delta'

/** A snapshot, by batches. */
export interface KnownSnapshot {
  /** The first one whose state is read from it. */
  readonly from: number
  /** That of the oldest file that this state is made of: the snapshot, or a delta that a batch wrote while it was made. */
  readonly oldest: number
}

/** The files that a version is made of. */
export interface StateChain {
  /** All snapshots that are known, the newest one last. */
  readonly snapshots: readonly KnownSnapshot[]
  readonly snapshotBytes: number
  /** How many deltas there are since the last one, and their bytes. */
  readonly deltas: number
  readonly deltaBytes: number
}

export const EMPTY_CHAIN: StateChain = { snapshots: [], snapshotBytes: 0, deltas: 0, deltaBytes: 0 }

export const withSnapshot = (chain: StateChain, snapshot: KnownSnapshot, bytes: number): StateChain => ({
  snapshots: [...chain.snapshots, snapshot],
  snapshotBytes: bytes,
  deltas: 0,
  deltaBytes: 0,
})

export const withDelta = (chain: StateChain, bytes: number): StateChain => ({
  ...chain,
  deltas: chain.deltas + 1,
  deltaBytes: chain.deltaBytes + bytes,
})

/** Of snapshots, those that a batch and what follows it are made of. */
export function keptSnapshots(snapshots: readonly KnownSnapshot[], batchId: number): readonly KnownSnapshot[] {
  const oldest = snapshots.findLastIndex(({ from }) => from <= batchId)
  return snapshots.slice(Math.max(0, oldest))
}

/** A delta that changes a good part of the rows is written as a snapshot, which does not depend on others. */
const LARGE_DELTA = 1 / 2
/** Snapshots are made when the deltas since the last one take such a part of its bytes, but not for fewer deltas, and for so many at the latest. */
const WORTH_SNAPSHOT = 1 / 2
const FEWEST_DELTAS = 10
const MOST_DELTAS = 200
/** A snapshot that is made bit by bit, and is not done by then, is made at once. */
const PATIENT_BYTES = 2
const PATIENT_DELTAS = 100

/** Whether it is time for a snapshot. */
export function isSnapshotDue({ deltas, deltaBytes, snapshotBytes }: StateChain, partition: number): boolean {
  const isWorth = deltas >= FEWEST_DELTAS && deltaBytes >= snapshotBytes * WORTH_SNAPSHOT
  // Partitions are not due in the same batch.
  return isWorth || deltas >= MOST_DELTAS + (partition % FEWEST_DELTAS)
}

/** Whether a snapshot that is made bit by bit is waited for no longer. */
export const isSnapshotLate = ({ deltas, deltaBytes, snapshotBytes }: StateChain): boolean =>
  deltas >= MOST_DELTAS + PATIENT_DELTAS || (deltas >= FEWEST_DELTAS && deltaBytes >= snapshotBytes * PATIENT_BYTES)

export const isLargeDelta = (rows: number, total: number): boolean => rows >= total * LARGE_DELTA
