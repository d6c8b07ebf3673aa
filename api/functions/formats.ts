import { type DataType, typeName } from '../../columnar/types.js'
import { type Column, functionOf, nameOrColumn } from '../column/column.js'
import type { ReferencesOf } from '../column/column-types.js'
import type { DdlRow } from '../column/ddl-row.js'
import { type ColumnOrName, ofOne } from './makers.js'
import { optionsOf, type TextOptions } from './text-options.js'

/* Values in texts of other formats. */

const schemaOf = (schema: string | DataType | Column): string | Column => {
  if (typeof schema === 'string') return schema
  return 'kind' in schema ? typeName(schema) : schema
}

/** The value that a JSON text says. @param schema columns as in DDL, `user_id bigint, amount decimal(12,2)`, a type, or schemaOfJson(…) */
export function fromJson<const A extends ColumnOrName, const T extends string>(
  column: A,
  schema: T | DataType | Column,
  options?: TextOptions,
): Column<DdlRow<T> | null, string, ReferencesOf<A>> {
  return functionOf('from_json', nameOrColumn(column), schemaOf(schema), ...optionsOf(options))
}

export function toJson<const A extends ColumnOrName>(
  column: A,
  options?: TextOptions,
): Column<string | null, string, ReferencesOf<A>> {
  return functionOf('to_json', nameOrColumn(column), ...optionsOf(options))
}

/** The type of a JSON text as DDL. */
export function schemaOfJson(json: string | Column, options?: TextOptions): Column<string, string, never> {
  return functionOf('schema_of_json', json, ...optionsOf(options))
}

/** The struct that a row of CSV says. */
export function fromCsv<const A extends ColumnOrName, const T extends string>(
  column: A,
  schema: T | DataType | Column,
  options?: TextOptions,
): Column<DdlRow<T> | null, string, ReferencesOf<A>> {
  return functionOf('from_csv', nameOrColumn(column), schemaOf(schema), ...optionsOf(options))
}

export function toCsv<const A extends ColumnOrName>(
  column: A,
  options?: TextOptions,
): Column<string | null, string, ReferencesOf<A>> {
  return functionOf('to_csv', nameOrColumn(column), ...optionsOf(options))
}

/** The types of a row of CSV as DDL. */
export function schemaOfCsv(csv: string | Column, options?: TextOptions): Column<string, string, never> {
  return functionOf('schema_of_csv', csv, ...optionsOf(options))
}

export const jsonObjectKeys = ofOne<string[] | null>('json_object_keys')
