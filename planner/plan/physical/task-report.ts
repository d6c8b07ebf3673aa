import type { Json } from '../../../connectors/api.js'

/** What a finished task says of itself. */
export interface TaskReport {
  readonly rowsRead: number
  readonly rowsWritten: number
  readonly bytesWritten: number
  /** Bytes that operators put on disk for want of memory. */
  readonly spilledBytes: number
  readonly elapsedMs: number
  /** For the sink's commit, when the stage writes. */
  readonly commitMessage?: Json
  /** Of a task of a streaming query. */
  readonly streaming?: StreamingTaskReport
}

export interface StreamingTaskReport {
  readonly eventTimes: readonly EventTime[]
}

/** The greatest event time that a watermark has seen. */
export interface EventTime {
  readonly watermarkId: number
  readonly maxMicros: bigint
}
