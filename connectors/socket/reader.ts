import { STRING, TIMESTAMP } from '../../columnar/types.js'
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
import { columnOfConstants, constantOf } from '../files/constant-column.js'
import { Region } from '../files/region.js'
import { type Line, splitFromJson } from './line.js'

/** Lines that the driver has read, executor side. */
export const socketReader: ReaderProvider = {
  name: 'socket',

  openReader({ columns }: ScanRequest, split: Split, context: ReadContext): Promise<BatchReader> {
    return Promise.resolve(new SocketReader(splitFromJson(split.data), columns, context))
  },
}

class SocketReader implements BatchReader {
  readonly #lines: readonly Line[]
  readonly #memory: Memory
  readonly #signal: AbortSignal
  readonly #columns: readonly { readonly region: Region; readonly isText: boolean }[]
  #next = 0

  constructor(lines: readonly Line[], columns: readonly string[], { memory, signal }: ReadContext) {
    this.#lines = lines
    this.#memory = memory
    this.#signal = signal
    this.#columns = columns.map((name) => ({ region: new Region(memory), isText: name === 'value' }))
  }

  next(): Batch | undefined {
    if (this.#signal.aborted) throw new MillraceError('OPERATION_CANCELED')
    const lines = this.#lines.slice(this.#next, this.#next + MAX_BATCH_ROWS)
    if (lines.length === 0) return undefined
    this.#next += lines.length
    const columns = this.#columns.map(({ region, isText }) => {
      const values = lines.map((line) => (isText ? constantOf(STRING, line.text) : constantOf(TIMESTAMP, micros(line))))
      return columnOfConstants(values, region, this.#memory)
    })
    return { rows: lines.length, columns }
  }

  close(): void {
    for (const { region } of this.#columns) region.release()
  }
}

const micros = ({ atMs }: Line): bigint => BigInt(atMs) * 1000n
