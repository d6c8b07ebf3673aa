import type { Row } from '../../columnar/rows.js'
import type { Json } from '../../connectors/api.js'

/** What one batch did: Spark's StreamingQueryProgress, of which `JSON.stringify` makes the same JSON. Times are those of UTC, rates rows per second. */
export interface StreamingQueryProgress {
  readonly id: string
  readonly runId: string
  readonly name: string | null
  /** The pool that was chosen for its jobs; absent where none was. */
  readonly pool?: string
  /** When its trigger began. */
  readonly timestamp: string
  readonly batchId: number
  readonly batchDuration: number
  readonly numInputRows: number
  readonly inputRowsPerSecond: number
  readonly processedRowsPerSecond: number
  /** Of the phases, in the order in which they come. */
  readonly durationMs: Readonly<Partial<Record<BatchPhase, number>>>
  /** Absent without a watermark in the query. */
  readonly eventTime?: EventTimeProgress
  /** Of each operator that keeps state, the last one first. */
  readonly stateOperators: readonly StateOperatorProgress[]
  readonly sources: readonly SourceProgress[]
  readonly sink: SinkProgress
  /** What `observe` observed of the rows of the batch, by name; absent where nothing is. */
  readonly observedMetrics?: ObservedByName
  /** What ended the query in this batch, when it failed; the last progress of such a query has it. */
  readonly exception?: string
}

/** The metrics of each observation, a row. */
export type ObservedByName = Readonly<Record<string, Row>>

/** Asking sources where they end, dividing what is to be read, making the plan of the batch, logging offsets, running, logging the commit, and all of it. */
export type BatchPhase =
  | 'latestOffset'
  | 'getBatch'
  | 'queryPlanning'
  | 'walCommit'
  | 'addBatch'
  | 'commitOffsets'
  | 'triggerExecution'

/** Of the rows of the batch, where there were any, and the watermark that it ran with. */
export interface EventTimeProgress {
  readonly avg?: string
  readonly max?: string
  readonly min?: string
  readonly watermark: string
}

export interface SourceProgress {
  readonly description: string
  readonly startOffset: Json
  readonly endOffset: Json
  /** Where the source ended after the batch; null when it cannot tell. */
  readonly latestOffset: Json
  readonly numInputRows: number
  readonly inputRowsPerSecond: number
  readonly processedRowsPerSecond: number
  /** How many records wait in the parts of the source: `avg`, `max`, `min` and `totalOffsetsBehindLatest`, as texts. */
  readonly metrics?: Readonly<Record<string, string>>
}

export interface SinkProgress {
  readonly description: string
  /** -1 when the sink had the output from an earlier start. */
  readonly numOutputRows: number
}

/** What a batch did to the state of an operator. */
export interface StateOperatorProgress {
  readonly operatorName: string
  readonly numRowsTotal: number
  /** Of them those that the batch added or changed. */
  readonly numRowsUpdated: number
  /** Times are sums over partitions. */
  readonly allUpdatesTimeMs: number
  readonly numRowsRemoved: number
  readonly allRemovalsTimeMs: number
  readonly commitTimeMs: number
  /** Bytes that the rows take in the memory of executors. */
  readonly memoryUsedBytes: number
  /** Rows of the batch that came too late. */
  readonly numRowsDroppedByWatermark: number
  /** Into how many partitions the state is divided. */
  readonly numShufflePartitions: number
  readonly numStateStoreInstances: number
}

/** How many progress reports a query keeps; Spark's `numRecentProgressUpdates`. */
export const RECENT_PROGRESS = 100
