import { randomUUID } from 'node:crypto'
import type { Schema } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Options, RowSink, SinkHost, StreamedWrite, StreamSinkRules } from '../../connectors/api.js'
import type { StageSink } from '../../planner/plan/physical/stage-parts.js'
import type { OutputMode } from '../../planner/plan/physical/stateful.js'
import type { DriverConnectors } from '../connectors.js'

/** Where the output of batches goes, as the user named it. */
export interface StreamTarget {
  readonly format: string
  readonly options: Options
  readonly path: string | undefined
  /** What a sink in this process works with. */
  readonly host: SinkHost
  /** Code of the program that gets the rows where tasks run. */
  readonly program?: object
  /** Of a sink of files: what divides the rows into folders. The texts of these are the last columns of the query. */
  readonly partitionBy?: readonly string[]
  /** Told the folders that get rows of a batch, before these can be seen. */
  readonly beforeCommit?: (folders: readonly string[]) => void
}

interface StreamSinkOptions {
  readonly sink: StreamTarget
  readonly connectors: DriverConnectors
  readonly schema: Schema
  readonly outputMode: OutputMode
  readonly queryName: string | undefined
  readonly checkpointLocation: string | undefined
}

/** The sink of a stream: what tasks write to, or what takes their rows in this process. */
export class StreamSink {
  /** Whether a batch that is run again is there once. */
  readonly isExactlyOnce: boolean
  /** Takes the rows of a batch in this process. */
  readonly take: RowSink | undefined
  readonly #options: StreamSinkOptions

  private constructor(options: StreamSinkOptions, rules: StreamSinkRules, take: RowSink | undefined) {
    this.#options = options
    this.isExactlyOnce = rules.guarantee(options.sink.options) !== 'atLeastOnce'
    this.take = take
  }

  /** @throws DATA_SOURCE_NOT_FOUND, UNSUPPORTED_FEATURE, STREAMING_OUTPUT_MODE.UNSUPPORTED_DATASOURCE, CHECKPOINT_LOCATION_REQUIRED, those of the sink */
  static async open(options: StreamSinkOptions): Promise<StreamSink> {
    const { sink, connectors, outputMode, queryName, checkpointLocation } = options
    const { format, options: given, host, program, partitionBy } = sink
    const inDriver = await connectors.rowSink(format)
    const { stream } = inDriver ?? (await connectors.sink(format))
    if (!stream?.modes.includes(outputMode))
      throw new MillraceError('STREAMING_OUTPUT_MODE.UNSUPPORTED_DATASOURCE', { outputMode, provider: format })
    if (partitionBy && !stream.takesFolders)
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `partitionBy of a stream into ${format}` })
    // What is written outlives the session: without a checkpoint, the next start would write it again, or be refused by what it finds.
    if (!inDriver && !program && checkpointLocation === undefined)
      throw new MillraceError('CHECKPOINT_LOCATION_REQUIRED', { format })
    return new StreamSink(options, stream, inDriver?.open({ options: given, outputMode, queryName, host }))
  }

  /** What the last stage of a batch does with its rows. */
  stageSink(streaming: StreamedWrite): StageSink {
    const { sink, schema, outputMode } = this.#options
    if (this.take) return { kind: 'collect' }
    const { format, options, path, program, partitionBy = [] } = sink
    const write = {
      provider: format,
      options,
      ...(path === undefined ? {} : { path }),
      mode: outputMode === 'complete' ? ('overwrite' as const) : ('append' as const),
      schema: { fields: schema.fields.slice(0, schema.fields.length - partitionBy.length) },
      jobId: randomUUID(),
      streaming,
      ...(program ? { program } : {}),
      ...(partitionBy.length > 0 ? { partitionBy } : {}),
    }
    return { kind: 'write', write }
  }
}
