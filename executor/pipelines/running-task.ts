import type { LiteralValue } from '../../planner/plan/expression/literal.js'
import type { Stage } from '../../planner/plan/physical/plan.js'
import type { TaskInputs } from '../../planner/plan/physical/stage-parts.js'
import type { ObservedStates } from '../../planner/plan/physical/task-report.js'
import { instantiateProgram, type ProgramInstance } from '../compiler/program.js'
import type { LinearMemory } from '../memory/linear-memory.js'
import { MemoryArbiter } from '../memory/memory-arbiter.js'
import { loadRoutines } from '../routines/index.js'
import { ScratchFile } from '../spill/scratch-file.js'
import { attended } from './attended-batches.js'
import { BatchInput, type PipelineFunction } from './batch-input.js'
import { originsOf } from './codegen/fingerprint.js'
import type { CompiledStage } from './compiled-stage.js'
import { keptByThread } from './kept-by-thread.js'
import { placedError } from './placed-error.js'
import { RowsRead } from './rows-read.js'
import { SelectedBatches } from './selected-batches.js'
import type { SideRows } from './side-rows.js'
import type { StageCode } from './stage-code.js'
import type {
  BatchSource,
  OpenSource,
  Pipeline,
  RowProvider,
  RowRange,
  RowReturn,
  TaskRun,
  WantedRows,
} from './step.js'
import { StepSize } from './step-size.js'
import type { TaskEnvironment, TaskResult } from './task.js'
import { TaskOutput } from './task-output.js'
import { TaskSources } from './task-sources.js'
import { TaskStates } from './task-states.js'
import { TaskTables } from './task-tables.js'
import type { ThreadResources } from './thread-resources.js'
import { wantedRows } from './wanted-rows.js'

/** A task of a compiled stage: runs the stage's steps, which know what to do. */
export class RunningTask implements TaskRun {
  readonly memory: LinearMemory
  readonly arbiter: MemoryArbiter
  readonly scratch: ScratchFile
  readonly states: TaskStates
  readonly observations: ObservedStates[] = []
  readonly #stage: Stage
  readonly #inputs: TaskInputs
  readonly environment: TaskEnvironment
  readonly #thread: ThreadResources
  readonly #compiled: CompiledStage
  readonly #literals: readonly LiteralValue[]
  readonly #sources: TaskSources
  readonly #output: TaskOutput
  readonly #rowProviders = new Map<number, RowProvider>()
  readonly #rowReturns = new Map<number, RowReturn>()
  #instance: ProgramInstance | undefined
  #tables: TaskTables | undefined
  readonly #rowsRead = new RowsRead()
  #hasSucceeded = false

  constructor(
    stage: Stage,
    inputs: TaskInputs,
    environment: TaskEnvironment,
    thread: ThreadResources,
    { compiled, literals }: StageCode,
  ) {
    this.memory = thread.memory
    this.arbiter = new MemoryArbiter(thread.memory, environment)
    thread.memory.arbiter = this.arbiter
    const { residentStates } = thread
    if (residentStates.bytes > 0) this.arbiter.hold(residentStates.holderIn(thread.memory))
    this.scratch = new ScratchFile()
    this.states = new TaskStates(residentStates, environment.state)
    this.#stage = stage
    this.#inputs = inputs
    this.environment = environment
    this.#thread = thread
    this.#compiled = compiled
    this.#literals = literals
    this.#sources = new TaskSources(stage, compiled)
    this.#output = new TaskOutput(stage, environment, thread.memory)
    thread.memory.holders = keptByThread(thread, compiled.shared, () => this.#instance?.base)
  }

  async run(): Promise<TaskResult> {
    const memory = this.memory
    await this.arbiter.begin()
    await this.#output.open(this.#inputs.partition)
    const { program } = this.#compiled
    if (program.hostRoutines.length > 0) await loadRoutines(program.hostRoutines.map(({ name }) => name))
    const host = {
      flushBlock: (builder: number) => this.#output.takeFull(builder >>> 0),
      findRow: (table: number, place: number, index: number, writes: number) =>
        this.#rowProviders.get(table >>> 0)!(place >>> 0, index, writes !== 0),
      returnRows: (state: number, hash: number) => this.#rowReturns.get(state >>> 0)!(hash >>> 0),
    }
    const origins = () => originsOf(this.#stage)
    this.#instance = instantiateProgram(program, memory, memory.linear, memory.kernels, host, this.#literals, origins)
    const { base } = this.#instance
    this.#output.begin(this.#compiled, base)
    if (this.environment.spills) this.arbiter.hold(this.#output.holder)
    this.#compiled.eventTimes.begin(memory.view, base, this.#inputs.streaming)
    this.#tables = new TaskTables(
      memory,
      base,
      this.environment,
      this.#compiled.shared,
      ({ source }) => this.#sources.broadcastStage(source),
      this.#thread.residentTables.take(memory, base),
    )
    for (const step of this.#compiled.steps) {
      const isElsewhere = step.inFirstTask === true && this.#inputs.partition > 0
      const isBuilt = step.builds !== undefined && (await this.#tables.has(step.builds))
      if (!isElsewhere && !isBuilt) await step.run(this)
    }
    const commitMessage = await this.#output.finish()
    this.#hasSucceeded = true
    return this.#result(commitMessage)
  }

  #result(commitMessage: TaskResult['commitMessage']): TaskResult {
    const { rowsWritten, eventTimes, meters } = this.#compiled
    const [{ view }, base] = [this.memory, this.addressOf(0)]
    const [{ total, scans }, times] = [this.#rowsRead, eventTimes.seen(view, base)]
    return {
      rowsRead: total,
      rowsWritten: Number(view.getBigUint64(base + rowsWritten, true)),
      spilledBytes: this.scratch.size,
      ...(commitMessage === undefined ? {} : { commitMessage }),
      ...(this.observations.length > 0 ? { observations: this.observations } : {}),
      ...(meters ? { measures: meters.of(this).measures() } : {}),
      ...(this.#inputs.streaming ? { streaming: { scans, eventTimes: times, operators: this.states.reports } } : {}),
    }
  }

  get tables(): TaskTables {
    return this.#tables!
  }

  get partition(): number {
    return this.#inputs.partition
  }

  addressOf(offset: number): number {
    return this.#instance!.base + offset
  }

  slot(offset: number): number {
    return this.memory.view.getUint32(this.addressOf(offset), true)
  }

  side(number: number): SideRows {
    return this.#output.side(number)
  }

  openSource(position: number, wanted: WantedRows): OpenSource {
    return this.#sources.open(position, {
      ...wanted,
      inputs: this.#inputs,
      environment: this.environment,
      memory: this.memory,
      cachedColumns: this.#thread.cachedColumns,
    })
  }

  provideRows(table: number, find: RowProvider): void {
    this.#rowProviders.set(this.addressOf(table), find)
  }

  returnRows(state: number, bring: RowReturn): void {
    this.#rowReturns.set(this.addressOf(state), bring)
  }

  callOnce(name: string, first: number, end: number): void {
    this.#call(this.#functionOf(name), first, end)
  }

  async runOverRows({ name, stop, copies, stride }: Pipeline, ranges: Iterable<RowRange>): Promise<void> {
    const run = this.#functionOf(name)
    const size = this.#firstStep(copies)
    for (const [first, count] of ranges) {
      for (let done = 0; done < count && this.slot(stop) === 0; ) {
        const rows = Math.min(count - done, size.rows)
        const pending = this.#runStep(run, first + done * stride, rows, rows, size)
        if (pending) await pending
        done += rows
      }
      if (this.slot(stop) !== 0) break
    }
  }

  async runOverBatches({ name, coded, select, stop, copies }: Pipeline, source: BatchSource): Promise<void> {
    const [withValues, withCodes] = [this.#functionOf(name), this.#functionOf(coded ?? name)]
    const input = new BatchInput(this.memory, this.#instance!, source)
    const selection = select && new SelectedBatches(select, input, this.#instance!, this.memory)
    const size = this.#firstStep(copies)
    // Nothing that may raise stands between here and where it is closed.
    const opened = source.open(this, wantedRows(source, select, this.#instance!.read))
    const batches = attended(opened.batches, () => this.arbiter.relieve())
    try {
      for (;;) {
        const next = batches.next()
        const batch = next instanceof Promise ? await next : next
        if (!batch) break
        this.environment.signal.throwIfAborted()
        if (batch.rows === 0) continue
        input.describe(batch.columns)
        this.#rowsRead.add(opened, batch.rows)
        const rows = selection ? selection.select(batch) : batch.rows
        const run = input.hasCodes ? withCodes : withValues
        for (let first = 0, end = 0; first < rows && this.slot(stop) === 0; first = end) {
          end = Math.min(rows, first + size.rows)
          const pending = this.#runStep(run, first, end, end - first, size)
          if (pending) await pending
        }
        if (this.slot(stop) !== 0) break
      }
    } catch (error) {
      throw await placedError(error, this.#instance!.rowAtFault, opened.batches)
    } finally {
      await batches.close()
    }
  }

  /** One call for some rows. Returns what must be done before the next one, which mostly is nothing. */
  #runStep(run: PipelineFunction, first: number, end: number, rows: number, size: StepSize): Promise<void> | undefined {
    const before = this.memory.bytesInUse
    size.adapt(rows, this.#call(run, first, end) - before + this.#output.waitingBytes, this.#output.waiting)
    this.arbiter.expect(size.bytes)
    const isNothing = this.slot(this.#compiled.asked) === 0 && this.#output.waiting === 0 && !this.arbiter.isShort()
    return isNothing ? undefined : this.#afterStep()
  }

  async #afterStep(): Promise<void> {
    if (this.slot(this.#compiled.asked) !== 0) await this.#between()
    if (this.#output.waiting > 0) await this.#output.handOn()
    if (this.arbiter.isShort()) await this.arbiter.relieve()
  }

  /** Does what the pipeline asked for that was called last. */
  async #between(): Promise<void> {
    const { between, asked } = this.#compiled
    const run = between[this.slot(asked) - 1]!
    this.memory.view.setUint32(this.addressOf(asked), 0, true)
    await run(this)
  }

  #functionOf(name: string): PipelineFunction {
    return this.#instance!.exports[name] as unknown as PipelineFunction
  }

  /** Returns the bytes of memory in use when it ended, with the texts that it made on the way. */
  #call(run: PipelineFunction, first: number, end: number): number {
    const status = run(first, end)
    if (status !== 0) throw this.#instance!.error(status)
    const { bytesInUse } = this.memory
    this.memory.kernels.arenaReset()
    return bytesInUse
  }

  #firstStep(copies: number): StepSize {
    return new StepSize(copies, this.arbiter.stepBytes, this.environment.spills)
  }

  /** Undoes what a writer wrote. */
  abort(): Promise<void> {
    return this.#output.abort()
  }

  release(): void {
    this.memory.arbiter = undefined
    this.memory.holders = []
    this.scratch.close()
    this.states.release()
    const instance = this.#instance
    if (!instance) return
    const { kernels } = this.memory
    kernels.arenaReset()
    const shared = new Set(this.#hasSucceeded ? this.#compiled.steps.map(({ builds }) => builds) : [])
    for (const table of this.#compiled.tables) {
      if (shared.has(table)) this.#thread.residentTables.keep(this.memory, instance.base, table)
      else kernels.tableRelease(instance.base + table)
    }
    for (const state of this.#compiled.states) kernels.stateRelease(instance.base + state)
    this.#output.release()
    instance.release()
  }
}
