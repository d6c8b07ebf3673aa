import type { Options } from '../../api.js'
import { POSTGRES_WRITE } from '../../option-names.js'
import { parsedName, type TableName } from '../table-name.js'
import type { PostgresFormat } from './format.js'
import { OptionReader } from './option-reader.js'
import { SERVER_OPTIONS, type ServerOptions, serverOptions } from './server-options.js'

/** What is written. */
export interface WriteOptions {
  readonly server: ServerOptions
  readonly table: TableName
  /** Whether an overwrite keeps the table, and takes its rows away. */
  readonly truncates: boolean
  /** The isolation of the transaction that makes the rows visible, in SQL. */
  readonly isolation: string | undefined
  /** How many rows are sent at once. */
  readonly batchSize: number
  /** The columns by which rows that are there are found, and get the other columns; empty where rows are only added. */
  readonly upsertKeys: readonly string[]
}

const WRITE = [...SERVER_OPTIONS, ...POSTGRES_WRITE]
const ROWS_AT_ONCE = 1000

/** By the names of Spark. */
const ISOLATIONS: Readonly<Record<string, string | undefined>> = {
  READ_UNCOMMITTED: 'read uncommitted',
  READ_COMMITTED: 'read committed',
  REPEATABLE_READ: 'repeatable read',
  SERIALIZABLE: 'serializable',
}

/** @throws INVALID_OPTION, UNSUPPORTED_FEATURE */
export function writeOptions(format: PostgresFormat, given: Options): WriteOptions {
  const options = new OptionReader(format, given, WRITE)
  const server = serverOptions(options)
  const name = options.get('dbtable')
  const table = name === undefined ? undefined : parsedName(name)
  if (!table) throw options.invalid('dbtable', 'the name of a table is needed')
  const level = options.get('isolationLevel')
  const isolation = level === undefined ? undefined : ISOLATIONS[level.toUpperCase()]
  if (level !== undefined && isolation === undefined)
    throw options.invalid('isolationLevel', `it is one of ${Object.keys(ISOLATIONS).join(', ')}`)
  const keys =
    options
      .get('upsertKeys')
      ?.split(',')
      .map((key) => key.trim()) ?? []
  if (keys.includes('')) throw options.invalid('upsertKeys', 'it is a list of columns with commas between')
  return {
    server,
    table,
    truncates: options.flag('truncate', false),
    isolation,
    batchSize: options.count('batchsize', 1) ?? ROWS_AT_ONCE,
    upsertKeys: keys,
  }
}
