import {
  DAY_TIME_FIELDS,
  type DataType,
  type Field,
  type Schema,
  typeName,
  YEAR_MONTH_FIELDS,
} from '../../columnar/types.js'
import type { FileColumn } from './columns.js'
import { asVariant } from './variant-group.js'

/** The entry of a file's metadata in which Spark keeps the schema of the rows: it has types that Parquet has no name for. */
export const SPARK_SCHEMA_KEY = 'org.apache.spark.sql.parquet.row.metadata'

type SparkType = string | { readonly [member: string]: unknown }

const SPARK_NAMES: Partial<Record<DataType['kind'], string>> = {
  tinyint: 'byte',
  smallint: 'short',
  int: 'integer',
  bigint: 'long',
}

/** A schema as Spark writes it into files. */
export const sparkSchema = ({ fields }: Schema): string => JSON.stringify(sparkStruct(fields))

const sparkStruct = (fields: readonly Field[]): SparkType => ({
  type: 'struct',
  fields: fields.map(({ name, type, nullable }) => ({ name, type: sparkType(type), nullable, metadata: {} })),
})

function sparkType(type: DataType): SparkType {
  switch (type.kind) {
    case 'struct':
      return sparkStruct(type.fields)
    case 'array':
      return { type: 'array', elementType: sparkType(type.element), containsNull: type.containsNull }
    case 'map': {
      const { key, value, valueContainsNull } = type
      return { type: 'map', keyType: sparkType(key), valueType: sparkType(value), valueContainsNull }
    }
    default:
      return SPARK_NAMES[type.kind] ?? typeName(type)
  }
}

/** Columns with the types that only Spark's schema knows: intervals are whole numbers in files. A text that is no such schema says nothing. */
export function withSparkTypes(columns: readonly FileColumn[], text: string): readonly FileColumn[] {
  try {
    return fieldsWith(columns, JSON.parse(text))
  } catch (error) {
    if (error instanceof SyntaxError) return columns
    throw error
  }
}

function fieldsWith(columns: readonly FileColumn[], type: unknown): readonly FileColumn[] {
  const fields = membersOf(type)['fields']
  if (!Array.isArray(fields)) return columns
  const types = new Map(fields.map(membersOf).map((field) => [field['name'], field['type']]))
  return columns.map((column) => columnWith(column, types.get(column.field.name)))
}

function columnWith(column: FileColumn, type: unknown): FileColumn {
  switch (column.kind) {
    case 'unsupported':
    case 'variant':
      return column
    case 'leaf': {
      const interval = intervalOf(type, column.conversion.type)
      if (!interval) return column
      return {
        ...column,
        field: { ...column.field, type: interval },
        conversion: { ...column.conversion, type: interval },
      }
    }
    case 'struct': {
      if (type === 'variant') return asVariant(column)
      const fields = fieldsWith(column.fields, type)
      return {
        ...column,
        fields,
        field: { ...column.field, type: { kind: 'struct', fields: fields.map(({ field }) => field) } },
      }
    }
    case 'list': {
      const { elementType, keyType, valueType } = membersOf(type)
      const types = column.children.length === 1 ? [elementType] : [keyType, valueType]
      const children = column.children.map((child, i) => columnWith(child, types[i]))
      return { ...column, children, field: { ...column.field, type: listWith(column.field.type, children) } }
    }
  }
}

function listWith(type: DataType, children: readonly FileColumn[]): DataType {
  const [first, second] = children.map(({ field }) => field.type)
  if (type.kind === 'map') return { ...type, key: first!, value: second! }
  return type.kind === 'array' ? { ...type, element: first! } : type
}

const INTERVAL = /^interval (\w+)(?: to (\w+))?$/

function intervalOf(name: unknown, stored: DataType): DataType | undefined {
  const [, first, last = first] = (typeof name === 'string' && INTERVAL.exec(name)) || []
  const ends = <F extends string>(all: readonly F[]): readonly [F, F] | undefined => {
    const [from, to] = [all.find((field) => field === first), all.find((field) => field === last)]
    return from && to && [from, to]
  }
  const months = stored.kind === 'int' ? ends(YEAR_MONTH_FIELDS) : undefined
  if (months) return { kind: 'interval_ym', fields: months }
  const micros = stored.kind === 'bigint' ? ends(DAY_TIME_FIELDS) : undefined
  return micros && { kind: 'interval_dt', fields: micros }
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}
