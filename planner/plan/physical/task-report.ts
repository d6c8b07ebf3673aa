import type { Block } from '../../../columnar/block.js'
import type { StateVersion } from '../../../common/state-path.js'
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
  /** The states of what it observed. */
  readonly observations?: readonly ObservedStates[]
  /** Of a task of a streaming query. */
  readonly streaming?: StreamingTaskReport
}

/** Of the aggregates of an observation, a row of a task. */
export interface ObservedStates {
  readonly observationId: string
  readonly blocks: readonly Block[]
}

export interface StreamingTaskReport {
  /** Of each stream that it read. */
  readonly scans: readonly ScanRows[]
  readonly eventTimes: readonly EventTime[]
  readonly operators: readonly OperatorReport[]
}

/** What a stateful operator did in its partition. */
export interface OperatorReport extends OperatorCounts {
  readonly operatorId: number
  /** The version of its state after the batch; absent as long as there was nothing to keep. */
  readonly version?: StateVersion
  /** When the next row expires, where the operator runs by the time of the machine. */
  readonly dueMicros?: bigint
}

export interface OperatorCounts {
  /** Rows kept after the batch. */
  readonly rowsTotal: number
  /** Of them those that the batch added or changed, and how many it removed. */
  readonly rowsUpdated: number
  readonly rowsRemoved: number
  /** Rows of the batch that were late. */
  readonly rowsDropped: number
  /** Bytes of memory that the rows take. */
  readonly memoryBytes: number
  /** How long it took to take in the rows of the batch, to remove what is final, and to save the state. */
  readonly updatesMs: number
  readonly removalsMs: number
  readonly commitMs: number
}

/** How many rows a scan gave. */
export interface ScanRows {
  readonly scanId: number
  readonly rows: number
}

/** The event times that a watermark has seen. */
export interface EventTime {
  readonly watermarkId: number
  readonly rows: number
  readonly minMicros: bigint
  readonly maxMicros: bigint
  /** Near enough for an average. */
  readonly sumMicros: number
}
