import type { Options } from '../api.js'
import { type ColumnType, columnType } from './column-types.js'

/** What a server told of its columns, which the description keeps so that it is asked once. */
export const COLUMNS = 'postgres.columns'

/** By position: names need not be unique. */
interface KnownColumn {
  readonly name: string
  readonly oid: number
  readonly modifier: number
}

export interface KnownColumns {
  readonly columns: readonly KnownColumn[]
  /** Whether texts lie in UTF-8, so that the order of their bytes is ours. */
  readonly isUtf8: boolean
}

export const withColumns = (options: Options, columns: KnownColumns): Options => ({
  ...options,
  [COLUMNS]: JSON.stringify(columns),
})

/** What is known of the columns, by name. */
export function columnsOf(options: Options): {
  readonly isUtf8: boolean
  readonly types: ReadonlyMap<string, ColumnType>
} {
  const { columns, isUtf8 } = JSON.parse(options[COLUMNS]!) as KnownColumns
  return { isUtf8, types: new Map(columns.map(({ name, oid, modifier }) => [name, columnType(oid, modifier)])) }
}
