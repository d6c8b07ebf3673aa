import type { Block } from '../columnar/block.js'
import type { EventTime, TaskReport } from '../planner/plan/physical/task-report.js'
import type { JobPlan } from './job-plan.js'
import type { JobResult } from './job-run.js'
import { OperatorResults } from './operator-results.js'
import { planReads } from './plan-reads.js'

/** Sums over the tasks of a stage that counted. */
export interface StageMetrics {
  readonly stageKey: number
  readonly tasks: number
  readonly finished: number
  readonly retries: number
  readonly rowsRead: number
  readonly rowsWritten: number
  readonly bytesWritten: number
  readonly spilledBytes: number
  readonly taskMs: number
}

/** Adds up what the tasks of a job report. */
export class JobMetrics {
  readonly #plan: JobPlan
  readonly #stages = new Map<number, StageMetrics>()
  readonly #eventTimes = new Map<number, EventTime>()
  readonly #scans = new Map<number, number>()
  readonly #operators = new OperatorResults()
  readonly #observed = new Map<string, Map<number, readonly Block[]>>()

  constructor(plan: JobPlan) {
    this.#plan = plan
    for (const { key, taskCount } of plan.stages.values()) {
      const zero = { finished: 0, retries: 0, rowsRead: 0, rowsWritten: 0, bytesWritten: 0, spilledBytes: 0, taskMs: 0 }
      this.#stages.set(key, { stageKey: key, tasks: taskCount, ...zero })
    }
  }

  /** @param partitions how many of them the task did the work of */
  accept(stageKey: number, partition: number, report: TaskReport, partitions = 1): void {
    const old = this.#stages.get(stageKey)!
    this.#stages.set(stageKey, {
      ...old,
      finished: old.finished + partitions,
      rowsRead: old.rowsRead + report.rowsRead,
      rowsWritten: old.rowsWritten + report.rowsWritten,
      bytesWritten: old.bytesWritten + report.bytesWritten,
      spilledBytes: old.spilledBytes + report.spilledBytes,
      taskMs: old.taskMs + report.elapsedMs,
    })
    for (const { observationId, blocks } of report.observations ?? []) {
      // A task that is run again, since its output was lost, reports the same rows once more.
      const known = this.#observed.get(observationId) ?? new Map<number, readonly Block[]>()
      this.#observed.set(observationId, known.set(partition, blocks))
    }
    for (const operator of report.streaming?.operators ?? []) this.#operators.accept(partition, operator)
    for (const { scanId, rows } of report.streaming?.scans ?? [])
      this.#scans.set(scanId, (this.#scans.get(scanId) ?? 0) + rows)
    for (const seen of report.streaming?.eventTimes ?? []) {
      const known = this.#eventTimes.get(seen.watermarkId)
      this.#eventTimes.set(seen.watermarkId, known === undefined ? seen : bothOf(known, seen))
    }
  }

  /** The stages whose rows are the job's input: those that scan. */
  #inputStages(): readonly StageMetrics[] {
    const plans = this.#plan.stages
    return [...this.#stages.values()].filter(
      ({ stageKey }) => planReads(plans.get(stageKey)!.stage.root).scans.length > 0,
    )
  }

  retried(stageKey: number): void {
    const old = this.#stages.get(stageKey)!
    this.#stages.set(stageKey, { ...old, retries: old.retries + 1 })
  }

  result(): JobResult {
    const stages = [...this.#stages.values()]
    return {
      jobId: this.#plan.spec.jobId,
      rowsRead: this.#inputStages().reduce((sum, { rowsRead }) => sum + rowsRead, 0),
      rowsWritten: this.#stages.get(this.#plan.result.key)!.rowsWritten,
      scans: this.#scans,
      eventTimes: this.#eventTimes,
      operators: this.#operators.all,
      observed: this.#observed,
      stages,
      skipped: false,
    }
  }
}

const bothOf = (a: EventTime, b: EventTime): EventTime => ({
  watermarkId: a.watermarkId,
  rows: a.rows + b.rows,
  minMicros: a.minMicros < b.minMicros ? a.minMicros : b.minMicros,
  maxMicros: a.maxMicros > b.maxMicros ? a.maxMicros : b.maxMicros,
  sumMicros: a.sumMicros + b.sumMicros,
})
