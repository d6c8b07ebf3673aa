import { MillraceError } from '../common/errors/millrace-error.js'
import { Decimal } from './decimal.js'
import { CalendarDate } from './times/calendar-date.js'
import { CalendarInterval } from './times/calendar-interval.js'
import { TimeOfDay } from './times/time-of-day.js'
import {
  array,
  BIGINT,
  BINARY,
  BOOLEAN,
  DATE,
  type DataType,
  DOUBLE,
  decimal,
  type Field,
  field,
  INTERVAL,
  MAX_DECIMAL_PRECISION,
  map,
  quotedTypeName,
  type Schema,
  STRING,
  sameType,
  schema,
  struct,
  TIME,
  TIMESTAMP,
  VARIANT,
  VOID,
} from './types.js'
import { Variant } from './variant.js'

/**
 * The schema of rows given without one, as `createDataFrame` infers it: the columns in order of first appearance, all
 * nullable; numbers are double unless all are bigint, Dates are timestamps unless they are CalendarDates, objects are structs, arrays and `Map`s themselves. A column that holds only
 * NULLs is a string.
 * @throws INVALID_ROW_VALUE when the values of a column have no common type
 */
export function inferSchema(rows: readonly object[]): Schema {
  return schema(inferFields(rows, []).map(voidToString))
}

function inferFields(rows: readonly object[], path: readonly string[]): Field[] {
  const types = new Map<string, DataType>()
  rows.forEach((row, index) => {
    for (const [name, value] of Object.entries(row)) {
      const column = [...path, name].join('.')
      types.set(name, merge(types.get(name) ?? VOID, typeOfValue(value, column, index), column, index))
    }
  })
  return [...types].map(([name, type]) => field(name, type))
}

function typeOfValue(value: unknown, column: string, row: number): DataType {
  if (value === null || value === undefined) return VOID
  if (typeof value === 'boolean') return BOOLEAN
  if (typeof value === 'number') return DOUBLE
  if (typeof value === 'bigint') return BIGINT
  if (typeof value === 'string') return STRING
  if (value instanceof CalendarDate) return DATE
  if (value instanceof Date) return TIMESTAMP
  if (value instanceof TimeOfDay) return TIME
  if (value instanceof CalendarInterval) return INTERVAL
  if (value instanceof Variant) return VARIANT
  if (value instanceof Uint8Array) return BINARY
  if (value instanceof Decimal) return decimal(MAX_DECIMAL_PRECISION, Math.min(value.scale, MAX_DECIMAL_PRECISION))
  const merged = (types: readonly DataType[]): DataType => types.reduce((a, b) => merge(a, b, column, row), VOID)
  if (Array.isArray(value)) return array(merged(value.map((member) => typeOfValue(member, column, row))))
  if (value instanceof Map) {
    const keys = merged([...value.keys()].map((key) => typeOfValue(key, column, row)))
    return map(keys, merged([...value.values()].map((member) => typeOfValue(member, column, row))))
  }
  if (typeof value === 'object') return struct(inferFields([value], [column]))
  throw new MillraceError('INVALID_ROW_VALUE', { column, row, value: String(value), reason: 'no type is known for it' })
}

function merge(a: DataType, b: DataType, column: string, row: number): DataType {
  if (a.kind === 'void' || sameType(a, b)) return b
  if (b.kind === 'void') return a
  if ((a.kind === 'bigint' && b.kind === 'double') || (a.kind === 'double' && b.kind === 'bigint')) return DOUBLE
  if (a.kind === 'decimal' && b.kind === 'decimal') return decimal(MAX_DECIMAL_PRECISION, Math.max(a.scale, b.scale))
  if (a.kind === 'array' && b.kind === 'array') return array(merge(a.element, b.element, column, row))
  if (a.kind === 'map' && b.kind === 'map')
    return map(merge(a.key, b.key, column, row), merge(a.value, b.value, column, row))
  if (a.kind === 'struct' && b.kind === 'struct') return mergeStructs(a.fields, b.fields, column, row)
  const reason = `it is ${quotedTypeName(b)} where earlier rows have ${quotedTypeName(a)}`
  throw new MillraceError('INVALID_ROW_VALUE', { column, row, value: quotedTypeName(b), reason })
}

function mergeStructs(a: readonly Field[], b: readonly Field[], column: string, row: number): DataType {
  const fields = new Map(a.map((f) => [f.name, f.type]))
  for (const f of b) fields.set(f.name, merge(fields.get(f.name) ?? VOID, f.type, `${column}.${f.name}`, row))
  return struct([...fields].map(([name, type]) => field(name, type)))
}

const voidToString = (f: Field): Field => field(f.name, withoutVoid(f.type))

function withoutVoid(type: DataType): DataType {
  if (type.kind === 'struct') return struct(type.fields.map(voidToString))
  if (type.kind === 'array') return array(withoutVoid(type.element))
  if (type.kind === 'map') return map(withoutVoid(type.key), withoutVoid(type.value))
  return type.kind === 'void' ? STRING : type
}
