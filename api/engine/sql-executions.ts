import type { AskedOnce } from '../../common/asked-once.js'
import { type EventBus, eventTimeMs, failing, type JobHandle } from '../../driver/index.js'
import { explainPlanned } from '../../planner/explain/explain.js'
import type { PlannedQuery } from '../../planner/plan-query.js'
import type { Begun } from './running-jobs.js'

interface Execution {
  readonly id: number
  isStarted: boolean
  lastJob: JobHandle | undefined
}

/** Tells by events of the queries and writes that run, each of which may take several jobs. */
export class SqlExecutions {
  readonly #bus: EventBus
  readonly #open = new WeakMap<Begun, Execution>()
  #nextId = 0

  constructor(bus: EventBus) {
    this.#bus = bus
  }

  /** Follows a query from its first job to the end of its last one, wherever it fails. */
  async follow<T>(begun: Begun, run: () => Promise<T>, asked: AskedOnce | undefined): Promise<T> {
    const execution: Execution = { id: this.#nextId++, isStarted: false, lastJob: undefined }
    this.#open.set(begun, execution)
    const end = (error?: unknown): void => {
      asked?.end()
      this.#end(execution, error)
    }
    try {
      const done = await (asked ? asked.run(run) : run())
      execution.lastJob?.result.then(() => end(), end)
      return done
    } catch (error) {
      end(error)
      throw error
    }
  }

  /** @param start the job of a query, which may be one that nobody follows */
  submit(begun: Begun, planned: PlannedQuery, start: (executionId: number | undefined) => JobHandle): JobHandle {
    const execution = this.#open.get(begun)
    if (execution && !execution.isStarted) {
      execution.isStarted = true
      this.#bus.emit({
        ...{ kind: 'sqlExecutionStart', timeMs: eventTimeMs(), executionId: execution.id, tags: [...begun.tags] },
        // The text of a plan takes as long as a small query: only who looks at it has it made.
        get physicalPlanDescription() {
          return explainPlanned(planned)
        },
      })
    }
    const job = start(execution?.id)
    if (execution) execution.lastJob = job
    return job
  }

  #end(execution: Execution, error: unknown): void {
    if (!execution.isStarted) return
    this.#bus.emit({ kind: 'sqlExecutionEnd', timeMs: eventTimeMs(), executionId: execution.id, ...failing(error) })
  }
}
