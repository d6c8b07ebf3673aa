import type { Block } from '../../columnar/block.js'
import { leavesOf } from '../../columnar/leaves.js'
import { MillraceError, toMillraceError } from '../../common/errors/millrace-error.js'
import type { Batch, BlockWriter, Json } from '../../connectors/api.js'
import { MAX_BATCH_ROWS } from '../../connectors/api.js'
import type { Stage, TaskInputs } from '../../planner/plan/physical/plan.js'
import { ModuleCache } from '../compiler/module-cache.js'
import { instantiateProgram, type ProgramInstance } from '../compiler/program.js'
import { BlockBuilders } from '../memory/block-builder.js'
import { type LinearMemory, threadMemory } from '../memory/linear-memory.js'
import { BatchInput, type PipelineFunction } from './batch-input.js'
import { CachedColumns } from './cached-columns.js'
import { compileStage } from './codegen/compile-stage.js'
import {
  type BatchSource,
  type CompiledStage,
  type PipelineSource,
  type RowSelect,
  type SourceNode,
  type Step,
  sourcesOf,
} from './codegen/compiled-stage.js'
import { fingerprintOf, originsOf } from './codegen/fingerprint.js'
import { MASK, ROWS_STORE } from './codegen/table-layout.js'
import { ResidentTables } from './resident-tables.js'
import { batchesOf, fromBlocks } from './sources.js'
import type { RunTask, TaskEnvironment, TaskResult, TaskState } from './task.js'

const compiledStages = new ModuleCache<CompiledStage>()
const compiledByStage = new WeakMap<Stage, CompiledStage>()
const residentTables = new ResidentTables()
const NO_EVENT_TIME = -(1n << 63n)

type RunStep = Extract<Step, { kind: 'run' }>

let cachedColumns: CachedColumns | undefined

function columnsOfCaches(): CachedColumns {
  cachedColumns ??= new CachedColumns(threadMemory())
  return cachedColumns
}

/** A cached relation was dropped: frees what this thread kept of it. */
export const dropCache = (cacheId: string): void => columnsOfCaches().drop(cacheId)

/** Bytes of linear memory this thread has taken and can never give back; the executor replaces a thread that took too many. */
export const threadMemoryBytes = (): number => threadMemory().linear.buffer.byteLength

/** Runs one task of a stage to its end on this thread. Whatever happens, it gives back all memory it took. */
export const runTask: RunTask = async (stage, inputs, environment) => {
  const memory = threadMemory()
  const compiled = compiledStage(stage)
  const cachedBytes = columnsOfCaches().bytes
  memory.limit(environment.memoryBudget - cachedBytes - residentTables.open(stage, memory, cachedBytes))
  const task = new Task(stage, inputs, environment, memory, compiled)
  try {
    return await task.run()
  } catch (error) {
    await task.abort()
    // Whatever was short, it should not be for lack of what is only kept to be faster next time.
    if (MillraceError.is(error) && error.condition === 'UNABLE_TO_ACQUIRE_MEMORY') columnsOfCaches().clear()
    throw environment.signal.aborted ? canceled(environment.signal.reason, error) : toMillraceError(error)
  } finally {
    task.release()
    residentTables.settle(memory, columnsOfCaches().bytes)
    memory.limit(Number.POSITIVE_INFINITY)
  }
}

/** Tasks of a stage come with the same object, for which even the fingerprint need not be made again. */
function compiledStage(stage: Stage): CompiledStage {
  let compiled = compiledByStage.get(stage)
  if (!compiled) {
    compiled = compiledStages.getOrCompile(fingerprintOf(stage), () => compileStage(stage))
    compiledByStage.set(stage, compiled)
  }
  return compiled
}

/** What ends a cancelled task; `met` is what it met when it was, for whoever must know whether its thread can go on. */
function canceled(reason: unknown, met: unknown): MillraceError {
  return MillraceError.is(met) && met === reason ? met : new MillraceError('OPERATION_CANCELED', {}, { cause: met })
}

/** Blocks that may fill up in one call of generated code before the next call gets fewer rows: a join may make any number of a few. */
const MANY_BLOCKS = 8
const FIRST_PART_ROWS = 1024

class Task {
  readonly #stage: Stage
  readonly #inputs: TaskInputs
  readonly #environment: TaskEnvironment
  readonly #memory: LinearMemory
  readonly #compiled: CompiledStage
  readonly #sources: readonly SourceNode[]
  /** Blocks that filled up while generated code ran; handed on before it runs again. */
  readonly #full: { readonly partition: number; readonly block: Block }[] = []
  #instance: ProgramInstance | undefined
  #builders: BlockBuilders | undefined
  #writer: BlockWriter | undefined
  readonly #stateBuilders: BlockBuilders[] = []
  readonly #stateBlocks: Block[][] = []
  #rowsRead = 0
  #hasSucceeded = false

  constructor(
    stage: Stage,
    inputs: TaskInputs,
    environment: TaskEnvironment,
    memory: LinearMemory,
    compiled: CompiledStage,
  ) {
    this.#stage = stage
    this.#inputs = inputs
    this.#environment = environment
    this.#memory = memory
    this.#compiled = compiled
    this.#sources = sourcesOf(stage.root)
  }

  async run(): Promise<TaskResult> {
    const memory = this.#memory
    const { sink, schema } = this.#stage
    const partitions = sink.kind === 'shuffle' && sink.partitioning.kind === 'hash' ? sink.partitioning.partitions : 1
    if (sink.kind === 'write') await this.#openWriter()
    const kernels = Object.create(memory.exports) as Record<string, unknown>
    kernels['flushBlock'] = (builder: number) => {
      this.#takeFull(builder >>> 0)
    }
    const origins = () => originsOf(this.#stage)
    this.#instance = instantiateProgram(this.#compiled.program, memory, memory.linear, kernels as never, origins)
    this.#builders = new BlockBuilders(memory, leavesOf(schema), partitions)
    this.#setSlot(this.#compiled.builders, this.#builders.address)
    for (const { builders, fields } of this.#compiled.stateSinks) {
      const states = new BlockBuilders(memory, leavesOf({ fields }), 1)
      this.#stateBuilders.push(states)
      this.#stateBlocks.push([])
      this.#setSlot(builders, states.address)
    }
    const watermark = this.#inputs.streaming?.watermarkMicros ?? NO_EVENT_TIME
    memory.view.setBigInt64(this.#instance.base + this.#compiled.watermark, watermark, true)
    const built = residentTables.take(memory, this.#instance.base)
    for (const step of this.#compiled.steps) {
      if (step.builds === undefined || !built.has(step.builds)) await this.#perform(step)
    }
    for (const { partition, block } of this.#builders.takeAll()) await this.#emit(partition, block)
    const commitMessage: Json | undefined = this.#writer ? await this.#writer.prepare() : undefined
    this.#hasSucceeded = true
    return this.#result(commitMessage)
  }

  /** A builder is full: it belongs to the sink, or to the state of an operator, which has one builder each. */
  #takeFull(builder: number): void {
    const state = this.#stateBuilders.findIndex((x) => x.address === builder)
    if (state < 0) this.#full.push(this.#builders!.take(builder))
    else this.#stateBlocks[state]!.push(this.#stateBuilders[state]!.take(builder).block)
  }

  get #state(): TaskState {
    const { state } = this.#environment
    if (!state)
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'a stateful operator outside a streaming query' })
    return state
  }

  async #saveState(operatorId: number, sink: number): Promise<void> {
    const rest = [...this.#stateBuilders[sink]!.takeAll()].map(({ block }) => block)
    await this.#state.save(operatorId, [...this.#stateBlocks[sink]!, ...rest])
  }

  #result(commitMessage: Json | undefined): TaskResult {
    const { rowsWritten, eventTime } = this.#compiled
    const { view } = this.#memory
    const base = this.#instance!.base
    const maxEventTimeMicros = eventTime === undefined ? NO_EVENT_TIME : view.getBigInt64(base + eventTime, true)
    return {
      rowsRead: this.#rowsRead,
      rowsWritten: Number(view.getBigUint64(base + rowsWritten, true)),
      ...(commitMessage === undefined ? {} : { commitMessage }),
      ...(maxEventTimeMicros === NO_EVENT_TIME ? {} : { maxEventTimeMicros }),
    }
  }

  async #openWriter(): Promise<void> {
    const { sink } = this.#stage
    if (sink.kind !== 'write') return
    const provider = await this.#environment.writer(sink.write.provider)
    const { attempt, signal } = this.#environment
    this.#writer = await provider.openWriter(sink.write, {
      memory: this.#memory,
      kernels: this.#memory.exports,
      signal,
      attempt,
      partition: this.#inputs.partition,
    })
  }

  #setSlot(offset: number, value: number): void {
    this.#memory.view.setUint32(this.#instance!.base + offset, value, true)
  }

  #slot(offset: number): number {
    return this.#memory.view.getUint32(this.#instance!.base + offset, true)
  }

  async #perform(step: Step): Promise<void> {
    const { kernels } = this.#memory
    const base = this.#instance!.base
    switch (step.kind) {
      case 'run':
        return this.#runPipeline(step)
      case 'startGroups':
        kernels.groupTableInit(base + step.table)
        if (!step.hasKeys) kernels.groupInsert(base + step.table, 0, step.width)
        return
      case 'startTop':
        return kernels.topInit(base + step.table, step.keep)
      case 'finishJoin':
        kernels.joinFinish(base + step.table, step.width)
        return
      case 'finishSort':
        kernels.sortFinish(base + step.table, step.width, base + step.descriptor)
        return
      case 'finishTop':
        kernels.topFinish(base + step.table, base + step.descriptor, step.keep)
        return
      case 'saveState':
        return this.#saveState(step.operatorId, step.sink)
      case 'release':
        return kernels.tableRelease(base + step.table)
    }
  }

  async #runPipeline(step: RunStep): Promise<void> {
    const { name, source, stop } = step
    const run = this.#instance!.exports[name] as unknown as PipelineFunction
    if (source.kind === 'outside' || source.kind === 'state') return this.#runOutside(run, source, step)
    for (const [first, count] of this.#ranges(source)) {
      this.#call(run, first, count)
      await this.#handOn()
      if (this.#slot(stop) !== 0) break
    }
  }

  async #runOutside(run: PipelineFunction, source: BatchSource, { stop, select }: RunStep): Promise<void> {
    const batches = this.#batchesOf(source, select)
    const input = new BatchInput(this.#memory, this.#instance!, source.leaves)
    let partRows = FIRST_PART_ROWS
    for await (const batch of batches) {
      this.#environment.signal.throwIfAborted()
      if (batch.rows === 0) continue
      input.describe(batch.columns)
      if (source.kind === 'outside' && this.#isInput(this.#sources[source.position]!)) this.#rowsRead += batch.rows
      const rows = select ? input.select(select, batch) : batch.rows
      for (let first = 0; first < rows && this.#slot(stop) === 0; ) {
        const end = Math.min(rows, first + partRows)
        this.#call(run, first, end)
        first = end
        if (this.#full.length > MANY_BLOCKS) partRows = Math.max(1, partRows >> 2)
        else if (partRows < MAX_BATCH_ROWS) partRows *= 2
        if (this.#full.length > 0) await this.#handOn()
      }
      if (this.#slot(stop) !== 0) break
    }
  }

  /** What counts as read: the rows of a scan; a table joined with it from elsewhere was counted where it was read. */
  #isInput(node: SourceNode): boolean {
    return node.kind === 'scan' || !this.#sources.some(({ kind }) => kind === 'scan')
  }

  #batchesOf(source: BatchSource, select: RowSelect | undefined): AsyncIterable<Batch> | Iterable<Batch> {
    const { used } = source
    if (source.kind === 'state') {
      return fromBlocks(this.#state.blocks(source.operatorId), this.#memory, source.fields, used)
    }
    const [first, ...others] = select?.tests ?? []
    const read = first ? [...others, select!].flatMap(({ reads }) => [...reads]) : []
    const deferred = new Set(read.filter((leaf) => !first!.reads.has(leaf)))
    return batchesOf(this.#sources[source.position]!, {
      used,
      deferred,
      range: first?.range,
      inputs: this.#inputs,
      tasks: this.#stage.tasks,
      environment: this.#environment,
      memory: this.#memory,
      cachedColumns: columnsOfCaches(),
    })
  }

  #call(run: PipelineFunction, first: number, end: number): void {
    const status = run(first, end)
    if (status !== 0) throw this.#instance!.error(status)
    this.#memory.kernels.arenaReset()
  }

  /** Addresses and numbers of rows a pipeline over materialised rows is to run over. */
  *#ranges(source: Exclude<PipelineSource, BatchSource>): Generator<readonly [number, number]> {
    const { kernels } = this.#memory
    const table = this.#instance!.base + source.table
    if (source.kind === 'rows') {
      const store = table + ROWS_STORE
      for (let chunk = kernels.storeFirst(store); chunk !== 0; chunk = kernels.storeNext(chunk)) {
        yield [(chunk >>> 0) + 16, kernels.storeChunkBytes(store, chunk) / source.width]
      }
      return
    }
    const entries = this.#slot(source.table)
    const count = this.#slot(source.table + MASK)
    for (let at = source.skip; at < count; at += MAX_BATCH_ROWS) {
      yield [entries + at * 16, Math.min(MAX_BATCH_ROWS, count - at)]
    }
  }

  async #handOn(): Promise<void> {
    for (const { partition, block } of this.#full.splice(0)) await this.#emit(partition, block)
  }

  async #emit(partition: number, block: Block): Promise<void> {
    if (this.#writer) await this.#writer.write(block)
    else await this.#environment.emit(partition, block)
  }

  /** Undoes what a writer wrote. Its own failure must not hide the error that led here. */
  async abort(): Promise<void> {
    await this.#writer?.abort().catch(() => undefined)
  }

  release(): void {
    const instance = this.#instance
    if (!instance) return
    const { kernels } = this.#memory
    kernels.arenaReset()
    const shared = new Set(this.#hasSucceeded ? this.#compiled.steps.map(({ builds }) => builds) : [])
    for (const table of this.#compiled.tables) {
      if (shared.has(table)) residentTables.keep(this.#memory, instance.base, table)
      else kernels.tableRelease(instance.base + table)
    }
    this.#builders?.release()
    for (const builders of this.#stateBuilders) builders.release()
    instance.release()
  }
}
