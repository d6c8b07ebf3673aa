import { MillraceError } from '../../common/errors/millrace-error.js'
import {
  type Batch,
  type BatchReader,
  MAX_BATCH_ROWS,
  type Memory,
  type ReadContext,
  type ReaderProvider,
  type ScanRequest,
  type Split,
} from '../api.js'
import { Region } from '../files/region.js'
import { type RateSplit, splitFromJson, timeOf } from './offset.js'

/** Numbers and their times as batches, executor side. */
export const rateReader: ReaderProvider = {
  name: 'rate',

  openReader({ columns }: ScanRequest, split: Split, context: ReadContext): Promise<BatchReader> {
    return Promise.resolve(new RateReader(splitFromJson(split.data), columns, context))
  },
}

/** Of which only the plan of a batch differs. */
export const microBatchReader: ReaderProvider = { ...rateReader, name: 'rate-micro-batch' }

const VALUE_BYTES = 8
const MICROS_PER_MS = 1000
const WORD = 2 ** 32

class RateReader implements BatchReader {
  readonly #split: RateSplit
  readonly #memory: Memory
  readonly #signal: AbortSignal
  readonly #columns: readonly { readonly region: Region; readonly of: (value: number) => number }[]
  #next: number

  constructor(split: RateSplit, columns: readonly string[], { memory, signal }: ReadContext) {
    this.#split = split
    this.#memory = memory
    this.#signal = signal
    this.#next = split.first
    const microsOf = (value: number): number => timeOf(value, split) * MICROS_PER_MS
    this.#columns = columns.map((name) => ({
      region: new Region(memory),
      of: name === 'value' ? (value) => value : microsOf,
    }))
  }

  next(): Batch | undefined {
    if (this.#signal.aborted) throw new MillraceError('OPERATION_CANCELED')
    const { step, end } = this.#split
    const rows = Math.min(MAX_BATCH_ROWS, Math.ceil((end - this.#next) / step))
    if (rows <= 0) return undefined
    const columns = this.#columns.map(({ region, of }) => {
      const data = region.reserve(rows * VALUE_BYTES)
      for (let row = 0; row < rows; row++) this.#write(data + row * VALUE_BYTES, of(this.#next + row * step))
      return { data, validity: 0 }
    })
    this.#next += rows * step
    return { rows, columns }
  }

  /** Two words take less time than a bigint. */
  #write(address: number, value: number): void {
    const { view } = this.#memory
    const high = Math.floor(value / WORD)
    view.setUint32(address, value - high * WORD, true)
    view.setInt32(address + 4, high, true)
  }

  close(): void {
    for (const { region } of this.#columns) region.release()
  }
}
