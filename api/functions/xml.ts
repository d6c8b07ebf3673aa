import { type Column, functionOf, nameOrColumn } from '../column/column.js'
import type { ReferencesOf } from '../column/column-types.js'
import type { DdlRow } from '../column/ddl-row.js'
import type { ColumnOrName } from './makers.js'
import { optionsOf, type TextOptions } from './text-options.js'

/* XML, and paths within it: `xpathString('x', 'a/b')`. */

export const fromXml = <const A extends ColumnOrName, const T extends string>(
  column: A,
  schema: T | Column,
  options?: TextOptions,
): Column<DdlRow<T> | null, string, ReferencesOf<A>> =>
  functionOf('from_xml', nameOrColumn(column), schema, ...optionsOf(options))

export const toXml = <const A extends ColumnOrName>(
  column: A,
  options?: TextOptions,
): Column<string | null, string, ReferencesOf<A>> => functionOf('to_xml', nameOrColumn(column), ...optionsOf(options))

/** The type of an XML text as DDL. */
export const schemaOfXml = (xml: string | Column, options?: TextOptions): Column<string, string, never> =>
  functionOf('schema_of_xml', xml, ...optionsOf(options))

const atPath =
  <V>(name: string) =>
  <const A extends ColumnOrName>(column: A, path: string): Column<V | null, string, ReferencesOf<A>> =>
    functionOf(name, nameOrColumn(column), path)

export const xpath = atPath<readonly (string | null)[]>('xpath')
export const xpathBoolean = atPath<boolean>('xpath_boolean')
export const xpathDouble = atPath<number>('xpath_double')
export const xpathFloat = atPath<number>('xpath_float')
export const xpathInt = atPath<number>('xpath_int')
export const xpathLong = atPath<bigint>('xpath_long')
export const xpathNumber = atPath<number>('xpath_number')
export const xpathShort = atPath<number>('xpath_short')
export const xpathString = atPath<string>('xpath_string')
