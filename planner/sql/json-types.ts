import { array, type DataType, type Field, field, map, struct } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { parseDataType } from './types.js'

/** A type as Spark tells it in JSON: a name, or an object with a `type`; undefined for anything else. */
export function typeFromJson(text: string): DataType | undefined {
  try {
    return typeOf(JSON.parse(text))
  } catch {
    return undefined
  }
}

function typeOf(told: unknown): DataType {
  if (typeof told === 'string') return parseDataType(told)
  const parts = told as Readonly<Record<string, unknown>>
  switch (parts['type']) {
    case 'struct':
      return struct((parts['fields'] as readonly unknown[]).map(fieldOf))
    case 'array':
      return array(typeOf(parts['elementType']), parts['containsNull'] !== false)
    case 'map':
      return map(typeOf(parts['keyType']), typeOf(parts['valueType']), parts['valueContainsNull'] !== false)
    default:
      throw new MillraceError('UNSUPPORTED_DATATYPE', { typeName: String(parts['type']) })
  }
}

function fieldOf(told: unknown): Field {
  const { name, type, nullable } = told as Readonly<Record<string, unknown>>
  return field(String(name), typeOf(type), nullable !== false)
}
