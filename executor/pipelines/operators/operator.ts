import type { Field } from '../../../columnar/types.js'
import type { SourcePlan } from '../../../planner/plan/physical/inputs.js'
import type { PhysicalPlan } from '../../../planner/plan/physical/plan.js'
import type { TaskInputs } from '../../../planner/plan/physical/stage-parts.js'
import type { CompilerContext } from '../../compiler/expression/context.js'
import type { ColumnSource } from '../../compiler/expression/scope.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Local } from '../../compiler/wasm/types.js'
import type { LinearMemory } from '../../memory/linear-memory.js'
import type { CachedColumns } from '../cached-columns.js'
import type { Consumer } from '../codegen/consumer.js'
import type { EventTimePlaces } from '../event-times.js'
import type { Batches, BatchSource, Pipeline, RowRange, Step, TaskRun, WantedRows } from '../step.js'
import type { RowsToCopy } from '../table-copy.js'
import type { TaskEnvironment } from '../task.js'

/** How an operator over inputs is compiled and driven. What planning knows of it is told in planner/physical/operators. */
export interface ExecutableOperator<P extends PhysicalPlan> {
  /** Emits the pipelines and steps that bring its rows to a consumer. */
  produce(compiler: PipelineCompiler, plan: P, next: Consumer): void
}

/** How an operator is driven that reads from outside its stage. All of them are compiled alike. */
export interface ExecutableSource<P extends SourcePlan> {
  /** Its rows for one task. */
  batches(plan: P, context: SourceContext): Batches
  /** In a stage with such sources only their rows count as read: those of other sources were counted where they were read. */
  readonly isScan?: true
}

/** What the batches of a source are read for and with. */
export interface SourceContext extends WantedRows {
  readonly inputs: TaskInputs
  readonly environment: TaskEnvironment
  readonly memory: LinearMemory
  /** What is kept of cached relations. */
  readonly cachedColumns: CachedColumns
}

type NodeOf<K extends PhysicalPlan['kind']> = Extract<PhysicalPlan, { readonly kind: K }>

/** Every kind has an entry; without one the build fails. */
export type OperatorTable = {
  readonly [K in PhysicalPlan['kind']]: NodeOf<K> extends SourcePlan
    ? ExecutableSource<NodeOf<K>>
    : ExecutableOperator<NodeOf<K>>
}

/** What operators are compiled with: one for each stage. All offsets are in the data area of its module. */
export interface PipelineCompiler {
  readonly context: CompilerContext
  /** The stage ran out of memory before: operators must be able to put on disk whatever they keep. */
  readonly spills: boolean
  readonly eventTimes: EventTimePlaces
  /** A place for a table of the kernels. It is released when the task ends. */
  table(): number
  /** The same for tables that rows are divided into by their hashes. */
  parts(): number
  /** A place for what a stateful operator keeps (`STATE_BYTES`). What is in it when the task ends is released. */
  state(): number
  /** Emits what brings the rows of one of a node's inputs to a consumer. */
  input(plan: PlanOverInputs, index: number, next: Consumer): void
  /** Adds a step. */
  step(run: Step['run']): void
  /** Has something done between two calls of a pipeline; returns what emits, into such a pipeline, that it is to be done next. */
  between(run: Step['run']): (f: FunctionBuilder) => void
  /** Adds a step that frees a table whose rows have all been passed on. */
  release(table: number): void
  /**
   * Marks the steps that `emit` adds as those that make a table which tasks of the stage on one thread share; those on other threads as well, if it is
   * the table of a join of the rows of a broadcast, which can be copied.
   */
  shared(table: number, emit: () => void, copied?: RowsToCopy): void
  /** Marks the steps that `emit` adds as those of the stage's first task alone. */
  inFirstTask(emit: () => void): void
  /** Tells, where the function of a pipeline begins, that it makes so many rows of one: it is called for fewer. */
  makesCopies(count: number): void
  /**
   * Tells, where the function of a pipeline begins, that a second one takes its calls while a u32 of the data area is 1; returns whether it is that one
   * which is emitted. Only one operator of a pipeline may tell so.
   */
  inSecondFunction(slot: number): boolean
  /** Emits a pipeline over rows that lie in memory, and adds a step that runs it. */
  overRows(rows: StoredRows, next: Consumer): void
  /** The same without a step that runs it: a step of the operator does. */
  pipeline(rows: PlacedRows, next: Consumer): Pipeline
  /** Emits a pipeline over batches with these columns. */
  overBatches(fields: readonly Field[], open: BatchSource['open'], next: Consumer): void
  /** The same without a step that runs it. */
  batchPipeline(fields: readonly Field[], next: Consumer): BatchPipeline
  /** A consumer that writes blocks which do not go to the stage's sink; steps take them by the number (`TaskRun.side`). */
  sideOutput(fields: readonly Field[]): { readonly consumer: Consumer; readonly number: number }
}

/** A pipeline over batches, which a step of an operator runs. */
export interface BatchPipeline extends Omit<BatchSource, 'open'> {
  readonly pipeline: Pipeline
}

export interface PlanOverInputs {
  readonly inputs: readonly PhysicalPlan[]
}

/** Rows that operators keep in memory. */
export interface StoredRows extends PlacedRows {
  /** Where they lie when the pipeline is to run. */
  ranges(task: TaskRun): Iterable<RowRange>
}

/** How generated code reads rows in memory. */
export interface PlacedRows {
  /** How far it is from one row to the next one, in what ranges begin with: bytes where that is an address, 1 where it is a number. */
  readonly stride: number
  /** Emits what pops where a row is, counted so, and sets the row's address. */
  locate(f: FunctionBuilder, row: Local): void
  /** The columns of the row at an address. */
  load(row: Local): ColumnSource
}
