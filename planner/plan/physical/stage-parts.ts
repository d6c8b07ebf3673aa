import type { StateVersion } from '../../../common/state-path.js'
import type { Json, WriteDescription } from '../../../connectors/api.js'
import type { Partitioning } from './partitioning.js'

/** What a stage does with the rows of its root. */
export type StageSink =
  /** Blocks per partition, kept by the executor for later stages. */
  | { readonly kind: 'shuffle'; readonly partitioning: Partitioning }
  /** Blocks to the driver, in partition order. */
  | { readonly kind: 'collect' }
  /** Blocks kept by the executor under the cache id. */
  | { readonly kind: 'cache'; readonly cacheId: string }
  /** A connector's writer. */
  | { readonly kind: 'write'; readonly write: WriteDescription }

/**
 * How many tasks a stage has. `splits`: one per group of splits; `fixed`: a number known when planning, as of a shuffle's partitions; `cache`: one per
 * cached partition; `most`: as many as the one of these with the most.
 */
export type StageTasks =
  | { readonly kind: 'splits'; readonly scanId: number }
  | { readonly kind: 'fixed'; readonly count: number }
  | { readonly kind: 'cache'; readonly cacheId: string }
  | { readonly kind: 'most'; readonly of: readonly StageTasks[] }

/** What a task needs beyond its stage; made by the driver per partition. */
export interface TaskInputs {
  readonly partition: number
  /** The partitions of shuffles that it reads, where these are not its own alone. */
  readonly shuffled?: { readonly from: number; readonly until: number }
  /** Splits per scan id (`Split.data`). */
  readonly splits: Readonly<Record<number, readonly Json[]>>
  readonly streaming?: StreamingTaskInputs
}

export interface StreamingTaskInputs {
  readonly queryId: string
  readonly batchId: number
  /** The time by which it runs, also when it is run again. */
  readonly timeMs: number
  /** Of the start of the query that runs the batch; names the state it saves. */
  readonly epoch: number
  readonly checkpointLocation: string
  /** For so many batches versions of the state are kept. */
  readonly minBatchesToRetain: number
  /** The id of the key that state is encrypted by; without it is not. */
  readonly stateKey?: string | undefined
  /** By the ids of the stateful operators of the stage. */
  readonly operators: Readonly<Record<number, OperatorInputs>>
}

/** What a stateful operator goes on from in a batch. */
export interface OperatorInputs extends OperatorTimes {
  /** The version of the partition's state; absent as long as there was nothing to keep. */
  readonly version?: StateVersion
}

/** What a stateful operator sees of event time in a batch; each is absent as long as there is no such time. */
export interface OperatorTimes {
  /** Rows up to here are late: in an earlier batch it may have let go what they belong to. */
  readonly lateMicros?: bigint
  /** What it keeps up to here is final after the batch. */
  readonly finalMicros?: bigint
}
