import type { EventTime } from '../../planner/plan/physical/task-report.js'

/** What several watermarks are together: the least of them, so that nothing is late that one still allows, or the greatest. */
export const WATERMARK_POLICIES = ['min', 'max'] as const
export type WatermarkPolicy = (typeof WATERMARK_POLICIES)[number]

/** Watermarks in microseconds, by their ids; one that no row has been seen for yet is absent. */
export type Watermarks = Readonly<Record<number, bigint>>

/** A watermark as the plan declares it. */
export interface DeclaredWatermark {
  readonly watermarkId: number
  readonly delayMicros: bigint
}

/**
 * Watermarks after a batch that has seen these event times. None goes back.
 * @param mostMicros times beyond it count as if they were it
 */
export function advanced(
  before: Watermarks,
  declared: readonly DeclaredWatermark[],
  seen: ReadonlyMap<number, Pick<EventTime, 'maxMicros'>>,
  mostMicros?: bigint,
): Watermarks {
  const after: Record<number, bigint> = {}
  for (const { watermarkId, delayMicros } of declared) {
    const greatest = seen.get(watermarkId)?.maxMicros
    const known = before[watermarkId]
    const counted = greatest !== undefined && mostMicros !== undefined && greatest > mostMicros ? mostMicros : greatest
    const next = counted === undefined ? known : laterOf(known, counted - delayMicros)
    if (next !== undefined) after[watermarkId] = next
  }
  return after
}

/** What some watermarks are together; undefined while there is none, or not yet of each where the least counts. */
export function together(watermarks: Watermarks, ids: readonly number[], policy: WatermarkPolicy): bigint | undefined {
  const known = ids.map((id) => watermarks[id]).filter((micros) => micros !== undefined)
  if (known.length === 0 || (policy === 'min' && known.length < ids.length)) return undefined
  return known.reduce((a, b) => ((policy === 'min' ? b < a : b > a) ? b : a))
}

/** Watermarks, of which those that are idle go on with the least of the others. */
export function withoutIdle(
  watermarks: Watermarks,
  isIdle: (watermarkId: number) => boolean,
  ids: readonly number[],
): Watermarks {
  const [idle, active] = [ids.filter(isIdle), ids.filter((id) => !isIdle(id))]
  const least = together(watermarks, active, 'min')
  if (idle.length === 0 || least === undefined) return watermarks
  return { ...watermarks, ...Object.fromEntries(idle.map((id) => [id, laterOf(watermarks[id], least)])) }
}

const laterOf = (known: bigint | undefined, next: bigint): bigint =>
  known !== undefined && known > next ? known : next
