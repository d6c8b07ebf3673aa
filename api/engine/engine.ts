import type { Block } from '../../columnar/blocks/block.js'
import type { Schema } from '../../columnar/types.js'
import type { Config } from '../../common/config/config.js'
import type { Buckets, Options, SaveMode, SourceDescription } from '../../connectors/api.js'
import type { CheckedPart, EventBus, SchedulerPool, StreamTarget, StreamTrigger } from '../../driver/index.js'
import type { PartitionColumn } from '../../planner/analyze/sources/partitioned-rows.js'
import type { InsertTarget } from '../../planner/analyze/types/store-assignment.js'
import type { ExplainMode } from '../../planner/explain/explain.js'
import type { OutputMode } from '../../planner/plan/physical/stateful.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import type { SessionCatalog } from '../catalog/session-catalog.js'
import type { ActiveStreams } from '../stream/active-streams.js'
import type { StreamingQuery } from '../stream/streaming-query.js'
import type { RunningJobs } from './running-jobs.js'

/** A query that runs: its columns, and its blocks as they come. */
export interface RunningQuery {
  readonly schema: Schema
  /** To be iterated once; leaving the loop early cancels the query. */
  readonly blocks: AsyncIterable<Block>
  /** How much of it may be held at once. */
  readonly mostBytes: number
}

/** Where and how a DataFrame is written. */
export interface WriteRequest {
  readonly format: string
  readonly options: Options
  readonly path: string | undefined
  readonly mode: SaveMode
  /** The table whose files are written, which says what its columns are. */
  readonly table?: InsertTarget
  /** What divides the rows into folders. */
  readonly partitionBy?: readonly PartitionColumn[]
  /** What divides the rows, within folders, into files. */
  readonly buckets?: Buckets
  /** What an overwrite replaces when it is not all: the files of these folders, and of those that get rows. */
  readonly replaces?: readonly string[]
  /** Told the folders that get rows, before these can be seen. */
  readonly beforeCommit?: (folders: readonly string[]) => void
}

export interface StreamRequest {
  readonly sink: StreamTarget
  readonly outputMode: OutputMode
  readonly trigger: StreamTrigger
  readonly queryName: string | undefined
  /** Connectors need one. Without, a query cannot be restarted; its checkpoint is temporary. */
  readonly checkpointLocation: string | undefined
}

/** What a session needs of the machinery behind it. Plans go in by names; errors are conditions. */
export interface Engine {
  analyze(plan: UnresolvedRelation): Promise<Schema>
  execute(plan: UnresolvedRelation): Promise<RunningQuery>
  explain(plan: UnresolvedRelation, mode: ExplainMode): Promise<string>
  write(plan: UnresolvedRelation, request: WriteRequest): Promise<void>
  /** @throws the conditions of rows that a table cannot take */
  checkAssignment(plan: UnresolvedRelation, table: InsertTarget): Promise<void>
  /** What an overwrite of a partitioned table or folder replaces, as the session is set. */
  readonly partitionOverwriteMode: 'static' | 'dynamic'
  /** Whose clocks say what is shown of a timestamp. */
  readonly timeZone: string
  /** How the jobs that run share the slots. */
  pools(): readonly SchedulerPool[]
  /** What happens in the session, for those who listen. */
  readonly events: EventBus
  /** Where Prometheus finds metrics of the session, if it serves them. */
  readonly metricsUrl: string | undefined
  /** How large a table is, as far as its source tells. */
  sizeOf(table: UnresolvedRelation): Promise<NonNullable<SourceDescription['statistics']>>
  /** The streaming queries that run. */
  readonly streams: ActiveStreams
  startStream(plan: UnresolvedRelation, request: StreamRequest): Promise<StreamingQuery>
  /** What would become of the checkpoint of a stream if it were started. */
  checkStream(plan: UnresolvedRelation, request: StreamRequest): Promise<readonly CheckedPart[]>
  /** Keeps rows of the session's own, which may come later, as long as anything reaches `held`; the id is what plans name them by. */
  addLocalRelation(blocks: readonly Block[] | Promise<readonly Block[]>): LocalRows
  /** The same of rows whose columns come with them. */
  addMadeRows(made: Promise<MadeRows>): LocalRows
  uncache(cacheId: string): void
  /** An engine of another session over the same executors, with names, jobs and settings of its own. What is cached, and the catalog, is the same. */
  newSession(config: Config): Engine
  /** Queries from now on follow these settings. */
  configure(config: Config): void
  /** The queries and writes that run or are being planned, which may be cancelled; streams are none of them. */
  readonly jobs: Pick<RunningJobs, 'tags' | 'begin' | 'check' | 'interruptAll' | 'interruptTag' | 'interruptOperation'>
  readonly catalog: SessionCatalog
  readonly isStopped: boolean
  stop(): Promise<void>
}

/** Rows that are there, with their columns. */
export interface MadeRows {
  readonly schema: Schema
  readonly blocks: readonly Block[]
}

/** How a plan names rows of the session's own. */
export interface LocalRows {
  readonly id: string
  readonly held: { readonly schema?: Schema }
  /** Of rows that come later. */
  readonly arrival?: Promise<void>
}
