import type { Row } from '../../../columnar/rows.js'
import { parseDurationMicros } from '../../../common/config/units.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedText } from '../../../common/errors/quoting.js'
import type { TimeMode } from '../../../planner/plan/expression/user-function.js'
import type { ValueState } from './state-variables.js'

/** When a call of the function runs, and why. */
export interface GroupCall {
  readonly timeMode: TimeMode
  readonly hasTimedOut: boolean
  readonly processingMs: number
  /** Undefined where the query declares no watermark. */
  readonly watermarkMs: number | undefined
}

const MICROS = 1000n

/** What a function of the user sees of a group in a call, with Spark's methods: a row, and the time at which it is to be called again if no rows come before. */
export class GroupState {
  readonly #row: Pick<ValueState, 'exists' | 'get' | 'update' | 'clear'>
  readonly #call: GroupCall
  readonly #timeOutAt: (timeMs: number) => void

  constructor(
    row: Pick<ValueState, 'exists' | 'get' | 'update' | 'clear'>,
    call: GroupCall,
    timeOutAt: (timeMs: number) => void,
  ) {
    this.#row = row
    this.#call = call
    this.#timeOutAt = timeOutAt
  }

  exists(): boolean {
    return this.#row.exists()
  }

  /** @throws INVALID_API_USE when there is no state */
  get(): Row {
    const row = this.#row.get()
    if (row) return row
    throw invalidUse(
      'the state of a group that has none, or no more, was asked for: ask exists() before get(), or use getOption()',
    )
  }

  getOption(): Row | undefined {
    return this.#row.get()
  }

  update(row: unknown): void {
    this.#row.update(row)
  }

  remove(): void {
    this.#row.clear()
  }

  hasTimedOut(): boolean {
    return this.#call.hasTimedOut
  }

  /** @throws _LEGACY_ERROR_TEMP_2203 without time-outs by processing time, INVALID_API_USE for a time that is not ahead */
  setTimeoutDuration(duration: number | string): void {
    const { timeMode, processingMs } = this.#call
    if (timeMode !== 'processingTime') throw new MillraceError('_LEGACY_ERROR_TEMP_2203', {})
    const ms = typeof duration === 'string' ? msOf(duration) : duration
    if (!(ms > 0)) throw invalidUse(`the duration of a time-out is positive, and ${String(duration)} is not`)
    this.#timeOutAt(processingMs + ms)
  }

  /** @throws _LEGACY_ERROR_TEMP_2205 without time-outs by event time, INVALID_API_USE for a time that is past */
  setTimeoutTimestamp(timestamp: number | Date, additionalDuration?: string): void {
    const { timeMode, watermarkMs = 0 } = this.#call
    if (timeMode !== 'eventTime') throw new MillraceError('_LEGACY_ERROR_TEMP_2205', {})
    const ms = Number(timestamp) + (additionalDuration === undefined ? 0 : msOf(additionalDuration))
    if (!(ms > 0)) throw invalidUse(`the time of a time-out is after 1970, and ${String(timestamp)} is not`)
    if (ms < watermarkMs)
      throw invalidUse(`the time of a time-out, ${ms}, cannot be earlier than the watermark, ${watermarkMs}`)
    this.#timeOutAt(ms)
  }

  /** @throws _LEGACY_ERROR_TEMP_2204 without a watermark */
  getCurrentWatermarkMs(): number {
    const { watermarkMs } = this.#call
    if (watermarkMs === undefined) throw new MillraceError('_LEGACY_ERROR_TEMP_2204', {})
    return watermarkMs
  }

  getCurrentProcessingTimeMs(): number {
    return this.#call.processingMs
  }
}

/** Whole milliseconds of a duration, as `1 hour`. @throws INVALID_INTERVAL_FORMAT, INVALID_API_USE for one that goes back */
function msOf(duration: string): number {
  const micros = parseDurationMicros(duration)
  if (micros === undefined) throw new MillraceError('INVALID_INTERVAL_FORMAT', { input: quotedText(duration) })
  if (micros < 0n) throw invalidUse(`the duration ${duration} is negative`)
  return Number(micros / MICROS)
}

const invalidUse = (reason: string): MillraceError => new MillraceError('INVALID_API_USE', { reason })
