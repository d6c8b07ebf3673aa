import { type Column, functionOf, nameOrColumn } from '../column/column.js'
import type { ReferencesOf } from '../column/column-types.js'
import type { ColumnOrName } from './makers.js'
import { optionsOf, type TextOptions } from './text-options.js'

/* Values of Avro in columns of bytes; schemas are JSON. */

/** The value that bytes are by a schema. */
export const fromAvro = <const A extends ColumnOrName>(
  column: A,
  schema: string,
  options?: TextOptions,
): Column<unknown, string, ReferencesOf<A>> =>
  functionOf('from_avro', nameOrColumn(column), schema, ...optionsOf(options))

/** A value as bytes, by the schema of files of such values unless one is given. */
export const toAvro = <const A extends ColumnOrName>(
  column: A,
  schema?: string,
): Column<Uint8Array | null, string, ReferencesOf<A>> =>
  functionOf('to_avro', nameOrColumn(column), ...(schema === undefined ? [] : [schema]))

/** The type of values of a schema as DDL. */
export const schemaOfAvro = (schema: string, options?: TextOptions): Column<string, string, never> =>
  functionOf('schema_of_avro', schema, ...optionsOf(options))
