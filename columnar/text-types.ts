import { UTF8_BINARY } from './collation.js'
import {
  array,
  collatedString,
  collationOf,
  type DataType,
  map as mapOf,
  partTypes,
  STRING,
  type StringType,
  struct,
} from './types.js'

/* What is said of texts, wherever they are in a type: how long they may be, and how they are compared. */

/** Whether there are texts of limited length in it. */
export const hasLimits = (type: DataType): boolean =>
  (type.kind === 'string' && type.limit !== undefined) || partTypes(type).some(hasLimits)

/** The type as queries see it. */
export const withoutLimits = (type: DataType): DataType =>
  hasLimits(type) ? mapTexts(type, (text) => (text.limit ? STRING : text)) : type

/** Whether texts in it are not compared by their bytes. */
export const isCollated = (type: DataType): boolean =>
  type.kind === 'string' ? collationOf(type) !== UTF8_BINARY : partTypes(type).some(isCollated)

/** The type with its texts replaced. */
function mapTexts(type: DataType, map: (text: StringType) => DataType): DataType {
  switch (type.kind) {
    case 'string':
      return map(type)
    case 'array':
      return array(mapTexts(type.element, map), type.containsNull)
    case 'map':
      return mapOf(mapTexts(type.key, map), mapTexts(type.value, map), type.valueContainsNull)
    case 'struct':
      return struct(type.fields.map((f) => ({ ...f, type: mapTexts(f.type, map) })))
    default:
      return type
  }
}

/** The type with every text in it of a collation; undefined is that of all texts of which none is said. */
export const withCollation = (type: DataType, collation: string | undefined): DataType =>
  mapTexts(type, () => (collation === undefined ? STRING : collatedString(collation)))

/** The type with a collation for those of its texts of which none is said. */
export const withDefaultCollation = (type: DataType, collation: string): DataType =>
  mapTexts(type, (text) => (text.collation === undefined ? collatedString(collation) : text))
