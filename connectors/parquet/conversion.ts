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
  TIME,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  TINYINT,
} from '../../columnar/types.js'
import {
  PLAIN_BYTES_TO_INT64,
  PLAIN_BYTES_TO_INT128,
  PLAIN_BYTES_TO_REFS,
  PLAIN_COPY,
  PLAIN_FIXED_TO_INT64,
  PLAIN_FIXED_TO_INT128,
  PLAIN_FIXED_TO_REFS,
  PLAIN_HALF_TO_FLOAT,
  PLAIN_INT32_TO_INT8,
  PLAIN_INT32_TO_INT16,
  PLAIN_INT32_TO_INT64,
  PLAIN_INT64_TO_INT128,
  PLAIN_INT96_TO_MICROS,
  PLAIN_MILLIS_TO_MICROS,
  PLAIN_NANOS_TO_MICROS,
  PLAIN_TIME_MICROS_TO_NANOS,
  PLAIN_TIME_NANOS,
  PLAIN_UINT32_TO_INT64,
  PLAIN_UINT64_TO_INT128,
} from '../../executor/kernels/interface/parquet.js'
import type { PhysicalType, SchemaNode } from './metadata.js'

/** In place of a number of `parquetPlain`: booleans are bits, which it does not read. */
const BITS = -1

export interface Conversion {
  readonly type: DataType
  /** How `parquetPlain` makes it of what is stored, or BITS. */
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
      return { type: BOOLEAN, kernel: BITS, sourceBytes: 0, targetBytes: 1 }
    case 'FLOAT':
      return { type: FLOAT, kernel: PLAIN_COPY, sourceBytes: 4, targetBytes: 4 }
    case 'DOUBLE':
      return { type: DOUBLE, kernel: PLAIN_COPY, sourceBytes: 8, targetBytes: 8 }
    case 'INT32':
      return int32(node)
    case 'INT64':
      return int64(node)
    case 'INT96':
      return { type: TIMESTAMP, kernel: PLAIN_INT96_TO_MICROS, sourceBytes: 12, targetBytes: 8 }
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
      return stored4(INT, PLAIN_COPY, 4)
    case 'date':
      return stored4(DATE, PLAIN_COPY, 4)
    case 'integer':
      if (annotation.bits === 8) {
        return annotation.signed ? stored4(TINYINT, PLAIN_INT32_TO_INT8, 1) : stored4(SMALLINT, PLAIN_INT32_TO_INT16, 2)
      }
      if (annotation.bits === 16) {
        return annotation.signed ? stored4(SMALLINT, PLAIN_INT32_TO_INT16, 2) : stored4(INT, PLAIN_COPY, 4)
      }
      return annotation.signed ? stored4(INT, PLAIN_COPY, 4) : stored4(BIGINT, PLAIN_UINT32_TO_INT64, 8)
    case 'decimal':
      return decimalOf(annotation, (type) =>
        isShortDecimal(type) ? stored4(type, PLAIN_INT32_TO_INT64, 8) : 'a decimal of more digits than INT32 holds',
      )
    default:
      return unsupported('INT32', annotation)
  }
}

function int64({ annotation }: SchemaNode): Conversion | string {
  switch (annotation.kind) {
    case 'none':
      return stored8(BIGINT, PLAIN_COPY, 8)
    case 'integer':
      return annotation.signed ? stored8(BIGINT, PLAIN_COPY, 8) : stored8(decimal(20, 0), PLAIN_UINT64_TO_INT128, 16)
    case 'decimal':
      return decimalOf(annotation, (type) =>
        isShortDecimal(type) ? stored8(type, PLAIN_COPY, 8) : stored8(type, PLAIN_INT64_TO_INT128, 16),
      )
    case 'time':
      // Spark has no times of milliseconds, which are INT32.
      if (annotation.unit === 'MILLIS') return unsupported('INT64', annotation)
      return stored8(TIME, annotation.unit === 'MICROS' ? PLAIN_TIME_MICROS_TO_NANOS : PLAIN_TIME_NANOS, 8)
    case 'timestamp': {
      const kernels = {
        MILLIS: PLAIN_MILLIS_TO_MICROS,
        MICROS: PLAIN_COPY,
        NANOS: PLAIN_NANOS_TO_MICROS,
      } as const
      return stored8(annotation.utc ? TIMESTAMP : TIMESTAMP_NTZ, kernels[annotation.unit], 8)
    }
    default:
      return unsupported('INT64', annotation)
  }
}

function byteArray({ annotation }: SchemaNode): Conversion | string {
  const bytes = { kernel: PLAIN_BYTES_TO_REFS, sourceBytes: 0, targetBytes: 8 } as const
  switch (annotation.kind) {
    case 'string':
      return { type: STRING, ...bytes }
    case 'none':
    case 'bytes':
      return { type: BINARY, ...bytes }
    case 'decimal':
      return decimalOf(annotation, (type) =>
        isShortDecimal(type)
          ? { type, kernel: PLAIN_BYTES_TO_INT64, sourceBytes: 0, targetBytes: 8 }
          : { type, kernel: PLAIN_BYTES_TO_INT128, sourceBytes: 0, targetBytes: 16 },
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
      return { type: BINARY, kernel: PLAIN_FIXED_TO_REFS, sourceBytes: length, targetBytes: 8 }
    case 'decimal':
      return decimalOf(annotation, (type) =>
        isShortDecimal(type)
          ? { type, kernel: PLAIN_FIXED_TO_INT64, sourceBytes: length, targetBytes: 8 }
          : { type, kernel: PLAIN_FIXED_TO_INT128, sourceBytes: length, targetBytes: 16 },
      )
    case 'float16':
      if (length !== 2) return 'FLOAT16 of another length than 2'
      return { type: FLOAT, kernel: PLAIN_HALF_TO_FLOAT, sourceBytes: 2, targetBytes: 4 }
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
