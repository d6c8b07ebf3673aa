import type { Field } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { CompilerContext } from '../compiler/expression/context.js'
import { rowSource } from '../compiler/expression/row-source.js'
import { type ColumnCode, Scope } from '../compiler/expression/scope.js'
import type { Value } from '../compiler/expression/value.js'
import type { FunctionBuilder } from '../compiler/wasm/function-builder.js'
import type { Label, Local, Operand } from '../compiler/wasm/types.js'
import { BatchLeaves } from './codegen/batch-leaves.js'
import { type Consumer, pushSlot, type Selection } from './codegen/consumer.js'
import { loopOverRows, loopOverVectors } from './codegen/lanes/vector-rows.js'
import { leafRange, leavesRead } from './codegen/leaves-read.js'
import { type BatchLoop, SelectedRows } from './codegen/selected-rows.js'
import type { VectorColumns } from './codegen/vector-test.js'
import type { BatchPipeline, PlacedRows, StoredRows } from './operators/operator.js'
import type { Pipeline, TestStep } from './step.js'

/** How much code it is to load a column (see `weightOf`). */
const COLUMN_WEIGHT = 4
/** Behind the name of the function for batches with codes. */
const CODED = 'Coded'

/** Emits the functions of a stage's pipelines. */
export class PipelineFunctions {
  readonly #context: CompilerContext
  #selected: SelectedRows | undefined
  /** How many rows the function under way makes of one. */
  #copies = 1
  /** Where in the data area it is told that the second function of the pipeline runs, and whether that one is under way. */
  #second: { readonly slot: number; readonly isUnderWay: boolean } | undefined
  /** What is read of a source by the function under way. */
  #reads = new Set<number>()
  #functions = 0

  constructor(context: CompilerContext) {
    this.#context = context
  }

  makesCopies(count: number): void {
    this.#copies *= count
  }

  inSecondFunction(slot: number): boolean {
    this.#second ??= { slot, isUnderWay: false }
    if (this.#second.slot !== slot)
      throw new MillraceError('INTERNAL_ERROR', { message: 'two operators of a pipeline want a second function' })
    return this.#second.isUnderWay
  }

  overStored({ stride, locate, load }: PlacedRows, next: Consumer): Pipeline {
    const located: PlacedRows['locate'] = (f, row) => {
      f.i32(stride).op('i32.mul').get(f.parameters[0]!).op('i32.add')
      locate(f, row)
    }
    return { ...this.#pipeline(located, load, next), stride }
  }

  /** @param mayBeCoded whether the source can give codes in place of values */
  overBatch(fields: readonly Field[], next: Consumer, mayBeCoded = false): BatchPipeline {
    const leaves = new BatchLeaves(this.#context, fields, mayBeCoded)
    const used = new Set<number>()
    const record = (ordinal: number) => {
      used.add(ordinal)
      this.#reads.add(ordinal)
    }
    const load = (ordinal: number, { f }: Scope, row: Operand): Value => {
      record(ordinal)
      return leaves.value(f, ordinal, row)
    }
    const code = (ordinal: number, { f }: Scope, row: Operand): ColumnCode | undefined => {
      record(ordinal)
      return leaves.code(f, ordinal, row)
    }
    const columns: BatchColumns['columns'] = (f, ordinal) => {
      record(ordinal)
      const leaf = leaves.plain(f, ordinal)
      return leaf && { type: fields[ordinal]!.type, leaf }
    }
    const pipeline = this.#pipeline(
      (f, row) => f.set(row),
      (row) => rowSource(row, load, COLUMN_WEIGHT, code),
      next,
      { fields, columns, leaves },
    )
    return { pipeline, leaves: leaves.offset, coded: leaves.coded, used }
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
    const stop = this.#context.constants.reserve(16)
    const { selection } = consumer
    const tests = batch && selection ? this.#select(`${name}Test`, load, consumer, selection, batch) : undefined
    this.#reads = new Set()
    const emit = (suffix: string): FunctionBuilder => {
      const f = this.#context.module.function(['i32', 'i32'], ['i32'], name + suffix)
      this.#copies = 1
      consumer.begin(f)
      this.#loop(f, { locate, load, consumer, batch, stop, isSelected: tests !== undefined })
      consumer.end(f)
      f.i32(0)
      return f
    }
    let copies = 1
    const emitBoth = (suffix: string): void => {
      this.#second = undefined
      const f = emit(suffix)
      copies = Math.max(copies, this.#copies)
      this.#whenTold(f, () => {
        const second = emit(`${suffix}Second`)
        copies = Math.max(copies, this.#copies)
        return second
      })
    }
    emitBoth('')
    const isCoded = batch !== undefined && batch.leaves.coded.size > 0
    if (isCoded) {
      batch.leaves.isCoded = true
      emitBoth(CODED)
    }
    const select = tests && { rows: this.#selected!.rows, tests, reads: leavesRead(batch!.fields, this.#reads) }
    return { name, stop, copies, stride: 1, ...(isCoded && { coded: name + CODED }), ...(select && { select }) }
  }

  /** Engines compile a function when it is first called: what most tasks never need costs them nothing in one of its own. */
  #whenTold(f: FunctionBuilder, emit: () => FunctionBuilder): void {
    if (!this.#second) return
    const { slot } = this.#second
    this.#second = { slot, isUnderWay: true }
    const second = emit()
    f.onEntry(() => {
      pushSlot(this.#context, f, slot).if(() =>
        f.get(f.parameters[0]!).get(f.parameters[1]!).call(second.reference).return(),
      )
    })
    this.#second = undefined
  }

  #loop(f: FunctionBuilder, { locate, load, consumer, batch, stop, isSelected }: LoopParts): void {
    const loop = this.#batchLoop(f, load, batch)
    const { first, row, index, scopeOfRow } = loop
    if (isSelected) return this.#selected!.run(f, loop, consumer.selection!, stop)
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

  #batchLoop(f: FunctionBuilder, load: StoredRows['load'], batch: BatchColumns | undefined): BatchLoop {
    const [first, end] = f.parameters as readonly [Local, Local]
    const [index, row] = [f.local('i32'), f.local('i32')]
    const scopeOfRow = (): Scope => new Scope(this.#context, f, load(row))
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

/** What the function of a pipeline is made of. */
interface LoopParts extends Pick<StoredRows, 'locate' | 'load'> {
  readonly consumer: Consumer
  readonly batch: BatchColumns | undefined
  readonly stop: number
  /** Whether it runs over the rows that tests selected. */
  readonly isSelected: boolean
}

interface BatchColumns {
  readonly fields: readonly Field[]
  readonly leaves: BatchLeaves
  columns(f: FunctionBuilder, ordinal: number): ReturnType<VectorColumns>
}
