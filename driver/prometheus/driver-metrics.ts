import type { ExecutorMemory, ExecutorMessage } from '../../proto/protocol.js'
import type { ExecutorSummary } from '../executors/executor-table.js'
import type { SchedulerAction } from '../jobs/actions.js'
import type { MetricFamily, Sample } from './exposition.js'

/** Metrics of the jobs, tasks and executors of a driver, of what it hears and does. */
export class DriverMetrics {
  readonly #memory = new Map<string, () => ExecutorMemory>()
  readonly #counts = {
    jobsSucceeded: 0,
    jobsFailed: 0,
    tasksLaunched: 0,
    tasksSucceeded: 0,
    tasksRetried: 0,
    executorsLost: 0,
    rowsRead: 0,
    bytesWritten: 0,
    spilledBytes: 0,
  }

  /** An executor in this process tells its memory when it is asked. */
  watch(executorId: string, memory: () => ExecutorMemory): void {
    this.#memory.set(executorId, memory)
  }

  /** What an executor says; others tell of their memory from time to time. */
  heard(executorId: string, message: ExecutorMessage): void {
    if (message.kind !== 'heartbeat') return
    const { memory } = message
    this.#memory.set(executorId, () => memory)
  }

  /** What the scheduler wants done. */
  wanted(action: SchedulerAction): void {
    const counts = this.#counts
    switch (action.kind) {
      case 'launchTask':
        counts.tasksLaunched++
        return
      case 'taskAccepted':
        counts.tasksSucceeded++
        counts.rowsRead += action.report.rowsRead
        counts.bytesWritten += action.report.bytesWritten
        counts.spilledBytes += action.report.spilledBytes
        return
      case 'taskRetried':
        counts.tasksRetried++
        return
      case 'jobSucceeded':
        counts.jobsSucceeded++
        return
      case 'jobFailed':
        counts.jobsFailed++
        return
      case 'disconnectExecutor':
        counts.executorsLost++
        this.#memory.delete(action.executorId)
        return
      case 'cancelTask':
      case 'resultReady':
      case 'releaseJob':
      case 'dropCache':
        return
    }
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
      counter('jobs_succeeded', 'Jobs that ended well; batches of streams are among them.', c.jobsSucceeded),
      counter('jobs_failed', 'Jobs that failed or were cancelled.', c.jobsFailed),
      counter('tasks_launched', 'Tasks sent to executors.', c.tasksLaunched),
      counter('tasks_succeeded', 'Tasks that ended well.', c.tasksSucceeded),
      counter('tasks_retried', 'Tasks that failed and were tried again.', c.tasksRetried),
      counter('rows_read', 'Rows that tasks read.', c.rowsRead),
      counter('written_bytes', 'Bytes that tasks wrote for other stages.', c.bytesWritten),
      counter('spilled_bytes', 'Bytes that operators put on disk for want of memory.', c.spilledBytes),
    ]
  }
}
