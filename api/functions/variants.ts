import type { DataType } from '../../columnar/types.js'
import { typeName } from '../../columnar/types.js'
import type { Variant } from '../../columnar/variant.js'
import { type Column, functionOf, nameOrColumn } from '../column/column.js'
import type { ReferencesOf } from '../column/column-types.js'
import type { ValueOfType } from '../column/ddl-row.js'
import { type ColumnOrName, ofOne } from './makers.js'

/* Variants: values of any type, as JSON has them. */

export const parseJson = ofOne<Variant | null>('parse_json')
export const tryParseJson = ofOne<Variant | null>('try_parse_json')
export const isVariantNull = ofOne<boolean>('is_variant_null')
export const isValidVariant = ofOne<boolean | null>('is_valid_variant')
export const schemaOfVariant = ofOne<string | null>('schema_of_variant')
export const schemaOfVariantAgg = ofOne<string>('schema_of_variant_agg')
export const toVariantObject = ofOne<Variant | null>('to_variant_object')

const found =
  (name: string) =>
  <const A extends ColumnOrName, const T extends string = 'variant'>(
    column: A,
    path: string | Column,
    type: T | DataType = 'variant' as T,
  ): Column<ValueOfType<T> | null, string, ReferencesOf<A>> =>
    functionOf(name, nameOrColumn(column), path, typeof type === 'string' ? type : typeName(type))

/** What lies at a path, `$.a[0]`, as a value of a type: `F.variantGet('v', '$.a', 'int')`. */
export const variantGet = found('variant_get')
export const tryVariantGet = found('try_variant_get')
