import type { Options } from '../../api.js'
import { POSTGRES_READ } from '../../option-names.js'
import { COLUMNS } from '../known-columns.js'
import type { PostgresFormat } from './format.js'
import { OptionReader } from './option-reader.js'
import { SERVER_OPTIONS, type ServerOptions, serverOptions } from './server-options.js'

/** What is read. */
export interface ReadOptions {
  readonly server: ServerOptions
  /** What stands behind FROM: the user's own SQL, as in Spark. */
  readonly relation: string
  readonly partitioning: Partitioning | undefined
  /** The most rows of a batch, where it was said. */
  readonly fetchSize: number | undefined
  readonly pushesFilters: boolean
}

/** By which column the rows are divided, and between which values of it evenly; the bounds leave no row out. */
export interface Partitioning {
  readonly column: string
  readonly lower: string
  readonly upper: string
  readonly count: number
}

const READ = [...SERVER_OPTIONS, ...POSTGRES_READ]

/** Those that a user gives. @throws INVALID_OPTION, UNSUPPORTED_FEATURE */
export const readOptions = (format: PostgresFormat, given: Options): ReadOptions =>
  optionsOf(new OptionReader(format, given, READ))

/** Those of a description. */
export const describedOptions = (format: PostgresFormat, given: Options): ReadOptions =>
  optionsOf(new OptionReader(format, given, [...READ, COLUMNS]))

function optionsOf(options: OptionReader): ReadOptions {
  const server = serverOptions(options)
  const [table, query] = [options.get('dbtable'), options.get('query')]
  if (table !== undefined && query !== undefined) throw options.invalid('query', 'dbtable is given, too')
  if (query !== undefined && options.get('partitionColumn') !== undefined)
    throw options.invalid('partitionColumn', 'a query is not divided; give it as (query) name by dbtable')
  const relation = query === undefined ? table : `(${query}) as "query"`
  if (relation === undefined || relation.trim() === '') throw options.invalid('dbtable', 'it or query is needed')
  const fetchSize = options.count('fetchsize', 0)
  return {
    server,
    relation,
    partitioning: partitioningOf(options),
    fetchSize: fetchSize === 0 ? undefined : fetchSize,
    pushesFilters: options.flag('pushDownPredicate', true),
  }
}

function partitioningOf(options: OptionReader): Partitioning | undefined {
  const column = options.get('partitionColumn')
  const [lower, upper] = [options.get('lowerBound'), options.get('upperBound')]
  const count = options.count('numPartitions', 1)
  if (column === undefined) {
    for (const name of ['lowerBound', 'upperBound'])
      if (options.get(name) !== undefined) throw options.invalid(name, 'it is of a partitionColumn, which is not given')
    return undefined
  }
  for (const name of ['lowerBound', 'upperBound', 'numPartitions'])
    if (options.get(name) === undefined) throw options.invalid(name, 'it is needed where partitionColumn is given')
  return { column, lower: lower!, upper: upper!, count: count! }
}
