import { UTF8_BINARY } from './collation.js'
import { array, collatedString, collationOf, type DataType, map, partTypes, STRING, struct } from './types.js'

/* What is said of texts, wherever they are in a type: how long they may be, and how they are compared. */

/** Whether there are texts of limited length in it. */
export const hasLimits = (type: DataType): boolean =>
  (type.kind === 'string' && type.limit !== undefined) || partTypes(type).some(hasLimits)

/** The type as queries see it. */
export function withoutLimits(type: DataType): DataType {
  if (!hasLimits(type)) return type
  if (type.kind === 'array') return array(withoutLimits(type.element), type.containsNull)
  if (type.kind === 'map') return map(withoutLimits(type.key), withoutLimits(type.value), type.valueContainsNull)
  if (type.kind === 'struct') return struct(type.fields.map((f) => ({ ...f, type: withoutLimits(f.type) })))
  return STRING
}

/** Whether texts in it are not compared by their bytes. */
export const isCollated = (type: DataType): boolean =>
  type.kind === 'string' ? collationOf(type) !== UTF8_BINARY : partTypes(type).some(isCollated)

/** The type with every text in it of a collation; undefined is that of all texts of which none is said. */
export function withCollation(type: DataType, collation: string | undefined): DataType {
  switch (type.kind) {
    case 'string':
      return collation === undefined ? STRING : collatedString(collation)
    case 'array':
      return array(withCollation(type.element, collation), type.containsNull)
    case 'map':
      return map(withCollation(type.key, collation), withCollation(type.value, collation), type.valueContainsNull)
    case 'struct':
      return struct(type.fields.map((f) => ({ ...f, type: withCollation(f.type, collation) })))
    default:
      return type
  }
}
