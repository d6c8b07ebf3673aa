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
/** Snapshots are made when the deltas since the last one take such a part of its bytes, but not for fewer deltas. */
const WORTH_SNAPSHOT = 1 / 2
const FEWEST_DELTAS = 10
/** To begin with a file takes about as long as to read so many bytes of one. */
const BYTES_LIKE_A_FILE = 128 << 10
const [LEAST_OF_MOST_DELTAS, MOST_OF_MOST_DELTAS] = [200, 4096]
/** A snapshot that is made bit by bit, and is not done by then, is made at once. */
const PATIENT_BYTES = 2
const PATIENT_DELTAS = 100
const PATIENT_SNAPSHOTS = 2
/** For how many deltas more one is waited for that is not under way. */
const PATIENT_TO_BEGIN = 10

/**
 * For how many deltas a snapshot is made at the latest. The larger the state is, the more of them may wait for the next one: they take about as long to be
 * read as it does, and what batches add to a snapshot grows with the state no further than that.
 */
export function mostDeltas({ snapshotBytes, deltaBytes }: StateChain): number {
  // A state that grew fast is in its deltas.
  const most = Math.floor((snapshotBytes + deltaBytes) / BYTES_LIKE_A_FILE)
  return Math.min(MOST_OF_MOST_DELTAS, Math.max(LEAST_OF_MOST_DELTAS, most))
}

/** Whether it is time for a snapshot. */
export function isSnapshotDue(chain: StateChain, partition: number): boolean {
  const { deltas, deltaBytes, snapshotBytes } = chain
  const isWorth = deltas >= FEWEST_DELTAS && deltaBytes >= snapshotBytes * WORTH_SNAPSHOT
  // Partitions are not due in the same batch.
  return isWorth || deltas >= mostDeltas(chain) + (partition % FEWEST_DELTAS)
}

/**
 * Whether a snapshot that no batch has begun is waited for no longer. One that has read a state again leaves that to the batch behind it, which may never come: a query may be started for
 * each batch.
 */
export function isSnapshotOverdue(chain: StateChain, partition: number): boolean {
  const deltas = chain.deltas - PATIENT_TO_BEGIN
  if (deltas <= 0) return false
  const deltaBytes = (chain.deltaBytes / chain.deltas) * deltas
  return isSnapshotDue({ ...chain, deltas, deltaBytes }, partition)
}

/** Whether a snapshot that is made bit by bit, in so many parts, is waited for no longer: it could have been made again if its rows had moved. */
export function isSnapshotLate(chain: StateChain, parts: number): boolean {
  const { deltas, deltaBytes, snapshotBytes } = chain
  if (deltas >= FEWEST_DELTAS && deltaBytes >= snapshotBytes * PATIENT_BYTES) return true
  return deltas >= mostDeltas(chain) + PATIENT_DELTAS + PATIENT_SNAPSHOTS * parts
}

export const isLargeDelta = (rows: number, total: number): boolean => rows >= total * LARGE_DELTA
