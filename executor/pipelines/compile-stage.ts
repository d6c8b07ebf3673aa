import type { Field } from '../../columnar/types.js'
import { append } from '../../common/append.js'
import { isSource } from '../../planner/plan/physical/inputs.js'
import type { PhysicalPlan, Stage } from '../../planner/plan/physical/plan.js'
import { compileExpression } from '../compiler/expression/compile.js'
import { CompilerContext } from '../compiler/expression/context.js'
import { LateLiterals } from '../compiler/late-literals.js'
import { finishProgram } from '../compiler/program.js'
import type { FunctionBuilder } from '../compiler/wasm/function-builder.js'
import { STATE_BYTES, TABLE_BYTES } from '../kernels/interface/table.js'
import type { Consumer } from './codegen/consumer.js'
import { originsOf } from './codegen/fingerprint.js'
import { OutputSink } from './codegen/output.js'
import type { CompiledStage, SideOutput } from './compiled-stage.js'
import { EventTimePlaces } from './event-times.js'
import { executableOf } from './operators/index.js'
import type { BatchPipeline, PipelineCompiler, PlacedRows, PlanOverInputs, StoredRows } from './operators/operator.js'
import { PARTS_BYTES, partTables } from './part-tables.js'
import { PipelineFunctions } from './pipeline-functions.js'
import { StageMeter } from './stage-meter.js'
import type { BatchSource, Pipeline, Step } from './step.js'
import type { RowsToCopy, SharedTable } from './table-copy.js'

/**
 * Compiles a stage: its operator tree cut at the breakers into pipelines, each a function of one module.
 * @param spills whether everything that operators keep must be able to go to disk, which costs code and time
 * @param literals what the numbered literals of the stage hold
 */
export function compileStage(stage: Stage, spills = false, literals = new LateLiterals([])): CompiledStage {
  return new StageCompiler(stage, spills, literals).compile()
}

/** What all operators share: functions over rows, the selection of rows before them, and places in the data area. */
class StageCompiler implements PipelineCompiler {
  readonly context: CompilerContext
  readonly spills: boolean
  readonly eventTimes = new EventTimePlaces()
  readonly #stage: Stage
  readonly #steps: Step[] = []
  readonly #tables: number[] = []
  readonly #states: number[] = []
  readonly #shared: SharedTable[] = []
  readonly #sideOutputs: SideOutput[] = []
  readonly #between: Step['run'][] = []
  readonly #asked: number
  readonly #functions: PipelineFunctions
  readonly #sources: (readonly number[])[] = []
  /** Which input was followed at each node from the root to the one that is compiled. */
  readonly #path: number[] = []
  readonly #meter: StageMeter | undefined

  constructor(stage: Stage, spills: boolean, literals: LateLiterals) {
    this.#stage = stage
    this.spills = spills
    this.context = new CompilerContext(originsOf(stage), compileExpression, literals)
    this.#functions = new PipelineFunctions(this.context)
    this.#asked = this.context.constants.reserve(16)
    this.#meter = stage.isMeasured ? new StageMeter(this.context) : undefined
  }

  compile(): CompiledStage {
    const { constants } = this.context
    const builders = constants.reserve(16)
    const rowsWritten = constants.reserve(16)
    const { sink, schema, root } = this.#stage
    const partitioning = sink.kind === 'shuffle' ? sink.partitioning : ({ kind: 'single' } as const)
    this.#produce(root, new OutputSink(this.context, schema, partitioning, builders, rowsWritten))
    return {
      program: finishProgram(this.context),
      answered: this.context.literals.answered,
      steps: this.#steps,
      tables: this.#tables,
      states: this.#states,
      shared: this.#shared,
      sources: this.#sources,
      builders,
      sideOutputs: this.#sideOutputs,
      between: this.#between,
      asked: this.#asked,
      rowsWritten,
      eventTimes: this.eventTimes,
      meters: this.#meter?.meters,
    }
  }

  #produce(plan: PhysicalPlan, next: Consumer): void {
    if (isSource(plan)) this.#fromOutside(plan.attributes, plan.kind === 'scan' || plan.kind === 'cachedScan', next)
    else executableOf(plan).produce(this, plan, this.#meter?.counted(this.#path, next) ?? next)
  }

  #fromOutside(fields: readonly Field[], mayBeCoded: boolean, next: Consumer): void {
    const position = this.#sources.push([...this.#path]) - 1
    const open = sourceAt(position)
    const { pipeline, ...source } = this.#functions.overBatch(fields, next, mayBeCoded)
    this.step(runOverBatches(pipeline, { ...source, open: this.#meter?.opened(this.#path, open) ?? open }))
  }

  input(plan: PlanOverInputs, index: number, next: Consumer): void {
    this.#path.push(index)
    this.#produce(plan.inputs[index]!, next)
    this.#path.pop()
  }

  table(): number {
    const table = this.context.constants.reserve(TABLE_BYTES)
    this.#tables.push(table)
    this.#meter?.keeps(this.#path, [table])
    return table
  }

  parts(): number {
    const parts = this.context.constants.reserve(PARTS_BYTES)
    append(this.#tables, partTables(parts))
    this.#meter?.keeps(this.#path, partTables(parts))
    return parts
  }

  state(): number {
    const state = this.context.constants.reserve(STATE_BYTES)
    this.#states.push(state)
    return state
  }

  step(run: Step['run']): void {
    this.#steps.push({ run: this.#meter?.timed(this.#path, run) ?? run })
  }

  between(run: Step['run']): (f: FunctionBuilder) => void {
    const number = this.#between.push(run)
    return (f) => f.get(this.context.constantsBase).i32(number).store('i32.store', this.#asked)
  }

  release(table: number): void {
    this.step((task) => task.memory.kernels.tableRelease(task.addressOf(table)))
  }

  shared(table: number, emit: () => void, copied?: RowsToCopy): void {
    const from = this.#steps.length
    if (copied) this.#shared.push({ table, ...copied, source: this.#sources.length })
    if (this.#meter) this.#meter.shared(emit)
    else emit()
    append(
      this.#steps,
      this.#steps.splice(from).map((step) => ({ ...step, builds: table })),
    )
  }

  inFirstTask(emit: () => void): void {
    const from = this.#steps.length
    emit()
    append(
      this.#steps,
      // Other tasks of a thread make no table that they could share with the first.
      this.#steps.splice(from).map(({ run }) => ({ run, inFirstTask: true as const })),
    )
  }

  sideOutput(fields: readonly Field[]): { readonly consumer: Consumer; readonly number: number } {
    const { constants } = this.context
    const builders = constants.reserve(16)
    const number = this.#sideOutputs.push({ builders, fields }) - 1
    const rowsWritten = constants.reserve(16)
    return { consumer: new OutputSink(this.context, { fields }, { kind: 'single' }, builders, rowsWritten), number }
  }

  makesCopies(count: number): void {
    this.#functions.makesCopies(count)
  }

  inSecondFunction(slot: number): boolean {
    return this.#functions.inSecondFunction(slot)
  }

  overRows({ ranges, ...rows }: StoredRows, next: Consumer): void {
    const pipeline = this.pipeline(rows, next)
    this.step((task) => task.runOverRows(pipeline, ranges(task)))
  }

  pipeline(rows: PlacedRows, next: Consumer): Pipeline {
    return this.#functions.overStored(rows, next)
  }

  overBatches(fields: readonly Field[], open: BatchSource['open'], next: Consumer): void {
    const { pipeline, ...source } = this.batchPipeline(fields, next)
    this.step(runOverBatches(pipeline, { ...source, open }))
  }

  batchPipeline(fields: readonly Field[], next: Consumer): BatchPipeline {
    return this.#functions.overBatch(fields, next)
  }
}

const sourceAt =
  (position: number): BatchSource['open'] =>
  (task, wanted) =>
    task.openSource(position, wanted)

const runOverBatches =
  (pipeline: Pipeline, source: BatchSource): Step['run'] =>
  (task) =>
    task.runOverBatches(pipeline, source)
