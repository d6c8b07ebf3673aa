import type { Schema } from '../../columnar/types.js'
import { parseSchema } from '../../planner/sql/types.js'
import { tellingCallerNow } from '../call-site.js'
import { tableName } from '../column/column-name.js'
import type { DdlRow } from '../column/ddl-row.js'
import type { AnyRow } from '../column/row.js'
import { querySettings } from '../engine/analysis-session.js'
import { DataFrame } from '../frame/data-frame.js'
import type { Session } from '../session/session.js'
import type { FormatOf, ReadFormat, ReadOption, Spelled, Unnamed } from '../sources/formats.js'
import { NO_OPTIONS, type OptionValue, withOption, withOptions } from '../sources/options.js'
import { streamedTable } from './streamed-table.js'

interface ReaderState {
  readonly format: string
  readonly options: Readonly<Record<string, string>>
  readonly schema: Schema | undefined
}

/** How a table of PostgreSQL is read. */
export interface JdbcReading {
  /** Options of the format `jdbc`, such as `user` and `password`. */
  readonly properties?: Readonly<Partial<Record<ReadOption<'jdbc'>, OptionValue>>>
  /** The column between whose bounds several tasks read a part each; the bounds leave no row out. */
  readonly column?: string
  readonly lowerBound?: OptionValue
  readonly upperBound?: OptionValue
  readonly numPartitions?: number
  /** Conditions in the SQL of the server: a task reads the rows of each. */
  readonly predicates?: readonly string[]
}

/**
 * Describes a source to be read; immutable but for the order of its calls. `streaming` makes unbounded DataFrames. `F` is the format, as far
 * as it is known while compiling, which says what options there are.
 */
export class DataFrameReader<R extends object = AnyRow, F extends string | Unnamed = Unnamed> {
  readonly #session: Session
  readonly #streaming: boolean
  readonly #state: ReaderState

  constructor(
    session: Session,
    streaming: boolean,
    state: ReaderState = { format: 'parquet', options: NO_OPTIONS, schema: undefined },
  ) {
    this.#session = session
    this.#streaming = streaming
    this.#state = state
  }

  format<const N extends string>(name: N & Spelled<N, ReadFormat>): DataFrameReader<R, FormatOf<N>>
  format<const N extends ReadFormat>(name: N): DataFrameReader<R, N>
  format<const N extends string>(name: N): DataFrameReader<R, N> {
    return this.#with({ format: name.toLowerCase() })
  }

  option<const K extends string>(key: K & Spelled<K, ReadOption<F>>, value: OptionValue): DataFrameReader<R, F>
  option(key: ReadOption<F>, value: OptionValue): DataFrameReader<R, F>
  option(key: string, value: OptionValue): DataFrameReader<R, F> {
    return this.#with({ options: withOption(this.#state.options, key, value) })
  }

  options(options: Readonly<Partial<Record<ReadOption<F>, OptionValue>>>): DataFrameReader<R, F> {
    return this.#with({ options: withOptions(this.#state.options, options) })
  }

  /**
   * The columns instead of those the source has. Text of plain columns types the rows too; `schema<Row>(…)` does so by hand.
   * @param schema DDL or a Schema. @throws PARSE_SYNTAX_ERROR, UNSUPPORTED_DATATYPE
   */
  schema<const T extends string>(schema: T): DataFrameReader<DdlRow<T>, F>
  schema<S extends object = AnyRow>(schema: string | Schema): DataFrameReader<S, F>
  schema<S extends object = AnyRow>(schema: string | Schema): DataFrameReader<S, F> {
    const read =
      typeof schema === 'string'
        ? tellingCallerNow(this.schema, () => parseSchema(schema, querySettings(this.#session.config)))
        : schema
    return new DataFrameReader<S, F>(this.#session, this.#streaming, { ...this.#state, schema: read })
  }

  /** A table or view of the catalog; as a stream the files of a table. @throws INVALID_ATTRIBUTE_NAME_SYNTAX, and for a stream TABLE_OR_VIEW_NOT_FOUND */
  table(name: string): DataFrame<R> {
    const { engine } = this.#session
    const plan = tellingCallerNow(this.table, () =>
      this.#streaming ? streamedTable(tableName(name), engine.catalog) : this.#session.table(name).plan,
    )
    return new DataFrame<R>(this.#session, plan)
  }

  load(...paths: readonly string[]): DataFrame<R> {
    const { format, options, schema } = this.#state
    return new DataFrame<R>(this.#session, {
      kind: 'dataSource',
      format,
      options,
      paths,
      ...(schema ? { schema } : {}),
      streaming: this.#streaming,
    })
  }

  parquet(...paths: readonly string[]): DataFrame<R> {
    return this.format('parquet').load(...paths)
  }

  text(...paths: readonly string[]): DataFrame<R> {
    return this.format('text').load(...paths)
  }

  csv(...paths: readonly string[]): DataFrame<R> {
    return this.format('csv').load(...paths)
  }

  json(...paths: readonly string[]): DataFrame<R> {
    return this.format('json').load(...paths)
  }

  arrow(...paths: readonly string[]): DataFrame<R> {
    return this.format('arrow').load(...paths)
  }

  /** A table of PostgreSQL by the URL of JDBC, as by the format `jdbc`. @throws INVALID_OPTION for other servers, when it is analyzed */
  jdbc(url: string, table: string, reading: JdbcReading = {}): DataFrame<R> {
    const { properties = {}, column: partitionColumn, predicates, ...bounds } = reading
    const read = (dbtable: string): DataFrame<R> =>
      this.format('jdbc')
        .options({ ...properties, url, partitionColumn, ...bounds, dbtable })
        .load()
    const [first, ...others] = (predicates ?? []).map((predicate) =>
      read(`(select * from ${table} where ${predicate}) as part`),
    )
    return first ? others.reduce((all, part) => all.union(part), first) : read(table)
  }

  #with<G extends string | Unnamed>(change: Partial<ReaderState>): DataFrameReader<R, G> {
    return new DataFrameReader<R, G>(this.#session, this.#streaming, { ...this.#state, ...change })
  }
}
