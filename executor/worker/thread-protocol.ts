import type { Block } from '../../columnar/blocks/block.js'
import type { BarrierCall } from '../../common/barrier.js'
import type { FileProtection } from '../../common/encryption/file-protection.js'
import type { SerializedError } from '../../common/errors/millrace-error.js'
import type { Stage } from '../../planner/plan/physical/plan.js'
import type { TaskInputs } from '../../planner/plan/physical/stage-parts.js'
import type { PoolHandle } from '../memory/memory-pool.js'
import type { TableCopy } from '../pipelines/table-copy.js'
import type { TableClaim, TaskResult } from '../pipelines/task.js'

/** What every thread of an executor is started with. */
export interface ThreadData {
  /** URL of the thread's program, `executor/worker/entry.cjs`, which shares what it loads with the other modules. */
  readonly entry: string
  /** URL of the module that exports `runTask`; it may export `threadMemoryBytes(): number` as well. */
  readonly taskModule: string
  /** URL of the module that exports `connectorEntry(name): ConnectorEntry`. */
  readonly connectorModule: string | undefined
  /** Compiled once per process. */
  readonly kernels: WebAssembly.Module | undefined
}

/** What the thread of a slot is started with. */
export interface SlotData extends ThreadData {
  readonly pool: PoolHandle
  readonly slot: number
}

/** A task as it is handed to a thread. */
export interface ThreadTask {
  /** Absent when it is that of the task before: then the thread still has it, and what it made of it. */
  readonly stage?: Stage
  readonly inputs: TaskInputs
  readonly attempt: number
  /** Whether an earlier try ran out of memory. */
  readonly spills: boolean
  /** Where the tasks of its stage run, when they wait for one another. */
  readonly together: readonly string[] | undefined
  /** How the thread's files are encrypted, where any are. */
  readonly protection?: FileProtection | undefined
  /** Which attempts made the blocks that the task reads of each cached relation. */
  readonly cacheVersions: Readonly<Record<string, string>>
  /** Cached relations that were dropped since the thread's last task. */
  readonly droppedCaches: readonly string[]
  /** Streams that ended since then. */
  readonly droppedStates: readonly string[]
}

/** Which blocks a thread asks for; ids are those of the plan. */
export type StreamRequest =
  | { readonly kind: 'shuffle'; readonly stageId: number }
  | { readonly kind: 'broadcast'; readonly stageId: number }
  | { readonly kind: 'local'; readonly id: string }
  | { readonly kind: 'cache'; readonly cacheId: string }

export interface EmittedBlock {
  readonly partition: number
  readonly block: Block
}

/** What comes over the port of a thread, task by task. */
export type ThreadOrder =
  | { readonly kind: 'run'; readonly task: ThreadTask }
  /** For the task that runs, unless it has just ended. */
  | { readonly kind: 'tell'; readonly message: HostMessage }
  /** Between tasks: to give memory back that is kept only to be faster next time. */
  | { readonly kind: 'trim' }

export type ThreadMessage =
  | { readonly kind: 'open'; readonly stream: number; readonly request: StreamRequest }
  /** The thread took one message of blocks and has room for another. */
  | { readonly kind: 'more'; readonly stream: number }
  | { readonly kind: 'close'; readonly stream: number }
  | { readonly kind: 'emit'; readonly blocks: readonly EmittedBlock[] }
  /** Asks for a table of the stage, whose rows come from another one, if a thread has made it. */
  | { readonly kind: 'claimTable'; readonly source: number; readonly stageId: number }
  /** The table was made; without a copy when there is no memory for one. */
  | { readonly kind: 'madeTable'; readonly source: number; readonly copy?: TableCopy }
  | { readonly kind: 'callBarrier'; readonly call: BarrierCall }
  /** Asks for what threads without a task keep to be faster next time. */
  | { readonly kind: 'trimIdle' }
  | {
      readonly kind: 'succeeded'
      readonly result: TaskResult
      readonly memoryBytes: number
      /** The last that it emitted: small tasks come with one message. */
      readonly blocks: readonly EmittedBlock[]
    }
  | {
      readonly kind: 'failed'
      readonly error: SerializedError
      readonly memoryBytes: number
      /** Code was interrupted in the middle of changing the heap. */
      readonly isThreadBroken: boolean
    }
  /** Of the thread itself: it has given back what it could. */
  | { readonly kind: 'keepsLess' }

export type HostMessage =
  | {
      readonly kind: 'blocks'
      readonly stream: number
      readonly blocks: readonly Block[]
      /** Whether the stream ends with them. */
      readonly areLast: boolean
    }
  /** The end of a stream whose last blocks were sent before, or that has none. */
  | { readonly kind: 'end'; readonly stream: number }
  | { readonly kind: 'streamFailed'; readonly stream: number; readonly error: SerializedError }
  /** So many emitted bytes are stored. */
  | { readonly kind: 'stored'; readonly bytes: number }
  | { readonly kind: 'table'; readonly source: number; readonly claim: TableClaim }
  | { readonly kind: 'passBarrier'; readonly sequence: number; readonly messages: readonly string[] }
  /** Threads without a task have given back what they could. */
  | { readonly kind: 'trimmed' }
  | { readonly kind: 'cancel' }

/** Messages of blocks that may be under way to a thread for one stream. */
export const STREAM_WINDOW = 2
/** A message of blocks is sent when it has this many bytes or blocks. */
export const MESSAGE_BYTES = 1024 ** 2
export const MESSAGE_BLOCKS = 64
/** Emitted bytes that may be not yet stored before the pipeline must pause. */
export const EMIT_WINDOW_BYTES = 32 * 1024 ** 2
