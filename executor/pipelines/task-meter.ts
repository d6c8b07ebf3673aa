import type { Batch, BatchReader } from '../../connectors/api.js'
import type { OperatorMeasures } from '../../planner/plan/physical/task-report.js'
import type { MemoryHolder } from '../memory/memory-arbiter.js'
import { readerOf } from './attended-batches.js'
import { bytesOf } from './operators/stored-rows.js'
import type { Batches, Step, TaskRun } from './step.js'

/** An operator of a stage, as far as it is measured. */
export interface MeteredOperator {
  readonly path: readonly number[]
  /** Where its rows are counted (u64), unless they come from outside the stage. */
  rows: number | undefined
  /** Tables that it keeps rows in. */
  readonly tables: number[]
  readonly isShared: boolean
}

/** Who measures the operators of a compiled stage in each of its tasks. */
export class TaskMeters {
  readonly #operators: readonly MeteredOperator[]
  readonly #meters = new WeakMap<TaskRun, TaskMeter>()

  constructor(operators: readonly MeteredOperator[]) {
    this.#operators = operators
  }

  of(task: TaskRun): TaskMeter {
    const known = this.#meters.get(task)
    if (known) return known
    const made = new TaskMeter(this.#operators, task)
    this.#meters.set(task, made)
    return made
  }
}

/** What one operator has done so far. */
interface Measured {
  rows: number
  loopMs: number
  readMs: number
  memoryBytes: number
  spilledBytes: number
}

/** Measures what the operators of one task do. */
class TaskMeter {
  readonly #operators: readonly MeteredOperator[]
  readonly #task: TaskRun
  readonly #measured: readonly Measured[]
  /** Of whom memory is asked back, and the operator that each belongs to. */
  readonly #holders = new WeakMap<MemoryHolder, Measured>()
  /** Whose step runs. */
  #current: Measured | undefined
  /** How long the step has waited for its source, and what was spilled in it on behalf of operators. */
  #readMs = 0
  #givenBack = 0

  constructor(operators: readonly MeteredOperator[], task: TaskRun) {
    this.#operators = operators
    this.#task = task
    this.#measured = operators.map(() => ({ rows: 0, loopMs: 0, readMs: 0, memoryBytes: 0, spilledBytes: 0 }))
    task.arbiter.watch = {
      held: (holder) => {
        if (this.#current) this.#holders.set(holder, this.#current)
      },
      givesBack: (holder) => this.#givesBack(holder),
    }
  }

  /** Runs a step of an operator. */
  async during(index: number, run: Step['run']): Promise<void> {
    const own = this.#measured[index]!
    const [beganMs, spilled] = [performance.now(), this.#task.scratch.size]
    this.#current = own
    this.#readMs = 0
    this.#givenBack = 0
    await run(this.#task)
    own.loopMs += performance.now() - beganMs - this.#readMs
    own.readMs += this.#readMs
    own.spilledBytes += this.#task.scratch.size - spilled - this.#givenBack
    this.#weigh()
  }

  /** The batches of a source of the step that runs. */
  reading(index: number, batches: Batches): BatchReader {
    const own = this.#measured[index]!
    const reader = readerOf(batches)
    return {
      next: () => {
        const askedMs = performance.now()
        const next = reader.next()
        return next instanceof Promise
          ? next.then((batch) => this.#read(own, askedMs, batch))
          : this.#read(own, askedMs, next)
      },
      close: () => reader.close(),
      ...(reader.placeOf ? { placeOf: (row) => reader.placeOf!(row) } : {}),
    }
  }

  #read(own: Measured, askedMs: number, batch: Batch | undefined): Batch | undefined {
    this.#readMs += performance.now() - askedMs
    own.rows += batch?.rows ?? 0
    return batch
  }

  measures(): readonly OperatorMeasures[] {
    const { view } = this.#task.memory
    return this.#operators.map(({ path, rows, isShared }, i) => {
      const measured = this.#measured[i]!
      const counted = rows === undefined ? 0 : Number(view.getBigUint64(this.#task.addressOf(rows), true))
      return { path, ...measured, rows: measured.rows + counted, ...(isShared ? { isShared } : {}) }
    })
  }

  async #givesBack(holder: MemoryHolder): Promise<void> {
    this.#weigh()
    const before = this.#task.scratch.size
    await holder.giveBack()
    const bytes = this.#task.scratch.size - before
    this.#givenBack += bytes
    const own = this.#holders.get(holder)
    if (own) own.spilledBytes += bytes
  }

  /** Notes what operators keep now. */
  #weigh(): void {
    for (const [i, { tables }] of this.#operators.entries()) {
      const bytes = tables.reduce((sum, table) => sum + bytesOf(this.#task, table), 0)
      const own = this.#measured[i]!
      own.memoryBytes = Math.max(own.memoryBytes, bytes)
    }
  }
}
