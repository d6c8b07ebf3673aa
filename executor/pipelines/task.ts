import type { Block } from '../../columnar/blocks/block.js'
import type { BarrierMethod } from '../../common/barrier.js'
import type { StateVersion } from '../../common/state-path.js'
import type { CountedMemory, Json, ReaderProvider, WriterProvider } from '../../connectors/api.js'
import type { Stage } from '../../planner/plan/physical/plan.js'
import type { StreamingTaskInputs, TaskInputs } from '../../planner/plan/physical/stage-parts.js'
import type { ObservedStates, OperatorMeasures, StreamingTaskReport } from '../../planner/plan/physical/task-report.js'
import type { SlotMemory } from '../memory/slot-memory.js'
import type { StateChain, StateFileKind } from './state-chain.js'
import type { TableCopy } from './table-copy.js'

/**
 * What a task may ask of the process around it. The pipelines know nothing of threads, processes or the wire: the worker
 * thread implements this over its port to the executor. Streams of blocks are bounded by their consumer's pace.
 */
export interface TaskEnvironment {
  /** Aborted when the task is cancelled; everything that waits must listen. */
  readonly signal: AbortSignal
  readonly attempt: number
  /** Where the task's memory comes from. */
  readonly memory: SlotMemory
  /** Has threads of the executor that run no task give back what they keep for their next ones. */
  trimIdle(): Promise<void>
  /** Whether an earlier try ran out of memory: what operators keep must all be able to go to disk. */
  readonly spills: boolean
  reader(provider: string): Promise<ReaderProvider>
  writer(provider: string): Promise<WriterProvider>
  /** The blocks that the tasks of a stage wrote for this task's partition, local and remote. @throws FETCH_FAILED */
  shuffleBlocks(stageId: number): AsyncIterable<Block>
  /** All blocks of a stage that was collected for broadcast. */
  broadcastBlocks(stageId: number): AsyncIterable<Block>
  /** Blocks the session ships with the plan (`createDataFrame`); this task's share of them. */
  localBlocks(id: string): AsyncIterable<Block>
  /** This task's partition of a cached relation. */
  cachedBlocks(cacheId: string): AsyncIterable<Block>
  /** Another text when the blocks of that partition were made anew, so that their rows may have another order. */
  cacheVersion(cacheId: string): string
  /**
   * Whether another thread has made a table, or makes it, whose rows come from a stage that was collected for broadcast. It is named by the position of this source, which is
   * the same in all code for the stage.
   */
  claimTable(source: number, stageId: number): Promise<TableClaim>
  /** Tells that a table was made that others wait for; without a copy when there is no memory for one. */
  madeTable(source: number, copy: TableCopy | undefined): void
  /** Where stateful operators keep what outlives a batch; only tasks of streaming queries have it. */
  readonly state?: TaskState
  /** Where tasks meet that wait for one another; only those have it. */
  readonly barrier?: TaskBarrier
  /** Hands on a block of the sink: to a shuffle partition, or (partition 0) to the driver or the cache. Resolves when the next may come. */
  emit(partition: number, block: Block): void | Promise<void>
}

/** Where a task meets the others of its stage, all of which run at once. */
export interface TaskBarrier {
  /** Where each of them runs. */
  readonly addresses: readonly string[]
  /** Waits until all of them have called. @returns what they handed to each other, by partition. @throws OPERATION_CANCELED */
  call(method: BarrierMethod, message: string): Promise<readonly string[]>
}

/** What a task is told that needs a table: a copy of it, or to make it; and then whether others wait for a copy of that. */
export type TableClaim =
  | { readonly kind: 'copy'; readonly copy: TableCopy }
  | { readonly kind: 'make'; readonly isShared: boolean }

/** The state of the task's partition, as the checkpoint has it. */
export interface TaskState {
  operator(operatorId: number): OperatorState
}

/** A stateful operator's part of it. */
export interface OperatorState {
  /** Tells it from the state of other operators, partitions and queries. */
  readonly id: string
  readonly batch: BatchOfState
  /** The version that the batch goes on from; undefined when there is none. */
  readonly before: StateVersion | undefined
  /** The files that a version is made of, the first one whole. They are read one by one, bit by bit. @param held counts what is in memory of them */
  restore(version: StateVersion, held: CountedMemory): AsyncIterable<StatePart>
  /** Begins a file. @param chain the files that the version before is made of */
  write(kind: StateFileKind, chain: StateChain, delta: DeltaParts): Promise<StateWriter>
  /** Removes the files that no batch which is to be kept is made of, those that killed, late and fenced attempts left among them. */
  forget(chain: StateChain): Promise<StateChain>
}

/** What a delta says besides its rows. */
export interface DeltaParts {
  /** Up to where the batch has removed what expires. */
  readonly expiredMicros?: bigint
  readonly rebase?: Rebase
}

/** A snapshot that is read in place of an older version, and of all that this is made of. */
export interface Rebase {
  readonly over: StateVersion
  readonly by: StateVersion
}

/** The batch that a state is of: the query's, its number, and the time by which it runs. */
export type BatchOfState = Pick<StreamingTaskInputs, 'queryId' | 'batchId' | 'timeMs'>

/** Rows to be put in place of those with the same keys; then those are removed that expire up to a time. */
export interface StatePart {
  readonly blocks: AsyncIterable<Block>
  readonly expiredMicros: bigint | undefined
  /** The files so far. */
  readonly chain: StateChain
}

export interface StateWriter {
  append(blocks: readonly Block[]): Promise<void>
  /** Ends the file: it is on disk when this resolves. */
  finish(): Promise<{ readonly version: StateVersion; readonly bytes: number }>
  /** Removes what is written of it. */
  abort(): Promise<void>
}

/** What a finished task reports. */
export interface TaskResult {
  readonly rowsRead: number
  readonly rowsWritten: number
  /** Bytes that operators put on disk for want of memory. */
  readonly spilledBytes: number
  /** A writer's message for the commit, when the sink is a write. */
  readonly commitMessage?: Json
  readonly observations?: readonly ObservedStates[]
  readonly measures?: readonly OperatorMeasures[]
  /** Of a task of a streaming query. */
  readonly streaming?: StreamingTaskReport
}

/** Runs one task of a stage to its end on this thread. The implementation is `runTask` in `run-task.ts`. */
export type RunTask = (stage: Stage, inputs: TaskInputs, environment: TaskEnvironment) => Promise<TaskResult>
