import type { Block } from '../../columnar/blocks/block.js'
import { tuplesFromBlock } from '../../columnar/rows.js'
import type { Schema } from '../../columnar/types.js'
import type { Value } from '../../columnar/value-reader.js'
import { append } from '../../common/append.js'
import type { Config } from '../../common/config/config.js'
import { CONFIG } from '../../common/config/entries.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { SourceDescription } from '../../connectors/api.js'
import type { CheckedPart, EventBus, JobHandle, SchedulerPool } from '../../driver/index.js'
import { analyze } from '../../planner/analyze/analyze.js'
import { type Catalog, relationsIn } from '../../planner/analyze/catalog.js'
import type { AnalysisSession } from '../../planner/analyze/session.js'
import { findRecursion } from '../../planner/analyze/sources/recursion.js'
import { assignedTo, type InsertTarget } from '../../planner/analyze/types/store-assignment.js'
import { type ExplainMode, explainQuery } from '../../planner/explain/explain.js'
import { explainAnalyzed } from '../../planner/explain/explain-analyzed.js'
import type { PhysicalOptions } from '../../planner/physical/options.js'
import { explainedMode } from '../../planner/physical/streaming.js'
import type { ExprId } from '../../planner/plan/expression/expression.js'
import { schemaOf } from '../../planner/plan/logical/output.js'
import type { LogicalPlan } from '../../planner/plan/logical/plan.js'
import type { StageSink } from '../../planner/plan/physical/stage-parts.js'
import type { OutputMode } from '../../planner/plan/physical/stateful.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { type PlannedQuery, planQuery } from '../../planner/plan-query.js'
import { checkView } from '../catalog/checked-view.js'
import { SessionCatalog } from '../catalog/session-catalog.js'
import { warnOfHints } from '../frame/hint.js'
import type { ActiveStreams } from '../stream/active-streams.js'
import { checkpointLocationOf } from '../stream/checkpoint-location.js'
import { checkRunner, type StreamPlanning, type startRunner } from '../stream/stream-start.js'
import type { StreamingQuery } from '../stream/streaming-query.js'
import { describeStream, describeWrite, type WriteContext } from '../write/write-description.js'
import { sessionOf } from './analysis-session.js'
import { askedServers } from './asked-servers.js'
import { analyzedWithConstants, type RunRow } from './constants.js'
import { catalogWith, describeSources } from './described-sources.js'
import type { Engine, LocalRows, MadeRows, RunningQuery, StreamRequest, WriteRequest } from './engine.js'
import { withFoldedConstants } from './folded-constants.js'
import { InferredSchemas } from './inferred-schemas.js'
import { physicalOptions } from './physical-options.js'
import { PivotValues } from './pivot-values.js'
import type { QueryEngineOptions } from './query-engine-options.js'
import { recursionRunner, withoutRecursion } from './recursion.js'
import { type Begun, RunningJobs } from './running-jobs.js'
import { SharedEngine } from './shared-engine.js'
import { StreamStarts } from './stream-starts.js'

/** The engine of a session: analysis, planning and running of queries over a driver. */
export class QueryEngine implements Engine {
  readonly catalog: SessionCatalog
  readonly #options: QueryEngineOptions
  readonly #shared: SharedEngine
  readonly #pivots = new PivotValues(
    (query) => this.execute(query),
    () => this.#config.get(CONFIG.pivotMaxValues),
  )
  readonly #schemas = new InferredSchemas((query) => this.execute(query))
  readonly #starts: StreamStarts
  #config: Config
  readonly jobs = new RunningJobs(() => this.#config.get(CONFIG.schedulerPool))
  #nextId = 1

  constructor(options: QueryEngineOptions, shared = new SharedEngine(options)) {
    this.#options = options
    this.#shared = shared
    this.#config = options.config
    this.#starts = new StreamStarts(shared.streams)
    const check = (plan: UnresolvedRelation): void => checkView(plan, this.#catalog(new Map()), this.#newId)
    const uncache = (cacheId: string): void => this.uncache(cacheId)
    const keyOf = (name: string): string => (this.#config.get(CONFIG.caseSensitive) ? name : name.toLowerCase())
    const { stored, isFormat } = options
    this.catalog = new SessionCatalog({ stored, isFormat, check, uncache, keyOf, sharing: shared.catalog })
    shared.catalog ??= this.catalog
  }

  newSession(config: Config): Engine {
    return new QueryEngine({ ...this.#options, config }, this.#shared)
  }

  get streams(): ActiveStreams {
    return this.#shared.streams
  }

  configure(config: Config): void {
    this.#config = config
  }

  async analyze(plan: UnresolvedRelation): Promise<Schema> {
    return schemaOf(await this.#analyzed(this.catalog.withFunctions(plan)))
  }

  async execute(plan: UnresolvedRelation): Promise<RunningQuery> {
    return await this.#begin(plan, (expanded, begun) => this.#collect(expanded, begun))
  }

  /** Begins a query or a write, which is told of by events. @param start what is to be done with it, without recursive CTEs */
  async #begin<T>(plan: UnresolvedRelation, start: (plan: UnresolvedRelation, begun: Begun) => Promise<T>): Promise<T> {
    const begun = this.jobs.begin()
    const run = () => this.#withoutRecursion(plan, begun, (expanded) => start(expanded, begun))
    return await this.#shared.executions.follow(begun, run, askedServers(plan, this.#catalog(new Map())))
  }

  async #collect(plan: UnresolvedRelation, begun: Begun): Promise<RunningQuery> {
    const [schema, job] = await this.#collected(plan, begun, this.#physicalOptions())
    return { schema, blocks: job.blocks, mostBytes: this.#config.get(CONFIG.maxResultSize) }
  }

  async #collected(plan: UnresolvedRelation, begun: Begun, options: PhysicalOptions): Promise<[Schema, JobHandle]> {
    const analyzed = await this.#analyzed(plan)
    begun.analyzedMs = performance.now()
    return [schemaOf(analyzed), this.#submit(await this.#planned(analyzed, { kind: 'collect' }, options), begun)]
  }

  /** Runs the recursive CTEs of a query, each step a job, and starts what is to be done with the query over their rows. */
  async #withoutRecursion<T>(
    given: UnresolvedRelation,
    begun: Begun,
    start: (plan: UnresolvedRelation) => Promise<T>,
  ): Promise<T> {
    const plan = this.catalog.withFunctions(given)
    if (!findRecursion(plan)) return await start(plan)
    // Analyzed as a whole first, so that nothing runs of a query that makes no sense.
    await this.#analyzed(plan)
    const run = (query: UnresolvedRelation): Promise<RunningQuery> => this.#collect(query, begun)
    const expanded = await withoutRecursion(plan, recursionRunner(this.#options.driver, this.#config, run))
    try {
      return await start(expanded.plan)
    } finally {
      expanded.release()
    }
  }

  async explain(plan: UnresolvedRelation, mode: ExplainMode): Promise<string> {
    if (mode === 'analyze') return await this.#begin(plan, (expanded, begun) => this.#ran(expanded, begun))
    const analyzed = await this.#analyzed(this.catalog.withFunctions(plan))
    const options = this.#physicalOptions(explainedMode(analyzed, this.#physicalOptions()))
    const planned = await this.#planned(analyzed, { kind: 'collect' }, options)
    const code = mode === 'codegen' ? planned.stages.stages.map((stage) => this.#options.codeOf(stage)) : []
    return explainQuery(plan, analyzed, planned, mode, await Promise.all(code))
  }

  /** Runs a query whose operators are measured, and drops its rows. */
  async #ran(plan: UnresolvedRelation, begun: Begun): Promise<string> {
    const [, { blocks, result }] = await this.#collected(plan, begun, { ...this.#physicalOptions(), measures: true })
    for await (const _ of blocks);
    return explainAnalyzed((await result).measured, performance.now() - begun.beganMs)
  }

  async write(plan: UnresolvedRelation, request: WriteRequest): Promise<void> {
    await this.#begin(plan, (expanded, begun) => this.#write(expanded, request, begun))
  }

  async #write(plan: UnresolvedRelation, request: WriteRequest, begun: Begun): Promise<void> {
    const rows = await this.#analyzed(plan)
    const { table, beforeCommit } = request
    const assigned = table ? assignedTo(table, rows, this.#newId, this.#session()) : rows
    const { analyzed, write } = await describeWrite(assigned, request, this.#writing())
    begun.analyzedMs = performance.now()
    const planned = await this.#planned(analyzed, { kind: 'write', write })
    await this.#submit(planned, begun, beforeCommit).result
  }

  async checkAssignment(plan: UnresolvedRelation, table: InsertTarget): Promise<void> {
    assignedTo(table, await this.#analyzed(this.catalog.withFunctions(plan)), this.#newId, this.#session())
  }

  get partitionOverwriteMode(): 'static' | 'dynamic' {
    return this.#config.get(CONFIG.partitionOverwriteMode)
  }

  readonly pools = (): readonly SchedulerPool[] => this.#options.driver.pools()

  get events(): EventBus {
    return this.#options.driver.events
  }

  get metricsUrl(): string | undefined {
    return this.#options.metricsUrl
  }

  get timeZone(): string {
    return this.#config.get(CONFIG.timeZone)
  }

  async sizeOf(table: UnresolvedRelation): Promise<NonNullable<SourceDescription['statistics']>> {
    const plan = await this.#analyzed(this.catalog.withFunctions(table))
    return plan.kind === 'scan' ? (plan.source.statistics ?? {}) : {}
  }

  /** @throws OPERATION_CANCELED when there was an interrupt since planning began */
  #submit(planned: PlannedQuery, begun: Begun, beforeCommit?: WriteRequest['beforeCommit']): JobHandle {
    this.jobs.check(begun)
    const job = this.#shared.executions.submit(begun, planned, (executionId) => {
      const named = { pool: begun.pool, executionId, ...(beforeCommit ? { beforeCommit } : {}) }
      return this.#options.driver.submit(planned.stages, named)
    })
    this.#logPlanning(job.jobId, begun.beganMs, begun.analyzedMs)
    const ended = this.jobs.add(job, begun)
    job.result.then(ended, ended)
    this.#shared.caches.remember(planned, job.result)
    this.#shared.observers.follow(planned.physical, job.result)
    return job
  }

  async startStream(plan: UnresolvedRelation, request: StreamRequest): Promise<StreamingQuery> {
    const located = this.#located(request)
    return await this.#starts.start(plan, located, () => this.#streamOf(plan, located))
  }

  async checkStream(plan: UnresolvedRelation, request: StreamRequest): Promise<readonly CheckedPart[]> {
    return checkRunner(...(await this.#streamOf(plan, this.#located(request))))
  }

  #located(request: StreamRequest): StreamRequest {
    const root = this.#options.config.get(CONFIG.streamingCheckpointLocation)
    return { ...request, checkpointLocation: checkpointLocationOf(request, root) }
  }

  async #streamOf(given: UnresolvedRelation, asked: StreamRequest): Promise<Parameters<typeof startRunner>> {
    const { pool } = this.jobs.begin()
    const plan = this.catalog.withFunctions(given)
    if (findRecursion(plan)) throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'recursive CTEs in a stream' })
    const { analyzed, request } = await describeStream(await this.#analyzed(plan, true), asked, this.#writing(true))
    const options = this.#physicalOptions(request.outputMode)
    const planning: StreamPlanning = {
      partitions: options.shufflePartitions,
      config: this.#config,
      pool,
      planned: (shufflePartitions) => this.#planned(analyzed, { kind: 'collect' }, { ...options, shufflePartitions }),
      rows: { planned: (rows, sink) => this.#planned(rows, sink), nextId: this.#newId },
      stored: this.catalog.stored,
    }
    return [analyzed, request, this.#options, planning]
  }

  addLocalRelation(blocks: readonly Block[] | Promise<readonly Block[]>): LocalRows {
    return this.#shared.local.add(blocks)
  }

  addMadeRows(made: Promise<MadeRows>): LocalRows {
    return this.#shared.local.addMade(made)
  }

  uncache(cacheId: string): void {
    this.#shared.caches.drop(cacheId)
  }

  get isStopped(): boolean {
    return this.#shared.isStopped
  }

  stop(): Promise<void> {
    return this.#shared.stop()
  }

  #catalog(sources: ReadonlyMap<string, SourceDescription>, isStream = false): Catalog {
    return catalogWith(this.catalog, this.#options.isFormat, sources, this.#session(isStream))
  }

  readonly #session = (isStream = false): AnalysisSession => sessionOf(this.#config, this.catalog, isStream)

  readonly #writing = (isStream = false) =>
    ({ nextId: this.#newId, session: this.#session(isStream), oneRow: this.#oneRow }) satisfies WriteContext
  readonly #newId = (): ExprId => this.#nextId++ as ExprId

  /** Describes the sources, then analyzes. @param given with its functions in SQL. @throws the connectors' conditions and those of the analysis */
  async #analyzed(given: UnresolvedRelation, isStream = false): Promise<LogicalPlan> {
    const plan = await this.#pivots.fill(given)
    warnOfHints(plan, this.#options.logger)
    const sources = new Map<string, SourceDescription>()
    const catalog = this.#catalog(sources, isStream)
    const relations = relationsIn(plan, catalog)
    await describeSources(relations, catalog, this.#options.connectors, sources, this.#schemas, this.#config)
    const analysis = (constants: Catalog['constants']) => analyze(plan, { ...catalog, constants }, this.#newId)
    return await analyzedWithConstants(analysis, this.#oneRow)
  }

  readonly #oneRow: RunRow = async (constants) => {
    const job = this.#submit(planQuery(constants, { kind: 'collect' }, this.#physicalOptions()), this.jobs.begin())
    const rows: (readonly Value[])[] = []
    for await (const block of job.blocks) append(rows, tuplesFromBlock(schemaOf(constants), block))
    return rows[0]!
  }

  async #planned(analyzed: LogicalPlan, sink: StageSink, options = this.#physicalOptions()): Promise<PlannedQuery> {
    return planQuery(await withFoldedConstants(analyzed, this.#oneRow), sink, options)
  }

  /** Analysis includes what sources do to describe themselves. */
  #logPlanning(job: number, beganMs: number, analyzedMs: number): void {
    const [analysisMs, planningMs] = [analyzedMs - beganMs, performance.now() - analyzedMs].map(Math.round)
    this.#options.logger.debug({ job, analysisMs, planningMs }, 'a query is planned')
  }

  #physicalOptions(outputMode?: OutputMode): PhysicalOptions {
    return physicalOptions(this.#config, this.#options.driver.slots, this.#shared.caches, outputMode)
  }
}
