import type { BarrierCall } from '../../common/barrier.js'
import { MillraceError, type SerializedError } from '../../common/errors/millrace-error.js'
import type { TaskReport } from '../../planner/plan/physical/task-report.js'
import type { SchedulerAction, TaskAttempt } from '../jobs/actions.js'
import { bare } from '../jobs/failure.js'
import type { JobState } from '../jobs/job-state.js'
import type { Jobs } from '../jobs/jobs.js'
import type { StageState } from '../tasks/stage-state.js'
import { BarrierRound } from './barrier-round.js'

/** A task that ended well: it counts when all of its stage have. */
export interface EndedTask {
  readonly task: TaskAttempt
  readonly report: TaskReport
}

/** Output of such a task, which an executor holds. */
export interface HeldTask extends EndedTask {
  readonly job: JobState
  readonly stage: StageState
}

/** A barrier that tasks have waited at for too long, and one of those that did not come. */
interface LateBarrier {
  readonly job: JobState
  readonly task: TaskAttempt
  readonly error: SerializedError
}

interface BarrierRun {
  readonly job: JobState
  readonly round: BarrierRound
  readonly ended: Map<number, EndedTask>
}

/** Of the stages whose tasks run together those that do: what ended of them, and who waits for whom. */
export class BarrierRuns {
  readonly #timeoutMs: number
  readonly #runs = new Map<StageState, BarrierRun>()

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  /** When the first of those that wait will have done so for too long. */
  get wakeAtMs(): number {
    let wakeAtMs = Number.POSITIVE_INFINITY
    for (const { round } of this.#runs.values())
      wakeAtMs = Math.min(wakeAtMs, (round.sinceMs ?? wakeAtMs) + this.#timeoutMs)
    return wakeAtMs
  }

  /** A task of the stage is launched. */
  launched(job: JobState, stage: StageState): void {
    if (this.#runs.has(stage)) return
    this.#runs.set(stage, { job, round: new BarrierRound(stage.taskCount), ended: new Map() })
  }

  /** Its tasks do not run any more: what has ended of them does not count. @returns what has executors drop what these wrote */
  forget(stage: StageState): readonly SchedulerAction[] {
    const ended = [...(this.#runs.get(stage)?.ended.values() ?? [])]
    this.#runs.delete(stage)
    if (stage.spec.output.kind === 'write') return []
    return ended.map(({ task: { executorId, attemptId } }) => ({ kind: 'discardOutput', executorId, attemptId }))
  }

  /** All its tasks are run again. @returns what ends those that run, and drops what others wrote */
  restarted(job: JobState, stage: StageState, jobs: Pick<Jobs, 'cancel'>): readonly SchedulerAction[] {
    job.isStale = true
    return [...this.forget(stage), ...jobs.cancel(job, stage, Array(stage.taskCount).keys())]
  }

  forgetJob({ stages }: JobState): void {
    for (const stage of stages) this.#runs.delete(stage)
  }

  /** A task ended well. @returns those that count now; or what is wrong, when others wait for one that has ended */
  ended(stage: StageState, ended: EndedTask): readonly EndedTask[] | SerializedError {
    const run = this.#runs.get(stage)
    if (!run) return []
    run.ended.set(ended.task.partition, ended)
    // The others wait for it; or it has called, and did not wait for them.
    if (run.round.sinceMs !== undefined) return taskEnded(stage, ended.task.partition)
    if (run.ended.size < stage.taskCount) return []
    this.#runs.delete(stage)
    return [...run.ended.values()]
  }

  /** A task waits for the others. @returns what lets all go on when it was the last one; or what is wrong */
  called(
    stage: StageState,
    partition: number,
    call: BarrierCall,
    nowMs: number,
  ): readonly SchedulerAction[] | SerializedError {
    const run = this.#runs.get(stage)
    if (!run) return []
    const gathered = run.round.called(partition, call, nowMs)
    if (gathered === 'mixed') return bare(new MillraceError('BARRIER_SYNC_MISMATCH', { stage: stage.spec.key }))
    const absent = run.round.missing.find((one) => run.ended.has(one))
    if (absent !== undefined) return taskEnded(stage, absent)
    return gathered ? passing(run.job, stage, call.sequence, gathered) : []
  }

  late(nowMs: number): readonly LateBarrier[] {
    return [...this.#runs].flatMap(([stage, { job, round }]) => {
      const { missing, sinceMs } = round
      if (sinceMs === undefined || nowMs < sinceMs + this.#timeoutMs) return []
      const [stageKey, seconds] = [stage.spec.key, this.#timeoutMs / 1000]
      const parameters = { partitions: missing.slice(0, MOST_NAMED).join(', '), stage: stageKey, seconds }
      const error = bare(new MillraceError('BARRIER_SYNC_TIMEOUT', parameters))
      const task = job.running.get(stage.runningAttempts(missing[0]!)[0]!)!
      return [{ job, task, error }]
    })
  }

  /** The stages of which an executor holds what has ended, and does not count yet. */
  heldAt(executorId: string): readonly Pick<HeldTask, 'job' | 'stage'>[] {
    const held = this.heldBy(executorId)
    return held.filter(({ stage }, i) => held.findIndex((one) => one.stage === stage) === i)
  }

  /** What an executor holds of those that have ended, and does not count yet. */
  heldBy(executorId: string): readonly HeldTask[] {
    return [...this.#runs].flatMap(([stage, { job, ended }]) => {
      if (stage.spec.output.kind === 'write') return []
      const here = [...ended.values()].filter(({ task }) => task.executorId === executorId)
      return here.map(({ task, report }) => ({ job, stage, task, report }))
    })
  }
}

function passing(
  job: JobState,
  stage: StageState,
  sequence: number,
  messages: readonly string[],
): readonly SchedulerAction[] {
  return Array.from({ length: stage.taskCount }, (_, partition) => {
    const { executorId, attemptId } = job.running.get(stage.runningAttempts(partition)[0]!)!
    return { kind: 'passBarrier', executorId, attemptId, sequence, messages }
  })
}

/** So many tasks are named in a condition. */
const MOST_NAMED = 10

const taskEnded = ({ spec }: StageState, partition: number): SerializedError =>
  bare(new MillraceError('BARRIER_TASK_ENDED', { partition, stage: spec.key }))
