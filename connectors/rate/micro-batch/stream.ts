import type { Json, Split, StreamSource } from '../../api.js'
import { splitToJson } from '../offset.js'
import type { MicroBatchOptions } from './options.js'

/** The number that comes next, and when: what a batch has follows from the two between which it lies, as for Spark, whose names these are. */
interface MicroBatchOffset {
  readonly offset: number
  readonly timestamp: number
}

const toJson = ({ offset, timestamp }: MicroBatchOffset): Json => ({ offset, timestamp })
const fromJson = (json: Json): MicroBatchOffset => json as unknown as MicroBatchOffset

/** As many numbers for each batch as asked for, all with its time, whatever time it is. */
export class MicroBatchStream implements StreamSource {
  readonly #options: MicroBatchOptions

  constructor(options: MicroBatchOptions) {
    this.#options = options
  }

  initialOffset(): Promise<Json> {
    return Promise.resolve(toJson({ offset: 0, timestamp: this.#options.startMs }))
  }

  latestOffset(from: Json, _isLimited: boolean, goal?: Json): Promise<Json> {
    const { offset, timestamp } = fromJson(from)
    const { rowsPerBatch, advanceMs } = this.#options
    if (goal !== undefined && fromJson(goal).offset <= offset) return Promise.resolve(from)
    return Promise.resolve(toJson({ offset: offset + rowsPerBatch, timestamp: timestamp + advanceMs }))
  }

  planSplits(from: Json, until: Json, _columns: readonly string[], parallelism: number): Promise<readonly Split[]> {
    const { offset: base, timestamp: baseMs } = fromJson(from)
    const { offset: end } = fromJson(until)
    const rows = end - base
    const step = Math.min(this.#options.partitions ?? parallelism, rows)
    const splits = Array.from({ length: step }, (_, i) => ({
      data: splitToJson({ first: base + i, step, end, base, baseMs, msPerValue: 0 }),
      rows: Math.ceil((rows - i) / step),
    }))
    return Promise.resolve(splits)
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}
