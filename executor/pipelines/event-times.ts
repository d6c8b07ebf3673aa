import type { StreamingTaskInputs } from '../../planner/plan/physical/stage-parts.js'
import type { EventTime } from '../../planner/plan/physical/task-report.js'
import type { ConstantPool } from '../compiler/expression/constant-pool.js'

const NONE = -(1n << 63n)
const LAST = (1n << 63n) - 1n

/** Two i64 in the data area for an operator, the least i64 where there is no such time: up to where rows are late, and up to where what it keeps is final. */
export interface EventTimeView {
  readonly operatorId: number
  readonly late: number
  readonly final: number
}

/** In the data area, of the times that a watermark has seen: the greatest and the least (i64), their sum (f64) and how many they are (i64). */
export const SEEN_MAX = 0
export const SEEN_MIN = 8
export const SEEN_SUM = 16
export const SEEN_ROWS = 24
const SEEN_BYTES = 32

/** Where the event times of a stage lie in its data area: what its stateful operators see, and what its watermarks have seen. */
export class EventTimePlaces {
  readonly #views: EventTimeView[] = []
  readonly #seen: { readonly watermarkId: number; readonly offset: number }[] = []

  /** What a stateful operator sees. */
  view(operatorId: number, constants: ConstantPool): EventTimeView {
    const late = constants.reserve(16)
    const view = { operatorId, late, final: late + 8 }
    this.#views.push(view)
    return view
  }

  /** The place of what a watermark has seen (`SEEN_MAX` and so on), which is reported with the task's result. */
  seenBy(watermarkId: number, constants: ConstantPool): number {
    const offset = constants.reserve(SEEN_BYTES)
    this.#seen.push({ watermarkId, offset })
    return offset
  }

  /** Readies the data area at an address for a task. */
  begin(view: DataView, base: number, streaming: StreamingTaskInputs | undefined): void {
    for (const { operatorId, late, final } of this.#views) {
      const { lateMicros, finalMicros } = streaming?.operators[operatorId] ?? {}
      view.setBigInt64(base + late, lateMicros ?? NONE, true)
      view.setBigInt64(base + final, finalMicros ?? NONE, true)
    }
    for (const { offset } of this.#seen) {
      view.setBigInt64(base + offset + SEEN_MAX, NONE, true)
      view.setBigInt64(base + offset + SEEN_MIN, LAST, true)
      view.setFloat64(base + offset + SEEN_SUM, 0, true)
      view.setBigInt64(base + offset + SEEN_ROWS, 0n, true)
    }
  }

  /** What the task has seen. */
  seen(view: DataView, base: number): readonly EventTime[] {
    return this.#seen.flatMap(({ watermarkId, offset }) => {
      const rows = Number(view.getBigInt64(base + offset + SEEN_ROWS, true))
      const maxMicros = view.getBigInt64(base + offset + SEEN_MAX, true)
      const minMicros = view.getBigInt64(base + offset + SEEN_MIN, true)
      const sumMicros = view.getFloat64(base + offset + SEEN_SUM, true)
      return rows === 0 ? [] : [{ watermarkId, rows, minMicros, maxMicros, sumMicros }]
    })
  }
}
