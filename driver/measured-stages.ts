import type { Stage } from '../planner/plan/physical/plan.js'
import type { OperatorMeasures, TaskReport } from '../planner/plan/physical/task-report.js'
import type { JobPlan } from './job-plan.js'
import type { StageChange } from './jobs/adaption.js'
import { decisionText } from './jobs/decision-text.js'
import type { StageMetrics } from './stage-metrics.js'

/** A stage of a measured query as it ran, with what its tasks and their operators did. */
export interface MeasuredStage {
  readonly stage: Stage
  readonly metrics: StageMetrics
  /** What was decided of it before it ran. */
  readonly decisions: readonly string[]
  /** By the stage ids of its plan, the keys of stages that it read. */
  readonly inputKeys: ReadonlyMap<number, number>
  /** Added up over its tasks; memory is that of the task with most of it, and rows of what several threads make alike those of one. */
  readonly operators: readonly OperatorMeasures[]
}

/** Keeps what the tasks of measured stages tell of their operators. */
export class StageMeasures {
  /** By the stage's key and the partition: a task that is run again tells the same once more. */
  readonly #stages = new Map<number, Map<number, readonly OperatorMeasures[]>>()

  accept(stageKey: number, partition: number, { measures }: TaskReport): void {
    if (!measures) return
    const known = this.#stages.get(stageKey) ?? new Map<number, readonly OperatorMeasures[]>()
    this.#stages.set(stageKey, known.set(partition, measures))
  }

  /** In the order in which stages come. A stage that became part of another one is not among them. */
  stages(
    { stages }: JobPlan,
    metrics: ReadonlyMap<number, StageMetrics>,
    changes: readonly StageChange[],
  ): readonly MeasuredStage[] {
    return [...stages.values()].flatMap(({ key, stage, inputKeys }) => {
      const [ran, tasks] = [metrics.get(key), this.#stages.get(key)]
      if (!ran || !tasks) return []
      const decisions = changes.filter(({ stageKey }) => stageKey === key).map(({ decision }) => decisionText(decision))
      return [{ stage, metrics: ran, decisions, inputKeys, operators: sumOf([...tasks.values()].flat()) }]
    })
  }
}

function sumOf(measures: readonly OperatorMeasures[]): readonly OperatorMeasures[] {
  const byPath = new Map<string, OperatorMeasures>()
  for (const one of measures) {
    const name = one.path.join()
    const known = byPath.get(name)
    byPath.set(name, known ? bothOf(known, one) : one)
  }
  return [...byPath.values()]
}

const bothOf = (a: OperatorMeasures, b: OperatorMeasures): OperatorMeasures => ({
  path: a.path,
  rows: a.isShared ? Math.max(a.rows, b.rows) : a.rows + b.rows,
  ...(a.isShared ? { isShared: a.isShared } : {}),
  loopMs: a.loopMs + b.loopMs,
  readMs: a.readMs + b.readMs,
  memoryBytes: Math.max(a.memoryBytes, b.memoryBytes),
  spilledBytes: a.spilledBytes + b.spilledBytes,
})
