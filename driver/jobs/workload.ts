import type { ExecutorSummary } from '../executors/executor-table.js'
import { type HeldOutput, type Outputs, outputsHeldBy } from './held-outputs.js'

/** What there is to do at a moment, and with what. */
export interface Workload {
  /** Tasks that could run, and those that run. */
  readonly waiting: number
  readonly running: number
  readonly executors: readonly ExecutorSummary[]
  /** Which kinds of outputs an executor holds that somebody may still want; to be asked at once. */
  heldBy(executorId: string): ReadonlySet<HeldOutput['kind']>
}

export function workloadOf(running: number, executors: readonly ExecutorSummary[], outputs: Outputs): Workload {
  const waiting = outputs.jobs.all.reduce((sum, { waitingTasks }) => sum + waitingTasks, 0)
  const heldBy = (executorId: string): ReadonlySet<HeldOutput['kind']> =>
    new Set([...outputsHeldBy(executorId, outputs)].map(({ kind }) => kind))
  return { waiting, running, executors, heldBy }
}
