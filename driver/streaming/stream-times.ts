import { statefulOf } from '../../planner/physical/operators/index.js'
import { statefulOperators, watermarksOf } from '../../planner/physical/stateful-operators.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import type { OperatorTimes } from '../../planner/plan/physical/stage-parts.js'
import type { PhysicalStateful, PhysicalWatermark } from '../../planner/plan/physical/stateful.js'
import type { EventTime } from '../../planner/plan/physical/task-report.js'
import type { Position } from './batch-planner.js'
import type { EventTimeProgress } from './progress.js'
import { eventTimeProgress } from './progress-report.js'
import { advanced, together, type WatermarkPolicy, type Watermarks } from './watermarks.js'

type Times = Pick<Position, 'watermarks' | 'earlierWatermarks'>

/** The event times of a query: its watermarks, and what each stateful operator sees of those below it. */
export class StreamTimes {
  readonly #declared: readonly PhysicalWatermark[]
  readonly #operators: readonly PhysicalStateful[]
  readonly #policy: WatermarkPolicy

  constructor(root: PhysicalPlan, policy: WatermarkPolicy) {
    this.#declared = watermarksOf(root)
    this.#operators = statefulOperators(root)
    this.#policy = policy
  }

  get hasWatermarks(): boolean {
    return this.#declared.length > 0
  }

  /** The watermarks after a batch that has seen these event times. */
  after(batch: Times, seen: ReadonlyMap<number, EventTime>): Watermarks {
    return advanced(batch.watermarks, this.#declared, seen)
  }

  /** What is told of a batch: the times of its rows, by the first watermark that had any, and all watermarks together. */
  progress(watermarks: Watermarks, seen: ReadonlyMap<number, EventTime>): EventTimeProgress | undefined {
    if (!this.hasWatermarks) return undefined
    const ofRows = this.#declared.flatMap(({ watermarkId }) => seen.get(watermarkId) ?? [])
    return eventTimeProgress(ofRows[0], this.#ofQuery(watermarks))
  }

  /** All watermarks together. */
  #ofQuery(watermarks: Watermarks): bigint | undefined {
    const ids = this.#declared.map(({ watermarkId }) => watermarkId)
    return together(watermarks, ids, this.#policy)
  }

  /** Rows are late up to the watermark of the batch before, since by this one something is final only at its end. */
  ofOperators(batch: Times): Readonly<Record<number, OperatorTimes>> {
    return Object.fromEntries(this.#operators.map((plan) => [plan.state.operatorId, this.#timesOf(plan, batch)]))
  }

  /** Whether something may have become final since the batch before. */
  isDue(position: Times): boolean {
    return this.#operators.some((plan) => {
      const { lateMicros, finalMicros } = this.#timesOf(plan, position)
      return lateMicros !== finalMicros && statefulOf(plan).waitsForWatermark(plan)
    })
  }

  #timesOf({ state: { watermarks: ids } }: PhysicalStateful, { watermarks, earlierWatermarks }: Times): OperatorTimes {
    const lateMicros = together(earlierWatermarks, ids, this.#policy)
    const finalMicros = together(watermarks, ids, this.#policy)
    return {
      ...(lateMicros === undefined ? {} : { lateMicros }),
      ...(finalMicros === undefined ? {} : { finalMicros }),
    }
  }
}
