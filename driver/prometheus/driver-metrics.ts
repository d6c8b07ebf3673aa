import type { ExecutorMemory } from '../../proto/protocol.js'
import type { EngineListener, EventOf } from '../events/engine-event.js'
import type { ExecutorSummary } from '../executors/executor-table.js'
import type { MetricFamily, Sample } from './exposition.js'

/** Metrics of the jobs, tasks and executors of a driver, of the events that tell of them. */
export class DriverMetrics implements EngineListener {
  readonly #memory = new Map<string, () => ExecutorMemory>()
  readonly #counts = {
    jobsSucceeded: 0,
    jobsFailed: 0,
    tasksLaunched: 0,
    tasksSucceeded: 0,
    tasksRetried: 0,
    tasksCopied: 0,
    executorsLost: 0,
    executorsDecommissioned: 0,
    outputsMoved: 0,
    movedBytes: 0,
    rowsRead: 0,
    bytesWritten: 0,
    spilledBytes: 0,
  }

  /** An executor in this process tells its memory when it is asked. */
  watch(executorId: string, memory: () => ExecutorMemory): void {
    this.#memory.set(executorId, memory)
  }

  /** Executors of other processes tell of their memory from time to time. */
  onExecutorMetrics({ executorId, memory }: EventOf<'executorMetrics'>): void {
    this.#memory.set(executorId, () => memory)
  }

  onOutputMoved({ bytes }: EventOf<'outputMoved'>): void {
    this.#counts.outputsMoved++
    this.#counts.movedBytes += bytes
  }

  onExecutorRemoved({ executorId, isDecommissioned }: EventOf<'executorRemoved'>): void {
    if (isDecommissioned) this.#counts.executorsDecommissioned++
    else this.#counts.executorsLost++
    this.#memory.delete(executorId)
  }

  onTaskStart({ isCopy }: EventOf<'taskStart'>): void {
    this.#counts.tasksLaunched++
    if (isCopy) this.#counts.tasksCopied++
  }

  onTaskEnd({ counts }: EventOf<'taskEnd'>): void {
    if (counts === undefined) return
    this.#counts.tasksSucceeded++
    this.#counts.rowsRead += counts.rowsRead
    this.#counts.bytesWritten += counts.bytesWritten
    this.#counts.spilledBytes += counts.spilledBytes
  }

  onTaskRetried(): void {
    this.#counts.tasksRetried++
  }

  onJobEnd({ failure }: EventOf<'jobEnd'>): void {
    if (failure === undefined) this.#counts.jobsSucceeded++
    else this.#counts.jobsFailed++
  }

  families(executors: readonly ExecutorSummary[]): readonly MetricFamily[] {
    return [...this.#ofExecutors(executors), ...this.#ofWork()]
  }

  #ofExecutors(executors: readonly ExecutorSummary[]): readonly MetricFamily[] {
    const each = (of: (executor: ExecutorSummary) => number): readonly Sample[] =>
      executors.map((executor) => ({ labels: { executor: executor.executorId }, value: of(executor) }))
    const memory = executors.flatMap(({ executorId: executor }): readonly Sample[] => {
      const told = this.#memory.get(executor)?.()
      if (told === undefined) return []
      return Object.entries(told).map(([key, value]) => ({
        labels: { executor, kind: key.replace(/Bytes$/, '') },
        value,
      }))
    })
    const gauge = (name: string, help: string, samples: readonly Sample[]): MetricFamily => ({
      ...{ name: `millrace_${name}`, type: 'gauge', help, samples },
    })
    return [
      gauge('executors', 'Executors that are there.', [{ value: executors.length }]),
      gauge(
        'executor_slots',
        'How many tasks an executor runs at once.',
        each(({ slots }) => slots),
      ),
      gauge(
        'executor_running_tasks',
        'How many tasks it runs.',
        each(({ running }) => running),
      ),
      gauge(
        'executor_memory_bytes',
        'Memory of an executor: what it may hold (limit), what tasks and blocks hold (held), blocks alone (stored), and what its process takes (resident).',
        memory,
      ),
    ]
  }

  #ofWork(): readonly MetricFamily[] {
    const c = this.#counts
    const counter = (name: string, help: string, value: number): MetricFamily => ({
      ...{ name: `millrace_${name}_total`, type: 'counter', help, samples: [{ value }] },
    })
    return [
      counter('executors_lost', 'Executors that were lost.', c.executorsLost),
      counter('executors_decommissioned', 'Executors that were not needed and went.', c.executorsDecommissioned),
      counter('outputs_moved', 'Outputs of tasks that others took of executors that went.', c.outputsMoved),
      counter('moved_bytes', 'Bytes of these.', c.movedBytes),
      counter('jobs_succeeded', 'Jobs that ended well; batches of streams are among them.', c.jobsSucceeded),
      counter('jobs_failed', 'Jobs that failed or were cancelled.', c.jobsFailed),
      counter('tasks_launched', 'Tasks sent to executors.', c.tasksLaunched),
      counter('tasks_succeeded', 'Tasks that ended well.', c.tasksSucceeded),
      counter('tasks_retried', 'Tasks that failed and were tried again.', c.tasksRetried),
      counter('tasks_copied', 'Tasks sent to a second executor, as they took long on the first.', c.tasksCopied),
      counter('rows_read', 'Rows that tasks read.', c.rowsRead),
      counter('written_bytes', 'Bytes that tasks wrote for other stages.', c.bytesWritten),
      counter('spilled_bytes', 'Bytes that operators put on disk for want of memory.', c.spilledBytes),
    ]
  }
}
