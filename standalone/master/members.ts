import { Replacements } from '../../common/replacements.js'
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
  /** It was stopped or is decommissioned, and its executors go: nothing new starts there. */
  readonly isLeaving: boolean
}

export interface Worker extends Member {
  record: WorkerRecord
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
  /** The driver that it is, when a worker runs that; empty otherwise. */
  readonly driverId: string
  /** Whose it is; without one that of who has the secret of the cluster. */
  readonly user?: string | undefined
  /** Of one that is read from disk: the executors that it lost while it was away, with the reasons. */
  readonly lost?: readonly (readonly [executorId: string, reason: string])[]
}

export interface PlacedExecutor {
  readonly held: HeldExecutor
  readonly workerId: string
  readonly startedMs: number
  /** It is to go, alone or with its worker: another takes its place already. */
  isLeaving: boolean
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

/** Executors that end early are replaced as often as this many allow. */
const MOST_REPLACED = 4

export const newWorker = (record: WorkerRecord, isAwaited: boolean, heardAwakeMs: number): Worker => ({
  record,
  isConnected: !isAwaited,
  isAwaited,
  heardAwakeMs,
  usedCores: 0,
  usedBytes: 0,
})

export const newApplication = (record: ApplicationRecord, isAwaited: boolean, heardAwakeMs: number): Application => ({
  record,
  isConnected: !isAwaited,
  isAwaited,
  heardAwakeMs,
  placed: new Map(),
  lostWhileAway: new Map(record.lost),
  replacements: new Replacements(Math.max(1, Math.min(record.executors, MOST_REPLACED))),
  notBeforeMs: 0,
  refusal: '',
  waitsFor: '',
})

/** An executor by its id. */
export const placedExecutor = (applications: Iterable<Application>, executorId: string): PlacedExecutor | undefined =>
  [...applications].find(({ placed }) => placed.has(executorId))?.placed.get(executorId)

export const placedOn = (applications: Iterable<Application>, workerId: string): readonly PlacedExecutor[] =>
  [...applications].flatMap(({ placed }) => [...placed.values()].filter((one) => one.workerId === workerId))

/** How many executors it has that are not about to go. */
export const stayingOf = ({ placed }: Application): number =>
  [...placed.values()].filter(({ isLeaving }) => !isLeaving).length

/** Whether it is to get more executors. */
export const wantsMore = (application: Application): boolean =>
  application.refusal === '' && stayingOf(application) < application.record.executors
