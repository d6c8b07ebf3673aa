import type { ExecutorTable } from '../executors/executor-table.js'
import type { TaskAttempt } from './actions.js'

/** Every attempt whose end its executor has not told, also of jobs that ended: they occupy slots. */
export class Attempts {
  readonly #executors: ExecutorTable
  readonly #running = new Map<number, TaskAttempt>()
  /** Those among them that were cancelled, as what they do is not wanted: what they still tell counts for nothing. */
  readonly #unwanted = new Set<number>()
  #nextId = 1

  constructor(executors: ExecutorTable) {
    this.#executors = executors
  }

  get size(): number {
    return this.#running.size
  }

  has(attemptId: number): boolean {
    return this.#running.has(attemptId)
  }

  all(): Iterable<TaskAttempt> {
    return this.#running.values()
  }

  /** What the next attempt gets for an id. */
  get upcomingId(): number {
    return this.#nextId
  }

  nextId(): number {
    return this.#nextId++
  }

  start(task: TaskAttempt): void {
    this.#running.set(task.attemptId, task)
    this.#executors.occupy(task.executorId, task.attemptId)
  }

  /** Undefined when it ended before, or never ran on that executor. */
  end(executorId: string, attemptId: number): { readonly task: TaskAttempt; readonly isWanted: boolean } | undefined {
    const task = this.#running.get(attemptId)
    if (task?.executorId !== executorId) return undefined
    this.#running.delete(attemptId)
    this.#executors.vacate(executorId, attemptId)
    return { task, isWanted: !this.#unwanted.delete(attemptId) }
  }

  /** It is cancelled. */
  unwant(attemptId: number): void {
    this.#unwanted.add(attemptId)
  }

  isWanted(attemptId: number): boolean {
    return !this.#unwanted.has(attemptId)
  }

  /** One that runs there and is wanted. */
  get(executorId: string, attemptId: number): TaskAttempt | undefined {
    const task = this.#running.get(attemptId)
    return task?.executorId === executorId && this.isWanted(attemptId) ? task : undefined
  }

  on(executorId: string): readonly TaskAttempt[] {
    return [...this.#running.values()].filter((task) => task.executorId === executorId)
  }
}
