import type { StreamingTaskInputs } from '../../planner/plan/physical/stage-parts.js'
import type { EventTime } from '../../planner/plan/physical/task-report.js'
import type { ConstantPool } from '../compiler/expression/constant-pool.js'

const NONE = -(1n << 63n)

/** Two i64 in the data area for an operator, the least i64 where there is no such time: up to where rows are late, and up to where what it keeps is final. */
export interface EventTimeView {
  readonly operatorId: number
  readonly late: number
  readonly final: number
}

/** Where the event times of a stage lie in its data area: what its stateful operators see, and the greatest times that its watermarks have seen. */
export class EventTimePlaces {
  readonly #views: EventTimeView[] = []
  readonly #greatest: { readonly watermarkId: number; readonly offset: number }[] = []

  /** What a stateful operator sees. */
  view(operatorId: number, constants: ConstantPool): EventTimeView {
    const late = constants.reserve(16)
    const view = { operatorId, late, final: late + 8 }
    this.#views.push(view)
    return view
  }

  /** The place of the greatest time of a watermark (i64), which is reported with the task's result. */
  greatest(watermarkId: number, constants: ConstantPool): number {
    const offset = constants.reserve(16)
    this.#greatest.push({ watermarkId, offset })
    return offset
  }

  /** Readies the data area at an address for a task. */
  begin(view: DataView, base: number, streaming: StreamingTaskInputs | undefined): void {
    for (const { operatorId, late, final } of this.#views) {
      const { lateMicros, finalMicros } = streaming?.operators[operatorId] ?? {}
      view.setBigInt64(base + late, lateMicros ?? NONE, true)
      view.setBigInt64(base + final, finalMicros ?? NONE, true)
    }
    for (const { offset } of this.#greatest) view.setBigInt64(base + offset, NONE, true)
  }

  /** What the task has seen. */
  seen(view: DataView, base: number): readonly EventTime[] {
    return this.#greatest.flatMap(({ watermarkId, offset }) => {
      const maxMicros = view.getBigInt64(base + offset, true)
      return maxMicros === NONE ? [] : [{ watermarkId, maxMicros }]
    })
  }
}
