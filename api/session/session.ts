import type { Table } from 'apache-arrow'
import { blocksFromArrow, isArrowTable } from '../../columnar/arrow-input.js'
import { schemaOfArrow } from '../../columnar/arrow-types.js'
import type { Block } from '../../columnar/block.js'
import { blockFromRows } from '../../columnar/block-from-rows.js'
import { inferSchema } from '../../columnar/infer-schema.js'
import { BIGINT, type Schema } from '../../columnar/types.js'
import type { Config } from '../../common/config/config.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { SPARK_RELEASE } from '../../planner/analyze/functions/misc.js'
import { inlineViews } from '../../planner/analyze/inline-views.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import type { Parameters } from '../../planner/sql/parameters.js'
import { parseSchema } from '../../planner/sql/types.js'
import { tellingCaller, tellingCallerNow } from '../call-site.js'
import { Catalog } from '../catalog/catalog.js'
import { tableName } from '../column/column-name.js'
import type { DdlRow } from '../column/ddl-row.js'
import type { AnyRow, Collected } from '../column/row.js'
import { querySettings } from '../engine/analysis-session.js'
import type { Engine, LocalRows } from '../engine/engine.js'
import { DataFrame } from '../frame/data-frame.js'
import { DataFrameReader } from '../read/data-frame-reader.js'
import { checkStatement, parseStatement, runStatement, type Statement } from '../statements/index.js'
import type { Outcome, StatementContext } from '../statements/statement.js'
import { StreamingQueryManager } from '../stream/streaming-query-manager.js'
import { UDFRegistration } from '../user-code/udf-registration.js'
import { UDTFRegistration } from '../user-code/udtf-registration.js'
import { Interruptible } from './interruptible.js'
import { type ParameterValues, parametersOf } from './parameters.js'
import { ParsedQueries } from './parsed-queries.js'
import { RuntimeConfig } from './runtime-config.js'
import { TableValuedFunction } from './table-valued-functions.js'

/** Rows of a local relation are divided into blocks of this many, so that tasks can share them. */
const LOCAL_BLOCK_ROWS = 8192

/** The entry to everything: reads sources, runs SQL, holds views. */
export class Session extends Interruptible {
  readonly engine: Engine
  readonly #output: (text: string) => void
  readonly #initialConfig: Config
  readonly #parsed = new ParsedQueries()
  #config: Config
  #isStopped = false

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

  get config(): Config {
    return this.#config
  }

  /** The settings, as `SET` shows and changes them. */
  get conf(): RuntimeConfig {
    return new RuntimeConfig(() => this.#context)
  }

  /** The databases, tables and views that the session knows. */
  get catalog(): Catalog {
    return new Catalog(
      () => this.#context,
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

  /** Where Prometheus finds metrics of the session; undefined unless `metrics.port` is set. */
  get metricsUrl(): string | undefined {
    return this.engine.metricsUrl
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

  get isStopped(): boolean {
    return this.#isStopped
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
    return tellingCallerNow(this.sql, () => this.#frameOf(this.#run(text, parametersOf(values))))
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
    return tellingCallerNow(this.createDataFrame, () => this.#made(rows, schema))
  }

  #made<R extends object>(rows: readonly R[] | Table, schema: string | Schema | undefined): DataFrame<R> {
    if (!Array.isArray(rows)) return this.#fromArrow(rows as Table)
    const given = typeof schema === 'string' ? parseSchema(schema, querySettings(this.#config)) : schema
    const known = given ?? inferSchema(rows)
    const blocks: Block[] = []
    for (let at = 0; at < rows.length; at += LOCAL_BLOCK_ROWS)
      blocks.push(blockFromRows(known, rows.slice(at, at + LOCAL_BLOCK_ROWS)))
    return this.dataFrameOf<R>(known, blocks)
  }

  #fromArrow<R extends object>(table: Table): DataFrame<R> {
    if (!isArrowTable(table)) {
      throw new MillraceError('INVALID_API_USE', { reason: 'createDataFrame needs an array of rows or an Arrow table' })
    }
    const schema = schemaOfArrow(table)
    return this.dataFrameOf<R>(schema, [...blocksFromArrow(schema, table, LOCAL_BLOCK_ROWS)])
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

  /** Ends queries, executors and threads. Nothing of the session can be used afterwards. */
  async stop(): Promise<void> {
    if (this.#isStopped) return
    this.#isStopped = true
    await this.engine.stop()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  /** Like `sql`, but waits until the statement has ended, and checks it further before it begins. */
  runStatement(text: string, values?: ParameterValues): Promise<DataFrame> {
    return tellingCaller(this.runStatement, async () => {
      const statement = this.#parse(text, parametersOf(values))
      await checkStatement(statement, this.#context)
      const outcome = runStatement(statement, this.#context)
      return this.#frameOf(outcome.kind === 'rows' ? { ...outcome, rows: await outcome.rows } : outcome)
    })
  }

  get #context(): StatementContext {
    const { engine } = this
    return {
      engine,
      catalog: engine.catalog,
      config: this.#config,
      initialConfig: this.#initialConfig,
      configure: (config) => {
        this.#config = config
        engine.configure(config)
      },
      withViews: (query) => this.#withViews(query),
      inlined: (query) => this.#inlined(query),
      run: (text, parameters) => this.#run(text, parameters),
    }
  }

  #frameOf(outcome: Outcome): DataFrame {
    if (outcome.kind === 'query') return new DataFrame(this, outcome.plan)
    const { schema, rows } = outcome
    const blocksOf = (made: readonly object[]): readonly Block[] => [blockFromRows(schema, made)]
    if (!(rows instanceof Promise)) return this.dataFrameOf(schema, blocksOf(rows))
    return this.#frameOfLocal(schema, this.engine.addLocalRelation(rows.then(blocksOf)), 0)
  }

  #withViews(query: UnresolvedRelation): UnresolvedRelation {
    return inlineViews(query, this.engine.catalog.names)
  }

  #inlined(query: UnresolvedRelation): UnresolvedRelation {
    return this.engine.catalog.variables.notedIn(this.#withViews(query))
  }

  #parse(text: string, parameters: Parameters | undefined): Statement {
    const { variables } = this.engine.catalog
    const settings = querySettings(this.#config)
    const read = (): Statement =>
      parseStatement(text, { parameters, variable: (parts) => variables.lookUp(parts), settings })
    return parameters === undefined ? this.#parsed.get(text, settings, read) : read()
  }

  #run(text: string, parameters: Parameters | undefined): Outcome {
    return runStatement(this.#parse(text, parameters), this.#context)
  }
}

function rangeOf(
  start: number | bigint,
  end: number | bigint,
  step: number | bigint,
  partitions: number | undefined,
): UnresolvedRelation {
  const by = wholeBigint(step, 'step')
  if (by === 0n) throw new MillraceError('INVALID_API_USE', { reason: 'the step of range() must not be 0' })
  const values = [wholeBigint(start, 'start'), wholeBigint(end, 'end'), by]
  if (partitions !== undefined) values.push(wholeBigint(partitions, 'number of partitions'))
  const args = values.map((value) => ({ kind: 'literal', type: BIGINT, value }) as const)
  return { kind: 'tableFunction', name: ['range'], args }
}

function wholeBigint(value: number | bigint, what: string): bigint {
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return BigInt(value)
  throw new MillraceError('INVALID_API_USE', { reason: `the ${what} of range() must be a whole number, not ${value}` })
}
