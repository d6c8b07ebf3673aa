import type { Block } from '../columnar/block.js'
import type { EventTime, TaskReport } from '../planner/plan/physical/task-report.js'
import type { JobPlan } from './job-plan.js'
import type { JobResult } from './job-run.js'
import type { StageChange } from './jobs/adaption.js'
import { StageMeasures } from './measured-stages.js'
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
  #plan: JobPlan
  readonly #stages = new Map<number, StageMetrics>()
  readonly #changes: StageChange[] = []
  readonly #eventTimes = new Map<number, EventTime>()
  readonly #scans = new Map<number, number>()
  readonly #operators = new OperatorResults()
  readonly #measures = new StageMeasures()
  readonly #observed = new Map<string, Map<number, readonly Block[]>>()

  constructor(plan: JobPlan) {
    this.#plan = plan
    for (const { key, taskCount } of plan.stages.values()) {
      const zero = { finished: 0, retries: 0, rowsRead: 0, rowsWritten: 0, bytesWritten: 0, spilledBytes: 0, taskMs: 0 }
      this.#stages.set(key, { stageKey: key, tasks: taskCount, ...zero })
    }
  }

  accept(stageKey: number, partition: number, report: TaskReport): void {
    const old = this.#stages.get(stageKey)!
    this.#stages.set(stageKey, {
      ...old,
      finished: old.finished + 1,
      rowsRead: old.rowsRead + report.rowsRead,
      rowsWritten: old.rowsWritten + report.rowsWritten,
      bytesWritten: old.bytesWritten + report.bytesWritten,
      spilledBytes: old.spilledBytes + report.spilledBytes,
      taskMs: old.taskMs + report.elapsedMs,
    })
    this.#measures.accept(stageKey, partition, report)
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

  /** Whether the rows of a stage are the job's input: it scans. */
  readsInput(stageKey: number): boolean {
    return planReads(this.#plan.stages.get(stageKey)!.stage.root).scans.length > 0
  }

  /** @param plan what is left of it */
  change(plan: JobPlan, change: StageChange): void {
    this.#plan = plan
    const { stageKey, tasks, decision } = change
    this.#stages.set(stageKey, { ...this.#stages.get(stageKey)!, tasks })
    if (decision.kind === 'broadcast') this.#stages.delete(decision.left)
    this.#changes.push(change)
  }

  retried(stageKey: number): void {
    const old = this.#stages.get(stageKey)!
    this.#stages.set(stageKey, { ...old, retries: old.retries + 1 })
  }

  result(): JobResult {
    const stages = [...this.#stages.values()]
    const inputs = stages.filter(({ stageKey }) => this.readsInput(stageKey))
    return {
      jobId: this.#plan.spec.jobId,
      rowsRead: inputs.reduce((sum, { rowsRead }) => sum + rowsRead, 0),
      rowsWritten: this.#stages.get(this.#plan.result.key)!.rowsWritten,
      scans: this.#scans,
      eventTimes: this.#eventTimes,
      operators: this.#operators.all,
      observed: this.#observed,
      stages,
      changes: this.#changes,
      measured: this.#measures.stages(this.#plan, this.#stages, this.#changes),
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
