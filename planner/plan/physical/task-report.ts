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
  /** The greatest event time seen, for the watermark of a stream. */
  readonly maxEventTimeMicros?: bigint
}
