import {
  BIGINT,
  BINARY,
  BOOLEAN,
  DATE,
  type DataType,
  DOUBLE,
  decimal,
  FLOAT,
  INT,
  isShortDecimal,
  MAX_DECIMAL_PRECISION,
  SMALLINT,
  STRING,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  TINYINT,
} from '../../columnar/types.js'
import type { PhysicalType, SchemaNode } from './metadata.js'

/** How stored values become the engine's: numbers of the kernel `parquetPlain`, and -1 for booleans, which are bits. */
export const CONVERSION = {
  bits: -1,
  copy: 0,
  int32ToInt8: 1,
  int32ToInt16: 2,
  int32ToInt64: 3,
  uint32ToInt64: 4,
  uint64ToInt128: 5,
  int64ToInt128: 6,
  millisToMicros: 7,
  nanosToMicros: 8,
  int96ToMicros: 9,
  fixedToInt64: 10,
  fixedToInt128: 11,
  bytesToInt64: 12,
  bytesToInt128: 13,
  bytesToRefs: 14,
  fixedToRefs: 15,
  halfToFloat: 16,
} as const

export interface Conversion {
  readonly type: DataType
  /** One of CONVERSION. */
  readonly kernel: number
  /** Bytes of a stored value; 0 when it has a length of its own, or is a bit. */
  readonly sourceBytes: number
  /** Bytes of the engine's value. */
  readonly targetBytes: 1 | 2 | 4 | 8 | 16
}

/** How a leaf column is read, or why it cannot be. Types as Spark maps them; unsigned integers take the next wider type. */
export function conversionOf(node: SchemaNode): Conversion | string {
  switch (node.physical) {
    case 'BOOLEAN':
      return { type: BOOLEAN, kernel: CONVERSION.bits, sourceBytes: 0, targetBytes: 1 }
    case 'FLOAT':
      return { type: FLOAT, kernel: CONVERSION.copy, sourceBytes: 4, targetBytes: 4 }
    case 'DOUBLE':
      return { type: DOUBLE, kernel: CONVERSION.copy, sourceBytes: 8, targetBytes: 8 }
    case 'INT32':
      return int32(node)
    case 'INT64':
      return int64(node)
    case 'INT96':
      return { type: TIMESTAMP, kernel: CONVERSION.int96ToMicros, sourceBytes: 12, targetBytes: 8 }
    case 'BYTE_ARRAY':
      return byteArray(node)
    case 'FIXED_LEN_BYTE_ARRAY':
      return fixedByteArray(node)
    case undefined:
      return 'a group'
  }
}

const stored4 = (type: DataType, kernel: number, targetBytes: 1 | 2 | 4 | 8): Conversion => ({
  type,
  kernel,
  sourceBytes: 4,
  targetBytes,
})
const stored8 = (type: DataType, kernel: number, targetBytes: 8 | 16): Conversion => ({
  type,
  kernel,
  sourceBytes: 8,
  targetBytes,
})

function int32({ annotation }: SchemaNode): Conversion | string {
  switch (annotation.kind) {
    case 'none':
      return stored4(INT, CONVERSION.copy, 4)
    case 'date':
      return stored4(DATE, CONVERSION.copy, 4)
    case 'integer':
      if (annotation.bits === 8) {
        return annotation.signed
          ? stored4(TINYINT, CONVERSION.int32ToInt8, 1)
          : stored4(SMALLINT, CONVERSION.int32ToInt16, 2)
      }
      if (annotation.bits === 16) {
        return annotation.signed ? stored4(SMALLINT, CONVERSION.int32ToInt16, 2) : stored4(INT, CONVERSION.copy, 4)
      }
      return annotation.signed ? stored4(INT, CONVERSION.copy, 4) : stored4(BIGINT, CONVERSION.uint32ToInt64, 8)
    case 'decimal':
      return decimalOf(annotation, (type) =>
        isShortDecimal(type) ? stored4(type, CONVERSION.int32ToInt64, 8) : 'a decimal of more digits than INT32 holds',
      )
    default:
      return unsupported('INT32', annotation)
  }
}

function int64({ annotation }: SchemaNode): Conversion | string {
  switch (annotation.kind) {
    case 'none':
      return stored8(BIGINT, CONVERSION.copy, 8)
    case 'integer':
      return annotation.signed
        ? stored8(BIGINT, CONVERSION.copy, 8)
        : stored8(decimal(20, 0), CONVERSION.uint64ToInt128, 16)
    case 'decimal':
      return decimalOf(annotation, (type) =>
        isShortDecimal(type) ? stored8(type, CONVERSION.copy, 8) : stored8(type, CONVERSION.int64ToInt128, 16),
      )
    case 'timestamp': {
      const kernels = {
        MILLIS: CONVERSION.millisToMicros,
        MICROS: CONVERSION.copy,
        NANOS: CONVERSION.nanosToMicros,
      } as const
      return stored8(annotation.utc ? TIMESTAMP : TIMESTAMP_NTZ, kernels[annotation.unit], 8)
    }
    default:
      return unsupported('INT64', annotation)
  }
}

function byteArray({ annotation }: SchemaNode): Conversion | string {
  const bytes = { kernel: CONVERSION.bytesToRefs, sourceBytes: 0, targetBytes: 8 } as const
  switch (annotation.kind) {
    case 'string':
      return { type: STRING, ...bytes }
    case 'none':
    case 'bytes':
      return { type: BINARY, ...bytes }
    case 'decimal':
      return decimalOf(annotation, (type) =>
        isShortDecimal(type)
          ? { type, kernel: CONVERSION.bytesToInt64, sourceBytes: 0, targetBytes: 8 }
          : { type, kernel: CONVERSION.bytesToInt128, sourceBytes: 0, targetBytes: 16 },
      )
    default:
      return unsupported('BYTE_ARRAY', annotation)
  }
}

function fixedByteArray({ annotation, length }: SchemaNode): Conversion | string {
  if (length === 0) return 'FIXED_LEN_BYTE_ARRAY of length 0'
  switch (annotation.kind) {
    case 'none':
    case 'bytes':
      return { type: BINARY, kernel: CONVERSION.fixedToRefs, sourceBytes: length, targetBytes: 8 }
    case 'decimal':
      return decimalOf(annotation, (type) =>
        isShortDecimal(type)
          ? { type, kernel: CONVERSION.fixedToInt64, sourceBytes: length, targetBytes: 8 }
          : { type, kernel: CONVERSION.fixedToInt128, sourceBytes: length, targetBytes: 16 },
      )
    case 'float16':
      if (length !== 2) return 'FLOAT16 of another length than 2'
      return { type: FLOAT, kernel: CONVERSION.halfToFloat, sourceBytes: 2, targetBytes: 4 }
    default:
      return unsupported('FIXED_LEN_BYTE_ARRAY', annotation)
  }
}

function decimalOf(
  { precision, scale }: { readonly precision: number; readonly scale: number },
  convert: (type: ReturnType<typeof decimal>) => Conversion | string,
): Conversion | string {
  if (precision < 1 || precision > MAX_DECIMAL_PRECISION || scale > precision) {
    return `DECIMAL(${precision},${scale})`
  }
  return convert(decimal(precision, scale))
}

function unsupported(physical: PhysicalType, annotation: SchemaNode['annotation']): string {
  return `${physical} with ${annotation.kind === 'unknown' ? annotation.name : annotation.kind.toUpperCase()}`
}
