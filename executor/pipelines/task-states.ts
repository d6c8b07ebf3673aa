import { MillraceError } from '../../common/errors/millrace-error.js'
import type { OperatorReport } from '../../planner/plan/physical/task-report.js'
import type { GrowingSnapshot } from './growing-snapshot.js'
import type { ResidentStates } from './resident-states.js'
import type { StateDisk } from './state-disk.js'
import type { OperatorState, TaskState } from './task.js'

/** What stateful operators have in a task: the state of its partition, what is kept of states in the thread's memory, and reports of what they did. */
export class TaskStates {
  readonly resident: ResidentStates
  readonly reports: OperatorReport[] = []
  /** Snapshots that the task has taken over from the batch before, and not handed on yet. */
  readonly growing = new Set<GrowingSnapshot>()
  /** What is on disk of the states that the task has. */
  readonly disks = new Set<StateDisk>()
  readonly #state: TaskState | undefined

  constructor(resident: ResidentStates, state: TaskState | undefined) {
    this.resident = resident
    this.#state = state
  }

  release(): void {
    for (const snapshot of this.growing) snapshot.abandon()
    for (const disk of this.disks) disk.close()
  }

  /** @throws UNSUPPORTED_FEATURE outside a streaming query */
  operator(operatorId: number): OperatorState {
    if (this.#state) return this.#state.operator(operatorId)
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'a stateful operator outside a streaming query' })
  }
}
