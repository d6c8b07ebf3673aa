import type { Table } from 'apache-arrow'
import type { Block } from '../../columnar/blocks/block.js'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import type { Schema } from '../../columnar/types.js'
import type { Config } from '../../common/config/config.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { EngineListener, SchedulerPool } from '../../driver/index.js'
import { SPARK_RELEASE } from '../../planner/analyze/functions/misc.js'
import { inlineViews } from '../../planner/analyze/sources/inline-views.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import type { Parameters } from '../../planner/sql/parameters.js'
import { tellingCaller, tellingCallerNow } from '../call-site.js'
import { Catalog } from '../catalog/catalog.js'
import { tableName } from '../column/column-name.js'
import type { DdlRow } from '../column/ddl-row.js'
import type { AnyRow, Collected } from '../column/row.js'
import { querySettings } from '../engine/analysis-session.js'
import type { Engine, LocalRows } from '../engine/engine.js'
import { DataFrame } from '../frame/data-frame.js'
import { DataFrameReader } from '../read/data-frame-reader.js'
import { checkStatement, parseStatement, readStatement, runStatement, type Statement } from '../statements/index.js'
import type { Outcome, StatementContext } from '../statements/statement.js'
import { StreamingQueryManager } from '../stream/streaming-query-manager.js'
import { UDFRegistration } from '../user-code/udf-registration.js'
import { UDTFRegistration } from '../user-code/udtf-registration.js'
import { givenRows } from './given-rows.js'
import { Interruptible } from './interruptible.js'
import { type ParameterValues, parametersOf } from './parameters.js'
import { ParsedQueries } from './parsed-queries.js'
import { rangeOf } from './range.js'
import { RuntimeConfig } from './runtime-config.js'
import type { Variables } from './session-variables.js'
import { TableValuedFunction } from './table-valued-functions.js'

/** The entry to everything: reads sources, runs SQL, holds views. */
export class Session extends Interruptible {
  readonly engine: Engine
  readonly #output: (text: string) => void
  readonly #initialConfig: Config
  readonly #parsed = new ParsedQueries()
  #config: Config

  constructor(
    engine: Engine,
    config: Config,
    output: (text: string) => void = (text) => void process.stdout.write(text),
  ) {
    super()
    this.engine = engine
    this.#initialConfig = config
    this.#config = config
    this.#output = output
  }

  /** A session over the same executors: with temporary views, functions, variables and settings of its own, and the same tables and caches. */
  newSession(): Session {
    return new Session(this.engine.newSession(this.#initialConfig), this.#initialConfig, this.#output)
  }

  get config(): Config {
    return this.#config
  }

  /** The settings, as `SET` shows and changes them. */
  get conf(): RuntimeConfig {
    return new RuntimeConfig(() => this.#contextOf())
  }

  /** The databases, tables and views that the session knows. */
  get catalog(): Catalog {
    return new Catalog(
      () => this.#contextOf(),
      (name) => this.table(name),
    )
  }

  /** Functions that stand in FROM. */
  get tvf(): TableValuedFunction {
    return new TableValuedFunction((plan) => new DataFrame(this, plan))
  }

  /** The streaming queries that run. */
  get streams(): StreamingQueryManager {
    return new StreamingQueryManager(this.engine.streams)
  }

  /** The pools that jobs share slots by, and how many tasks of each run and wait: those that were declared, and others that have jobs. */
  getAllPools(): readonly SchedulerPool[] {
    return this.engine.pools()
  }

  /** Where Prometheus finds metrics of the session; undefined unless `metrics.port` is set. */
  get metricsUrl(): string | undefined {
    return this.engine.metricsUrl
  }

  /**
   * Has a listener told what happens in the session from now on: jobs, stages, tasks, executors, queries, streams. One that is there already is
   * not added again.
   */
  addListener(listener: EngineListener): void {
    this.engine.events.add(listener)
  }

  removeListener(listener: EngineListener): void {
    this.engine.events.remove(listener)
  }

  /** The release of Spark whose answers are given. */
  get version(): string {
    return SPARK_RELEASE
  }

  /** Without rows and columns. */
  get emptyDataFrame(): DataFrame {
    return this.dataFrameOf({ fields: [] }, [])
  }

  /** Gives functions of the program names in SQL. */
  get udf(): UDFRegistration {
    return new UDFRegistration(this.engine.catalog.functions)
  }

  /** Gives table functions of the program names in SQL. */
  get udtf(): UDTFRegistration {
    return new UDTFRegistration(this)
  }

  /** Whether it, or another session over the same executors, was stopped. */
  get isStopped(): boolean {
    return this.engine.isStopped
  }

  /** Takes settings that may change while the session runs. @returns the others that would change something: they are not taken */
  configure(settings: Readonly<Record<string, string>>): readonly string[] {
    const { config, ignored } = this.#config.changed(settings)
    this.#config = config
    this.engine.configure(config)
    return ignored
  }

  get read(): DataFrameReader {
    return new DataFrameReader(this, false)
  }

  get readStream(): DataFrameReader {
    return new DataFrameReader(this, true)
  }

  /**
   * Runs a statement. A query is only parsed now and runs when its rows are asked for. A statement that takes a job, such as INSERT, begins now:
   * await its rows (`collect()`), or use `runStatement`, to know that it has ended, and well.
   * @param values of the markers in it: an object for `:name`, a list for `?`
   * @throws PARSE_SYNTAX_ERROR, UNSUPPORTED_FEATURE, UNBOUND_SQL_PARAMETER, INVALID_API_USE for what is no value, and of a temporary view what is wrong with it
   */
  sql(text: string, values?: ParameterValues): DataFrame {
    return tellingCallerNow(this.sql, () => {
      if (typeof text !== 'string') throw new MillraceError('INVALID_API_USE', { reason: `${String(text)} is no SQL` })
      return this.#frameOf(this.#run(text, parametersOf(values)))
    })
  }

  /** A table, a view, or ``format.`path` ``. @throws INVALID_ATTRIBUTE_NAME_SYNTAX */
  table(name: string): DataFrame {
    return tellingCallerNow(
      this.table,
      () => new DataFrame(this, this.#inlined({ kind: 'table', name: tableName(name) })),
    )
  }

  /** The numbers from start (0) up to end, in a column `id`. @throws INVALID_API_USE unless all are whole numbers and there is a step */
  range(
    start: number | bigint,
    end?: number | bigint,
    step: number | bigint = 1,
    numPartitions?: number,
  ): DataFrame<{ readonly id: bigint }> {
    const [from, until] = end === undefined ? [0, start] : [start, end]
    return new DataFrame(
      this,
      tellingCallerNow(this.range, () => rangeOf(from, until, step, numPartitions)),
    )
  }

  /**
   * A DataFrame of rows, or of a table of the `apache-arrow` package, held by the session. Without a schema that of rows is inferred: numbers
   * are double, bigints bigint, Dates timestamps.
   * @param schema DDL or a Schema. @throws INVALID_ROW_VALUE, PARSE_SYNTAX_ERROR, UNSUPPORTED_FEATURE
   */
  createDataFrame(table: Table): DataFrame<AnyRow>
  createDataFrame<const T extends string>(rows: readonly object[], schema: T): DataFrame<DdlRow<T>>
  createDataFrame<R extends object>(rows: readonly R[], schema?: Schema): DataFrame<Collected<R>>
  createDataFrame<R extends object>(rows: readonly R[] | Table, schema?: string | Schema): DataFrame<R> {
    return tellingCallerNow(this.createDataFrame, () => {
      const made = givenRows(rows, schema, querySettings(this.#config))
      return this.dataFrameOf<R>(made.schema, made.blocks)
    })
  }

  /** A DataFrame of blocks held by the session. */
  dataFrameOf<R extends object = AnyRow>(schema: Schema, blocks: readonly Block[]): DataFrame<R> {
    const rows = blocks.reduce((sum, block) => sum + block.rows, 0)
    return this.#frameOfLocal<R>(schema, this.engine.addLocalRelation(blocks), rows)
  }

  #frameOfLocal<R extends object = AnyRow>(schema: Schema, local: LocalRows, rows: number): DataFrame<R> {
    return new DataFrame<R>(this, { kind: 'localRelation', ...local, schema, rows })
  }

  /** Prints to where `show` and `explain` print. */
  print(text: string): void {
    this.#output(text.endsWith('\n') ? text : `${text}\n`)
  }

  /** Ends queries, executors and threads. Nothing of the session, and of others over the same executors, can be used afterwards. */
  async stop(): Promise<void> {
    if (!this.isStopped) await this.engine.stop()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  /** Like `sql`, but waits until the statement has ended, and checks it further before it begins. */
  runStatement(text: string, values?: ParameterValues): Promise<DataFrame> {
    return tellingCaller(this.runStatement, async () => {
      const parameters = parametersOf(values)
      const statement = this.#parse(text, parameters)
      const context = this.#contextOf(parameters)
      await checkStatement(statement, context)
      const outcome = runStatement(statement, context)
      if (outcome.kind === 'later') {
        const { schema, blocks } = await outcome.result
        return this.dataFrameOf(schema, blocks)
      }
      return this.#frameOf(outcome.kind === 'rows' ? { ...outcome, rows: await outcome.rows } : outcome)
    })
  }

  #contextOf(parameters?: Parameters, variables: Variables = this.engine.catalog.variables): StatementContext {
    return {
      engine: this.engine,
      catalog: this.engine.catalog,
      config: this.#config,
      initialConfig: this.#initialConfig,
      configure: (config) => {
        this.#config = config
        this.engine.configure(config)
      },
      withViews: (query, seen = variables) => this.#withViews(query, seen),
      inlined: (query) => variables.notedIn(this.#withViews(query, variables)),
      variables,
      parameters,
      parse: (text, values) => this.#parse(text, values),
      readStatement,
      perform: (statement, seen) => runStatement(statement as Statement, this.#contextOf(parameters, seen)),
    }
  }

  #frameOf(outcome: Outcome): DataFrame {
    if (outcome.kind === 'query') return new DataFrame(this, outcome.plan)
    if (outcome.kind === 'later')
      return new DataFrame(this, { kind: 'localRelation', ...this.engine.addMadeRows(outcome.result), rows: 0 })
    const { schema, rows } = outcome
    const blocksOf = (made: readonly object[]): readonly Block[] => [blockFromRows(schema, made)]
    if (!(rows instanceof Promise)) return this.dataFrameOf(schema, blocksOf(rows))
    return this.#frameOfLocal(schema, this.engine.addLocalRelation(rows.then(blocksOf)), 0)
  }

  #withViews(query: UnresolvedRelation, variables: Variables): UnresolvedRelation {
    return inlineViews(query, this.engine.catalog.namesSeenWith(variables))
  }

  #inlined(query: UnresolvedRelation): UnresolvedRelation {
    return this.#contextOf().inlined(query)
  }

  #parse(text: string, parameters: Parameters | undefined): Statement {
    const { variables } = this.engine.catalog
    const settings = querySettings(this.#config)
    const read = (): Statement =>
      parseStatement(text, { parameters, variable: (parts) => variables.lookUp(parts), settings })
    return parameters === undefined ? this.#parsed.get(text, settings, read) : read()
  }

  #run(text: string, parameters: Parameters | undefined): Outcome {
    return runStatement(this.#parse(text, parameters), this.#contextOf(parameters))
  }
}
