import { collationCalled, isBuilt, UTF8_BINARY } from '../../columnar/collation.js'
import { isCollated } from '../../columnar/text-types.js'
import {
  collatedString,
  collationOf,
  DAY_TIME_FIELDS,
  type DataType,
  type Field,
  type Schema,
  STRING,
  typeName,
  YEAR_MONTH_FIELDS,
} from '../../columnar/types.js'
import type { FileColumn } from './file-column.js'
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
  fields: fields.map(({ name, type, nullable }) => {
    const collations = Object.fromEntries(collationsAt(name, type))
    const metadata = Object.keys(collations).length > 0 ? { [COLLATIONS_KEY]: collations } : {}
    return { name, type: sparkType(type), nullable, metadata }
  }),
})

/** What of a field tells the collations of its texts, by the path to them: those of structs have fields of their own. */
const COLLATIONS_KEY = '__COLLATIONS'

type Collations = Readonly<Record<string, unknown>>

/** The texts within a field that have a collation, each with who knows it. */
function collationsAt(path: string, type: DataType): readonly (readonly [path: string, collation: string])[] {
  if (type.kind === 'array') return collationsAt(`${path}.element`, type.element)
  if (type.kind === 'map')
    return [...collationsAt(`${path}.key`, type.key), ...collationsAt(`${path}.value`, type.value)]
  if (type.kind !== 'string' || collationOf(type) === UTF8_BINARY) return []
  const name = collationOf(type)
  return [[path, `${collationCalled(name)?.by === 'icu' ? 'icu' : 'spark'}.${name}`]]
}

/** The collation that is told for a path; one that is not built is none. */
function collationAt(collations: Collations, path: string): DataType {
  const [, name] = /^\w+\.(\w+)$/.exec(String(collations[path])) ?? []
  const known = name === undefined ? undefined : collationCalled(name)
  return known && isBuilt(known) ? collatedString(known.name) : STRING
}

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
    case 'string':
      return isCollated(type) ? 'string' : typeName(type)
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
  const told = new Map(fields.map(membersOf).map((field) => [field['name'], field]))
  return columns.map((column) => {
    const field = told.get(column.field.name)
    const collations = membersOf(membersOf(field?.['metadata'])[COLLATIONS_KEY])
    return columnWith(column, field?.['type'], { collations, path: column.field.name })
  })
}

/** Where a column is within the field that tells its collations. */
interface Told {
  readonly collations: Collations
  readonly path: string
}

function columnWith(column: FileColumn, type: unknown, told: Told): FileColumn {
  switch (column.kind) {
    case 'unsupported':
    case 'variant':
      return column
    case 'leaf': {
      const stored = column.conversion.type
      const known = stored.kind === 'string' ? collationAt(told.collations, told.path) : intervalOf(type, stored)
      if (!known || known === STRING) return column
      return {
        ...column,
        field: { ...column.field, type: known },
        conversion: { ...column.conversion, type: known },
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
      const [types, names] =
        column.children.length === 1
          ? [[elementType], ['element']]
          : [
              [keyType, valueType],
              ['key', 'value'],
            ]
      const children = column.children.map((child, i) =>
        columnWith(child, types[i], { ...told, path: `${told.path}.${names[i]}` }),
      )
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
