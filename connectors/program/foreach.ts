import type { Block } from '../../columnar/blocks/block.js'
import { rowsFromBlock } from '../../columnar/rows.js'
import type { Schema } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type {
  BlockWriter,
  Json,
  RowWriter,
  SinkProvider,
  WriteContext,
  WriteDescription,
  WriterProvider,
} from '../api.js'
import { AT_LEAST_ONCE, refuseOptions } from './options.js'
import { withoutProgram } from './without-program.js'

/** Calls code of the program with each row, where tasks run. Nothing is left to be committed. */
export const foreachSink: SinkProvider = {
  name: 'foreach',
  stream: AT_LEAST_ONCE,

  begin({ options, program }: WriteDescription): Promise<boolean> {
    refuseOptions(options, 'foreach')
    if (!program) throw withoutProgram('foreach')
    return Promise.resolve(true)
  },
  commit: () => Promise.resolve(),
  abort: () => Promise.resolve(),
}

export const foreachWriter: WriterProvider = {
  name: 'foreach',

  async openWriter(write: WriteDescription, context: WriteContext): Promise<BlockWriter> {
    const rows = await context.rowWriter!()
    const isWanted = await rows.open(context.partition, write.streaming?.batchId ?? 0)
    return new ForeachRow(write.schema, rows, isWanted, context.signal)
  },
}

class ForeachRow implements BlockWriter {
  readonly #schema: Schema
  readonly #rows: RowWriter
  readonly #isWanted: boolean
  readonly #signal: AbortSignal
  #failure: unknown
  #isClosed = false

  constructor(schema: Schema, rows: RowWriter, isWanted: boolean, signal: AbortSignal) {
    this.#schema = schema
    this.#rows = rows
    this.#isWanted = isWanted
    this.#signal = signal
  }

  async write(block: Block): Promise<void> {
    if (!this.#isWanted) return
    try {
      for (const row of rowsFromBlock(this.#schema, block)) {
        this.#signal.throwIfAborted()
        const done = this.#rows.process(row)
        if (done) await done
      }
    } catch (error) {
      this.#failure = error
      throw error
    }
  }

  async prepare(): Promise<Json> {
    this.#isClosed = true
    await this.#rows.close(undefined)
    return null
  }

  /** What failed may have been another part of the task. */
  async abort(): Promise<void> {
    if (!this.#isClosed) await this.#rows.close(this.#failure ?? new MillraceError('OPERATION_CANCELED'))
  }
}
