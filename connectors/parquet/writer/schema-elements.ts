import type { SchemaElement } from 'hyparquet'
import {
  type DecimalType,
  type Field,
  field,
  type PlainType,
  quotedTypeName,
  type Schema,
  typeName,
} from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'

/** The schema of a file as the format lists it, depth first. Types as Spark writes them. @throws UNSUPPORTED_FEATURE, COLUMN_ALREADY_EXISTS */
export function schemaElements({ fields }: Schema): SchemaElement[] {
  return [{ name: 'millrace_schema', num_children: fields.length }, ...elementsOfFields(fields)]
}

function elementsOfFields(fields: readonly Field[]): SchemaElement[] {
  const names = new Set<string>()
  for (const { name } of fields) {
    if (names.has(name)) throw new MillraceError('COLUMN_ALREADY_EXISTS', { columnName: quotedName(name) })
    names.add(name)
  }
  return fields.flatMap(elementsOf)
}

function elementsOf({ name, type, nullable }: Field): SchemaElement[] {
  const head = { name, repetition_type: nullable ? 'OPTIONAL' : 'REQUIRED' } as const
  switch (type.kind) {
    case 'struct':
      return [{ ...head, num_children: type.fields.length }, ...elementsOfFields(type.fields)]
    case 'array':
      return [
        { ...head, num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        ...elementsOf(field('element', type.element, type.containsNull)),
      ]
    case 'map':
      return [
        { ...head, num_children: 1, converted_type: 'MAP', logical_type: { type: 'MAP' } },
        { name: 'key_value', repetition_type: 'REPEATED', num_children: 2 },
        ...elementsOf(field('key', type.key, false)),
        ...elementsOf(field('value', type.value, type.valueContainsNull)),
      ]
    case 'variant':
      return [{ ...head, num_children: 2 }, variantPart('value'), variantPart('metadata')]
    default:
      return [{ ...head, ...primitive(type, name) }]
  }
}

const variantPart = (name: 'value' | 'metadata'): SchemaElement => ({
  name,
  type: 'BYTE_ARRAY',
  repetition_type: 'REQUIRED',
})

type Primitive = Omit<SchemaElement, 'name' | 'repetition_type'>

function primitive(type: Exclude<PlainType, { kind: 'variant' }>, column: string): Primitive {
  switch (type.kind) {
    case 'boolean':
      return { type: 'BOOLEAN' }
    case 'tinyint':
      // Without the logical type beside it: hyparquet-writer encodes its bit width as the wrong Thrift type.
      return { type: 'INT32', converted_type: 'INT_8' }
    case 'smallint':
      return {
        type: 'INT32',
        converted_type: 'INT_16',
      }
    // Of intervals the type of Spark's schema tells that they are more than numbers.
    case 'int':
    case 'interval_ym':
      return { type: 'INT32' }
    case 'bigint':
    case 'interval_dt':
      return { type: 'INT64' }
    case 'float':
      return { type: 'FLOAT' }
    case 'double':
      return { type: 'DOUBLE' }
    case 'decimal':
      return decimalElement(type)
    case 'string':
      return { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } }
    case 'binary':
      return { type: 'BYTE_ARRAY' }
    case 'date':
      return { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } }
    case 'time':
      return {
        type: 'INT64',
        converted_type: 'TIME_MICROS',
        logical_type: { type: 'TIME', isAdjustedToUTC: false, unit: 'MICROS' },
      }
    case 'timestamp':
      return {
        type: 'INT64',
        converted_type: 'TIMESTAMP_MICROS',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
      }
    case 'timestamp_ntz':
      return { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MICROS' } }
    case 'interval': {
      const parameters = { format: 'Parquet', columnName: quotedName(column), columnType: quotedTypeName(type) }
      throw new MillraceError('UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE', parameters)
    }
    case 'void':
      throw new MillraceError('UNSUPPORTED_FEATURE', {
        feature: `writing the column ${column} of type ${typeName(type)} to Parquet`,
      })
  }
}

/** INT32 up to 9 digits, INT64 up to 18, beyond as few bytes as hold them. */
function decimalElement({ precision, scale }: DecimalType): Primitive {
  const common = {
    converted_type: 'DECIMAL',
    precision,
    scale,
    logical_type: { type: 'DECIMAL', precision, scale },
  } as const
  if (precision <= 9) return { type: 'INT32', ...common }
  if (precision <= 18) return { type: 'INT64', ...common }
  let bytes = 1
  while (2n ** BigInt(8 * bytes - 1) < 10n ** BigInt(precision)) bytes++
  return { type: 'FIXED_LEN_BYTE_ARRAY', type_length: bytes, ...common }
}
