/**
 * What driver and executors say to each other, as data in memory. Within one process these objects are handed over as they are; over
 * gRPC `proto/wire-codec.ts` turns them into the messages of the `.proto` files.
 */
import type { Block } from '../columnar/blocks/block.js'
import type { BarrierCall } from '../common/barrier.js'
import type { FileProtection } from '../common/encryption/file-protection.js'
import type { SerializedError } from '../common/errors/millrace-error.js'
import type { Stage } from '../planner/plan/physical/plan.js'
import type { TaskInputs } from '../planner/plan/physical/stage-parts.js'
import type { TaskReport } from '../planner/plan/physical/task-report.js'

/** Attempts whose output one executor holds. `address` is where it serves blocks: host:port, or empty in this process. */
export interface SourceGroup {
  readonly executorId: string
  readonly address: string
  readonly attemptIds: readonly number[]
}

/** Where a task finds what its plan reads. */
export type TaskSource =
  /** What a stage wrote: of each attempt this task's partition (`shuffleRead`) or all (`broadcastRead`). */
  | {
      readonly kind: 'stage'
      /** As the plan calls it. */
      readonly stageId: number
      /** As the driver calls it; unique in the job. */
      readonly stageKey: number
      readonly groups: readonly SourceGroup[]
    }
  | {
      readonly kind: 'cache'
      readonly cacheId: string
      readonly stageKey: number
      readonly groups: readonly SourceGroup[]
    }
  /** Blocks `from` to `until` (excluded) of those the session holds. */
  | { readonly kind: 'local'; readonly id: string; readonly from: number; readonly until: number }

/** Who may drop a task's output, and when. */
export type OutputOwner =
  | { readonly kind: 'job' }
  /** Kept until the cache is dropped. */
  | { readonly kind: 'cache'; readonly cacheId: string }

export interface TaskLaunch {
  /** Unique in the application. */
  readonly attemptId: number
  readonly jobId: number
  readonly stageKey: number
  /** Which attempt of the task this is, from 0. */
  readonly attempt: number
  readonly stage: Stage
  readonly inputs: TaskInputs
  readonly sources: readonly TaskSource[]
  readonly owner: OutputOwner
  /** Send the output along with the report when it takes at most so many bytes. */
  readonly inlineBytes: number
  /** Of a task that waits for the others of its stage, where each of them runs, by partition. */
  readonly together?: readonly string[]
}

/** Another executor goes: what an attempt wrote there is fetched from its address, and is here from then on. */
export interface TakeOutput {
  readonly attemptId: number
  readonly jobId: number
  readonly owner: OutputOwner
  readonly address: string
}

export type DriverMessage =
  /** Before the first task. */
  | { readonly kind: 'protectFiles'; readonly protection: FileProtection }
  | { readonly kind: 'launchTask'; readonly launch: TaskLaunch }
  | { readonly kind: 'cancelTask'; readonly attemptId: number }
  | { readonly kind: 'releaseJob'; readonly jobId: number }
  | { readonly kind: 'dropCache'; readonly cacheId: string }
  /** A stream ended: what is kept of its state in memory can go, and where its partitions were. */
  | { readonly kind: 'dropState'; readonly queryId: string }
  /** All tasks of its stage have come to where this one waits. */
  | {
      readonly kind: 'passBarrier'
      readonly attemptId: number
      readonly sequence: number
      readonly messages: readonly string[]
    }
  | ({ readonly kind: 'takeOutput' } & TakeOutput)
  /** End the process cleanly. */
  | { readonly kind: 'shutdown' }

/** What an executor may hold, what its tasks and blocks hold, what of that are blocks, and what its process takes. */
export interface ExecutorMemory {
  readonly limitBytes: number
  readonly heldBytes: number
  readonly storedBytes: number
  readonly residentBytes: number
}

export type ExecutorMessage =
  | { readonly kind: 'heartbeat'; readonly memory: ExecutorMemory }
  | {
      readonly kind: 'taskSucceeded'
      readonly attemptId: number
      readonly report: TaskReport
      /** The whole output, when it was small enough to come along. */
      readonly blocks?: readonly Block[]
    }
  | { readonly kind: 'taskFailed'; readonly attemptId: number; readonly error: SerializedError }
  /** It waits for the others of its stage. */
  | ({ readonly kind: 'barrierCalled'; readonly attemptId: number } & BarrierCall)
  | { readonly kind: 'outputTaken'; readonly attemptId: number }
  | { readonly kind: 'outputNotTaken'; readonly attemptId: number; readonly reason: string }
  /** It is to end soon: it wants no more tasks, and others to have what it holds. */
  | { readonly kind: 'leaving'; readonly reason: string }

/** Blocks wanted from an executor's store, or from the driver (`local`). */
export type FetchRequest =
  | {
      readonly kind: 'attempts'
      readonly attemptIds: readonly number[]
      /** A shuffle partition, or all of them. */
      readonly partition: number | 'all'
    }
  | { readonly kind: 'local'; readonly id: string; readonly from: number; readonly until: number }
  /** All that an attempt wrote, each block with its partition. */
  | { readonly kind: 'output'; readonly attemptId: number }

export interface FetchedBlock extends Block {
  /** Of a whole output, the partition that it is of. */
  readonly partition?: number
}

/** How the driver reaches an executor, whatever lies between. */
export interface ExecutorConnection {
  /** Where it serves blocks to others: host:port, or empty when it is in this process. */
  readonly address: string
  send(message: DriverMessage): void
  fetch(request: FetchRequest, signal: AbortSignal): AsyncIterable<Block>
  close(): void
}

/** The driver as an executor in the same process sees it. */
export interface DriverPort {
  connect(executorId: string, slots: number, connection: ExecutorConnection, heartbeats: boolean): void
  receive(executorId: string, message: ExecutorMessage): void
  readonly localBlocks: { get(id: string): readonly Block[]; find(id: string): readonly Block[] | undefined }
}
