import { type InspectOptionsStylized, inspect, isDeepStrictEqual } from 'node:util'
import type { Table } from 'apache-arrow'
import { type Schema, typeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { ExplainMode } from '../../planner/explain/explain.js'
import type { QuerySettings } from '../../planner/plan/query-settings.js'
import { unresolvedInputs } from '../../planner/plan/unresolved/inputs.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { tellingCaller, tellingCallerNow, tellingCallerOfEach } from '../call-site.js'
import type { Column } from '../column/column.js'
import type { AnyRow, ColumnsOf } from '../column/row.js'
import { querySettings } from '../engine/analysis-session.js'
import type { Session } from '../session/session.js'
import { printable, printing } from '../show/printing.js'
import { schemaTree } from '../show/show.js'
import { DataStreamWriter } from '../stream/data-stream-writer.js'
import { DataFrameWriter } from '../write/data-frame-writer.js'
import { MergeIntoWriter } from '../write/merge-into-writer.js'
import { TableWriter } from '../write/table-writer.js'
import { arrowTable, collectRows, countRows, htmlText, lastRows, rowsOneByOne, showText } from './actions.js'
import { explainMode } from './explain-mode.js'
import { inputFilesOf } from './input-files.js'

const DEFAULT_SHOWN_ROWS = 20

/** What can be done with the rows of a relation: look at them, count and describe them, write them, name them. */
export class RelationActions<R extends object = AnyRow> {
  readonly #session: Session
  readonly #plan: UnresolvedRelation
  /** Those of the session when it was made: they say what its query means, also when others are set by now. */
  readonly #settings: QuerySettings

  constructor(session: Session, plan: UnresolvedRelation) {
    this.#session = session
    this.#settings = querySettings(session.config)
    this.#plan = printable(session.engine.catalog.variables.notedIn(plan))
  }

  get session(): Session {
    return this.#session
  }

  get plan(): UnresolvedRelation {
    return this.#plan
  }

  /** The query, with its settings where the session has others by now. */
  protected get query(): UnresolvedRelation {
    const settings = querySettings(this.session.config)
    return settings === this.#settings || isDeepStrictEqual(settings, this.#settings) ? this.plan : this.#kept
  }

  /** The query with its settings, for views. */
  get #kept(): UnresolvedRelation {
    return { kind: 'underSettings', input: this.plan, settings: this.#settings }
  }

  [inspect.custom](depth: number, options: InspectOptionsStylized): string {
    return printing('DataFrame', { plan: this.#plan }, depth, options)
  }

  createOrReplaceTempView(name: string): void {
    this.session.engine.catalog.temporary.create(name, this.#kept, true)
  }

  /** @throws TEMP_TABLE_OR_VIEW_ALREADY_EXISTS */
  createTempView(name: string): void {
    this.session.engine.catalog.temporary.create(name, this.#kept, false)
  }

  /** A view that is called `global_temp.name`. */
  createOrReplaceGlobalTempView(name: string): void {
    this.session.engine.catalog.global.create(name, this.#kept, true)
  }

  /** @throws TEMP_TABLE_OR_VIEW_ALREADY_EXISTS */
  createGlobalTempView(name: string): void {
    this.session.engine.catalog.global.create(name, this.#kept, false)
  }

  schema(): Promise<Schema> {
    return tellingCaller(this.schema, () => this.session.engine.analyze(this.query))
  }

  /** `N` only tells the compiler what `R` is, of which a DataFrame would otherwise be none of fewer columns. */
  async columns<N extends string = ColumnsOf<R>>(): Promise<readonly N[]> {
    return (await this.schema()).fields.map((f) => f.name) as N[]
  }

  async dtypes(): Promise<readonly (readonly [name: string, type: string])[]> {
    return (await this.schema()).fields.map((f) => [f.name, typeName(f.type)])
  }

  /** @param level how deep types within types are told; all when undefined */
  async printSchema(level?: number): Promise<void> {
    this.session.print(schemaTree(await this.schema(), level))
  }

  /**
   * Every row as a plain object by column name. Of columns of one name the first keeps it, the others are `name_1`, `name_2`, … (the first
   * that is free); so are fields of a struct.
   */
  collect(): Promise<R[]> {
    return tellingCaller(this.collect, () => collectRows<R>(this.session.engine, this.query))
  }

  /** The rows one by one, as they come; leaving the loop cancels the query. */
  toLocalIterator(): AsyncGenerator<R> {
    return tellingCallerOfEach(this.toLocalIterator, () => rowsOneByOne<R>(this.session.engine, this.query))
  }

  take(count: number): Promise<R[]> {
    const plan = tellingCallerNow(this.take, () => limited(this.query, count))
    return tellingCaller(this.take, () => collectRows<R>(this.session.engine, plan))
  }

  async first(): Promise<R | undefined> {
    return (await this.take(1))[0]
  }

  /** The first row, or a list of so many. */
  head(): Promise<R | undefined>
  head(count: number): Promise<R[]>
  head(count?: number): Promise<R | undefined | R[]> {
    return count === undefined ? this.first() : this.take(count)
  }

  /** The last rows. */
  tail(count: number): Promise<R[]> {
    return tellingCaller(this.tail, async () =>
      count <= 0 ? [] : lastRows<R>(this.session.engine, this.query, wholeNumber(count, 'tail')),
    )
  }

  /** Calls a function, in this process, with each row as it comes; what it throws or rejects with cancels the query. */
  foreach(act: (row: R) => unknown): Promise<void> {
    return tellingCaller(this.foreach, async () => {
      for await (const row of rowsOneByOne<R>(this.session.engine, this.query)) await act(row)
    })
  }

  /** Whether it reads streams, so that it is written by `writeStream`. */
  get isStreaming(): boolean {
    return readsStream(this.plan)
  }

  /** Whether its rows are held by this process. */
  isLocal(): boolean {
    return this.plan.kind === 'localRelation'
  }

  async isEmpty(): Promise<boolean> {
    return (await this.first()) === undefined
  }

  count(): Promise<number> {
    return tellingCaller(this.count, () => countRows(this.session.engine, this.query))
  }

  /** The result as a table of the `apache-arrow` package. */
  toArrow(): Promise<Table> {
    return tellingCaller(this.toArrow, () => arrowTable(this.session.engine, this.query))
  }

  /**
   * Prints the first rows as a table, as Spark does.
   * @param truncate the most characters of a value; false for all
   * @param vertical whether each value is a line of its own
   */
  async show(count = DEFAULT_SHOWN_ROWS, truncate: boolean | number = true, vertical = false): Promise<void> {
    this.session.print(`${await this.showString(count, truncate, vertical)}\n`)
  }

  /** What `show` prints. */
  showString(rowCount = DEFAULT_SHOWN_ROWS, truncate: boolean | number = true, vertical = false): Promise<string> {
    const count = Math.max(0, rowCount)
    return tellingCaller(this.showString, async () =>
      showText(this.session.engine, limited(this.query, count + 1), count, { truncate, vertical }),
    )
  }

  /** The first rows as a table of HTML, for notebooks. */
  toHTML(rowCount = DEFAULT_SHOWN_ROWS): Promise<string> {
    const count = Math.max(0, rowCount)
    return tellingCaller(this.toHTML, async () => htmlText(this.session.engine, limited(this.query, count + 1), count))
  }

  /** The files that its rows come from, as far as they have any. */
  inputFiles(): Promise<string[]> {
    return tellingCaller(this.inputFiles, () => inputFilesOf(this.session.engine, this.query))
  }

  /**
   * Prints how the query will run. `extended`: also the plans it is made from, and the stages. `analyze` runs it, and prints the rows, time, memory and spilled
   * bytes of each operator beside what was estimated.
   */
  explain(mode: ExplainMode | boolean = 'simple'): Promise<void> {
    return tellingCaller(this.explain, async () =>
      this.session.print(await this.session.engine.explain(this.query, explainMode(mode))),
    )
  }

  get write(): DataFrameWriter {
    return new DataFrameWriter(this.session.engine, this.query)
  }

  /** Makes a table of the catalog; see `TableWriter`. */
  writeTo(table: string): TableWriter {
    return new TableWriter(this.session.engine, this.query, table)
  }

  /** Says how its rows are to change those of a table; see `MergeIntoWriter`. */
  mergeInto(table: string, condition: Column): MergeIntoWriter {
    return new MergeIntoWriter(this.session.engine, this.query, table, condition)
  }

  get writeStream(): DataStreamWriter<R> {
    return new DataStreamWriter<R>(this.session, this.query)
  }
}

const readsStream = (plan: UnresolvedRelation): boolean =>
  (plan.kind === 'dataSource' && plan.streaming) || unresolvedInputs(plan).some(readsStream)

/** The first rows of a relation. @throws INVALID_API_USE */
export function limited(plan: UnresolvedRelation, count: number): UnresolvedRelation {
  return { kind: 'limit', input: plan, limit: wholeNumber(count, 'limit'), offset: 0 }
}

/** @throws INVALID_API_USE */
export function wholeNumber(count: number, what: string): number {
  if (!Number.isSafeInteger(count) || count < 0)
    throw new MillraceError('INVALID_API_USE', { reason: `${what}(${count}): it must be a whole number from 0` })
  return count
}
