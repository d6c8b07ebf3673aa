import type { Field } from '../../columnar/types.js'
import { append } from '../../common/append.js'
import { isSource } from '../../planner/plan/physical/inputs.js'
import type { PhysicalPlan, Stage } from '../../planner/plan/physical/plan.js'
import { loadColumn } from '../compiler/batch-access.js'
import { compileExpression } from '../compiler/expression/compile.js'
import { CompilerContext } from '../compiler/expression/context.js'
import { rowSource } from '../compiler/expression/row-source.js'
import { Scope } from '../compiler/expression/scope.js'
import type { Value } from '../compiler/expression/value.js'
import { LateLiterals } from '../compiler/late-literals.js'
import { finishProgram } from '../compiler/program.js'
import type { FunctionBuilder } from '../compiler/wasm/function-builder.js'
import type { Label, Local, Operand } from '../compiler/wasm/types.js'
import { STATE_BYTES, TABLE_BYTES } from '../kernels/interface/table.js'
import { BatchLeaves } from './codegen/batch-leaves.js'
import type { Consumer, Selection } from './codegen/consumer.js'
import { originsOf } from './codegen/fingerprint.js'
import { loopOverRows, loopOverVectors } from './codegen/lanes/vector-rows.js'
import { leafRange, leavesRead } from './codegen/leaves-read.js'
import { OutputSink } from './codegen/output.js'
import { type BatchLoop, SelectedRows } from './codegen/selected-rows.js'
import type { VectorColumns } from './codegen/vector-test.js'
import type { CompiledStage, SideOutput } from './compiled-stage.js'
import { EventTimePlaces } from './event-times.js'
import { executableOf } from './operators/index.js'
import type { BatchPipeline, PipelineCompiler, PlacedRows, PlanOverInputs, StoredRows } from './operators/operator.js'
import { PARTS_BYTES, partTables } from './part-tables.js'
import type { BatchSource, Pipeline, Step, TestStep } from './step.js'
import type { RowsToCopy, SharedTable } from './table-copy.js'

/**
 * Compiles a stage: its operator tree cut at the breakers into pipelines, each a function of one module.
 * @param spills whether everything that operators keep must be able to go to disk, which costs code and time
 * @param literals what the numbered literals of the stage hold
 */
export function compileStage(stage: Stage, spills = false, literals = new LateLiterals([])): CompiledStage {
  return new StageCompiler(stage, spills, literals).compile()
}

/** How much code it is to load a column (see `weightOf`). */
const COLUMN_WEIGHT = 4

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
  readonly #sources: (readonly number[])[] = []
  /** Which input was followed at each node from the root to the one that is compiled. */
  readonly #path: number[] = []
  #selected: SelectedRows | undefined
  /** How many rows the function under way makes of one. */
  #copies = 1
  /** What is read of a source by the function under way. */
  #reads = new Set<number>()
  #functions = 0

  constructor(stage: Stage, spills: boolean, literals: LateLiterals) {
    this.#stage = stage
    this.spills = spills
    this.context = new CompilerContext(originsOf(stage), compileExpression, literals)
    this.#asked = this.context.constants.reserve(16)
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
    }
  }

  #produce(plan: PhysicalPlan, next: Consumer): void {
    if (isSource(plan)) this.#fromOutside(plan.attributes, next)
    else executableOf(plan).produce(this, plan, next)
  }

  #fromOutside(fields: readonly Field[], next: Consumer): void {
    const position = this.#sources.push([...this.#path]) - 1
    this.overBatches(fields, (task, wanted) => task.openSource(position, wanted), next)
  }

  input(plan: PlanOverInputs, index: number, next: Consumer): void {
    this.#path.push(index)
    this.#produce(plan.inputs[index]!, next)
    this.#path.pop()
  }

  table(): number {
    const table = this.context.constants.reserve(TABLE_BYTES)
    this.#tables.push(table)
    return table
  }

  parts(): number {
    const parts = this.context.constants.reserve(PARTS_BYTES)
    append(this.#tables, partTables(parts))
    return parts
  }

  state(): number {
    const state = this.context.constants.reserve(STATE_BYTES)
    this.#states.push(state)
    return state
  }

  step(run: Step['run']): void {
    this.#steps.push({ run })
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
    emit()
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
    this.#copies *= count
  }

  overRows({ ranges, ...rows }: StoredRows, next: Consumer): void {
    const pipeline = this.pipeline(rows, next)
    this.step((task) => task.runOverRows(pipeline, ranges(task)))
  }

  pipeline({ stride, locate, load }: PlacedRows, next: Consumer): Pipeline {
    const located: PlacedRows['locate'] = (f, row) => {
      f.i32(stride).op('i32.mul').get(f.parameters[0]!).op('i32.add')
      locate(f, row)
    }
    return { ...this.#pipeline(located, load, next), stride }
  }

  overBatches(fields: readonly Field[], open: BatchSource['open'], next: Consumer): void {
    const { pipeline, leaves, used } = this.batchPipeline(fields, next)
    this.step(runOverBatches(pipeline, { leaves, used, open }))
  }

  batchPipeline(fields: readonly Field[], next: Consumer): BatchPipeline {
    const leaves = new BatchLeaves(this.context, fields)
    const used = new Set<number>()
    const record = (ordinal: number) => {
      used.add(ordinal)
      this.#reads.add(ordinal)
    }
    const load = (ordinal: number, { f }: Scope, row: Operand): Value => {
      record(ordinal)
      return loadColumn(f, fields[ordinal]!.type, leaves.of(f, ordinal), row)
    }
    const columns: BatchColumns['columns'] = (f, ordinal) => {
      record(ordinal)
      return { type: fields[ordinal]!.type, leaf: leaves.of(f, ordinal)[0]! }
    }
    const pipeline = this.#pipeline(
      (f, row) => f.set(row),
      (row) => rowSource(row, load, COLUMN_WEIGHT),
      next,
      { fields, columns },
    )
    return { pipeline, leaves: leaves.offset, used }
  }

  /**
   * Emits the function of a pipeline: (first, end) → status. Over a batch it runs from row `first` up to `end`, so that a batch may be run
   * in parts; over rows in memory `first` is the address of the first and `end` their number. `locate` pops the index of a row and
   * sets what stands for the row: the index itself, or its address. Only batches have `columns`.
   */
  #pipeline(
    locate: StoredRows['locate'],
    load: StoredRows['load'],
    consumer: Consumer,
    batch?: BatchColumns,
  ): Pipeline {
    const name = `pipeline${this.#functions++}`
    const stop = this.context.constants.reserve(16)
    const { selection } = consumer
    const tests = batch && selection ? this.#select(`${name}Test`, load, consumer, selection, batch) : undefined
    const f = this.context.module.function(['i32', 'i32'], ['i32'], name)
    const loop = this.#batchLoop(f, load, batch)
    const { first, row, index, scopeOfRow } = loop
    this.#reads = new Set()
    this.#copies = 1
    consumer.begin(f)
    const copies = this.#copies
    if (tests) this.#selected!.run(f, loop, selection!, stop)
    else {
      if (batch) f.get(first).set(index)
      const vector = batch && consumer.vector?.(f, loop.columns)
      const one = (done: Label): void => {
        f.get(index)
        locate(f, row)
        f.block((skip) => consumer.row(scopeOfRow(), { skip, done, stop }))
      }
      if (vector) loopOverVectors(f, loop, vector, one)
      else loopOverRows(f, loop, one)
      vector?.end(scopeOfRow())
    }
    consumer.end(f)
    f.i32(0)
    const select = tests && { rows: this.#selected!.rows, tests, reads: leavesRead(batch!.fields, this.#reads) }
    return { name, stop, copies, stride: 1, ...(select && { select }) }
  }

  #batchLoop(f: FunctionBuilder, load: StoredRows['load'], batch: BatchColumns | undefined): BatchLoop {
    const [first, end] = f.parameters as readonly [Local, Local]
    const [index, row] = [f.local('i32'), f.local('i32')]
    const scopeOfRow = (): Scope => new Scope(this.context, f, load(row))
    return { first, end, row, index, scopeOfRow, columns: (ordinal) => batch?.columns(f, ordinal) }
  }

  /** Emits the functions that select rows of a batch: one for each test, so that columns only later ones read can wait for it. */
  #select(
    name: string,
    load: StoredRows['load'],
    consumer: Consumer,
    selection: Selection,
    batch: BatchColumns,
  ): readonly TestStep[] {
    this.#selected ??= new SelectedRows(this.context)
    const selected = this.#selected
    return selection.tests.map((test, i) => {
      const f = this.context.module.function(['i32', 'i32'], ['i32'], `${name}${i}`)
      this.#reads = new Set()
      consumer.begin(f)
      selected.test(f, this.#batchLoop(f, load, batch), test, i === 0)
      const range = leafRange(test, batch.fields)
      return { name: `${name}${i}`, reads: leavesRead(batch.fields, this.#reads), ...(range && { range }) }
    })
  }
}

const runOverBatches =
  (pipeline: Pipeline, source: BatchSource): Step['run'] =>
  (task) =>
    task.runOverBatches(pipeline, source)

interface BatchColumns {
  readonly fields: readonly Field[]
  columns(f: FunctionBuilder, ordinal: number): ReturnType<VectorColumns>
}
