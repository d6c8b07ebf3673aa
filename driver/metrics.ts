import type { Block } from '../columnar/blocks/block.js'
import type { EventTime, TaskReport } from '../planner/plan/physical/task-report.js'
import type { JobPlan } from './job-plan.js'
import type { JobResult } from './job-result.js'
import type { StageChange } from './jobs/adaption.js'
import { StageMeasures } from './measured-stages.js'
import { OperatorResults } from './operator-results.js'
import { planReads } from './plan-reads.js'
import type { StageMetrics } from './stage-metrics.js'

/** What is added up of a task's report. */
type Counts = Pick<TaskReport, 'rowsRead' | 'rowsWritten' | 'bytesWritten' | 'spilledBytes' | 'elapsedMs' | 'streaming'>

/** Adds up what the tasks of a job report. Of a task that is run again, since its output was lost, the last report counts alone. */
export class JobMetrics {
  #plan: JobPlan
  readonly #stages = new Map<number, StageMetrics>()
  readonly #changes: StageChange[] = []
  /** By the stage's key and the partition. */
  readonly #counts = new Map<number, Map<number, Counts>>()
  readonly #measures = new StageMeasures()
  readonly #observed = new Map<string, Map<number, readonly Block[]>>()

  constructor(plan: JobPlan) {
    this.#plan = plan
    for (const { key, taskCount } of plan.stages.values()) {
      this.#stages.set(key, { stageKey: key, tasks: taskCount, finished: 0, retries: 0, ...NO_SUMS })
      this.#counts.set(key, new Map())
    }
  }

  accept(stageKey: number, partition: number, report: TaskReport): void {
    const { rowsRead, rowsWritten, bytesWritten, spilledBytes, elapsedMs, streaming } = report
    const counts = { rowsRead, rowsWritten, bytesWritten, spilledBytes, elapsedMs }
    this.#counts.get(stageKey)!.set(partition, streaming ? { ...counts, streaming } : counts)
    this.#measures.accept(stageKey, partition, report)
    for (const { observationId, blocks } of report.observations ?? []) {
      const known = this.#observed.get(observationId) ?? new Map<number, readonly Block[]>()
      this.#observed.set(observationId, known.set(partition, blocks))
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
    const summed = new Map([...this.#stages].map(([key, stage]) => [key, this.#summed(stage)] as const))
    const stages = [...summed.values()]
    const inputs = stages.filter(({ stageKey }) => this.readsInput(stageKey))
    return {
      jobId: this.#plan.spec.jobId,
      rowsRead: inputs.reduce((sum, { rowsRead }) => sum + rowsRead, 0),
      rowsWritten: summed.get(this.#plan.result.key)!.rowsWritten,
      ...this.#streamed(),
      observed: this.#observed,
      stages,
      changes: this.#changes,
      measured: this.#measures.stages(this.#plan, summed, this.#changes),
      skipped: false,
    }
  }

  #summed(stage: StageMetrics): StageMetrics {
    const counts = [...this.#counts.get(stage.stageKey)!.values()]
    const sum = (of: (one: Counts) => number): number => counts.reduce((total, one) => total + of(one), 0)
    return {
      ...stage,
      finished: counts.length,
      rowsRead: sum(({ rowsRead }) => rowsRead),
      rowsWritten: sum(({ rowsWritten }) => rowsWritten),
      bytesWritten: sum(({ bytesWritten }) => bytesWritten),
      spilledBytes: sum(({ spilledBytes }) => spilledBytes),
      taskMs: sum(({ elapsedMs }) => elapsedMs),
    }
  }

  /** What tasks of a streaming query did. */
  #streamed(): Pick<JobResult, 'scans' | 'eventTimes' | 'operators'> {
    const scans = new Map<number, number>()
    const eventTimes = new Map<number, EventTime>()
    const operators = new OperatorResults()
    for (const tasks of this.#counts.values())
      for (const [partition, { streaming }] of tasks) {
        for (const operator of streaming?.operators ?? []) operators.accept(partition, operator)
        for (const { scanId, rows } of streaming?.scans ?? []) scans.set(scanId, (scans.get(scanId) ?? 0) + rows)
        for (const seen of streaming?.eventTimes ?? []) {
          const known = eventTimes.get(seen.watermarkId)
          eventTimes.set(seen.watermarkId, known === undefined ? seen : bothOf(known, seen))
        }
      }
    return { scans, eventTimes, operators: operators.all }
  }
}

const NO_SUMS = { rowsRead: 0, rowsWritten: 0, bytesWritten: 0, spilledBytes: 0, taskMs: 0 }

const bothOf = (a: EventTime, b: EventTime): EventTime => ({
  watermarkId: a.watermarkId,
  rows: a.rows + b.rows,
  minMicros: a.minMicros < b.minMicros ? a.minMicros : b.minMicros,
  maxMicros: a.maxMicros > b.maxMicros ? a.maxMicros : b.maxMicros,
  sumMicros: a.sumMicros + b.sumMicros,
})
