/** What sinks say of the streams that they take, and sinks in the process of the driver or of the user's program. Types only. */
import type { Block } from '../columnar/blocks/block.js'
import type { Schema } from '../columnar/types.js'
import type { Value } from '../columnar/value-reader.js'

type Options = Readonly<Record<string, string>>

type OutputModeName = 'append' | 'update' | 'complete'

/** What becomes of a batch that is written again after a failure. */
type SinkGuarantee =
  /** The sink knows it by its query and number, and has it once. */
  | 'idempotent'
  /** What tasks wrote counts when the batch is committed, and only then. */
  | 'transactional'
  /** Some of it, or all, is there twice. */
  | 'atLeastOnce'

/** What a sink says of the streams that it takes. */
export interface StreamSinkRules {
  readonly modes: readonly OutputModeName[]
  guarantee(options: Options): SinkGuarantee
  /** Whether rows may be divided into folders. */
  readonly takesFolders?: true
}

/** A sink of streams alone, which takes the rows of each batch in the process of the driver. */
export interface RowSinkProvider {
  readonly name: string
  readonly stream: StreamSinkRules
  /** @throws INVALID_OPTION, INVALID_API_USE */
  open(request: RowSinkRequest): RowSink
}

export interface RowSinkRequest {
  readonly options: Options
  readonly outputMode: OutputModeName
  readonly queryName: string | undefined
  readonly host: SinkHost
}

/** Takes all rows of a batch, or rejects, which ends the stream. After a restart the same batch may come again. */
export type RowSink = (rows: BatchRows, batchId: number) => Promise<void>

/** The rows of a batch, and how many bytes of them may be held. */
export interface BatchRows {
  readonly schema: Schema
  readonly blocks: AsyncIterable<Block>
  readonly mostBytes: number
}

/** What sinks in the process of the driver may do with the session. */
export interface SinkHost {
  print(text: string): void
  /** Rows as a table for people. */
  tableOf(schema: Schema, rows: readonly (readonly Value[])[], shown: ShownRows): string
  replaceView(name: string, schema: Schema, blocks: readonly Block[]): void
  /** The program's own function for batches, where the stream has one. */
  readonly consume?: RowSink
}

export interface ShownRows {
  /** Whether, or after how many characters, values are cut. */
  readonly truncate: boolean | number
  /** Whether there are more rows than are given. */
  readonly hasMore: boolean
}

/** What a program does with the rows of a partition. What its code throws is FAILED_EXECUTE_UDF here. */
export interface RowWriter {
  /** Whether it wants the rows; of a batch of a stream, or of batch 0. */
  open(partition: number, batchId: number): Promise<boolean>
  process(row: object): void | Promise<void>
  /** At the end, with what the task failed with if it did. */
  close(error: unknown): Promise<void>
}
