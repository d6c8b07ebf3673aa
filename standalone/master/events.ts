import type { HeldExecutor } from '../../proto/cluster.js'
import type { ApplicationRecord, WorkerRecord } from './members.js'

/** What happens to a cluster, as its master hears of it. */
export type MasterEvent =
  | { readonly kind: 'workerJoined'; readonly worker: WorkerRecord; readonly executors: readonly HeldExecutor[] }
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
  | { readonly kind: 'tick' }

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
  | { readonly kind: 'tell'; readonly applicationId: string; readonly news: ApplicationNews }
  /** It was silent for too long. */
  | { readonly kind: 'disconnect'; readonly memberId: string }
