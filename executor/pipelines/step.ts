import type { Batch, BatchReader, LeafRange } from '../../connectors/api.js'
import type { ObservedStates } from '../../planner/plan/physical/task-report.js'
import type { OfLiterals } from '../compiler/late-literals.js'
import type { LinearMemory } from '../memory/linear-memory.js'
import type { MemoryArbiter } from '../memory/memory-arbiter.js'
import type { ScratchFile } from '../spill/scratch-file.js'
import type { SideRows } from './side-rows.js'
import type { TaskEnvironment } from './task.js'
import type { TaskStates } from './task-states.js'
import type { TaskTables } from './task-tables.js'

/**
 * What a task does, in order. The operator that emits a step says what it does; whoever runs steps knows no operator. A step belongs to a
 * compiled stage, which many tasks share: it holds offsets in the data area, and nothing of a task or of a plan's identities. Its function is made by
 * one that has no other variables, since a closure keeps all those alive that closures beside it use, the plan and the compiler among them.
 */
export interface Step {
  run(task: TaskRun): void | Promise<void>
  /** The step helps to make the table there, which tasks of the stage share. It is left out when the table is there already. */
  readonly builds?: number
  /** The step is left out by all tasks of the stage but the first. */
  readonly inFirstTask?: true
}

/** What steps may use of the task they run in. */
export interface TaskRun {
  /** Which of the stage's tasks it is. */
  readonly partition: number
  /** Which attempt at the task it is, and where it meets the others of its stage. */
  readonly environment: Pick<TaskEnvironment, 'attempt' | 'barrier'>
  readonly memory: LinearMemory
  /** Who of its operators gives memory back. */
  readonly arbiter: MemoryArbiter
  /** Where they put what they gave back. */
  readonly scratch: ScratchFile
  readonly states: TaskStates
  /** What it reports of its rows (see `PhysicalObserve`). */
  readonly observations: ObservedStates[]
  /** The address of what is at an offset of the data area. */
  addressOf(offset: number): number
  /** The u32 at an offset of the data area. */
  slot(offset: number): number
  /** The rows written to a side output (see `PipelineCompiler.sideOutput`). */
  side(number: number): SideRows
  /** Those that tasks share. */
  readonly tables: TaskTables
  /** Opens the source of the stage at a position in `CompiledStage.sources`. */
  openSource(position: number, wanted: WantedRows): OpenSource
  /** Who brings rows of the table at an offset of the data area into memory that generated code asks for; `place` is an address. */
  provideRows(table: number, find: RowProvider): void
  /** Who brings rows of the state at an offset of the data area back that generated code asks for by their hash. */
  returnRows(state: number, bring: RowReturn): void
  /** Calls a generated function that passes no rows on: (first, end) → status. */
  callOnce(name: string, first: number, end: number): void
  runOverRows(pipeline: Pipeline, ranges: Iterable<RowRange>): Promise<void>
  runOverBatches(pipeline: Pipeline, source: BatchSource): Promise<void>
}

/** Finds a row that is on disk (see `HostFunctions.findRow`). */
export type RowProvider = (place: number, index: number, writes: boolean) => void

/** Brings the rows with a hash back into memory (see `HostFunctions.returnRows`). */
export type RowReturn = (hash: number) => void

/** A generated function that passes rows on. */
export interface Pipeline {
  /** Its name: (first, end) → status. */
  readonly name: string
  /** The name of the function for batches in which leaves have codes, where they may (see `BatchLeaves`). */
  readonly coded?: string
  /** Of a batch, what is to select rows before. Then the function runs over these. */
  readonly select?: RowSelect
  /** Offset of a u32 that becomes 1 when no more rows are wanted. */
  readonly stop: number
  /** How many rows it makes of one, where that is known. */
  readonly copies: number
  /** How far from one row to the next one it is, in what `first` counts. */
  readonly stride: number
}

/** Tests that select rows of a batch, to be run one after the other. */
export interface RowSelect {
  /** Offset in the data area of the list of rows. */
  readonly rows: number
  readonly tests: readonly TestStep[]
  /** As of the tests, of the function that runs over the selected rows. */
  readonly reads: ReadonlySet<number>
}

/** A test of rows of a batch. */
export interface TestStep {
  /** The generated function: (0, rows of the batch, or of the list) → how many rows are in the list now. */
  readonly name: string
  /** Leaves that the function reads, of columns that are one leaf. */
  readonly reads: ReadonlySet<number>
  /** The test as a range, for sources that can tell such rows themselves. */
  readonly range?: LateRange
}

/** A range of a column that is one leaf, as it follows from the literals of a query. */
export interface LateRange {
  readonly leaf: number
  readonly least: OfLiterals<bigint>
  readonly greatest: OfLiterals<bigint>
}

/** The address of the first of some rows that lie one behind the other, or its number, and how many there are. */
export type RowRange = readonly [first: number, count: number]

/** Where the batches come from that a pipeline runs over. */
export interface BatchSource {
  /** Offset of where the addresses of a batch's leaves go, data and validity of each. */
  readonly leaves: number
  /** Leaves that may come as codes, and offsets of where it goes what is told of these (see `BatchLeaves`). */
  readonly coded: ReadonlyMap<number, number>
  /** The columns that are read. */
  readonly used: ReadonlySet<number>
  open(task: TaskRun, wanted: WantedRows): OpenSource
}

/** What of a source is wanted. */
export interface WantedRows {
  /** Columns that are read. */
  readonly used: ReadonlySet<number>
  /** Leaves that may be left out of a batch until some of its rows are selected. */
  readonly deferred: ReadonlySet<number>
  /** Leaves that may come as codes of a dictionary. */
  readonly coded: ReadonlySet<number>
  /** The first test of rows, where it is a range. */
  readonly range: LeafRange | undefined
}

/** A batch is valid until the next is asked for. */
export type Batches = BatchReader | AsyncIterable<Batch> | Iterable<Batch>

export interface OpenSource {
  readonly batches: Batches
  /** Whether its rows count as what the task has read. */
  readonly isCounted: boolean
  /** Of a stream. */
  readonly scanId?: number
}
