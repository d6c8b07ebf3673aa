import type { Block } from '../../columnar/block.js'
import { tuplesFromBlock } from '../../columnar/rows.js'
import type { Value } from '../../columnar/value-reader.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { hidingSecrets } from '../../common/secret-options.js'
import type { OutputMode } from '../../planner/plan/physical/stateful.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { tellingCaller, tellingCallerAt } from '../call-site.js'
import type { AnyRow } from '../column/row.js'
import type { BatchConsumer, StreamRequest, Trigger } from '../engine/engine.js'
import { HeldResult } from '../engine/held-result.js'
import type { DataFrame } from '../frame/data-frame.js'
import type { Session } from '../session/session.js'
import { showTable } from '../show/show.js'
import type { FormatOf, OutputModeName, Spelled, StreamFormat, StreamOption, Unnamed } from '../sources/formats.js'
import { NO_OPTIONS, type OptionValue, withOption, withOptions } from '../sources/options.js'
import { type ConsoleOptions, consoleOptions, refuseOptions } from './console-options.js'
import type { StreamingQuery } from './streaming-query.js'

const MODES: readonly OutputMode[] = ['append', 'update', 'complete']

interface WriterState {
  readonly format: string | undefined
  readonly options: Readonly<Record<string, string>>
  readonly outputMode: OutputMode
  readonly trigger: Trigger
  readonly queryName: string | undefined
  /** Whose batches have the rows of the stream: to tell that here a DataFrame of known rows would be none of any rows. */
  readonly foreachBatch?: (batch: DataFrame, batchId: number) => Promise<void> | void
}

const START: WriterState = {
  format: undefined,
  options: NO_OPTIONS,
  outputMode: 'append',
  trigger: { processingTime: '0 seconds' },
  queryName: undefined,
}

/**
 * Describes where a stream of rows `R` goes; `start` runs it until it is stopped. `F` is the format, as far as it is known while compiling,
 * which says what options there are.
 */
export class DataStreamWriter<R extends object = AnyRow, F extends string | Unnamed = Unnamed> {
  readonly #session: Session
  readonly #plan: UnresolvedRelation
  readonly #state: WriterState

  constructor(session: Session, plan: UnresolvedRelation, state: WriterState = START) {
    this.#session = session
    this.#plan = plan
    this.#state = state
  }

  /** `kafka`, `parquet`, `console`, `memory` (a view named like the query) or another connector. */
  format<const N extends string>(name: N & Spelled<N, StreamFormat>): DataStreamWriter<R, FormatOf<N>>
  format<const N extends StreamFormat>(name: N): DataStreamWriter<R, N>
  format<const N extends string>(name: N): DataStreamWriter<R, N> {
    return this.#with({ format: name.toLowerCase() })
  }

  option<const K extends string>(key: K & Spelled<K, StreamOption<F>>, value: OptionValue): DataStreamWriter<R, F>
  option(key: StreamOption<F>, value: OptionValue): DataStreamWriter<R, F>
  option(key: string, value: OptionValue): DataStreamWriter<R, F> {
    return this.#with({ options: withOption(this.#state.options, key, value) })
  }

  options(options: Readonly<Partial<Record<StreamOption<F>, OptionValue>>>): DataStreamWriter<R, F> {
    return this.#with({ options: withOptions(this.#state.options, options) })
  }

  /** @throws INVALID_OUTPUT_MODE */
  outputMode<const N extends string>(mode: N & Spelled<N, OutputModeName>): DataStreamWriter<R, F>
  outputMode(mode: OutputModeName): DataStreamWriter<R, F>
  outputMode(mode: string): DataStreamWriter<R, F> {
    const known = MODES.find((name) => name === mode.toLowerCase())
    if (!known) throw tellingCallerAt(this.outputMode, new MillraceError('INVALID_OUTPUT_MODE', { mode }))
    return this.#with({ outputMode: known })
  }

  trigger(trigger: Trigger): DataStreamWriter<R, F> {
    return this.#with({ trigger })
  }

  queryName(name: string): DataStreamWriter<R, F> {
    return this.#with({ queryName: name })
  }

  /** Hands each batch to a function, as a DataFrame of its rows; called again for the same batch after a restart that did not commit it. */
  foreachBatch(consume: (batch: DataFrame<R>, batchId: number) => Promise<void> | void): DataStreamWriter<R, F> {
    return this.#with({ foreachBatch: consume as unknown as NonNullable<WriterState['foreachBatch']> })
  }

  /** Calls a function, in this process, with each row; a row may come again after a failure. */
  foreach(act: (row: R) => unknown): DataStreamWriter<R, F> {
    return this.foreachBatch(async (batch) => batch.foreach(act))
  }

  /** @throws INVALID_API_USE without a format or function, or a memory sink without a name; the conditions of the analysis */
  start(path?: string): Promise<StreamingQuery> {
    const { checkpointLocation, ...options } = this.#state.options
    const { outputMode, trigger, queryName } = this.#state
    return tellingCaller(this.start, async () =>
      this.#session.engine.startStream(this.#plan, {
        sink: this.#sink(hidingSecrets(options), path),
        outputMode,
        trigger,
        queryName,
        checkpointLocation,
      }),
    )
  }

  #sink(options: Readonly<Record<string, string>>, path: string | undefined): StreamRequest['sink'] {
    const { format, foreachBatch } = this.#state
    if (foreachBatch) {
      refuseOptions(options, 'foreachBatch')
      return { kind: 'consumer', consume: this.#batches(foreachBatch) }
    }
    if (format === undefined)
      throw new MillraceError('INVALID_API_USE', { reason: 'writeStream needs format() or foreachBatch()' })
    if (format === 'console') return { kind: 'consumer', consume: this.#toConsole(consoleOptions(options)) }
    if (format === 'memory') {
      refuseOptions(options, format)
      return { kind: 'consumer', consume: this.#toMemory() }
    }
    return { kind: 'connector', format, options, path }
  }

  #batches(consume: NonNullable<WriterState['foreachBatch']>): BatchConsumer {
    return async (rows, batchId) => {
      const blocks = await new HeldResult(rows, 'blocks').all(rows.blocks)
      const batch = this.#session.dataFrameOf(rows.schema, blocks)
      try {
        await consume(batch, batchId)
      } catch (cause) {
        if (MillraceError.is(cause)) throw cause
        const reason = cause instanceof Error ? cause.message : String(cause)
        throw new MillraceError('FOREACH_BATCH_USER_FUNCTION_ERROR', { reason }, { cause })
      }
    }
  }

  #toConsole({ numRows, truncate }: ConsoleOptions): BatchConsumer {
    return async ({ schema, blocks }, batchId) => {
      const rows: Value[][] = []
      let total = 0
      for await (const block of blocks) {
        total += block.rows
        for (const row of tuplesFromBlock(schema, block, numRows - rows.length)) rows.push(row)
      }
      const hasMore = total > rows.length
      const table = showTable(schema, rows, { truncate, hasMore, timeZone: this.#session.engine.timeZone })
      const line = '-'.repeat(43)
      this.#session.print(`${line}\nBatch: ${batchId}\n${line}\n${table}`)
    }
  }

  /** The view holds all rows so far, or those of the last batch in complete mode, within what the driver may hold. A batch that is run again replaces itself. */
  #toMemory(): BatchConsumer {
    const { queryName, outputMode } = this.#state
    if (queryName === undefined)
      throw new MillraceError('INVALID_API_USE', { reason: 'the memory sink needs queryName()' })
    const batches = new Map<number, readonly Block[]>()
    return async (rows, batchId) => {
      const held = new HeldResult(rows, 'blocks')
      if (outputMode === 'complete') batches.clear()
      batches.delete(batchId)
      for (const block of [...batches.values()].flat()) held.add(block)
      batches.set(batchId, await held.all(rows.blocks))
      this.#session.dataFrameOf(rows.schema, [...batches.values()].flat()).createOrReplaceTempView(queryName)
    }
  }

  #with<G extends string | Unnamed>(change: Partial<WriterState>): DataStreamWriter<R, G> {
    return new DataStreamWriter<R, G>(this.#session, this.#plan, { ...this.#state, ...change })
  }
}
