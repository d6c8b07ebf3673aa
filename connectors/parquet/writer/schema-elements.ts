import type { SchemaElement } from 'hyparquet'
import { type DataType, type DecimalType, type Field, type Schema, typeName } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'

/** The schema of a file as the format lists it, depth first. Types as Spark writes them. @throws UNSUPPORTED_FEATURE */
export function schemaElements(schema: Schema): SchemaElement[] {
  const names = new Set<string>()
  for (const { name } of schema.fields) {
    if (names.has(name)) throw new MillraceError('COLUMN_ALREADY_EXISTS', { columnName: quotedName(name) })
    names.add(name)
  }
  return [{ name: 'millrace_schema', num_children: schema.fields.length }, ...schema.fields.flatMap(elementsOf)]
}

function elementsOf(field: Field): SchemaElement[] {
  const head = { name: field.name, repetition_type: field.nullable ? 'OPTIONAL' : 'REQUIRED' } as const
  if (field.type.kind === 'struct') {
    return [{ ...head, num_children: field.type.fields.length }, ...field.type.fields.flatMap(elementsOf)]
  }
  return [{ ...head, ...primitive(field.type, field.name) }]
}

type Primitive = Omit<SchemaElement, 'name' | 'repetition_type'>

function primitive(type: DataType, column: string): Primitive {
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
    case 'int':
      return { type: 'INT32' }
    case 'bigint':
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
    case 'timestamp':
      return {
        type: 'INT64',
        converted_type: 'TIMESTAMP_MICROS',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
      }
    case 'timestamp_ntz':
      return { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MICROS' } }
    case 'void':
    case 'interval_ym':
    case 'interval_dt':
    case 'struct':
    case 'array':
    case 'map':
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
