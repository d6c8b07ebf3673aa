import { MillraceError } from '../../common/errors/millrace-error.js'
import { hidingSecrets } from '../../common/secret-options.js'
import type { TableEntry } from '../../connectors/catalog.js'
import type { CheckedPart, StreamTrigger } from '../../driver/index.js'
import { writingOptions } from '../../planner/analyze/text-formats/table-options.js'
import type { OutputMode } from '../../planner/plan/physical/stateful.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { tellingCaller, tellingCallerAt, tellingCallerNow } from '../call-site.js'
import { TABLE_FORMAT } from '../catalog/session-catalog.js'
import { formatOf } from '../catalog/stored-table.js'
import { tableName } from '../column/column-name.js'
import type { AnyRow } from '../column/row.js'
import type { StreamRequest } from '../engine/engine.js'
import type { DataFrame } from '../frame/data-frame.js'
import type { Session } from '../session/session.js'
import type { FormatOf, OutputModeName, Spelled, StreamFormat, StreamOption, Unnamed } from '../sources/formats.js'
import { NO_OPTIONS, type OptionValue, withOption, withOptions } from '../sources/options.js'
import { type AnyFunction, isClass } from '../user-code/any-function.js'
import { type CodeOptions, shipped, shippedClass } from '../user-code/shipped.js'
import { askedCheck } from './asked-check.js'
import { CheckedStream } from './checked-stream.js'
import type { ForeachWriterClass } from './foreach-writer.js'
import { type ConsumeBatch, sinkHost } from './sink-host.js'
import { streamTrigger, type Trigger } from './stream-trigger.js'
import type { StreamingQuery } from './streaming-query.js'
import { notingPartitions, tableOfStream } from './table-of-stream.js'

const MODES: readonly OutputMode[] = ['append', 'update', 'complete']

interface WriterState {
  readonly format: string | undefined
  readonly options: Readonly<Record<string, string>>
  readonly outputMode: OutputMode
  readonly trigger: StreamTrigger
  readonly queryName: string | undefined
  /** What divides the rows into folders. */
  readonly partitionBy?: readonly string[]
  /** Whose batches have the rows of the stream: to tell that here a DataFrame of known rows would be none of any rows. */
  readonly foreachBatch?: ConsumeBatch | undefined
  /** What gets the rows where tasks run. */
  readonly program?: object | undefined
  /** The table whose files are written. */
  readonly table?: TableEntry
}

const START: WriterState = {
  format: undefined,
  options: NO_OPTIONS,
  outputMode: 'append',
  trigger: { kind: 'processingTime', intervalMs: 0 },
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
    return this.#with({ format: name.toLowerCase(), foreachBatch: undefined, program: undefined })
  }

  option<const K extends string>(key: K & Spelled<K, StreamOption<F>>, value: OptionValue): DataStreamWriter<R, F>
  option(key: StreamOption<F>, value: OptionValue): DataStreamWriter<R, F>
  option(key: string, value: OptionValue): DataStreamWriter<R, F> {
    return this.#with({ options: withOption(this.#state.options, key, value) })
  }

  options(options: Readonly<Partial<Record<StreamOption<F>, OptionValue>>>): DataStreamWriter<R, F> {
    return this.#with({ options: withOptions(this.#state.options, options) })
  }

  /** @throws STREAMING_OUTPUT_MODE.INVALID */
  outputMode<const N extends string>(mode: N & Spelled<N, OutputModeName>): DataStreamWriter<R, F>
  outputMode(mode: OutputModeName): DataStreamWriter<R, F>
  outputMode(mode: string): DataStreamWriter<R, F> {
    const known = MODES.find((name) => name === mode.toLowerCase())
    if (!known)
      throw tellingCallerAt(this.outputMode, new MillraceError('STREAMING_OUTPUT_MODE.INVALID', { outputMode: mode }))
    return this.#with({ outputMode: known })
  }

  /** @throws INVALID_API_USE, INVALID_INTERVAL_FORMAT */
  trigger(trigger: Trigger): DataStreamWriter<R, F> {
    return this.#with({ trigger: tellingCallerNow(this.trigger, () => streamTrigger(trigger)) })
  }

  queryName(name: string): DataStreamWriter<R, F> {
    return this.#with({ queryName: name })
  }

  /** Divides the rows of a sink of files into folders that are named after the values of these columns: `a=1/b=x`. */
  partitionBy(...columns: readonly string[]): DataStreamWriter<R, F> {
    return this.#with(columns.length === 0 ? {} : { partitionBy: columns })
  }

  /**
   * Hands each batch to a function of this process, as a DataFrame of its rows, which may be queried and written several times; called again for the same batch
   * after a restart that did not commit it.
   */
  foreachBatch(consume: (batch: DataFrame<R>, batchId: number) => Promise<void> | void): DataStreamWriter<R, F> {
    const foreachBatch = consume as unknown as ConsumeBatch
    return this.#with({ format: 'foreachbatch', foreachBatch, program: undefined })
  }

  /**
   * Calls a function with each row, in the threads and processes of executors, or methods of an object of a class for each partition of a batch. A row may come
   * again after a failure. Where the code comes from is told at `udf`.
   * @throws UDF_FREE_VARIABLES, UNSUPPORTED_UDF_SOURCE
   */
  foreach(act: ((row: R) => unknown) | ForeachWriterClass<R>, options: CodeOptions = {}): DataStreamWriter<R, F> {
    return tellingCallerNow(this.foreach, () => {
      const program = isClass(act)
        ? shippedClass(act, options, this.foreach)
        : shipped(act as AnyFunction, options, false, this.foreach)
      return this.#with({ format: 'foreach', program, foreachBatch: undefined })
    })
  }

  /** @throws INVALID_API_USE without a format or function, or a memory sink without a name; the conditions of the analysis */
  start(path?: string): Promise<StreamingQuery> {
    return tellingCaller(this.start, async () => {
      const check = askedCheck()
      if (!check) return this.#session.engine.startStream(this.#plan, this.#request(path))
      const { checkpointLocation, queryName } = this.#request(path)
      check.tell(checkpointLocation, checkpointLocation === undefined ? [] : await this.dryRun())
      return new CheckedStream(queryName)
    })
  }

  /**
   * Runs the query into a table of the catalog, which only streams fill; it is made when there is none. The format is Parquet unless it is named.
   * @throws EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE, UNSUPPORTED_FEATURE for a table that other statements fill, and the conditions of `start`
   */
  toTable(name: string): Promise<StreamingQuery> {
    return tellingCaller(this.toTable, async () => {
      const { format, options: given, partitionBy = [] } = this.#state
      if (askedCheck()) return await this.#with({ format: format ?? TABLE_FORMAT }).start()
      const { engine } = this.#session
      const { checkpointLocation, ...options } = given
      const context = { engine, catalog: engine.catalog, inlined: (plan: UnresolvedRelation) => plan }
      const rows = { plan: this.#plan, format, options, partitionBy }
      const table = await tableOfStream(tableName(name), rows, context)
      const written = writingOptions(formatOf(table), table.options)
      const located: WriterState['options'] = checkpointLocation === undefined ? {} : { checkpointLocation }
      const into = this.#with({ format: formatOf(table), options: { ...written, ...located }, table })
      return await into.start(table.location)
    })
  }

  /**
   * Tells what would become of what a checkpoint holds, part by part, if the query were started from it. Nothing is started or changed.
   * @throws INVALID_API_USE without a checkpoint, and the conditions of `start` but for what would be lost
   */
  dryRun(checkpoint?: string): Promise<readonly CheckedPart[]> {
    return tellingCaller(this.dryRun, async () => {
      const request = this.#request(undefined)
      const located = checkpoint === undefined ? request : { ...request, checkpointLocation: checkpoint }
      return this.#session.engine.checkStream(this.#plan, located)
    })
  }

  #request(path: string | undefined): StreamRequest {
    const { checkpointLocation, ...options } = this.#state.options
    const { outputMode, trigger, queryName } = this.#state
    return { sink: this.#sink(hidingSecrets(options), path), outputMode, trigger, queryName, checkpointLocation }
  }

  #sink(options: Readonly<Record<string, string>>, path: string | undefined): StreamRequest['sink'] {
    const { format, foreachBatch, program, table, partitionBy } = this.#state
    if (format === undefined)
      throw new MillraceError('INVALID_API_USE', { reason: 'writeStream needs format(), foreachBatch() or foreach()' })
    const host = sinkHost(this.#session, foreachBatch)
    return {
      format,
      options,
      path,
      host,
      ...(program ? { program } : {}),
      ...(partitionBy ? { partitionBy } : {}),
      ...(table?.partitionedBy ? { beforeCommit: notingPartitions(table, this.#session.engine.catalog) } : {}),
    }
  }

  #with<G extends string | Unnamed>(change: Partial<WriterState>): DataStreamWriter<R, G> {
    return new DataStreamWriter<R, G>(this.#session, this.#plan, { ...this.#state, ...change })
  }
}
