import { MillraceError } from '../../common/errors/millrace-error.js'
import { hidingSecrets } from '../../common/secret-options.js'
import type { SaveMode } from '../../connectors/api.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { tellingCaller, tellingCallerAt } from '../call-site.js'
import type { TableContext } from '../catalog/new-table.js'
import { tableName } from '../column/column-name.js'
import type { Engine, WriteRequest } from '../engine/engine.js'
import type { FormatOf, SaveModeName, Spelled, Unnamed, WriteFormat, WriteOption } from '../sources/formats.js'
import { NO_OPTIONS, type OptionValue, withOption, withOptions } from '../sources/options.js'
import { insertRows } from './insert-rows.js'
import { saveAsTable } from './save-as-table.js'

const MODES: ReadonlyMap<string, SaveMode> = new Map([
  ['append', 'append'],
  ['overwrite', 'overwrite'],
  ['error', 'errorifexists'],
  ['errorifexists', 'errorifexists'],
  ['ignore', 'ignore'],
])
const OVERWRITE_MODE = 'partitionoverwritemode'

type JdbcProperties = Readonly<Partial<Record<WriteOption<'jdbc'>, OptionValue>>>

/** An option that is none of a format. @throws INVALID_OPTION */
function withOverwriteMode(request: WriteRequest): {
  readonly request: WriteRequest
  readonly overwriteMode?: 'static' | 'dynamic'
} {
  const [key] = Object.keys(request.options).filter((name) => name.toLowerCase() === OVERWRITE_MODE)
  if (key === undefined) return { request }
  const { [key]: value = '', ...options } = request.options
  const overwriteMode = value.toLowerCase()
  if (overwriteMode !== 'static' && overwriteMode !== 'dynamic') {
    const reason = 'known ones are static and dynamic'
    throw new MillraceError('INVALID_OPTION', { option: key, provider: request.format, value, reason })
  }
  return { request: { ...request, options: hidingSecrets(options) }, overwriteMode }
}

/** Orders of buckets that nobody asked for yet. */
const UNDIVIDED = { count: 0, columns: [] } as const

/** @throws SORT_BY_WITHOUT_BUCKETING */
function refuseOrderAlone({ buckets }: WriteRequest): void {
  if (buckets?.columns.length === 0) throw new MillraceError('SORT_BY_WITHOUT_BUCKETING')
}

/** What goes into no table of its own has no buckets. @throws SORT_BY_WITHOUT_BUCKETING, _LEGACY_ERROR_TEMP_1312, _LEGACY_ERROR_TEMP_1313 */
function refuseBuckets(request: WriteRequest, operation: string): void {
  refuseOrderAlone(request)
  if (request.buckets === undefined) return
  const isSorted = request.buckets.sortColumns.length > 0
  throw new MillraceError(isSorted ? '_LEGACY_ERROR_TEMP_1313' : '_LEGACY_ERROR_TEMP_1312', { operation })
}

const START: WriteRequest = { format: 'parquet', options: NO_OPTIONS, path: undefined, mode: 'errorifexists' }

/**
 * Describes where a DataFrame goes; `save` and the methods named after formats run it. `F` is the format, as far as it is known while
 * compiling, which says what options there are.
 */
export class DataFrameWriter<F extends string | Unnamed = Unnamed> {
  readonly #engine: Engine
  readonly #plan: UnresolvedRelation
  readonly #request: WriteRequest

  constructor(engine: Engine, plan: UnresolvedRelation, request: WriteRequest = START) {
    this.#engine = engine
    this.#plan = plan
    this.#request = request
  }

  format<const N extends string>(name: N & Spelled<N, WriteFormat>): DataFrameWriter<FormatOf<N>>
  format<const N extends WriteFormat>(name: N): DataFrameWriter<N>
  format<const N extends string>(name: N): DataFrameWriter<N> {
    return this.#with({ format: name.toLowerCase() })
  }

  option<const K extends string>(key: K & Spelled<K, WriteOption<F>>, value: OptionValue): DataFrameWriter<F>
  option(key: WriteOption<F>, value: OptionValue): DataFrameWriter<F>
  option(key: string, value: OptionValue): DataFrameWriter<F> {
    return this.#with({ options: withOption(this.#request.options, key, value) })
  }

  options(options: Readonly<Partial<Record<WriteOption<F>, OptionValue>>>): DataFrameWriter<F> {
    return this.#with({ options: withOptions(this.#request.options, options) })
  }

  /** What happens when the target exists. @throws INVALID_SAVE_MODE */
  mode<const N extends string>(name: N & Spelled<N, SaveModeName>): DataFrameWriter<F>
  mode(name: SaveModeName): DataFrameWriter<F>
  mode(name: string): DataFrameWriter<F> {
    const mode = MODES.get(name.toLowerCase())
    if (!mode) throw tellingCallerAt(this.mode, new MillraceError('INVALID_SAVE_MODE', { mode: name }))
    return this.#with({ mode })
  }

  /** Divides the rows into folders that are named after the values of these columns: `a=1/b=x`. */
  partitionBy(...columns: readonly string[]): DataFrameWriter<F> {
    return this.#with(columns.length === 0 ? {} : { partitionBy: columns.map((name) => ({ name })) })
  }

  /** Divides the rows of a table into so many buckets by the hash of these columns: joins and groups by them then need no other division. */
  bucketBy(buckets: number, column: string, ...more: readonly string[]): DataFrameWriter<F> {
    return this.#with({
      buckets: { sortColumns: [], ...this.#request.buckets, count: buckets, columns: [column, ...more] },
    })
  }

  /** Orders the rows of each file of a bucket. */
  sortBy(column: string, ...more: readonly string[]): DataFrameWriter<F> {
    return this.#with({ buckets: { ...UNDIVIDED, ...this.#request.buckets, sortColumns: [column, ...more] } })
  }

  /** @throws UNSUPPORTED_FEATURE */
  clusterBy(..._columns: readonly string[]): never {
    throw notBuilt(this.clusterBy, 'clusterBy (sort the rows, or divide them by partitionBy)')
  }

  /** Into a table of PostgreSQL by the URL of JDBC, as by the format `jdbc`, whose options `properties` are. */
  jdbc(
    url: string,
    table: string,
    { mode, properties = {} }: { readonly mode?: SaveModeName; readonly properties?: JdbcProperties } = {},
  ): Promise<void> {
    const writer = this.format('jdbc').options({ ...properties, url, dbtable: table })
    return tellingCaller(this.jdbc, () => (mode === undefined ? writer : writer.mode(mode)).save())
  }

  /** @throws PATH_ALREADY_EXISTS, _LEGACY_ERROR_TEMP_1155, ALL_PARTITION_COLUMNS_NOT_ALLOWED, _LEGACY_ERROR_TEMP_1312 and the conditions of the format */
  save(path?: string): Promise<void> {
    return tellingCaller(this.save, async () => {
      refuseBuckets(this.#request, 'save')
      const { request, overwriteMode } = withOverwriteMode(this.#request)
      const isDynamic = (overwriteMode ?? this.#engine.partitionOverwriteMode) === 'dynamic'
      const replaces = request.partitionBy && isDynamic ? { replaces: [] } : {}
      await this.#engine.write(this.#plan, { ...request, ...replaces, path })
    })
  }

  /**
   * Makes a table of the catalog of the rows. With mode `append` they go into the columns of their names when the table is there, with
   * `overwrite` another table takes its place.
   * @throws TABLE_OR_VIEW_ALREADY_EXISTS, SCHEMA_NOT_FOUND and the conditions of INSERT
   */
  saveAsTable(name: string): Promise<void> {
    return tellingCaller(this.saveAsTable, async () => {
      refuseOrderAlone(this.#request)
      await saveAsTable(tableName(name), this.#plan, this.#request, this.#tables)
    })
  }

  /** Adds the rows to a table, or with mode `overwrite` replaces its rows; by the order of columns. @throws the conditions of INSERT */
  insertInto(name: string): Promise<void> {
    return tellingCaller(this.insertInto, async () => {
      refuseBuckets(this.#request, 'insertInto')
      const { request, overwriteMode } = withOverwriteMode(this.#request)
      if (request.partitionBy) throw new MillraceError('PARTITION_BY_NOT_ALLOWED_WITH_INSERT_INTO', { tableName: name })
      const mode = overwriteMode ? { overwriteMode } : {}
      const clauses = { overwrite: request.mode === 'overwrite', byName: false, ...mode }
      await insertRows(tableName(name), this.#plan, clauses, this.#tables)
    })
  }

  get #tables(): TableContext {
    const engine = this.#engine
    return { engine, catalog: engine.catalog, inlined: (plan) => plan }
  }

  parquet(path: string): Promise<void> {
    return this.format('parquet').save(path)
  }

  csv(path: string): Promise<void> {
    return this.format('csv').save(path)
  }

  json(path: string): Promise<void> {
    return this.format('json').save(path)
  }

  text(path: string): Promise<void> {
    return this.format('text').save(path)
  }

  #with<G extends string | Unnamed>(change: Partial<WriteRequest>): DataFrameWriter<G> {
    return new DataFrameWriter<G>(this.#engine, this.#plan, { ...this.#request, ...change })
  }
}

const notBuilt = (method: (...args: never[]) => unknown, feature: string): unknown =>
  tellingCallerAt(method, new MillraceError('UNSUPPORTED_FEATURE', { feature }))
