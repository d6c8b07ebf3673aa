import { statefulOf } from '../../planner/physical/operators/index.js'
import { statefulOperators, watermarksOf } from '../../planner/physical/stateful-operators.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import type { OperatorTimes } from '../../planner/plan/physical/stage-parts.js'
import type { PhysicalStateful, PhysicalWatermark } from '../../planner/plan/physical/stateful.js'
import type { EventTime } from '../../planner/plan/physical/task-report.js'
import type { Position } from './batch-planner.js'
import type { EventTimeProgress } from './progress.js'
import { eventTimeProgress } from './progress-report.js'
import type { StreamClock } from './system-clock.js'
import { advanced, together, type WatermarkPolicy, type Watermarks, withoutIdle } from './watermarks.js'

type Times = Pick<Position, 'watermarks' | 'earlierWatermarks'>

/** How a query treats its watermarks. */
export interface WatermarkRules {
  readonly policy: WatermarkPolicy
  /** How long one may see no row before it holds back the others no more; 0 for ever. */
  readonly idleTimeoutMs: number
  /** How far ahead of the clock event times may be that move one; 0 as far as they like. */
  readonly maxAdvanceMs: number
}

/** The event times of a query: its watermarks, and what each stateful operator sees of those below it. */
export class StreamTimes {
  readonly #declared: readonly PhysicalWatermark[]
  readonly #operators: readonly PhysicalStateful[]
  readonly #rules: WatermarkRules
  readonly #clock: Pick<StreamClock, 'nowMs'>
  /** When each watermark has seen rows last, or the query was started. */
  readonly #seenMs = new Map<number, number>()

  constructor(root: PhysicalPlan, rules: WatermarkRules, clock: Pick<StreamClock, 'nowMs'>) {
    this.#declared = watermarksOf(root)
    this.#operators = statefulOperators(root)
    this.#rules = rules
    this.#clock = clock
    for (const id of this.#ids) this.#seenMs.set(id, clock.nowMs())
  }

  get #ids(): readonly number[] {
    return this.#declared.map(({ watermarkId }) => watermarkId)
  }

  get hasWatermarks(): boolean {
    return this.#declared.length > 0
  }

  /** The watermarks after a batch that has seen these event times. */
  after(batch: Times, seen: ReadonlyMap<number, EventTime>): Watermarks {
    const nowMs = this.#clock.nowMs()
    for (const id of seen.keys()) this.#seenMs.set(id, nowMs)
    const { maxAdvanceMs } = this.#rules
    const most = maxAdvanceMs === 0 ? undefined : BigInt(Math.floor(nowMs + maxAdvanceMs)) * 1000n
    return advanced(batch.watermarks, this.#declared, seen, most)
  }

  /** The position, where watermarks that are idle by now hold back none of the others. It is logged with the batch that goes on from there. */
  withoutIdle<P extends Times>(position: P): P {
    const { idleTimeoutMs, policy } = this.#rules
    if (idleTimeoutMs === 0 || policy === 'max') return position
    const seen = this.#ids.filter((id) => position.watermarks[id] !== undefined).map((id) => this.#seenMs.get(id)!)
    // The one that saw rows last is never idle, so that one that never saw any goes on with it.
    const lastMs = seen.reduce((last, ms) => Math.max(last, ms), Number.NEGATIVE_INFINITY)
    const sinceMs = Math.min(this.#clock.nowMs() - idleTimeoutMs, lastMs - 1)
    const watermarks = withoutIdle(position.watermarks, (id) => this.#seenMs.get(id)! <= sinceMs, this.#ids)
    return watermarks === position.watermarks ? position : { ...position, watermarks }
  }

  /** What is told of a batch: the times of its rows, by the first watermark that had any, and all watermarks together. */
  progress(watermarks: Watermarks, seen: ReadonlyMap<number, EventTime>): EventTimeProgress | undefined {
    if (!this.hasWatermarks) return undefined
    const ofRows = this.#declared.flatMap(({ watermarkId }) => seen.get(watermarkId) ?? [])
    return eventTimeProgress(ofRows[0], this.#ofQuery(watermarks))
  }

  /** All watermarks together. */
  #ofQuery(watermarks: Watermarks): bigint | undefined {
    return together(watermarks, this.#ids, this.#rules.policy)
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

  #timesOf({ state }: PhysicalStateful, { watermarks, earlierWatermarks }: Times): OperatorTimes {
    const { watermarks: ids, behindMicros = 0n } = state
    const timeOf = (all: Watermarks): bigint | undefined => {
      const micros = together(all, ids, this.#rules.policy)
      return micros === undefined ? undefined : micros - behindMicros
    }
    const [lateMicros, finalMicros] = [timeOf(earlierWatermarks), timeOf(watermarks)]
    return {
      ...(lateMicros === undefined ? {} : { lateMicros }),
      ...(finalMicros === undefined ? {} : { finalMicros }),
    }
  }
}
