/**
 * What a connector is. Types only. The driver side plans (`TableSource`, `StreamSource`, `TableSink`); the executor side reads splits into the linear memory of its
 * thread and writes blocks. What passes between them (descriptions, splits, commit messages) is plain JSON data with bigints.
 */
import type { Block } from '../columnar/blocks/block.js'
import type { Field, Schema } from '../columnar/types.js'
import type { BatchReader, ReadContext } from './batch.js'
import type { ScanFilter } from './scan-filter.js'
import type {
  AskedFiles,
  Buckets,
  KnownPartitions,
  ListedFiles,
  Options,
  PartitionedPaths,
  PartitionValue,
  TextRows,
} from './source-files.js'
import type { StateRows } from './state-rows.js'
import type { RowSinkProvider, RowWriter, StreamSinkRules } from './stream-sink.js'

export type {
  Batch,
  BatchColumn,
  BatchReader,
  CountedMemory,
  LeafRange,
  Memory,
  ReadContext,
  RowSelection,
} from './batch.js'
export { MAX_BATCH_ROWS } from './batch.js'
export type { ScanFilter } from './scan-filter.js'
export type {
  AskedFiles,
  Buckets,
  KnownPartitions,
  ListedFiles,
  Options,
  PartitionedPaths,
  PartitionValue,
  TextRows,
} from './source-files.js'
export type { SeveralRows, ShownCells, StateRows, ValueInRow } from './state-rows.js'
export type {
  BatchRows,
  RowSink,
  RowSinkProvider,
  RowSinkRequest,
  RowWriter,
  ShownRows,
  SinkHost,
  StreamSinkRules,
} from './stream-sink.js'

/** Plain data that may cross processes. */
export type Json = null | boolean | number | bigint | string | readonly Json[] | { readonly [key: string]: Json }

/** A table as the user named it, after the connector looked at it: enough to read it anywhere. */
export interface SourceDescription {
  readonly provider: string
  readonly options: Options
  readonly paths: readonly string[]
  readonly schema: Schema
  /** Whether the schema may be narrowed to some of the fields of structs: the others are not read. */
  readonly prunesFields?: boolean
  /** Whether variants within arrays and maps come as structs of their two buffers. */
  readonly dividesVariants?: boolean
  /** Of files that are read as a table: what was asked for, by which a stream that is joined with them finds later ones. */
  readonly asked?: AskedFiles
  /** What the source knows about its size; for the choice of join sides, never for results. */
  readonly statistics?: {
    readonly rows?: number
    readonly bytes?: number
    /** About between which values a column lies, by name: numbers, dates in days, timestamps in microseconds, decimals unscaled. */
    readonly ranges?: Readonly<Record<string, readonly [least: number, greatest: number]>>
    /** About how many values a column has, by name. */
    readonly distinct?: Readonly<Record<string, number>>
  }
  /** Of files in folders that are named after values. */
  readonly partitions?: PartitionedPaths
  /** Of files that are divided by the hash of columns: joins and groups by these need no other division. */
  readonly buckets?: Buckets
  /** What a scan may have in its schema, too: the column that is there only where it is named, and the one for functions of rows. */
  readonly metadata?: { readonly named: Field; readonly ofFunctions: Field }
  /** Present when the rows are yet to be read from the texts in the first column of the schema, which is not one of theirs. */
  readonly texts?: TextRows
  /** Present when these are all rows, and nothing is to be read. */
  readonly rows?: readonly (readonly PartitionValue[])[]
  /** Present when what is read are the files of a state, of which later ones take the place of rows in earlier ones. */
  readonly state?: StateRows
  /** Of a stream: options that say how it goes on, not how it is read. */
  readonly streamOptions?: Options
}

/** One task's share of a scan. `locality` and sizes help the scheduler. */
export interface Split {
  readonly data: Json
  readonly rows?: number
  /** Whether one task may read it together with all others when they have few rows in all; nobody asked for a task of its own. */
  readonly mayShareTask?: boolean
  readonly bytes?: number
}

export interface ScanRequest {
  readonly source: SourceDescription
  /** Names of the columns to produce, in order: a subset of the schema's. */
  readonly columns: readonly string[]
  readonly filters: readonly ScanFilter[]
  /** Of a source in buckets: those whose rows alone are wanted. */
  readonly buckets?: readonly number[]
  /** How many tasks would suit the cluster. */
  readonly parallelism: number
}

/** Driver side of a readable connector. */
export interface SourceProvider {
  readonly name: string
  /**
   * Looks at the data (a footer, a sample, a broker's metadata) and describes it.
   * @throws PATH_NOT_FOUND, INVALID_OPTION, FAILED_READ_FILE and the connector's own conditions
   */
  describe(
    options: Options,
    paths: readonly string[],
    schema: Schema | undefined,
    partitions?: KnownPartitions,
  ): Promise<SourceDescription>
  planSplits(request: ScanRequest): Promise<readonly Split[]>
  /** Of files: what there is of a source in each of its buckets. @throws INVALID_BUCKET_FILE */
  byBucket?(source: SourceDescription): readonly SourceDescription[]
  /** Of files: which there are now, without a look into them. @throws as `describe` */
  files?(options: Options, asked: AskedFiles): Promise<ListedFiles>
  /** Names of options whose values come from the session where they are not given. */
  readonly sessionOptions?: readonly string[]
  /** Of files: what tells whether they are still the same; undefined when nothing does. */
  versions?(paths: readonly string[], options: Options): Promise<readonly string[] | undefined>
  /** Present when the connector can be streamed. */
  readonly stream?: StreamProvider
}

/** What a source says of its streams. */
export interface StreamProvider {
  /**
   * What is read, in words: a checkpoint of one source is refused for another. What may change from one start to the next, such as servers and limits,
   * is no part of it.
   */
  identity(source: SourceDescription): string
  /** Whether what lies between two offsets can be read again. */
  readonly isReplayable: boolean
  open(source: SourceDescription): Promise<StreamSource>
  /** What a stream is described by, where that is not what `describe` tells. @throws as `describe` */
  describe?(
    options: Options,
    paths: readonly string[],
    schema: Schema | undefined,
    streamOptions: Options,
    partitions?: KnownPartitions,
  ): Promise<SourceDescription>
  /** The options, in lower case, that are given to `describe` apart. */
  readonly options?: readonly string[]
}

/** Driver side of a stream. Offsets are opaque JSON of the source, written to the offset log. */
export interface StreamSource {
  /** Called once before all else: in which folder of the checkpoint the source may keep what offsets do not hold. @throws STREAMING_CHECKPOINT_CORRUPT */
  restore?(folder: string): Promise<void>
  /** Where a new query starts, by the options. */
  initialOffset(): Promise<Json>
  /**
   * The furthest offset to read now: at most one batch's limit (`maxOffsetsPerTrigger`) after `from` when `limited`, and never beyond
   * `goal` when there is one. Equal to `from` when nothing is new.
   */
  latestOffset(from: Json, limited: boolean, goal?: Json): Promise<Json>
  /** Tasks that read exactly what lies between, which is not asked of offsets that are the same; `columns` as in ScanRequest. */
  planSplits(from: Json, until: Json, columns: readonly string[], parallelism: number): Promise<readonly Split[]>
  /** Told after a batch is committed, when the next one may have been asked for, to show offsets or put files away. Failing is logged, never fatal. */
  committed?(until: Json): Promise<void>
  /** An offset as progress reports show it; without it they show all of it. */
  shown?(offset: Json): Json
  /** How far a stream that has come to `from` is behind its source, where known; for display only. */
  lag?(from: Json): Promise<StreamLag | undefined>
  /** Ends what is under way as well, which fails then; may be called again. */
  close(): Promise<void>
}

/** How far a stream is behind its source. */
export interface StreamLag {
  /** Where the source ends, as progress reports show it. */
  readonly latestOffset: Json
  /** How many records wait in each part of the source, by the name of the part. */
  readonly behind: Readonly<Record<string, bigint>>
}

/** Splits of a task that are opened before their turn comes. */
export interface OpensAhead {
  readonly splits: number
  /** What each of them takes until then (`ReadContext.isAhead`): where there is not so much memory it is opened when its turn comes. */
  readonly bytes: number
}

/** Executor side of a readable connector. */
export interface ReaderProvider {
  readonly name: string
  /** Which splits of a task are opened before their turn comes, so that what they begin to wait for is waited for together; none unless it is said. */
  readonly opensAhead?: OpensAhead
  openReader(request: ScanRequest, split: Split, context: ReadContext): Promise<BatchReader>
}

export type SaveMode = 'append' | 'overwrite' | 'errorifexists' | 'ignore'

/** What a write is to do, for both sides. */
export interface WriteDescription {
  readonly provider: string
  readonly options: Options
  readonly path?: string
  readonly mode: SaveMode
  /** The columns of the rows, without those that divide them. */
  readonly schema: Schema
  /** What divides the rows into folders: blocks have the texts of these columns behind those of the schema, in whose order a task gets its rows. */
  readonly partitionBy?: readonly string[]
  /** Whether rows are divided into buckets: blocks have the number of each row's bucket as their last column, in whose order, within a folder, a task gets its rows. */
  readonly isInBuckets?: true
  /** What an overwrite replaces when it is not all: the files of these folders, and of those that get rows. */
  readonly replaces?: readonly string[]
  /** Identifies this run of the job: no other run, of a restarted driver or another one, has the same. */
  readonly jobId: string
  /** The streaming query and batch, when there is one: the same pair is written at most once. */
  readonly streaming?: StreamedWrite
  /** Code of the user's program that gets the rows, as plans carry it (`WriteContext.rowWriter`). */
  readonly program?: object
}

/** A batch of a streaming query that is written. */
export interface StreamedWrite {
  readonly queryId: string
  readonly batchId: number
  /** The number of this start of the query among all, and whether it runs its first batch: starts before may have left something open. */
  readonly start: number
  readonly isFirst: boolean
  /** What earlier attempts at the batch had prepared when they began to commit, a message for each task; of a transactional sink. */
  readonly prepared: readonly (readonly Json[])[]
}

/** Driver side of a writable connector: prepares, then commits what tasks prepared, all or nothing where the target can. */
export interface SinkProvider {
  readonly name: string
  /** Present when it takes the batches of streams. */
  readonly stream?: StreamSinkRules
  /** Present when what an attempt at a task wrote can be seen by nobody unless its message is committed, so that two attempts may write at once. */
  readonly keepsAttemptsApart?: true
  /**
   * Of a sink where what tasks prepared outlives them and the driver, and can be committed later by their messages alone: whether something waits for
   * that. A stream keeps these messages in its checkpoint before they are committed, so that the next start of the query can end what this one began;
   * those of an attempt that may not be committed, for which this rejects, it does not keep.
   */
  awaitsCommit?(write: WriteDescription, messages: readonly Json[]): boolean | Promise<boolean>
  /** @returns false when there is nothing to do (mode `ignore`, or a batch already committed). */
  begin(write: WriteDescription): Promise<boolean>
  /** What it rejects with has the retry rule `recompute` when what was prepared is gone, in part or all: the batch of a stream is then run again. */
  commit(write: WriteDescription, messages: readonly Json[]): Promise<void>
  /** The folders of partitions that tasks prepared rows for. */
  foldersOf?(messages: readonly Json[]): readonly string[]
  abort(write: WriteDescription, messages: readonly Json[]): Promise<void>
}

export interface WriteContext extends ReadContext {
  readonly partition: number
  readonly attempt: number
  /** Present where the write has a program: loads its code. @throws CANNOT_LOAD_USER_FUNCTION, FAILED_EXECUTE_UDF */
  rowWriter?(): Promise<RowWriter>
}

/** Executor side of a writable connector. */
export interface WriterProvider {
  readonly name: string
  openWriter(write: WriteDescription, context: WriteContext): Promise<BlockWriter>
}

export interface BlockWriter {
  write(block: Block): void | Promise<void>
  /** Makes the task's output durable but not yet visible; the message goes to `SinkProvider.commit`. */
  prepare(): Promise<Json>
  abort(): Promise<void>
}

/** A connector as the registry lists it. Driver and executor parts load separately, so that neither pulls in the other's libraries. */
export interface ConnectorEntry {
  readonly name: string
  /** Formats that others make of what it reads, by the names that users know. */
  readonly formats?: readonly string[]
  readonly source?: () => Promise<SourceProvider>
  readonly reader?: () => Promise<ReaderProvider>
  readonly sink?: () => Promise<SinkProvider>
  readonly writer?: () => Promise<WriterProvider>
  readonly rowSink?: () => Promise<RowSinkProvider>
  /** Lets go of what is kept in this thread for the next user (connections), at the end of a session. */
  readonly close?: () => Promise<void>
}
