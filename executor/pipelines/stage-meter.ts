import { append } from '../../common/append.js'
import type { CompilerContext } from '../compiler/expression/context.js'
import type { Consumer } from './codegen/consumer.js'
import { countedRows } from './codegen/counted-rows.js'
import type { BatchSource, Step } from './step.js'
import { type MeteredOperator, TaskMeters } from './task-meter.js'

/** Has what the operators of a stage do counted and timed, while the stage is compiled. Operators are named by their paths from its root. */
export class StageMeter {
  readonly meters: TaskMeters
  readonly #context: CompilerContext
  readonly #operators: MeteredOperator[] = []
  #isShared = false

  constructor(context: CompilerContext) {
    this.#context = context
    this.meters = new TaskMeters(this.#operators)
  }

  /** Counts the rows that an operator gives. */
  counted(path: readonly number[], next: Consumer): Consumer {
    const operator = this.#operators[this.#indexOf(path)]!
    operator.rows ??= this.#context.constants.reserve(16)
    return countedRows(this.#context, operator.rows, next)
  }

  /** Times a step of an operator. */
  timed(path: readonly number[], run: Step['run']): Step['run'] {
    return timedStep(this.meters, this.#indexOf(path), run)
  }

  /** Counts the rows of a source, and times how long they are waited for. */
  opened(path: readonly number[], open: BatchSource['open']): BatchSource['open'] {
    return meteredSource(this.meters, this.#indexOf(path), open)
  }

  /** An operator keeps rows in these tables. */
  keeps(path: readonly number[], tables: readonly number[]): void {
    append(this.#operators[this.#indexOf(path)]!.tables, tables)
  }

  /** Operators that are compiled meanwhile make a table which tasks share. */
  shared(emit: () => void): void {
    const before = this.#isShared
    this.#isShared = true
    emit()
    this.#isShared = before
  }

  #indexOf(path: readonly number[]): number {
    const name = path.join()
    const known = this.#operators.findIndex((operator) => operator.path.join() === name)
    return known < 0
      ? this.#operators.push({ path: [...path], rows: undefined, tables: [], isShared: this.#isShared }) - 1
      : known
  }
}

/* Closures that outlive the compilation, each with nothing but what it needs (see `Step`). */

const timedStep =
  (meters: TaskMeters, index: number, run: Step['run']): Step['run'] =>
  (task) =>
    meters.of(task).during(index, run)

const meteredSource =
  (meters: TaskMeters, index: number, open: BatchSource['open']): BatchSource['open'] =>
  (task, wanted) => {
    const opened = open(task, wanted)
    return { ...opened, batches: meters.of(task).reading(index, opened.batches) }
  }
