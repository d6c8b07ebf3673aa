import type { Schema } from '../columnar/types.js'
import { parseSchema } from '../planner/sql/types.js'
import { tellingCallerNow } from './call-site.js'
import { DataFrame } from './data-frame.js'
import type { DdlRow } from './ddl-row.js'
import { NO_OPTIONS, type OptionValue, withOption } from './options.js'
import type { AnyRow } from './row.js'
import type { Session } from './session.js'

interface ReaderState {
  readonly format: string
  readonly options: Readonly<Record<string, string>>
  readonly schema: Schema | undefined
}

/** Describes a source to be read; immutable but for the order of its calls. `streaming` makes unbounded DataFrames. */
export class DataFrameReader<R extends object = AnyRow> {
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

  format(name: string): DataFrameReader<R> {
    return this.#with({ format: name.toLowerCase() })
  }

  option(key: string, value: OptionValue): DataFrameReader<R> {
    return this.#with({ options: withOption(this.#state.options, key, value) })
  }

  options(options: Readonly<Record<string, OptionValue>>): DataFrameReader<R> {
    return Object.entries(options).reduce<DataFrameReader<R>>((reader, [key, value]) => reader.option(key, value), this)
  }

  /**
   * The columns instead of those the source has. Text of plain columns types the rows too; `schema<Row>(…)` does so by hand.
   * @param schema DDL or a Schema. @throws PARSE_SYNTAX_ERROR, UNSUPPORTED_DATATYPE
   */
  schema<const T extends string>(schema: T): DataFrameReader<DdlRow<T>>
  schema<S extends object = AnyRow>(schema: string | Schema): DataFrameReader<S>
  schema<S extends object = AnyRow>(schema: string | Schema): DataFrameReader<S> {
    const read = typeof schema === 'string' ? tellingCallerNow(this.schema, () => parseSchema(schema)) : schema
    return new DataFrameReader<S>(this.#session, this.#streaming, { ...this.#state, schema: read })
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

  csv(...paths: readonly string[]): DataFrame<R> {
    return this.format('csv').load(...paths)
  }

  json(...paths: readonly string[]): DataFrame<R> {
    return this.format('json').load(...paths)
  }

  arrow(...paths: readonly string[]): DataFrame<R> {
    return this.format('arrow').load(...paths)
  }

  #with(change: Partial<ReaderState>): DataFrameReader<R> {
    return new DataFrameReader<R>(this.#session, this.#streaming, { ...this.#state, ...change })
  }
}
