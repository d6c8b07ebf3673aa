import type { Field } from '../../../columnar/types.js'
import { append } from '../../../common/append.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type {
  PhysicalAggregate,
  PhysicalHashJoin,
  PhysicalLimit,
  PhysicalPlan,
  PhysicalSort,
  PhysicalStateAggregate,
  PhysicalTopK,
  PhysicalWatermark,
  Stage,
} from '../../../planner/plan/physical/plan.js'
import { loadColumn } from '../../compiler/batch-access.js'
import { compileExpression } from '../../compiler/expression/compile.js'
import { CompilerContext } from '../../compiler/expression/context.js'
import { rowSource } from '../../compiler/expression/row-source.js'
import { type ColumnSource, Scope } from '../../compiler/expression/scope.js'
import type { Value } from '../../compiler/expression/value.js'
import { finishProgram } from '../../compiler/program.js'
import type { FunctionBuilder } from '../../compiler/wasm/function-builder.js'
import type { Local, Operand } from '../../compiler/wasm/types.js'
import { encodeJsonSpec } from '../../kernels/json-spec.js'
import { GroupedAggregate } from './aggregate.js'
import { BatchLeaves } from './batch-leaves.js'
import type { BatchSource, CompiledStage, PipelineSource, SourceNode, Step, TestStep } from './compiled-stage.js'
import type { Consumer, Selection } from './consumer.js'
import { filtered, projected } from './filter.js'
import { originsOf } from './fingerprint.js'
import { HashJoin } from './hash-join.js'
import { leafRange, leavesRead } from './leaves-read.js'
import { limited } from './limit.js'
import { OutputSink } from './output.js'
import { type BatchLoop, SelectedRows } from './selected-rows.js'
import { SortedRows } from './sort.js'
import { StateAggregate, stateFields } from './state-aggregate.js'
import { TABLE_BYTES } from './table-layout.js'
import type { VectorColumns } from './vector-test.js'
import { watermarked } from './watermark.js'

/** Compiles a stage: its operator tree cut at the breakers into pipelines, each a function of one module. */
export function compileStage(stage: Stage): CompiledStage {
  return new StageCompiler(stage).compile()
}

/** More rows than this are sorted as a whole: keeping twice as many at hand would not pay. */
const LARGEST_TOP = 1 << 18

/** How much code it is to load a column (see `weightOf`). */
const COLUMN_WEIGHT = 4

type LoadRow = (row: Local) => ColumnSource

class StageCompiler {
  readonly #context: CompilerContext
  readonly #stage: Stage
  readonly #steps: Step[] = []
  readonly #tables: number[] = []
  readonly #stateSinks: { readonly builders: number; readonly fields: readonly Field[] }[] = []
  readonly #watermarkSlot: number
  #selected: SelectedRows | undefined
  /** What is read of a source by the function under way. */
  #reads = new Set<number>()
  #sources = 0
  #functions = 0
  #eventTime: number | undefined

  constructor(stage: Stage) {
    this.#stage = stage
    this.#context = new CompilerContext(originsOf(stage), compileExpression, { buildJsonSpec: encodeJsonSpec })
    this.#watermarkSlot = this.#context.constants.reserve(16)
  }

  compile(): CompiledStage {
    const { constants } = this.#context
    const builders = constants.reserve(16)
    const rowsWritten = constants.reserve(16)
    const { sink, schema, root } = this.#stage
    const partitioning = sink.kind === 'shuffle' ? sink.partitioning : ({ kind: 'single' } as const)
    this.#produce(root, new OutputSink(this.#context, schema, partitioning, builders, rowsWritten))
    return {
      program: finishProgram(this.#context),
      steps: this.#steps,
      tables: this.#tables,
      builders,
      stateSinks: this.#stateSinks,
      watermark: this.#watermarkSlot,
      rowsWritten,
      eventTime: this.#eventTime,
    }
  }

  #table(): number {
    const table = this.#context.constants.reserve(TABLE_BYTES)
    this.#tables.push(table)
    return table
  }

  /** Emits the pipelines that bring the rows of a plan to a consumer. */
  #produce(plan: PhysicalPlan, next: Consumer): void {
    switch (plan.kind) {
      case 'scan':
      case 'local':
      case 'cachedScan':
      case 'shuffleRead':
      case 'broadcastRead':
      case 'oneRow':
      case 'range':
        return this.#fromOutside(plan, next)
      case 'filter':
        return this.#produce(plan.inputs[0], filtered(plan.condition, next))
      case 'project':
        return this.#produce(plan.inputs[0], projected(plan.projections, next))
      case 'limit':
        return this.#limit(plan, next)
      case 'watermark':
        return this.#watermark(plan, next)
      case 'hashJoin':
        return this.#join(plan, next)
      case 'aggregate':
        return this.#aggregate(plan, next)
      case 'sort':
        return this.#sort(plan, next)
      case 'topK':
        return this.#topK(plan, next)
      case 'stateAggregate':
        return this.#stateAggregate(plan, next)
      case 'exchange':
      case 'broadcast':
        throw new MillraceError('INTERNAL_ERROR', { message: `an uncut ${plan.kind} reached an executor` })
    }
  }

  #limit(plan: PhysicalLimit, next: Consumer): void {
    this.#produce(plan.inputs[0], limited(this.#context, plan, this.#context.constants.reserve(16), next))
  }

  #watermark(plan: PhysicalWatermark, next: Consumer): void {
    const least = new BigInt64Array([-(1n << 63n)])
    this.#eventTime ??= this.#context.constants.add(new Uint8Array(least.buffer))
    this.#produce(plan.inputs[0], watermarked(this.#context, plan.ordinal, this.#eventTime, next))
  }

  #join(plan: PhysicalHashJoin, next: Consumer): void {
    const table = this.#table()
    const join = new HashJoin(this.#context, plan, table)
    const from = this.#steps.length
    this.#produce(plan.inputs[1], join.build)
    this.#steps.push({ kind: 'finishJoin', table, width: join.width })
    if (plan.inputs[1].kind === 'broadcastRead') {
      append(
        this.#steps,
        this.#steps.splice(from).map((step) => ({ ...step, builds: table })),
      )
    }
    this.#produce(plan.inputs[0], join.probe(next))
  }

  #aggregate(plan: PhysicalAggregate, next: Consumer): void {
    const table = this.#table()
    const groups = new GroupedAggregate(this.#context, plan, table)
    const { width, hasKeys } = groups
    this.#steps.push({ kind: 'startGroups', table, width, hasKeys })
    this.#produce(plan.inputs[0], groups)
    this.#run(
      { kind: 'rows', table, width },
      (f, row) => f.i32(width).op('i32.mul').get(f.parameters[0]!).op('i32.add').set(row),
      (row) => groups.source(row),
      next,
    )
    this.#steps.push({ kind: 'release', table })
  }

  /** The state of the batches before, then this batch's rows; what the output mode asks for goes on, what stays goes to the state. */
  #stateAggregate(plan: PhysicalStateAggregate, next: Consumer): void {
    const { constants } = this.#context
    const { operatorId } = plan
    const table = this.#table()
    const aggregate = new StateAggregate(this.#context, plan, table, this.#watermarkSlot)
    const { width, hasKeys } = aggregate.groups
    const fields = stateFields(plan)
    this.#steps.push({ kind: 'startGroups', table, width, hasKeys })
    const leaves = new BatchLeaves(this.#context, fields)
    const state = { kind: 'state', operatorId, fields, leaves: leaves.offset, used: new Set<number>() } as const
    this.#fromBatches(state, fields, leaves, aggregate.loading)
    this.#produce(plan.inputs[0], aggregate.merging)
    let row: Local
    const locate = (f: FunctionBuilder, at: Local) =>
      f.i32(width).op('i32.mul').get(f.parameters[0]!).op('i32.add').set(at)
    const results: LoadRow = (at) => {
      row = at
      return aggregate.groups.source(at)
    }
    const rows = { kind: 'rows', table, width } as const
    this.#run(
      rows,
      locate,
      results,
      aggregate.output(() => row, next),
    )
    const builders = constants.reserve(16)
    const sink = this.#stateSinks.push({ builders, fields }) - 1
    const output = new OutputSink(this.#context, { fields }, { kind: 'single' }, builders, constants.reserve(16))
    this.#run(rows, locate, (at) => aggregate.groups.stateSource(at), aggregate.kept(output))
    this.#steps.push({ kind: 'saveState', operatorId, sink }, { kind: 'release', table })
  }

  #sort(plan: PhysicalSort, next: Consumer): void {
    const table = this.#table()
    const rows = new SortedRows(this.#context, plan, table)
    this.#produce(plan.inputs[0], rows)
    this.#steps.push({ kind: 'finishSort', table, width: rows.width, descriptor: rows.descriptor })
    this.#entries(table, 0, rows, next)
  }

  #topK(plan: PhysicalTopK, next: Consumer): void {
    const { isGlobal, inputs, orders, limit, offset, attributes } = plan
    if (limit + offset > LARGEST_TOP) {
      const sorted: PhysicalSort = { kind: 'sort', isGlobal, inputs, orders, attributes }
      return this.#limit({ kind: 'limit', isGlobal, inputs: [sorted], limit, offset, attributes }, next)
    }
    const table = this.#table()
    const rows = new SortedRows(this.#context, plan, table)
    const keep = plan.limit + plan.offset
    this.#steps.push({ kind: 'startTop', table, keep })
    this.#produce(plan.inputs[0], rows)
    this.#steps.push({ kind: 'finishTop', table, keep, descriptor: rows.descriptor })
    this.#entries(table, plan.offset, rows, next)
  }

  #entries(table: number, skip: number, rows: SortedRows, next: Consumer): void {
    this.#run(
      { kind: 'entries', table, skip },
      (f, row) => f.i32(16).op('i32.mul').get(f.parameters[0]!).op('i32.add').load('i32.load', 8).set(row),
      (row) => rows.source(row),
      next,
    )
    this.#steps.push({ kind: 'release', table })
  }

  #fromOutside(plan: SourceNode, next: Consumer): void {
    const leaves = new BatchLeaves(this.#context, plan.attributes)
    const source = {
      kind: 'outside',
      position: this.#sources++,
      leaves: leaves.offset,
      used: new Set<number>(),
    } as const
    this.#fromBatches(source, plan.attributes, leaves, next)
  }

  #fromBatches(source: RecordingSource, fields: readonly Field[], leaves: BatchLeaves, next: Consumer): void {
    const record = (ordinal: number) => {
      source.used.add(ordinal)
      this.#reads.add(ordinal)
    }
    const load = (ordinal: number, { f }: Scope, row: Operand): Value => {
      record(ordinal)
      return loadColumn(f, fields[ordinal]!.type, leaves.of(f, ordinal), row)
    }
    this.#run(
      source,
      (f, row) => f.set(row),
      (row) => rowSource(row, load, COLUMN_WEIGHT),
      next,
      {
        fields,
        columns: (f, ordinal) => {
          record(ordinal)
          return { type: fields[ordinal]!.type, leaf: leaves.of(f, ordinal)[0]! }
        },
      },
    )
  }

  /**
   * Emits the function of a pipeline: (first, end) → status. Over a batch it runs from row `first` up to `end`, so that a batch may be run
   * in parts; over materialised rows `first` is the address of the first and `end` their number. `locate` pops the index of a row and
   * sets what stands for the row: the index itself, or its address. Only batches have `columns`.
   */
  #run(
    source: PipelineSource,
    locate: (f: FunctionBuilder, row: Local) => void,
    load: LoadRow,
    consumer: Consumer,
    batch?: BatchColumns,
  ): void {
    const name = `pipeline${this.#functions++}`
    const stop = this.#context.constants.reserve(16)
    const { selection } = consumer
    const tests = batch && selection ? this.#select(`${name}Test`, load, consumer, selection, batch) : undefined
    const f = this.#context.module.function(['i32', 'i32'], ['i32'], name)
    const loop = this.#batchLoop(f, load, batch)
    const { first, end, row, index, scopeOfRow } = loop
    this.#reads = new Set()
    consumer.begin(f)
    if (tests) this.#selected!.run(f, loop, selection!, stop)
    else {
      if (batch) f.get(first).set(index)
      f.block((done) => {
        f.loop((again) => {
          f.get(index).get(end).op('i32.ge_u').brIf(done)
          f.get(index)
          locate(f, row)
          f.block((skip) => consumer.row(scopeOfRow(), { skip, done, stop }))
          f.get(index).i32(1).op('i32.add').set(index).br(again)
        })
      })
    }
    consumer.end(f)
    f.i32(0)
    const select = tests && { rows: this.#selected!.rows, tests, reads: leavesRead(batch!.fields, this.#reads) }
    this.#steps.push({ kind: 'run', name, source, stop, ...(select && { select }) })
  }

  #batchLoop(f: FunctionBuilder, load: LoadRow, batch: BatchColumns | undefined): BatchLoop {
    const [first, end] = f.parameters as readonly [Local, Local]
    const [index, row] = [f.local('i32'), f.local('i32')]
    const scopeOfRow = (): Scope => new Scope(this.#context, f, load(row))
    return { first, end, row, index, scopeOfRow, columns: (ordinal) => batch?.columns(f, ordinal) }
  }

  /** Emits the functions that select rows of a batch: one for each test, so that columns only later ones read can wait for it. */
  #select(
    name: string,
    load: LoadRow,
    consumer: Consumer,
    selection: Selection,
    batch: BatchColumns,
  ): readonly TestStep[] {
    this.#selected ??= new SelectedRows(this.#context)
    const selected = this.#selected
    return selection.tests.map((test, i) => {
      const f = this.#context.module.function(['i32', 'i32'], ['i32'], `${name}${i}`)
      this.#reads = new Set()
      consumer.begin(f)
      selected.test(f, this.#batchLoop(f, load, batch), test, i === 0)
      const range = leafRange(test, batch.fields)
      return { name: `${name}${i}`, reads: leavesRead(batch.fields, this.#reads), ...(range && { range }) }
    })
  }
}

/** A source that learns what is read of it. */
type RecordingSource = BatchSource & { readonly used: Set<number> }

interface BatchColumns {
  readonly fields: readonly Field[]
  columns(f: FunctionBuilder, ordinal: number): ReturnType<VectorColumns>
}
