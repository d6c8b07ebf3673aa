/**
 * What the master of a standalone cluster, its workers and the applications say to each other, as data in memory; `proto/cluster-codec.ts`
 * turns it into the messages of `cluster.proto`.
 */

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
  readonly secret: string
  readonly heartbeatIntervalMs: number
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

export interface StartExecutor {
  readonly executor: HeldExecutor
  readonly driverAddress: string
  readonly secret: string
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

type Presence = 'alive' | 'silent'

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
    readonly driverAddress: string
    readonly executors: number
    readonly presence: Presence
    /** Why it has no executor, or gets no more. */
    readonly waitsFor: string
  }[]
  readonly executors: readonly (HeldExecutor & { readonly workerId: string })[]
}
