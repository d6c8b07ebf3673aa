import { type Column, functionOf, nameOrColumn } from '../column/column.js'
import type { ReferencesOf } from '../column/column-types.js'
import type { Value } from '../column/row.js'
import { type ColumnOrName, ofColumns, ofOne } from './makers.js'

/* Generators: several rows, or columns, of a row. */

export const explode = ofOne<Value>('explode')
export const explodeOuter = ofOne<Value>('explode_outer')
export const posexplode = ofOne<Value>('posexplode')
export const posexplodeOuter = ofOne<Value>('posexplode_outer')
export const inline = ofOne<Value>('inline')
export const inlineOuter = ofOne<Value>('inline_outer')
/** So many rows of values: `F.stack(F.lit(2), 'a', 'b', 'c', 'd')`. */
export const stack = ofColumns<Value>('stack')

/** Fields of a JSON text, each in a column. */
export const jsonTuple = <const A extends ColumnOrName>(
  column: A,
  ...fields: readonly [string, ...string[]]
): Column<Value, string, ReferencesOf<A>> => functionOf('json_tuple', nameOrColumn(column), ...fields)
