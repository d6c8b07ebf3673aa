import type { TaskReads } from '../jobs/division.js'
import type { StageSpec } from '../jobs/job-spec.js'
import type { OutputTable } from './output-table.js'
import { RecentDurations } from './recent-durations.js'

/** A stage of a running job: which of its tasks are done, run, or wait. Beside the attempt of a task that runs there may be one copy, when it takes long. */
export class StageState {
  readonly outputs: OutputTable
  readonly durations = new RecentDurations()
  /** Tasks of which a copy is to run, in the order in which they were found. */
  readonly wantedCopies = new Set<number>()
  /** What another stage waits for: that it is known whether this one writes more bytes. */
  awaitedBytes = Number.POSITIVE_INFINITY
  /** Whether its inputs are complete and its result is wanted, as of the last refresh of the job. */
  ready = false
  /** Partitions that wait for a slot, in the order in which they are to run. */
  readonly pending: number[] = []
  #spec: StageSpec
  #isPending!: Uint8Array
  #running!: Float64Array
  /** The second attempt, by partition. */
  readonly #copies = new Map<number, number>()
  /** Attempts of which a copy was made, which is done once. */
  readonly #copied = new Set<number>()
  #failures!: Uint16Array
  #attempts!: Uint16Array
  #delivered!: Uint8Array
  #pendingSinceMs!: Float64Array
  #notBeforeMs!: Float64Array
  readonly #failedOn = new Map<number, string>()
  #done = 0
  #tasksRunning = 0
  #reads: readonly TaskReads[] | undefined
  #isShuffledJoin = false

  constructor(spec: StageSpec, outputs: OutputTable) {
    this.#spec = spec
    this.outputs = outputs
    this.#reset(spec.taskCount)
  }

  #reset(count: number): void {
    this.#isPending = new Uint8Array(count)
    this.#running = new Float64Array(count).fill(-1)
    this.#failures = new Uint16Array(count)
    this.#attempts = new Uint16Array(count)
    this.#delivered = new Uint8Array(count)
    this.#pendingSinceMs = new Float64Array(count)
    this.#notBeforeMs = new Float64Array(count)
  }

  get spec(): StageSpec {
    return this.#spec
  }

  /** How many tasks it has, as was planned or as was decided since. */
  get taskCount(): number {
    return this.outputs.partitions
  }

  /** Whether nothing of it is missing. What was delivered stays done, even when its output is lost afterwards. */
  get isComplete(): boolean {
    return this.spec.output.kind === 'result'
      ? this.#done === this.taskCount
      : this.outputs.available === this.taskCount
  }

  /** Whether a task needs no further attempt now. */
  isDone(partition: number): boolean {
    return this.#delivered[partition] === 1 || this.outputs.at(partition) !== undefined
  }

  /** Whether every task has given its output, delivered or not. */
  get isComputed(): boolean {
    for (let partition = 0; partition < this.taskCount; partition++) if (!this.isDone(partition)) return false
    return true
  }

  isDelivered(partition: number): boolean {
    return this.#delivered[partition] === 1
  }

  markDelivered(partition: number): void {
    if (this.#delivered[partition] === 0) this.#done++
    this.#delivered[partition] = 1
  }

  /** The attempts at a task that run, in the order in which they began. */
  runningAttempts(partition: number): readonly number[] {
    const first = this.#running[partition]!
    const copy = this.#copies.get(partition)
    return first < 0 ? [] : copy === undefined ? [first] : [first, copy]
  }

  /** How many of its tasks neither run nor wait; to be asked while it is ready. */
  get tasksDone(): number {
    return this.taskCount - this.#tasksRunning - this.pending.length
  }

  /** Wants a copy of an attempt that takes long. False where there is or was one, or nobody wants its output any more. */
  wantCopy(partition: number, attemptId: number): boolean {
    const isRunning = this.runningAttempts(partition).includes(attemptId)
    if (!isRunning || this.#copies.has(partition) || this.#copied.has(attemptId)) return false
    this.#copied.add(attemptId)
    this.wantedCopies.add(partition)
    return true
  }

  /** Whether all that it may depend on the size of what it reads has been decided. */
  get isDivided(): boolean {
    return this.#reads !== undefined || this.#spec.adaptive === undefined
  }

  /** Whether its join may still become one with a broadcast. */
  get mayBroadcast(): boolean {
    return this.#spec.adaptive?.broadcast !== undefined && !this.#isShuffledJoin
  }

  /** It will not. */
  keepShuffledJoin(): void {
    this.#isShuffledJoin = true
  }

  /** Has it do something else, before any of its tasks runs. */
  become(spec: StageSpec): void {
    this.#spec = spec
    this.outputs.resize(spec.taskCount)
    this.#reset(spec.taskCount)
  }

  /** Has it as many tasks as there are descriptions of what each reads, before any of them runs. */
  divide(reads: readonly TaskReads[]): void {
    this.#reads = reads
    if (reads.length === this.taskCount) return
    this.outputs.resize(reads.length)
    this.#reset(reads.length)
  }

  /** What a task reads of shuffles, where that is not its own partition alone. */
  readsOf(partition: number): { readonly reads?: TaskReads } {
    const reads = this.#reads?.[partition]
    const isOwn = reads === undefined || (reads.from === partition && reads.until === partition + 1 && !reads.parts)
    return isOwn ? {} : { reads }
  }

  /** Queues every task that is neither done nor running nor queued; of tasks that run together all, when one is missing and none runs. */
  queueMissing(nowMs: number): void {
    if (this.#spec.hasBarrier) return this.#queueAll(nowMs)
    for (let partition = 0; partition < this.taskCount; partition++) {
      if (this.#isPending[partition] === 0 && this.#running[partition]! < 0 && !this.isDone(partition)) {
        this.#isPending[partition] = 1
        this.#pendingSinceMs[partition] = nowMs
        this.pending.push(partition)
      }
    }
  }

  #queueAll(nowMs: number): void {
    if (this.#tasksRunning > 0 || this.pending.length > 0) return
    for (let partition = 0; partition < this.taskCount; partition++) {
      this.#isPending[partition] = 1
      this.#pendingSinceMs[partition] = nowMs
      this.pending.push(partition)
    }
  }

  /** Takes the task at a position of the queue out of it. */
  unqueue(position: number): void {
    const [partition] = this.pending.splice(position, 1)
    this.#isPending[partition!] = 0
  }

  /** @returns which attempt of the task this is, from 0 */
  started(partition: number, attemptId: number): number {
    this.wantedCopies.delete(partition)
    if (this.#running[partition]! < 0) {
      this.#running[partition] = attemptId
      this.#tasksRunning++
    } else this.#copies.set(partition, attemptId)
    return this.#attempts[partition]!++
  }

  stopped(partition: number, attemptId: number): void {
    const copy = this.#copies.get(partition)
    if (copy === attemptId) this.#copies.delete(partition)
    if (this.#running[partition] !== attemptId) return
    this.#copied.delete(attemptId)
    this.#copies.delete(partition)
    this.#running[partition] = copy ?? -1
    if (copy !== undefined) return
    this.#tasksRunning--
    this.wantedCopies.delete(partition)
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

  /** Whether any attempt at any task was made. */
  get wasLaunched(): boolean {
    return this.#attempts.some((attempts) => attempts > 0)
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
