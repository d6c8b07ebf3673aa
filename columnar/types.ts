import { quotedIfNeeded } from '../common/errors/quoting.js'
import { UTF8_BINARY } from './collation.js'

/**
 * The types of values, named as in Spark SQL. Frozen data with a literal `kind`.
 *
 * In memory (Arrow): `boolean` is a bitmap in a block and a byte a row in a pipeline; `date` is days and `timestamp`
 * microseconds since 1970-01-01 UTC; `decimal` is a little-endian unscaled integer of 8 bytes up to 18 digits
 * (Arrow Decimal64) and of 16 bytes beyond (Decimal128); `time` is nanoseconds since midnight (int64); `interval_ym` is months (int32), `interval_dt` microseconds
 * (int64). An `array` or `map` is bytes that hold its elements (`packed-writer.ts`), an `interval` its months, days and microseconds (`interval-parts.ts`), a `variant` bytes that say of what type its value is (`variant-parts.ts`).
 */
export type DataType =
  | { readonly kind: 'void' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'tinyint' }
  | { readonly kind: 'smallint' }
  | { readonly kind: 'int' }
  | { readonly kind: 'bigint' }
  | { readonly kind: 'float' }
  | { readonly kind: 'double' }
  | DecimalType
  | StringType
  | { readonly kind: 'binary' }
  | { readonly kind: 'date' }
  | TimeType
  | { readonly kind: 'timestamp' }
  | { readonly kind: 'timestamp_ntz' }
  | YearMonthIntervalType
  | DayTimeIntervalType
  | { readonly kind: 'interval' }
  | { readonly kind: 'variant' }
  | StructType
  | ArrayType
  | MapType

export type TypeKind = DataType['kind']

/** The types of a kind. */
export type OfKind<K extends TypeKind> = Extract<DataType, { readonly kind: K }>

/** Types whose values have others in them, of which there is any depth. */
export type NestedType = StructType | ArrayType | MapType

/** Types whose values are one thing each. */
export type PlainType = Exclude<DataType, NestedType>

export interface DecimalType {
  readonly kind: 'decimal'
  /** Digits in all, 1 to 38. */
  readonly precision: number
  /** Digits after the point, 0 to `precision`. */
  readonly scale: number
}

/** A text. Of columns of tables it may be said how long theirs are; queries see plain texts (`planner/analyze/types/text-limits.ts`). */
export interface StringType {
  readonly kind: 'string'
  readonly limit?: TextLimit
  /** The name of the collation (`collation.ts`), where it was said; texts are compared by their bytes without one. */
  readonly collation?: string
}

/** `char(n)`, whose texts are filled up with blanks, or `varchar(n)`. */
export interface TextLimit {
  readonly kind: 'char' | 'varchar'
  readonly length: number
}

/** A time of day without a date or a zone. */
export interface TimeType {
  readonly kind: 'time'
  /** Digits of the fraction of a second, 0 to 6. */
  readonly precision: number
}

/** Whole months. Which fields it is made of is only for its name and text; all of them where they are left out. */
export interface YearMonthIntervalType {
  readonly kind: 'interval_ym'
  readonly fields?: readonly [first: YearMonthField, last: YearMonthField]
}

/** Microseconds, in the same way. */
export interface DayTimeIntervalType {
  readonly kind: 'interval_dt'
  readonly fields?: readonly [first: DayTimeField, last: DayTimeField]
}

export const YEAR_MONTH_FIELDS = ['year', 'month'] as const
export const DAY_TIME_FIELDS = ['day', 'hour', 'minute', 'second'] as const
export type YearMonthField = (typeof YEAR_MONTH_FIELDS)[number]
export type DayTimeField = (typeof DAY_TIME_FIELDS)[number]

export interface StructType {
  readonly kind: 'struct'
  readonly fields: readonly Field[]
}

export interface ArrayType {
  readonly kind: 'array'
  readonly element: DataType
  readonly containsNull: boolean
}

export interface MapType {
  readonly kind: 'map'
  readonly key: DataType
  readonly value: DataType
  readonly valueContainsNull: boolean
}

/** A column of a schema, or a field of a struct. */
export interface Field {
  readonly name: string
  readonly type: DataType
  readonly nullable: boolean
  /** What the table or the view that has it says of it. */
  readonly comment?: string
}

/** The columns of a relation, in order. Names need not be unique. */
export interface Schema {
  readonly fields: readonly Field[]
}

export const VOID: DataType = Object.freeze({ kind: 'void' })
export const BOOLEAN: DataType = Object.freeze({ kind: 'boolean' })
export const TINYINT: DataType = Object.freeze({ kind: 'tinyint' })
export const SMALLINT: DataType = Object.freeze({ kind: 'smallint' })
export const INT: DataType = Object.freeze({ kind: 'int' })
export const BIGINT: DataType = Object.freeze({ kind: 'bigint' })
export const FLOAT: DataType = Object.freeze({ kind: 'float' })
export const DOUBLE: DataType = Object.freeze({ kind: 'double' })
export const STRING: DataType = Object.freeze({ kind: 'string' })
export const BINARY: DataType = Object.freeze({ kind: 'binary' })
export const DATE: DataType = Object.freeze({ kind: 'date' })
export const TIME: TimeType = Object.freeze({ kind: 'time', precision: 6 })
export const TIMESTAMP: DataType = Object.freeze({ kind: 'timestamp' })
export const TIMESTAMP_NTZ: DataType = Object.freeze({ kind: 'timestamp_ntz' })
export const INTERVAL: DataType = Object.freeze({ kind: 'interval' })
export const VARIANT: DataType = Object.freeze({ kind: 'variant' })
export const INTERVAL_YM: YearMonthIntervalType = Object.freeze({ kind: 'interval_ym' })
export const INTERVAL_DT: DayTimeIntervalType = Object.freeze({ kind: 'interval_dt' })

/** The most digits that the fraction of a second has. */
export const MAX_TIME_PRECISION = 6
/** The most digits a decimal has; Spark's limit, and that of a 128-bit integer. */
export const MAX_DECIMAL_PRECISION = 38
/** Decimals of at most so many digits are held in 64 bits. */
export const MAX_DECIMAL64_PRECISION = 18

export function decimal(precision: number, scale: number): DecimalType {
  return Object.freeze({ kind: 'decimal', precision, scale })
}

export function time(precision: number): TimeType {
  return precision === TIME.precision ? TIME : Object.freeze({ kind: 'time', precision })
}

/** A text of a collation, which is said in its name. */
export const collatedString = (collation: string): StringType => Object.freeze({ kind: 'string', collation })

/** The name of the collation of a text. */
export const collationOf = ({ collation }: StringType): string => collation ?? UTF8_BINARY

export function struct(fields: readonly Field[]): StructType {
  return Object.freeze({ kind: 'struct', fields })
}

export function array(element: DataType, containsNull = true): ArrayType {
  return Object.freeze({ kind: 'array', element, containsNull })
}

export function map(key: DataType, value: DataType, valueContainsNull = true): MapType {
  return Object.freeze({ kind: 'map', key, value, valueContainsNull })
}

export function field(name: string, type: DataType, nullable = true): Field {
  return Object.freeze({ name, type, nullable })
}

export function schema(fields: readonly Field[]): Schema {
  return Object.freeze({ fields })
}

/** Whether a decimal of this type fits 64 bits. */
export function isShortDecimal(type: DecimalType): boolean {
  return type.precision <= MAX_DECIMAL64_PRECISION
}

/** Whether both types are the same, nested types compared by structure; names of struct fields count. */
export function sameType(a: DataType, b: DataType): boolean {
  if (a === b) return true
  if (a.kind !== b.kind) return false
  if (a.kind === 'decimal' && b.kind === 'decimal') return a.precision === b.precision && a.scale === b.scale
  if (a.kind === 'time' && b.kind === 'time') return a.precision === b.precision
  if (a.kind === 'string' && b.kind === 'string') return collationOf(a) === collationOf(b)
  if (a.kind === 'array' && b.kind === 'array') return sameType(a.element, b.element)
  if (a.kind === 'map' && b.kind === 'map') return sameType(a.key, b.key) && sameType(a.value, b.value)
  if (a.kind === 'struct' && b.kind === 'struct') {
    return (
      a.fields.length === b.fields.length &&
      a.fields.every((x, i) => x.name === b.fields[i]!.name && sameType(x.type, b.fields[i]!.type))
    )
  }
  if (a.kind === 'interval_ym' || a.kind === 'interval_dt') return typeName(a) === typeName(b)
  return true
}

/** The types of what values of a type consist of. */
export function partTypes(type: DataType): readonly DataType[] {
  if (type.kind === 'array') return [type.element]
  if (type.kind === 'map') return [type.key, type.value]
  return type.kind === 'struct' ? type.fields.map((field) => field.type) : NO_TYPES
}

const NO_TYPES: readonly DataType[] = []

/** Whether there are variants in it, which have no order and are not compared. */
export const hasVariants = (type: DataType): boolean => type.kind === 'variant' || partTypes(type).some(hasVariants)

export const isNested = ({ kind }: DataType): boolean => kind === 'struct' || kind === 'array' || kind === 'map'

/** Whether it is one of months, or of days and shorter units. */
export const isInterval = ({ kind }: DataType): boolean => kind === 'interval_ym' || kind === 'interval_dt'

/** Whether it is one of these, or of months, days and microseconds beside one another. */
export const isAnyInterval = (type: DataType): boolean => isInterval(type) || type.kind === 'interval'

function intervalName(first: string, last: string): string {
  return first === last ? `interval ${first}` : `interval ${first} to ${last}`
}

/** The type as Spark's `simpleString` prints it: `decimal(12,2)`, `struct<a:int,b:string>`. */
export const typeName = (type: DataType): string => namedType(type, textName)

const textName = ({ collation }: StringType): string =>
  collation === undefined ? 'string' : `string collate ${collation}`

function namedType(type: DataType, nameOfText: (type: StringType) => string): string {
  const named = (part: DataType): string => namedType(part, nameOfText)
  switch (type.kind) {
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`
    case 'time':
      return `time(${type.precision})`
    case 'string':
      return nameOfText(type)
    case 'struct':
      return `struct<${type.fields.map((f) => `${f.name}:${named(f.type)}`).join(',')}>`
    case 'array':
      return `array<${named(type.element)}>`
    case 'map':
      return `map<${named(type.key)},${named(type.value)}>`
    case 'interval_ym':
      return intervalName(...(type.fields ?? ['year', 'month']))
    case 'interval_dt':
      return intervalName(...(type.fields ?? ['day', 'second']))
    case 'void':
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
    case 'float':
    case 'double':
    case 'binary':
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'interval':
    case 'variant':
      return type.kind
  }
}

/** The type of a column of a table, with how long its texts may be: `varchar(10)`. */
export const declaredTypeName = (type: DataType): string =>
  namedType(type, (text) => (text.limit ? `${text.limit.kind}(${text.limit.length})` : textName(text)))

/** The type as SQL writes it: `DECIMAL(12,2)`, `STRUCT<a: INT NOT NULL, b: STRING>`. */
export function sqlTypeName(type: DataType): string {
  if (type.kind === 'struct') {
    const fields = type.fields.map(
      (f) => `${quotedIfNeeded(f.name)}: ${sqlTypeName(f.type)}${f.nullable ? '' : ' NOT NULL'}`,
    )
    return `STRUCT<${fields.join(', ')}>`
  }
  if (type.kind === 'array') return `ARRAY<${sqlTypeName(type.element)}>`
  if (type.kind === 'map') return `MAP<${sqlTypeName(type.key)}, ${sqlTypeName(type.value)}>`
  if (type.kind === 'string' && type.collation !== undefined) return `STRING COLLATE ${type.collation}`
  return typeName(type).toUpperCase()
}

/** The type as error messages print it: `"DECIMAL(12,2)"`, in quotes as Spark does. */
export function quotedTypeName(type: DataType): string {
  return `"${sqlTypeName(type)}"`
}
