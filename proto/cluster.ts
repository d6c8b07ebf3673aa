/**
 * What the master of a standalone cluster, its workers and the applications say to each other, as data in memory; `proto/cluster-codec.ts`
 * turns it into the messages of `cluster.proto`.
 */
import type { DriverOutcome, DriverSpec, DriverStatus, HeldDriver } from './drivers.js'

/** An executor that runs, or is to run, on a worker. */
export interface HeldExecutor {
  readonly executorId: string
  readonly applicationId: string
  readonly cores: number
  readonly memoryBytes: number
}

export interface JoinWorker {
  readonly workerId: string
  /** Where its executors serve blocks. */
  readonly host: string
  readonly cores: number
  readonly memoryBytes: number
  readonly executors: readonly HeldExecutor[]
  readonly drivers: readonly HeldDriver[]
  /** It is stopped, and ends when others have what its executors hold: nothing new starts there. */
  readonly isLeaving: boolean
}

export interface JoinApplication {
  readonly applicationId: string
  readonly name: string
  /** How many executors it wants. */
  readonly executors: number
  /** Of each; 0 takes all that are free on a worker. */
  readonly cores: number
  readonly memoryBytes: number
  readonly driverAddress: string
  /** Of the application, by `sealedForWorkers`: also where connections are not encrypted nobody else reads it. */
  readonly sealedSecret: Uint8Array
  readonly heartbeatIntervalMs: number
  /** The driver that it is, when a worker runs that; empty otherwise. */
  readonly driverId: string
}

export type ToMaster =
  | ({ readonly kind: 'joinWorker' } & JoinWorker)
  | ({ readonly kind: 'joinApplication' } & JoinApplication)
  | { readonly kind: 'askStatus' }
  | { readonly kind: 'alive' }
  /** In order: nothing of it is left. */
  | { readonly kind: 'leave' }
  | { readonly kind: 'executorEnded'; readonly executorId: string; readonly reason: string }
  /** The application has no use for this executor, which is ended; another takes its place if `isReplaced`. */
  | { readonly kind: 'releaseExecutor'; readonly executorId: string; readonly isReplaced: boolean }
  | { readonly kind: 'submitDriver'; readonly driver: DriverSpec }
  | { readonly kind: 'askDriver'; readonly driverId: string }
  | { readonly kind: 'killDriver'; readonly driverId: string }
  /** A client's part of the archive that the master wants. */
  | ({ readonly kind: 'archivePart' } & ArchivePart)
  /** A worker wants the part from an offset on. */
  | ({ readonly kind: 'fetchArchive' } & ArchivePlace)
  | { readonly kind: 'driverStarted'; readonly driverId: string; readonly launch: number }
  | ({ readonly kind: 'driverEnded' } & EndedDriver)
  | Decommission

/** A worker, or an executor, is to go when others have what it holds: said to the master, and by it to the worker. */
export interface Decommission {
  readonly kind: 'decommission'
  readonly name: string
}

export interface EndedDriver {
  readonly driverId: string
  readonly launch: number
  readonly outcome: DriverOutcome
  readonly reason: string
}

export interface ArchivePlace {
  /** Of the whole archive, in hexadecimal digits. */
  readonly digest: string
  readonly offset: number
}

/** Without bytes there is no such archive. */
export interface ArchivePart extends ArchivePlace {
  readonly bytes: Uint8Array
}

export interface StartExecutor {
  readonly executor: HeldExecutor
  readonly driverAddress: string
  /** As the application sent it. */
  readonly sealedSecret: Uint8Array
  readonly heartbeatIntervalMs: number
}

export type FromMaster =
  | { readonly kind: 'welcome'; readonly heartbeatMs: number }
  | { readonly kind: 'alive' }
  | ({ readonly kind: 'startExecutor' } & StartExecutor)
  | { readonly kind: 'endExecutor'; readonly executorId: string }
  /** An executor of the application is on its way. */
  | { readonly kind: 'executorStarted'; readonly executorId: string }
  | { readonly kind: 'executorEnded'; readonly executorId: string; readonly reason: string }
  /** Why the application has no executor yet. */
  | { readonly kind: 'waiting'; readonly reason: string }
  /** The application gets no more executors. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'status'; readonly status: ClusterStatus }
  | { readonly kind: 'driver'; readonly driver: DriverStatus }
  /** Of the archive of the driver that this client submits. */
  | ({ readonly kind: 'archiveWanted' } & ArchivePlace)
  | ({ readonly kind: 'archivePart' } & ArchivePart)
  | { readonly kind: 'startDriver'; readonly driver: DriverSpec; readonly launch: number }
  /** It is not needed any more: it ends when it runs, and is forgotten when it has ended. */
  | { readonly kind: 'endDriver'; readonly driverId: string; readonly launch: number }
  | Decommission

type Presence = 'alive' | 'silent' | 'leaving'

/** What `millrace status` shows. */
export interface ClusterStatus {
  readonly workers: readonly {
    readonly workerId: string
    readonly host: string
    readonly cores: number
    readonly freeCores: number
    readonly memoryBytes: number
    readonly freeBytes: number
    readonly presence: Presence
  }[]
  readonly applications: readonly {
    readonly applicationId: string
    readonly name: string
    /** Empty where it is that of who has the secret of the cluster. */
    readonly user: string
    readonly driverAddress: string
    readonly executors: number
    readonly presence: Presence
    /** Why it has no executor, or gets no more. */
    readonly waitsFor: string
  }[]
  readonly executors: readonly (HeldExecutor & { readonly workerId: string })[]
  readonly drivers: readonly DriverStatus[]
}
