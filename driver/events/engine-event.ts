import { toMillraceError } from '../../common/errors/millrace-error.js'
import type { ExecutorMemory } from '../../proto/protocol.js'
import type { ExclusionChange } from '../executors/exclusion.js'
import type { MovedOutput, TaskAttempt } from '../jobs/actions.js'
import type { Decision } from '../jobs/adaption.js'
import type {
  QueryIdleEvent,
  QueryProgressEvent,
  QueryStartedEvent,
  QueryTerminatedEvent,
} from '../streaming/stream-events.js'

/** Why something failed, with what URLs tell of their user hidden. */
export interface EventFailure {
  readonly condition: string
  readonly message: string
}

/** A stage of a job. Its key is its place in the job. */
export interface EventStage {
  readonly stageKey: number
  readonly tasks: number
  /** Whether it reads sources: the rows that it reads are the job's input. */
  readonly readsInput: boolean
}

/** An attempt to run a task. Attempt ids are unique in the session. */
export type EventTask = Omit<TaskAttempt, 'launchedMs' | 'reads'>

/** What a task did that counts. */
export interface EventCounts {
  readonly rowsRead: number
  readonly rowsWritten: number
  readonly bytesWritten: number
  readonly spilledBytes: number
  readonly elapsedMs: number
}

/** What is told of an exclusion. */
type ChangeOf<K extends ExclusionChange['kind']> = Omit<Extract<ExclusionChange, { kind: K }>, 'kind'>

/** What each kind of event tells. */
interface Kinds {
  /** The first of a session. Values of settings that nobody is to read are hidden. */
  readonly applicationStart: {
    readonly appId: string
    readonly appName: string
    readonly user: string
    readonly master: string
    readonly settings: Readonly<Record<string, string>>
  }
  /** The last one. */
  readonly applicationEnd: { readonly appId: string }
  /** A query or a write is planned, and its first job starts. */
  readonly sqlExecutionStart: {
    readonly executionId: number
    readonly physicalPlanDescription: string
    readonly tags: readonly string[]
  }
  /** Its last job has ended. */
  readonly sqlExecutionEnd: { readonly executionId: number; readonly failure?: EventFailure }
  readonly jobStart: {
    readonly jobId: number
    readonly stages: readonly EventStage[]
    /** With whose jobs it shares slots. */
    readonly pool: string
    /** Of the query or write that it is part of. */
    readonly executionId?: number
    /** Of the streaming query of which it runs a batch. */
    readonly batch?: { readonly queryId: string; readonly batchId: number }
  }
  /** The first rows of its result are taken. */
  readonly jobFirstRows: { readonly jobId: number }
  /** It ended: what it wrote can be seen, or is taken back. */
  readonly jobEnd: { readonly jobId: number; readonly failure?: EventFailure }
  /** Before its first task: it has become known how large that is which a stage reads, and the stage is changed. `why` says how and for what. */
  readonly stageChanged: {
    readonly jobId: number
    readonly stageKey: number
    /** How many it has now. */
    readonly tasks: number
    readonly decision: Decision
    readonly why: string
  }
  /** The first task of a stage is sent. */
  readonly stageSubmitted: { readonly jobId: number; readonly stageKey: number; readonly tasks: number }
  /** Each of its partitions has been computed once. */
  readonly stageCompleted: { readonly jobId: number; readonly stageKey: number; readonly tasks: number }
  readonly taskStart: EventTask
  /** Each task that started ends once. `counts` is there when it was the first success of its task; one whose output nobody wants any more is killed. */
  readonly taskEnd: EventTask & {
    readonly outcome: 'succeeded' | 'failed' | 'killed'
    readonly counts?: EventCounts
    readonly failure?: EventFailure
  }
  /** It takes far longer than others of its stage, and so longer than the threshold: a copy of it is to run on another executor. */
  readonly speculativeTaskSubmitted: EventTask & { readonly runtimeMs: number; readonly thresholdMs: number }
  /** It failed, and will be tried again. */
  readonly taskRetried: EventTask & { readonly failure: EventFailure }
  readonly executorAdded: { readonly executorId: string; readonly slots: number }
  /** It gets no more tasks, and goes when others have taken what it holds. */
  readonly executorDecommissioned: { readonly executorId: string; readonly reason: string }
  /** What an executor that goes held, of a cached relation or of a stage of a job, another one holds now. */
  readonly outputMoved: MovedOutput
  /** It is lost, or it was decommissioned and has gone. */
  readonly executorRemoved: { readonly executorId: string; readonly reason: string; readonly isDecommissioned: boolean }
  /** So many tasks failed there that it gets none of this stage any more, of no stage for a while, or of any again. */
  readonly executorExcludedForStage: ChangeOf<'executorExcludedForStage'>
  readonly executorExcluded: ChangeOf<'executorExcluded'>
  readonly executorUnexcluded: ChangeOf<'executorUnexcluded'>
  /** So many executors of a host are excluded that none of it gets tasks. */
  readonly nodeExcludedForStage: ChangeOf<'nodeExcludedForStage'>
  readonly nodeExcluded: ChangeOf<'nodeExcluded'>
  readonly nodeUnexcluded: ChangeOf<'nodeUnexcluded'>
  /** From time to time, of executors in other processes. */
  readonly executorMetrics: { readonly executorId: string; readonly memory: ExecutorMemory }
  /** An executor holds a partition of a cached relation. */
  readonly blockStored: {
    readonly cacheId: string
    readonly partition: number
    readonly executorId: string
    readonly bytes: number
  }
  readonly cacheDropped: { readonly cacheId: string }
  readonly queryStarted: QueryStartedEvent
  readonly queryProgress: QueryProgressEvent
  readonly queryIdle: QueryIdleEvent
  readonly queryTerminated: QueryTerminatedEvent
}

type EventKind = keyof Kinds

/** An event of one kind, and when it was, in milliseconds since 1970. */
export type EventOf<K extends EventKind> = Kinds[K] & { readonly kind: K; readonly timeMs: number }

/** What can be seen of a session: whatever tells about it is made of these. */
export type EngineEvent = { readonly [K in EventKind]: EventOf<K> }[EventKind]

/** Told of events, each by the method of its kind (`onJobStart`); `onEvent` is told of all. What it throws, or rejects with, is logged and harms nothing. */
export type EngineListener = {
  readonly [K in EventKind as `on${Capitalize<K>}`]?: (event: EventOf<K>) => unknown
} & { readonly onEvent?: (event: EngineEvent) => unknown }

/** Now, by a clock that never goes back. */
export const eventTimeMs = (): number => performance.timeOrigin + performance.now()

/** How an event tells of what failed something, if anything did. */
export function failing(error: unknown): { readonly failure?: EventFailure } {
  if (error === undefined) return {}
  const { condition, message } = toMillraceError(error)
  return { failure: { condition, message } }
}
