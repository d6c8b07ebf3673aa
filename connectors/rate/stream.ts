import type { Json, Split, StreamSource } from '../api.js'
import { offsetFromJson, offsetToJson, splitToJson } from './offset.js'
import type { RateOptions } from './options.js'
import { valueAt } from './value-at.js'

/** Numbers at a rate, up to the last whole second. */
export class RateStream implements StreamSource {
  readonly #options: RateOptions
  readonly #nowMs: () => number

  constructor(options: RateOptions, nowMs: () => number) {
    this.#options = options
    this.#nowMs = nowMs
  }

  initialOffset(): Promise<Json> {
    return Promise.resolve(offsetToJson({ sinceMs: this.#nowMs(), seconds: 0, value: 0 }))
  }

  latestOffset(from: Json, _isLimited: boolean, goal?: Json): Promise<Json> {
    const before = offsetFromJson(from)
    const { sinceMs } = before
    const most = goal === undefined ? Number.POSITIVE_INFINITY : offsetFromJson(goal).seconds
    const seconds = Math.min(Math.floor((this.#nowMs() - sinceMs) / 1000), most)
    // A clock that was put back waits until it is there again.
    if (seconds <= before.seconds) return Promise.resolve(from)
    const more = valueAt(seconds, this.#options) - valueAt(before.seconds, this.#options)
    return Promise.resolve(offsetToJson({ sinceMs, seconds, value: before.value + more }))
  }

  planSplits(from: Json, until: Json, _columns: readonly string[], parallelism: number): Promise<readonly Split[]> {
    const [start, end] = [offsetFromJson(from), offsetFromJson(until)]
    const rows = end.value - start.value
    const step = Math.min(this.#options.partitions ?? parallelism, rows)
    const baseMs = start.sinceMs + start.seconds * 1000
    const msPerValue = ((end.seconds - start.seconds) * 1000) / rows
    const of = { step, end: end.value, base: start.value, baseMs, msPerValue }
    const splits = Array.from({ length: step }, (_, i) => ({
      data: splitToJson({ first: start.value + i, ...of }),
      rows: Math.ceil((rows - i) / step),
    }))
    return Promise.resolve(splits)
  }

  /** As Spark shows it. */
  shown(offset: Json): Json {
    return offsetFromJson(offset).seconds
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}
