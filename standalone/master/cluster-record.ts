import type { HeldExecutor } from '../../proto/cluster.js'
import type { DriverRecord } from './driver-record.js'
import type { Application, ApplicationRecord, Worker, WorkerRecord } from './members.js'

/** What is kept on disk: who is to be expected when the master is started again, in the order in which applications came. */
export interface ClusterRecord {
  readonly workers: readonly WorkerRecord[]
  readonly applications: readonly ApplicationRecord[]
  /** Of records that older masters wrote it is not known which are to go. */
  readonly executors: readonly {
    readonly held: HeldExecutor
    readonly workerId: string
    readonly isLeaving?: boolean
  }[]
  readonly drivers: readonly DriverRecord[]
}

/** What a master begins with. */
export interface MasterCoreOptions {
  /** How long a worker or an application may be silent, or away, before it counts as gone. */
  readonly timeoutMs: number
  /** Begins the ids of executors; each start of a master has another. */
  readonly epoch: string
  readonly record: ClusterRecord | undefined
  readonly nowMs: number
}

export const recordOf = (
  workers: readonly Worker[],
  applications: readonly Application[],
  drivers: readonly DriverRecord[],
): ClusterRecord => ({
  workers: workers.map(({ record }) => record),
  applications: applications.map(({ record, lostWhileAway }) => ({ ...record, lost: [...lostWhileAway] })),
  executors: applications.flatMap(({ placed }) =>
    [...placed.values()].map(({ held, workerId, isLeaving }) => ({ held, workerId, isLeaving })),
  ),
  drivers,
})
