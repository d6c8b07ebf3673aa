import type { Block } from '../../columnar/block.js'
import { tuplesFromBlock } from '../../columnar/rows.js'
import type { Schema } from '../../columnar/types.js'
import type { Value } from '../../columnar/value-reader.js'
import { append } from '../../common/append.js'
import type { Config } from '../../common/config/config.js'
import { CONFIG } from '../../common/config/entries.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { SourceDescription } from '../../connectors/api.js'
import type { CheckedPart, JobHandle } from '../../driver/index.js'
import { analyze } from '../../planner/analyze/analyze.js'
import { type Catalog, relationsIn } from '../../planner/analyze/catalog.js'
import { findRecursion } from '../../planner/analyze/recursion.js'
import type { AnalysisSession } from '../../planner/analyze/session.js'
import { assignedTo, type InsertTarget } from '../../planner/analyze/store-assignment.js'
import { type ExplainMode, explainQuery } from '../../planner/explain/explain.js'
import type { PhysicalOptions } from '../../planner/physical/options.js'
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
import { ActiveStreams } from '../stream/active-streams.js'
import { checkpointLocationOf } from '../stream/checkpoint-location.js'
import { StartedStream } from '../stream/started-stream.js'
import { checkRunner, type StreamPlanning, startRunner } from '../stream/stream-start.js'
import type { StreamingQuery } from '../stream/streaming-query.js'
import { describeStream, describeWrite, type WriteContext } from '../write/write-description.js'
import { sessionOf } from './analysis-session.js'
import { analyzedWithConstants, type RunRow } from './constants.js'
import { catalogWith, describeSources } from './described-sources.js'
import type { Engine, LocalRows, RunningQuery, StreamRequest, WriteRequest } from './engine.js'
import { withFoldedConstants } from './folded-constants.js'
import { InferredSchemas } from './inferred-schemas.js'
import { KnownCaches } from './known-caches.js'
import { physicalOptions } from './physical-options.js'
import { PivotValues } from './pivot-values.js'
import type { QueryEngineOptions } from './query-engine-options.js'
import { QueryObservers } from './query-observers.js'
import { recursionRunner, withoutRecursion } from './recursion.js'
import { type Begun, RunningJobs } from './running-jobs.js'

/** The engine of a session: analysis, planning and running of queries over a driver. */
export class QueryEngine implements Engine {
  readonly catalog: SessionCatalog
  readonly #options: QueryEngineOptions
  readonly #caches: KnownCaches
  readonly #observers: QueryObservers
  readonly streams: ActiveStreams
  readonly #pivots = new PivotValues(
    (query) => this.execute(query),
    () => this.#config.get(CONFIG.pivotMaxValues),
  )
  readonly #schemas = new InferredSchemas((query) => this.execute(query))
  /** Plans of streams that run: they read the session's own rows again in each batch. */
  readonly #streamPlans = new Set<UnresolvedRelation>()
  /** Frees rows of the session's own once no DataFrame, view or stream reaches them. */
  readonly #unreachable: FinalizationRegistry<string>
  #config: Config
  readonly jobs = new RunningJobs()
  readonly #unwatch = new WeakMap<JobHandle, () => void>()
  #nextId = 1

  constructor(options: QueryEngineOptions) {
    this.#options = options
    this.#config = options.config
    this.#caches = new KnownCaches(options.driver)
    this.#observers = new QueryObservers(options.driver)
    this.streams = new ActiveStreams(options.logger, options.metrics?.streams)
    const check = (plan: UnresolvedRelation): void => checkView(plan, this.#catalog(new Map()), this.#newId)
    const uncache = (cacheId: string): void => this.uncache(cacheId)
    const keyOf = (name: string): string => (this.#config.get(CONFIG.caseSensitive) ? name : name.toLowerCase())
    this.catalog = new SessionCatalog({ stored: options.stored, isFormat: options.isFormat, check, uncache, keyOf })
    this.#unreachable = new FinalizationRegistry((id) => options.driver.releaseLocalBlocks(id))
  }

  configure(config: Config): void {
    this.#config = config
  }

  async analyze(plan: UnresolvedRelation): Promise<Schema> {
    return schemaOf(await this.#analyzed(this.catalog.withFunctions(plan)))
  }

  async execute(plan: UnresolvedRelation): Promise<RunningQuery> {
    const begun = this.jobs.begin()
    return await this.#withoutRecursion(plan, begun, (expanded) => this.#collect(expanded, begun))
  }

  async #collect(plan: UnresolvedRelation, begun: Begun): Promise<RunningQuery> {
    const analyzed = await this.#analyzed(plan)
    begun.analyzedMs = performance.now()
    const job = this.#submit(await this.#planned(analyzed, { kind: 'collect' }), begun)
    return { schema: schemaOf(analyzed), blocks: this.#watched(job), mostBytes: this.#config.get(CONFIG.maxResultSize) }
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
    const analyzed = await this.#analyzed(this.catalog.withFunctions(plan))
    const planned = await this.#planned(analyzed, { kind: 'collect' })
    const code = mode === 'codegen' ? planned.stages.stages.map((stage) => this.#options.codeOf(stage)) : []
    return explainQuery(plan, analyzed, planned, mode, await Promise.all(code))
  }

  async write(plan: UnresolvedRelation, request: WriteRequest): Promise<void> {
    const begun = this.jobs.begin()
    await this.#withoutRecursion(plan, begun, (expanded) => this.#write(expanded, request, begun))
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

  get metricsUrl(): string | undefined {
    return this.#options.metrics?.url
  }

  get timeZone(): string {
    return this.#config.get(CONFIG.timeZone)
  }

  async sizeOf(table: UnresolvedRelation): Promise<NonNullable<SourceDescription['statistics']>> {
    const plan = await this.#analyzed(this.catalog.withFunctions(table))
    return plan.kind === 'scan' ? (plan.source.statistics ?? {}) : {}
  }

  /** The blocks of a job. Once rows come, they are what tells how far it is. */
  async *#watched(job: JobHandle): AsyncGenerator<Block> {
    for await (const block of job.blocks) {
      this.#unwatch.get(job)?.()
      yield block
    }
  }

  /** @throws OPERATION_CANCELED when there was an interrupt since planning began */
  #submit(planned: PlannedQuery, begun: Begun, beforeCommit?: WriteRequest['beforeCommit']): JobHandle {
    this.jobs.check(begun)
    const job = this.#options.driver.submit(planned.stages, beforeCommit ? { beforeCommit } : {})
    this.#logPlanning(job.jobId, begun.beganMs, begun.analyzedMs)
    const ended = this.jobs.add(job, begun)
    const unwatch = this.#options.progress?.watch(job)
    if (unwatch) this.#unwatch.set(job, unwatch)
    const forget = (): void => {
      ended()
      unwatch?.()
    }
    job.result.then(forget, forget)
    this.#caches.remember(planned, job.result)
    this.#observers.follow(planned.physical, job.result)
    return job
  }

  async startStream(plan: UnresolvedRelation, request: StreamRequest): Promise<StreamingQuery> {
    const located = this.#located(request)
    const release = this.streams.reserve(request.queryName, located.checkpointLocation)
    try {
      const runner = await startRunner(...(await this.#streamOf(plan, located)))
      const query = new StartedStream(runner, request.queryName)
      // A copy, since one DataFrame may be the plan of several streams.
      const kept = { ...plan }
      this.#streamPlans.add(kept)
      this.streams.add(query)
      const forget = (): void => {
        this.streams.delete(query)
        this.#streamPlans.delete(kept)
        release()
      }
      runner.query.finished.then(forget, forget)
      return query
    } catch (error) {
      release()
      throw error
    }
  }

  async checkStream(plan: UnresolvedRelation, request: StreamRequest): Promise<readonly CheckedPart[]> {
    return checkRunner(...(await this.#streamOf(plan, this.#located(request))))
  }

  #located(request: StreamRequest): StreamRequest {
    const root = this.#options.config.get(CONFIG.streamingCheckpointLocation)
    return { ...request, checkpointLocation: checkpointLocationOf(request, root) }
  }

  async #streamOf(given: UnresolvedRelation, asked: StreamRequest): Promise<Parameters<typeof startRunner>> {
    const plan = this.catalog.withFunctions(given)
    if (findRecursion(plan)) throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'recursive CTEs in a stream' })
    const { analyzed, request } = await describeStream(await this.#analyzed(plan, true), asked, this.#writing(true))
    const options = this.#physicalOptions(request.outputMode)
    const planning: StreamPlanning = {
      partitions: options.shufflePartitions,
      config: this.#config,
      events: this.streams.listeners,
      planned: (shufflePartitions) => this.#planned(analyzed, { kind: 'collect' }, { ...options, shufflePartitions }),
      rows: { planned: (rows, sink) => this.#planned(rows, sink), nextId: this.#newId },
      stored: this.catalog.stored,
    }
    return [analyzed, request, this.#options, planning]
  }

  addLocalRelation(blocks: readonly Block[] | Promise<readonly Block[]>): LocalRows {
    const id = crypto.randomUUID()
    const held = Object.freeze({})
    const register = (made: readonly Block[]): void => this.#options.driver.registerLocalBlocks(id, made)
    const arrival = blocks instanceof Promise ? blocks.then(register) : register(blocks)
    this.#unreachable.register(held, id)
    return { id, held, ...(arrival ? { arrival } : {}) }
  }

  uncache(cacheId: string): void {
    this.#caches.drop(cacheId)
  }

  async stop(): Promise<void> {
    await this.streams.stop()
    await this.#observers.settled()
    await this.#options.driver.close()
    await this.#options.close()
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
    for await (const block of this.#watched(job)) append(rows, tuplesFromBlock(schemaOf(constants), block))
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
    return physicalOptions(this.#config, this.#options.driver.slots, this.#caches, outputMode)
  }
}
