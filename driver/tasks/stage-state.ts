import type { StageSpec } from '../jobs/job-spec.js'
import { type PartitionRange, rangeOf } from '../jobs/merged-tasks.js'
import type { OutputTable } from './output-table.js'

/** What a task has written that others do the work of. */
const NOTHING = { attemptId: 0, executorId: undefined, bytes: 0 } as const

/** A stage of a running job: which of its tasks are done, run, or wait. At most one attempt of a task runs at a time. */
export class StageState {
  readonly spec: StageSpec
  readonly outputs: OutputTable
  /** Whether its inputs are complete and its result is wanted, as of the last refresh of the job. */
  ready = false
  /** Partitions that wait for a slot, in the order in which they are to run. */
  readonly pending: number[] = []
  readonly #isPending: Uint8Array
  readonly #running: Float64Array
  readonly #failures: Uint16Array
  readonly #attempts: Uint16Array
  readonly #delivered: Uint8Array
  readonly #pendingSinceMs: Float64Array
  readonly #notBeforeMs: Float64Array
  readonly #failedOn = new Map<number, string>()
  #done: number
  #merged: number | undefined

  constructor(spec: StageSpec, outputs: OutputTable) {
    const count = spec.taskCount
    this.spec = spec
    this.outputs = outputs
    this.#isPending = new Uint8Array(count)
    this.#running = new Float64Array(count).fill(-1)
    this.#failures = new Uint16Array(count)
    this.#attempts = new Uint16Array(count)
    this.#delivered = new Uint8Array(count)
    this.#pendingSinceMs = new Float64Array(count)
    this.#notBeforeMs = new Float64Array(count)
    this.#done = 0
  }

  /** Whether nothing of it is missing. What was delivered stays done, even when its output is lost afterwards. */
  get isComplete(): boolean {
    return this.spec.output.kind === 'result'
      ? this.#done === this.spec.taskCount
      : this.outputs.available === this.spec.taskCount
  }

  /** Whether a task needs no further attempt now. */
  isDone(partition: number): boolean {
    return this.#delivered[partition] === 1 || this.outputs.at(partition) !== undefined
  }

  /** Whether every task has given its output, delivered or not. */
  get isComputed(): boolean {
    for (let partition = 0; partition < this.spec.taskCount; partition++) if (!this.isDone(partition)) return false
    return true
  }

  isDelivered(partition: number): boolean {
    return this.#delivered[partition] === 1
  }

  markDelivered(partition: number): void {
    if (this.#delivered[partition] === 0) this.#done++
    this.#delivered[partition] = 1
  }

  runningAttempt(partition: number): number | undefined {
    const attemptId = this.#running[partition]!
    return attemptId < 0 ? undefined : attemptId
  }

  get isMerged(): boolean {
    return this.#merged !== undefined
  }

  /** Has so many tasks do the work of all, before any of them runs. */
  merge(tasks: number): void {
    this.#merged = tasks
    for (let partition = tasks; partition < this.spec.taskCount; partition++) this.outputs.set(partition, NOTHING)
  }

  /** What a task reads of shuffles, where that is not its own partition alone. */
  shuffledBy(partition: number): { readonly shuffled?: PartitionRange } {
    const { taskCount } = this.spec
    const isAlone = this.#merged === undefined || this.#merged === taskCount
    return isAlone ? {} : { shuffled: rangeOf(partition, this.#merged!, taskCount) }
  }

  /** Queues every task that is neither done nor running nor queued. */
  queueMissing(nowMs: number): void {
    for (let partition = 0; partition < this.spec.taskCount; partition++) {
      if (this.#isPending[partition] === 0 && this.#running[partition]! < 0 && !this.isDone(partition)) {
        this.#isPending[partition] = 1
        this.#pendingSinceMs[partition] = nowMs
        this.pending.push(partition)
      }
    }
  }

  /** Takes the task at a position of the queue out of it. */
  unqueue(position: number): void {
    const [partition] = this.pending.splice(position, 1)
    this.#isPending[partition!] = 0
  }

  /** @returns which attempt of the task this is, from 0 */
  started(partition: number, attemptId: number): number {
    this.#running[partition] = attemptId
    return this.#attempts[partition]!++
  }

  stopped(partition: number, attemptId: number): void {
    if (this.#running[partition] === attemptId) this.#running[partition] = -1
  }

  /** Counts a failure. @returns how many there were */
  failed(partition: number, executorId: string): number {
    this.#failedOn.set(partition, executorId)
    return ++this.#failures[partition]!
  }

  /** Keeps the task from being tried again before a time. */
  delay(partition: number, notBeforeMs: number): void {
    this.#notBeforeMs[partition] = notBeforeMs
  }

  attempts(partition: number): number {
    return this.#attempts[partition]!
  }

  failures(partition: number): number {
    return this.#failures[partition]!
  }

  failedOn(partition: number): string | undefined {
    return this.#failedOn.get(partition)
  }

  notBeforeMs(partition: number): number {
    return this.#notBeforeMs[partition]!
  }

  pendingSinceMs(partition: number): number {
    return this.#pendingSinceMs[partition]!
  }
}
