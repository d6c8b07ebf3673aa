import type { Field as ArrowField, DataType as ArrowType, Data, RecordBatch, Table } from 'apache-arrow'
import { MillraceError } from '../../common/errors/millrace-error.js'
import {
  array,
  BIGINT,
  BINARY,
  BOOLEAN,
  DATE,
  type DataType,
  DOUBLE,
  decimal,
  FLOAT,
  field,
  INT,
  INTERVAL,
  INTERVAL_DT,
  INTERVAL_YM,
  map,
  type Schema,
  SMALLINT,
  STRING,
  TIME,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  TINYINT,
  VARIANT,
  VOID,
} from '../types.js'
import { ARROW, VARIANT_MARK } from './arrow-tags.js'

/** What the package calls a dictionary, whose values the format keeps apart. */
export const DICTIONARY = -1
const YEAR_MONTH = 0
export const MONTH_DAY_NANO = 2

/** What of a type of the package matters here; its classes differ by it. */
interface TypeParts {
  readonly typeId: number
  readonly bitWidth: number
  readonly isSigned: boolean
  readonly precision: number
  readonly scale: number
  readonly unit: number
  readonly timezone: string | null
  readonly byteWidth: number
  readonly listSize: number
  readonly dictionary: ArrowType
  readonly children: readonly ArrowField[]
}

export const partsOf = (type: ArrowType): TypeParts => type as unknown as TypeParts

const NO_VALUES = new Uint8Array()

/** The values of a column, which one without rows may lack. */
export const valuesOf = (data: Data): ArrayBufferView & ArrayLike<number | bigint> =>
  (data as { readonly values?: Uint8Array | BigInt64Array }).values ?? NO_VALUES

/** The schema of a table. @throws UNSUPPORTED_FEATURE for types that have no counterpart */
export const schemaOfArrow = ({ schema }: Pick<Table | RecordBatch, 'schema'>): Schema => ({
  fields: schema.fields.map(({ name, type, nullable }) => field(name, typeOfArrow(type, name), nullable)),
})

/** @param name of the column, for conditions. @throws UNSUPPORTED_FEATURE */
export function typeOfArrow(type: ArrowType, name: string): DataType {
  const { typeId, bitWidth, isSigned, precision, scale, timezone, dictionary, unit } = partsOf(type)
  switch (typeId) {
    case ARROW.null:
      return VOID
    case ARROW.bool:
      return BOOLEAN
    case ARROW.int:
      return integerType(bitWidth, isSigned)
    case ARROW.floatingPoint:
      if (precision === 0) break
      return precision === 1 ? FLOAT : DOUBLE
    case ARROW.utf8:
    case ARROW.largeUtf8:
    case ARROW.utf8View:
      return STRING
    case ARROW.binary:
    case ARROW.largeBinary:
    case ARROW.binaryView:
    case ARROW.fixedSizeBinary:
      return BINARY
    case ARROW.decimal:
      if (precision > 38) break
      return decimal(precision, scale)
    case ARROW.date:
      return DATE
    case ARROW.time:
      return TIME
    case ARROW.timestamp:
      return timezone ? TIMESTAMP : TIMESTAMP_NTZ
    case ARROW.duration:
      return INTERVAL_DT
    case ARROW.interval:
      if (unit === YEAR_MONTH) return INTERVAL_YM
      if (unit !== MONTH_DAY_NANO) break
      return INTERVAL
    case ARROW.struct:
    case ARROW.list:
    case ARROW.largeList:
    case ARROW.fixedSizeList:
    case ARROW.map:
      return nestedType(type, name)
    case DICTIONARY:
      return typeOfArrow(dictionary, name)
  }
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `the Arrow column ${name} of type ${type}` })
}

function nestedType(type: ArrowType, name: string): DataType {
  const { typeId, children } = partsOf(type)
  if (typeId === ARROW.struct) {
    if (isVariant(type)) return VARIANT
    const part = ({ name: own, type, nullable }: ArrowField) =>
      field(own, typeOfArrow(type, `${name}.${own}`), nullable)
    return { kind: 'struct', fields: children.map(part) }
  }
  if (typeId === ARROW.map) {
    const [key, value] = partsOf(children[0]!.type).children
    return map(typeOfArrow(key!.type, `${name}.key`), typeOfArrow(value!.type, `${name}.value`), value!.nullable)
  }
  const [element] = children
  return array(typeOfArrow(element!.type, `${name}.element`), element!.nullable)
}

/** Whether a struct is one of the buffers of variants, of which the keys are marked. */
function isVariant(type: ArrowType): boolean {
  const { children } = partsOf(type)
  if (children.length !== 2) return false
  const [value, metadata] = ['value', 'metadata'].map((name) => children.find((child) => child.name === name))
  return value !== undefined && metadata?.metadata.get(VARIANT_MARK) === 'true'
}

/** Unsigned integers take the next larger type, as in Spark's Parquet. */
function integerType(bits: number, isSigned: boolean): DataType {
  if (isSigned) return bits === 8 ? TINYINT : bits === 16 ? SMALLINT : bits === 32 ? INT : BIGINT
  return bits === 8 ? SMALLINT : bits === 16 ? INT : bits === 32 ? BIGINT : decimal(20, 0)
}
