import type { Json } from '../../connectors/api.js'

/** What one batch did; Spark's StreamingQueryProgress. Durations in milliseconds, rates in rows per second. */
export interface StreamingQueryProgress {
  readonly id: string
  readonly runId: string
  readonly name: string | undefined
  readonly timestamp: string
  readonly batchId: number
  readonly batchDurationMs: number
  readonly numInputRows: number
  readonly inputRowsPerSecond: number
  readonly processedRowsPerSecond: number
  /** Of the phases: `latestOffset`, `walCommit`, `addBatch`, `commitOffsets`. */
  readonly durationMs: Readonly<Record<string, number>>
  /** The watermark the batch ran with, in microseconds since 1970. */
  readonly watermarkMicros: bigint | undefined
  /** Of each operator that keeps state, the last one first. */
  readonly stateOperators: readonly StateOperatorProgress[]
  readonly sources: readonly SourceProgress[]
  /** What ended the query in this batch, when it failed; the last progress of such a query has it. */
  readonly exception?: string
}

export interface SourceProgress {
  readonly description: string
  readonly startOffset: Json
  readonly endOffset: Json
  /** Records still waiting in the source, where it knows. */
  readonly lag: bigint | undefined
}

/** What a batch did to the state of an operator. */
export interface StateOperatorProgress {
  readonly operatorName: string
  readonly numRowsTotal: number
  /** Of them those that the batch added or changed. */
  readonly numRowsUpdated: number
  readonly numRowsRemoved: number
  /** Rows of the batch that came too late. */
  readonly numRowsDroppedByWatermark: number
  /** Bytes that the rows take in the memory of executors. */
  readonly memoryUsedBytes: number
  /** Into how many partitions the state is divided. */
  readonly numShufflePartitions: number
}

/** How many progress reports a query keeps; Spark's `numRecentProgressUpdates`. */
export const RECENT_PROGRESS = 100
