import type { Block } from '../../../columnar/blocks/block.js'
import type { StateVersion } from '../../../common/state-path.js'
import type { Json } from '../../../connectors/api.js'

/** What a finished task says of itself. */
export interface TaskReport {
  readonly rowsRead: number
  readonly rowsWritten: number
  readonly bytesWritten: number
  /** Of each partition of a shuffle. */
  readonly partitionBytes?: readonly number[]
  /** Bytes that operators put on disk for want of memory. */
  readonly spilledBytes: number
  readonly elapsedMs: number
  /** For the sink's commit, when the stage writes. */
  readonly commitMessage?: Json
  /** The states of what it observed. */
  readonly observations?: readonly ObservedStates[]
  /** Of a task of a measured stage. */
  readonly measures?: readonly OperatorMeasures[]
  /** Of a task of a streaming query. */
  readonly streaming?: StreamingTaskReport
}

/** What an operator of a measured stage did in a task. */
export interface OperatorMeasures {
  /** Which input to follow at each node from the root of the stage. */
  readonly path: readonly number[]
  /** Rows that it gave. */
  readonly rows: number
  /** It makes a table that tasks share: all its rows in each thread that does, none in the others. */
  readonly isShared?: true
  /** How long the loops ran that begin at it, with everything that they do up to the next operator which keeps rows. */
  readonly loopMs: number
  /** How long its rows were waited for, where it reads from outside the stage: to read and to decode them. */
  readonly readMs: number
  /** The most bytes of rows that it kept, as far as these are in tables. */
  readonly memoryBytes: number
  /** Bytes that it put on disk for want of memory. */
  readonly spilledBytes: number
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
  /** By how many bytes the task changed what rows of the batch take of memory: partitions that it is through with may have to leave for others. */
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
