import type { Replacements } from '../../common/replacements.js'
import type { HeldExecutor } from '../../proto/cluster.js'

/** What workers and applications have in common: they come, fall silent, and come back under the same id or count as gone. */
interface Member {
  /** Whether it can be told something. */
  isConnected: boolean
  /** Known from before the master was started again, and not back yet. */
  isAwaited: boolean
  /** When it was last heard of, in time in which the master was awake. */
  heardAwakeMs: number
}

export interface WorkerRecord {
  readonly workerId: string
  readonly host: string
  readonly cores: number
  readonly memoryBytes: number
}

export interface Worker extends Member {
  readonly record: WorkerRecord
  usedCores: number
  usedBytes: number
}

export interface ApplicationRecord {
  readonly applicationId: string
  readonly name: string
  readonly driverAddress: string
  /** Of each executor; 0 takes all that are free on a worker. */
  readonly cores: number
  readonly memoryBytes: number
  /** How many executors it wants. */
  readonly executors: number
}

export interface PlacedExecutor {
  readonly held: HeldExecutor
  readonly workerId: string
  readonly startedMs: number
}

export interface Application extends Member {
  record: ApplicationRecord
  readonly placed: Map<string, PlacedExecutor>
  /** The reasons, which it is told when it comes back. Few: none is started for it meanwhile. */
  readonly lostWhileAway: Map<string, string>
  readonly replacements: Replacements
  /** No executor is started for it before. */
  notBeforeMs: number
  /** Why it gets no more executors. */
  refusal: string
  /** Why it has none, as it was told. */
  waitsFor: string
}
