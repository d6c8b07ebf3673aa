import { deserializeError, type SerializedError } from '../../common/errors/millrace-error.js'
import type { TaskReport } from '../../planner/plan/physical/task-report.js'
import type { ExecutorMemory } from '../../proto/protocol.js'
import type { SubmitOptions } from '../driver-options.js'
import type { SchedulerAction, TaskAttempt } from '../jobs/actions.js'
import { decisionText } from '../jobs/decision-text.js'
import type { SchedulerEvent } from '../jobs/events.js'
import { executorLost } from '../jobs/failure.js'
import type { JobSpec } from '../jobs/job-spec.js'
import { DEFAULT_POOL } from '../pools/pool-options.js'
import {
  type EventCounts,
  type EventFailure,
  type EventOf,
  type EventTask,
  eventTimeMs,
  failing,
} from './engine-event.js'
import type { EventBus } from './event-bus.js'

interface OpenStage {
  readonly tasks: number
  /** By partition, whether it has been computed. */
  readonly done: Uint8Array
  /** What it writes, when that is a cache. */
  readonly cacheId: string | undefined
  left: number
  isSubmitted: boolean
}

/** What a job is part of. */
type JobOrigin = Pick<SubmitOptions, 'executionId' | 'streaming' | 'pool'>
type Accepted = Extract<SchedulerAction, { kind: 'taskAccepted' }>

/** Tells by events what the driver hears and does. Jobs and tasks that started end once, whatever the scheduler is told twice or late. */
export class DriverEvents {
  readonly #bus: EventBus
  readonly #jobs = new Map<number, Map<number, OpenStage>>()
  readonly #running = new Map<number, TaskAttempt>()
  readonly #executors = new Set<string>()

  constructor(bus: EventBus) {
    this.#bus = bus
  }

  /** @param readsInput by the key of a stage, whether it reads sources */
  jobStarted({ jobId, stages }: JobSpec, readsInput: (key: number) => boolean, origin: JobOrigin): void {
    const { executionId, streaming, pool = DEFAULT_POOL } = origin
    const open = stages.map(({ key, taskCount, output }): readonly [number, OpenStage] => {
      return [key, openStage(taskCount, output.kind === 'cache' ? output.cacheId : undefined)]
    })
    this.#jobs.set(jobId, new Map(open))
    this.#bus.emit({
      ...{ kind: 'jobStart', timeMs: eventTimeMs(), jobId, pool },
      stages: stages.map(({ key, taskCount }) => ({ stageKey: key, tasks: taskCount, readsInput: readsInput(key) })),
      ...(executionId === undefined ? {} : { executionId }),
      ...(streaming ? { batch: { queryId: streaming.queryId, batchId: streaming.batchId } } : {}),
    })
  }

  firstRows(jobId: number): void {
    if (this.#jobs.has(jobId)) this.#bus.emit({ kind: 'jobFirstRows', timeMs: eventTimeMs(), jobId })
  }

  /** Its handle is settled. */
  jobEnded(jobId: number, error?: unknown): void {
    if (!this.#jobs.delete(jobId)) return
    this.#bus.emit({ kind: 'jobEnd', timeMs: eventTimeMs(), jobId, ...failing(error) })
  }

  /** An executor told of its memory. */
  memory(executorId: string, memory: ExecutorMemory): void {
    this.#bus.emit({ kind: 'executorMetrics', timeMs: eventTimeMs(), executorId, memory })
  }

  /** What the scheduler was told, and what it wants done for that. */
  decided(event: SchedulerEvent, actions: readonly SchedulerAction[]): void {
    if (event.kind === 'executorRegistered') this.#added(event)
    if (event.kind === 'taskFailed' && this.#running.get(event.attemptId)?.executorId === event.executorId)
      this.#failed(event.attemptId, event.error)
    for (const action of actions) this.#wanted(action)
    // Nobody wants what it did, as another attempt or the end of the job came first.
    if (event.kind === 'taskSucceeded' && this.#running.get(event.attemptId)?.executorId === event.executorId)
      this.#ended(event.attemptId, { outcome: 'killed' })
  }

  #wanted(action: SchedulerAction): void {
    switch (action.kind) {
      case 'stageChanged':
        return this.#changed(action)
      case 'launchTask':
        return this.#launched(action.task)
      case 'taskAccepted':
        return this.#accepted(action)
      case 'disconnectExecutor':
        return this.#removed(action)
      case 'dropCache':
        return this.#bus.emit({ kind: 'cacheDropped', timeMs: eventTimeMs(), cacheId: action.cacheId })
      case 'taskRetried': {
        const { task, error } = action
        const told = { timeMs: eventTimeMs(), ...placeOf(task), failure: failureOf(error) }
        return this.#bus.emit({ kind: 'taskRetried', ...told })
      }
      case 'taskStraggles': {
        const { task, runtimeMs, thresholdMs } = action
        const told = { timeMs: eventTimeMs(), ...placeOf(task), runtimeMs, thresholdMs }
        return this.#bus.emit({ kind: 'speculativeTaskSubmitted', ...told })
      }
      case 'executorDecommissioned':
        return this.#bus.emit({ timeMs: eventTimeMs(), ...action })
      case 'outputMoved':
        return this.#bus.emit({ kind: 'outputMoved', timeMs: eventTimeMs(), ...action.moved })
      case 'exclusionChanged':
        return this.#bus.emit({ timeMs: eventTimeMs(), ...action.change })
      case 'taskHeld':
        return this.#ended(action.task.attemptId, { outcome: 'succeeded', counts: countsOf(action.report) })
      case 'cancelTask':
      case 'passBarrier':
      case 'resultReady':
      case 'resultsForgotten':
      case 'jobSucceeded':
      case 'jobFailed':
      case 'releaseJob':
      case 'moveOutput':
      case 'discardOutput':
        return
    }
  }

  #changed({ jobId, change }: Extract<SchedulerAction, { kind: 'stageChanged' }>): void {
    const { stageKey, tasks, decision } = change
    this.#jobs.get(jobId)?.set(stageKey, openStage(tasks))
    const told = { timeMs: eventTimeMs(), jobId, stageKey, tasks, decision, why: decisionText(decision) }
    this.#bus.emit({ kind: 'stageChanged', ...told })
  }

  #launched(task: TaskAttempt): void {
    const { jobId, stageKey } = task
    const stage = this.#jobs.get(jobId)?.get(stageKey)
    if (stage && !stage.isSubmitted) {
      stage.isSubmitted = true
      this.#bus.emit({ kind: 'stageSubmitted', timeMs: eventTimeMs(), jobId, stageKey, tasks: stage.tasks })
    }
    this.#running.set(task.attemptId, task)
    this.#bus.emit({ kind: 'taskStart', timeMs: eventTimeMs(), ...placeOf(task) })
  }

  #accepted({ task, report }: Accepted): void {
    const { jobId, stageKey, partition, executorId } = task
    this.#ended(task.attemptId, { outcome: 'succeeded', counts: countsOf(report) })
    const stage = this.#jobs.get(jobId)?.get(stageKey)
    if (!stage) return
    if (stage.cacheId !== undefined) {
      const stored = { cacheId: stage.cacheId, partition, executorId, bytes: report.bytesWritten }
      this.#bus.emit({ kind: 'blockStored', timeMs: eventTimeMs(), ...stored })
    }
    const before = stage.left
    // What was lost is computed again, and counts once.
    if (stage.done[partition] === 0) stage.left--
    stage.done[partition] = 1
    if (before > 0 && stage.left === 0)
      this.#bus.emit({ kind: 'stageCompleted', timeMs: eventTimeMs(), jobId, stageKey, tasks: stage.tasks })
  }

  #failed(attemptId: number, error: SerializedError): void {
    const isKilled = error.condition === 'OPERATION_CANCELED'
    this.#ended(attemptId, isKilled ? { outcome: 'killed' } : { outcome: 'failed', failure: failureOf(error) })
  }

  #ended(attemptId: number, end: Pick<EventOf<'taskEnd'>, 'outcome' | 'counts' | 'failure'>): void {
    const task = this.#running.get(attemptId)
    if (!task) return
    this.#running.delete(attemptId)
    this.#bus.emit({ kind: 'taskEnd', timeMs: eventTimeMs(), ...placeOf(task), ...end })
  }

  #added({ executorId, slots }: Extract<SchedulerEvent, { kind: 'executorRegistered' }>): void {
    if (this.#executors.has(executorId)) return
    this.#executors.add(executorId)
    this.#bus.emit({ kind: 'executorAdded', timeMs: eventTimeMs(), executorId, slots })
  }

  #removed({ executorId, reason, isDecommissioned }: Extract<SchedulerAction, { kind: 'disconnectExecutor' }>): void {
    this.#executors.delete(executorId)
    for (const task of [...this.#running.values()])
      if (task.executorId === executorId) this.#failed(task.attemptId, executorLost(executorId, reason))
    this.#bus.emit({ kind: 'executorRemoved', timeMs: eventTimeMs(), executorId, reason, isDecommissioned })
  }
}

function openStage(tasks: number, cacheId?: string): OpenStage {
  return { tasks, done: new Uint8Array(tasks), cacheId, left: tasks, isSubmitted: false }
}

const placeOf = ({ attemptId, jobId, stageKey, partition, attempt, executorId, isCopy }: TaskAttempt): EventTask => ({
  ...{ attemptId, jobId, stageKey, partition, attempt, executorId, isCopy },
})

const countsOf = ({ rowsRead, rowsWritten, bytesWritten, spilledBytes, elapsedMs }: TaskReport): EventCounts => ({
  ...{ rowsRead, rowsWritten, bytesWritten, spilledBytes, elapsedMs },
})

const failureOf = (error: SerializedError): EventFailure => ({
  condition: error.condition,
  message: deserializeError(error).message,
})
