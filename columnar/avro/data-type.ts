import { asNullable } from '../type-parts.js'
import {
  array,
  BIGINT,
  BINARY,
  BOOLEAN,
  DATE,
  DAY_TIME_FIELDS,
  type DataType,
  DOUBLE,
  decimal,
  type Field,
  FLOAT,
  field,
  INT,
  MAX_DECIMAL_PRECISION,
  map,
  type Schema,
  STRING,
  struct,
  TIME,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  VOID,
  YEAR_MONTH_FIELDS,
} from '../types.js'
import type { AvroFixed, AvroPlain, AvroRecord, AvroType, AvroUnion } from './avro-type.js'

/** The columns of files whose rows are such records, as Spark has them: any may be NULL. */
export const schemaOf = (record: AvroRecord): Schema => ({ fields: fieldsOf(record).map(asNullable) })

const fieldsOf = ({ fields }: AvroRecord): readonly Field[] =>
  fields.map(({ name, type }) => field(name, dataTypeOf(type), mayBeNull(type)))

export const mayBeNull = (avro: AvroType): boolean =>
  avro.kind === 'null' || (avro.kind === 'union' && avro.branches.some(mayBeNull))

export function dataTypeOf(avro: AvroType): DataType {
  switch (avro.kind) {
    case 'null':
      return VOID
    case 'boolean':
      return BOOLEAN
    case 'int':
      return avro.logicalType === 'date' ? DATE : (intervalOf(avro) ?? INT)
    case 'long':
      return longType(avro)
    case 'float':
      return FLOAT
    case 'double':
      return DOUBLE
    case 'bytes':
    case 'fixed':
      return decimalOf(avro) ?? BINARY
    case 'string':
    case 'enum':
      return STRING
    case 'array':
      return array(dataTypeOf(avro.items), mayBeNull(avro.items))
    case 'map':
      return map(STRING, dataTypeOf(avro.values), mayBeNull(avro.values))
    case 'record':
      return struct(fieldsOf(avro))
    case 'union':
      return unionType(avro)
  }
}

function longType(avro: AvroPlain): DataType {
  switch (avro.logicalType) {
    case 'timestamp-millis':
    case 'timestamp-micros':
      return TIMESTAMP
    case 'local-timestamp-millis':
    case 'local-timestamp-micros':
      return TIMESTAMP_NTZ
    case 'time-micros':
      return TIME
    default:
      return intervalOf(avro) ?? BIGINT
  }
}

/** The decimal that bytes stand for, if they do. */
export function decimalOf({ logicalType, precision, scale = 0 }: AvroPlain | AvroFixed): DataType | undefined {
  if (logicalType !== 'decimal' || precision === undefined) return undefined
  const isOne = precision >= 1 && precision <= MAX_DECIMAL_PRECISION && scale >= 0 && scale <= precision
  return isOne ? decimal(precision, scale) : undefined
}

/** An interval as Spark notes it: `interval day to second`. */
function intervalOf({ sparkType }: AvroPlain): DataType | undefined {
  const [, first, last = first] = /^interval (\w+)(?: to (\w+))?$/.exec(sparkType ?? '') ?? []
  const inOf = <F extends string>(fields: readonly F[]): readonly [F, F] | undefined => {
    const [from, to] = [first, last].map((name) => fields.find((one) => one === name))
    return from && to ? [from, to] : undefined
  }
  const months = inOf(YEAR_MONTH_FIELDS)
  if (months) return { kind: 'interval_ym', fields: months }
  const time = inOf(DAY_TIME_FIELDS)
  return time && { kind: 'interval_dt', fields: time }
}

/** What a union has besides null. */
export const branchesOf = ({ branches }: AvroUnion): readonly AvroType[] =>
  branches.filter(({ kind }) => kind !== 'null')

/** The type whose values those of all branches are, where there is one; else a union is a struct with a field for each branch. */
export function sharedType(union: AvroUnion): DataType | undefined {
  const own = branchesOf(union)
  if (own.length === 1) return dataTypeOf(own[0]!)
  const kinds = own.map(({ kind }) => kind)
  const isPair = (one: AvroType['kind'], other: AvroType['kind']): boolean =>
    own.length === 2 && kinds.includes(one) && kinds.includes(other)
  return isPair('int', 'long') ? BIGINT : isPair('float', 'double') ? DOUBLE : undefined
}

const unionType = (union: AvroUnion): DataType =>
  sharedType(union) ?? struct(branchesOf(union).map((one, i) => field(memberName(i), dataTypeOf(one))))

const memberName = (branch: number): string => `member${branch}`
