import { parseDurationMicros } from '../../common/config/units.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedText } from '../../common/errors/quoting.js'
import { UNNAMED_QUERY, type UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { tellingCallerNow } from '../call-site.js'
import { Column, checkedColumn, expr, nameOrColumn } from '../column/column.js'
import { columnOfPlan, columnsFitting } from '../column/column-name.js'
import type {
  AllChecked,
  ByName,
  Checked,
  CheckedCondition,
  CheckedName,
  ColumnOf,
  Dropped,
  NameIn,
  Renamed,
  RenamedBy,
  Selected,
  WithColumns,
} from '../column/column-types.js'
import type { AnyRow, ColumnsOf, Value } from '../column/row.js'
import type { Session } from '../session/session.js'
import { jsonRelation } from './actions.js'
import { type AggregatesOf, aggregateColumns, aggregated, type NamedAggregates } from './grouped-data.js'
import { withHint } from './hint.js'
import { limited, wholeNumber } from './relation-actions.js'
import { RelationFunctions } from './relation-functions.js'
import { coalesced, ordersOf, type PartitionsAnd, rangesOf, repartitioned } from './repartition.js'
import { IN_MEMORY, NOWHERE, type StorageLevel } from './storage-level.js'

/**
 * A relation that is computed when its rows are asked for. Immutable: every method gives another one. `R` is the type of its rows where it
 * is known, so that a misspelt column does not compile; otherwise any name may be written and is checked when the query is analyzed.
 */
export class DataFrame<R extends object = AnyRow> extends RelationFunctions<R> {
  readonly #isBroadcast: boolean

  constructor(session: Session, plan: UnresolvedRelation, isBroadcast = false) {
    super(session, plan)
    this.#isBroadcast = isBroadcast
  }

  /** Whether joins are to send it to every task. */
  get isBroadcast(): boolean {
    return this.#isBroadcast
  }

  /** A column of this DataFrame, which in a join is told from one of the same name of the other. @throws INVALID_ATTRIBUTE_NAME_SYNTAX, and where it is no longer there CANNOT_RESOLVE_DATAFRAME_COLUMN */
  col<N extends ColumnsOf<R>>(name: N): Column<ByName<N>, NameIn<N>, CheckedName<N>> {
    return tellingCallerNow(this.col, () => new Column(columnOfPlan(this.plan, name)))
  }

  /** The columns whose names fit a regular expression in backquotes, also of a relation: ``colRegex('`sum_.*`')``. Another text is a name, as of `col`. */
  colRegex(text: string): Column<Value, string> {
    return tellingCallerNow(this.colRegex, () => new Column(columnsFitting(text)))
  }

  /** Columns by name, computed ones, or `'*'`. Where the rows are typed, the result is, if every computed column has a name (`as`). */
  select<const S extends readonly ColumnOf<R>[]>(...columns: S & AllChecked<R, S>): DataFrame<Selected<R, S>> {
    return this.#project(columns)
  }

  /** Columns written in SQL. @throws PARSE_SYNTAX_ERROR */
  selectExpr(...expressions: readonly string[]): DataFrame {
    return this.#project(expressions.map(expr))
  }

  /** @param condition a boolean column, or SQL. @throws PARSE_SYNTAX_ERROR */
  filter<const A extends Column | string>(condition: CheckedCondition<R, A>): DataFrame<R> {
    return tellingCallerNow(this.filter, () => {
      const column = typeof condition === 'string' ? expr(condition) : checkedColumn(condition as Column)
      return this.#over<R>({ kind: 'filter', input: this.plan, condition: column.expression })
    })
  }

  where<const A extends Column | string>(condition: CheckedCondition<R, A>): DataFrame<R> {
    return this.filter<A>(condition)
  }

  /** Aggregates over all rows, also as names of functions by columns: `agg({ price: 'max' })`. */
  agg<const A extends readonly [Column, ...Column[]]>(...aggregates: A & AllChecked<R, A>): DataFrame<Selected<R, A>>
  agg<const M extends AggregatesOf<R>>(functions: M): DataFrame<Selected<R, NamedAggregates<M>>>
  agg(...aggregates: readonly (Column | AggregatesOf<AnyRow>)[]): object {
    return this.#over(aggregated({ input: this.plan, keys: [] }, aggregateColumns(aggregates)))
  }

  /** What joins are to do with it (`broadcast`), or how its rows are to be divided (`repartition`, …). A hint that is not followed is told in the log. */
  hint(name: string, ...parameters: readonly (Column | string | number)[]): DataFrame<R> {
    const hinted = tellingCallerNow(this.hint, () => withHint(this.plan, name, parameters))
    return new DataFrame<R>(this.session, hinted ?? this.plan, hinted === undefined)
  }

  /** Adds a column, or replaces the one of that name. */
  withColumn<const N extends string, const A extends Column>(
    name: N,
    column: Checked<R, A>,
  ): DataFrame<WithColumns<R, { [K in N]: A }>> {
    return this.#withColumns({ [name]: column as Column })
  }

  /** Adds columns, or replaces those of the same name. All see the columns as they were. */
  withColumns<const M extends Readonly<Record<string, Column>>>(
    columns: { readonly [K in keyof M]: Checked<R, M[K]> },
  ): DataFrame<WithColumns<R, M>> {
    return this.#withColumns(columns as M)
  }

  /** Another name for a column; nothing changes when there is none of that name. */
  withColumnRenamed<const O extends ColumnsOf<R>, const N extends string>(
    existing: O,
    name: N,
  ): DataFrame<Renamed<R, O, N>> {
    return this.#over({ kind: 'withColumnsRenamed', input: this.plan, renames: [{ from: existing, to: name }] })
  }

  /** Other names for columns, by the names they have; of those that are not there nothing comes. */
  withColumnsRenamed<const M extends { readonly [C in ColumnsOf<R>]?: string }>(names: M): DataFrame<RenamedBy<R, M>> {
    const renames = Object.entries(names).map(([from, to]) => ({ from, to: String(to) }))
    return this.#over({ kind: 'withColumnsRenamed', input: this.plan, renames })
  }

  /** Leaves columns out, by name, or the one of a DataFrame: `drop(right.col('id'))`. Those that are not there are no error when they compile; other expressions drop nothing, as in Spark. */
  drop<const K extends ColumnsOf<R>>(...columns: readonly K[]): DataFrame<Dropped<R, K>>
  drop(...columns: readonly (Column | ColumnsOf<R>)[]): DataFrame
  drop(...columns: readonly (Column | string)[]): object {
    const dropped = columns.map((column) => (typeof column === 'string' ? column : checkedColumn(column).expression))
    return this.#over({ kind: 'drop', input: this.plan, columns: dropped })
  }

  orderBy<const S extends readonly (Column | ColumnsOf<R> | `${ColumnsOf<R>}.${string}`)[]>(
    ...columns: S & AllChecked<R, S>
  ): DataFrame<R> {
    return this.#sorted(columns)
  }

  sort<const S extends readonly (Column | ColumnsOf<R> | `${ColumnsOf<R>}.${string}`)[]>(
    ...columns: S & AllChecked<R, S>
  ): DataFrame<R> {
    return this.#sorted(columns)
  }

  /** Orders the rows of each task. */
  sortWithinPartitions<const S extends readonly (Column | ColumnsOf<R> | `${ColumnsOf<R>}.${string}`)[]>(
    ...columns: S & AllChecked<R, S>
  ): DataFrame<R> {
    return this.#over<R>({ kind: 'sort', inTasks: true, input: this.plan, orders: ordersOf(columns) })
  }

  /** Divides the rows among so many tasks, one after the other, or by the hash of columns. @throws INVALID_API_USE */
  repartition(...to: PartitionsAnd<Column | ColumnsOf<R>>): DataFrame<R> {
    return this.#over<R>(tellingCallerNow(this.repartition, () => repartitioned(this.plan, to)))
  }

  /** Divides the rows among tasks by ranges in the order of columns, found by a sample. @throws INVALID_API_USE */
  repartitionByRange(...to: PartitionsAnd<Column | ColumnsOf<R>>): DataFrame<R> {
    return this.#over<R>(tellingCallerNow(this.repartitionByRange, () => rangesOf(this.plan, to)))
  }

  /** Brings the rows of tasks together in so many; those of one stay together. @throws INVALID_API_USE */
  coalesce(partitions: number): DataFrame<R> {
    return this.#over<R>(tellingCallerNow(this.coalesce, () => coalesced(this.plan, partitions)))
  }

  limit(count: number): DataFrame<R> {
    return this.#over<R>(tellingCallerNow(this.limit, () => limited(this.plan, count)))
  }

  offset(count: number): DataFrame<R> {
    const offset = tellingCallerNow(this.offset, () => wholeNumber(count, 'offset'))
    return this.#over<R>({ kind: 'limit', input: this.plan, limit: Number.MAX_SAFE_INTEGER, offset })
  }

  distinct(): DataFrame<R> {
    return this.#over<R>({ kind: 'distinct', input: this.plan })
  }

  /** One row of those that agree in the columns named, or in all. */
  dropDuplicates(columns?: readonly ColumnsOf<R>[]): DataFrame<R> {
    return this.#over<R>({ kind: 'distinct', input: this.plan, ...(columns && { columns }) })
  }

  /** Of the rows of a stream that agree in the columns named, or in all, the first one within the delay of its watermark. */
  dropDuplicatesWithinWatermark(columns?: readonly ColumnsOf<R>[]): DataFrame<R> {
    const isWithinWatermark = true
    return this.#over<R>({ kind: 'distinct', input: this.plan, ...(columns && { columns }), isWithinWatermark })
  }

  /** Names the relation, for `t.a` in conditions of joins. */
  alias(name: string): DataFrame<R> {
    return this.#over<R>({ kind: 'subqueryAlias', input: this.plan, alias: name })
  }

  /** Keeps the rows in the executors' memory once they are computed; this DataFrame and those made of it then read them there. */
  cache(): DataFrame<R> {
    return this.plan.kind === 'cached'
      ? this
      : this.#over<R>({ kind: 'cached', input: this.plan, cacheId: crypto.randomUUID() })
  }

  persist(): DataFrame<R> {
    return this.cache()
  }

  /** Where its rows are kept. */
  get storageLevel(): StorageLevel {
    return this.plan.kind === 'cached' ? IN_MEMORY : NOWHERE
  }

  /** Computes the rows now, and keeps them as `cache` does; without `eager` when they are first asked for. */
  async localCheckpoint(eager = true): Promise<DataFrame<R>> {
    const kept = this.cache()
    if (eager) await kept.count()
    return kept
  }

  /** Forgets what `cache` kept; it would be computed again. */
  unpersist(): DataFrame<R> {
    if (this.plan.kind !== 'cached') return this
    this.session.engine.uncache(this.plan.cacheId)
    return this.#over<R>(this.plan.input)
  }

  /** Declares a column the event time, of which rows may come so late. @throws INVALID_INTERVAL_FORMAT */
  withWatermark(column: ColumnsOf<R>, delay: string): DataFrame<R> {
    const delayMicros = tellingCallerNow(this.withWatermark, () => delayOf(delay))
    return this.#over<R>({ kind: 'withWatermark', input: this.plan, column, delayMicros })
  }

  /** The same with rows of any columns, for functions that take every DataFrame; or with other names for all columns. @throws ASSIGNMENT_ARITY_MISMATCH */
  toDF(...names: readonly string[]): DataFrame {
    if (names.length === 0) return new DataFrame(this.session, this.plan)
    return this.#over({ kind: 'subqueryAlias', input: this.plan, alias: UNNAMED_QUERY, columns: names })
  }

  /** What a function makes of the DataFrame, for chains: `df.transform(cleaned).transform(joined, other)`. */
  transform<D, const A extends readonly unknown[]>(make: (frame: DataFrame<R>, ...args: A) => D, ...args: A): D {
    return make(this, ...args)
  }

  /** Whether there is a row, as a condition; columns of the query around are `col('a').outer()`. */
  exists(): Column<boolean, string, never> {
    return new Column({ kind: 'exists', query: this.plan })
  }

  /** The one value of one row, or NULL, as a column. */
  scalar(): Column<Value, string, never> {
    return new Column({ kind: 'scalarSubquery', query: this.plan })
  }

  /** Each row as JSON, in a column `value`: as Spark writes it, columns of one name kept and NULLs left out. */
  toJSON(): DataFrame<{ value: string }> {
    return this.#over(jsonRelation(this.plan))
  }

  #withColumns<S extends object>(columns: Readonly<Record<string, Column>>): DataFrame<S> {
    const added = Object.entries(columns).map(([name, column]) => ({
      name,
      expression: checkedColumn(column).expression,
    }))
    return this.#over<S>({ kind: 'withColumns', input: this.plan, columns: added })
  }

  #sorted(columns: readonly (Column | string)[]): DataFrame<R> {
    return this.#over<R>({ kind: 'sort', input: this.plan, orders: ordersOf(columns) })
  }

  #project<S extends object = AnyRow>(columns: readonly (Column | string)[]): DataFrame<S> {
    const expressions = columns.map((c) => nameOrColumn(c).expression)
    return this.#over<S>({ kind: 'project', input: this.plan, expressions })
  }

  protected frameOf<S extends object>(plan: UnresolvedRelation): DataFrame<S> {
    return new DataFrame<S>(this.session, plan)
  }

  #over<S extends object = AnyRow>(plan: UnresolvedRelation): DataFrame<S> {
    return this.frameOf<S>(plan)
  }
}

function delayOf(text: string): bigint {
  const micros = parseDurationMicros(text)
  if (micros === undefined || micros < 0n)
    throw new MillraceError('INVALID_INTERVAL_FORMAT', { input: quotedText(text) })
  return micros
}
