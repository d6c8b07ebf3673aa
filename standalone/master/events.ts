import type { EndedDriver, HeldExecutor } from '../../proto/cluster.js'
import type { DriverSpec, HeldDriver } from '../../proto/drivers.js'
import type { ApplicationRecord, WorkerRecord } from './members.js'

/** What happens to a cluster, as its master hears of it. */
export type MasterEvent =
  | WorkerJoined
  /** The first time, or to want another number of executors. */
  | { readonly kind: 'applicationJoined'; readonly application: ApplicationRecord }
  | { readonly kind: 'heard'; readonly memberId: string }
  /** Its connection broke; it may come back. */
  | { readonly kind: 'disconnected'; readonly memberId: string }
  /** In order, for good. */
  | { readonly kind: 'left'; readonly memberId: string }
  | {
      readonly kind: 'executorReleased'
      readonly applicationId: string
      readonly executorId: string
      readonly isReplaced: boolean
    }
  | {
      readonly kind: 'executorEnded'
      readonly workerId: string
      readonly executorId: string
      readonly reason: string
    }
  /** A worker, or an executor, by its id. */
  | { readonly kind: 'decommissionAsked'; readonly name: string }
  | DriverEvent
  /** Drivers of users that are revoked end. */
  | { readonly kind: 'tick'; readonly revoked?: ReadonlySet<string> }

export interface WorkerJoined {
  readonly kind: 'workerJoined'
  readonly worker: WorkerRecord
  readonly executors: readonly HeldExecutor[]
  readonly drivers: readonly HeldDriver[]
}

export type DriverEvent =
  | { readonly kind: 'driverSubmitted'; readonly driver: DriverSpec }
  | { readonly kind: 'driverKilled'; readonly driverId: string }
  | { readonly kind: 'driverStarted'; readonly workerId: string; readonly driverId: string; readonly launch: number }
  | ({ readonly kind: 'driverEnded'; readonly workerId: string } & EndedDriver)

/** What an application is told. */
export type ApplicationNews =
  | { readonly kind: 'executorStarted'; readonly executorId: string }
  | { readonly kind: 'executorEnded'; readonly executorId: string; readonly reason: string }
  | { readonly kind: 'waiting'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string }

/** What the master has to do, in this order. */
export type MasterAction =
  /** Before anybody is told anything of it. */
  | { readonly kind: 'save' }
  | { readonly kind: 'startExecutor'; readonly workerId: string; readonly executor: HeldExecutor }
  | { readonly kind: 'endExecutor'; readonly workerId: string; readonly executorId: string }
  | {
      readonly kind: 'startDriver'
      readonly workerId: string
      readonly driver: DriverSpec
      readonly launch: number
    }
  /** It is not needed, or it is known how it ended. */
  | { readonly kind: 'endDriver'; readonly workerId: string; readonly driverId: string; readonly launch: number }
  /** Itself, or an executor that it has. */
  | { readonly kind: 'decommission'; readonly workerId: string; readonly name: string }
  | { readonly kind: 'tell'; readonly applicationId: string; readonly news: ApplicationNews }
  /** It was silent for too long. */
  | { readonly kind: 'disconnect'; readonly memberId: string }
