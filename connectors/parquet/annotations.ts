import type { CompactReader } from './compact-reader.js'
import type { Annotation, TimeUnit } from './metadata.js'

/* What parquet.thrift says of a column beside its physical type: LogicalType and the older ConvertedType. */

/** The union LogicalType: the field that is present says which. */
export function logicalType(r: CompactReader): Annotation | undefined {
  let annotation: Annotation | undefined
  for (let id = r.field(0); id !== 0; id = r.field(id)) {
    if (id === 5) annotation = r.struct(decimalType)
    else if (id === 7) annotation = r.struct((of) => timeType(of, 'time'))
    else if (id === 8) annotation = r.struct((of) => timeType(of, 'timestamp'))
    else if (id === 10) annotation = r.struct(integerType)
    else {
      r.skip()
      annotation = LOGICAL[id] ?? { kind: 'unknown', name: `logical type ${id}` }
    }
  }
  return annotation
}

/** Logical types without parameters of use here, by their field in the union. */
const LOGICAL: Readonly<Record<number, Annotation>> = {
  1: { kind: 'string' },
  2: { kind: 'map' },
  3: { kind: 'list' },
  4: { kind: 'string' },
  6: { kind: 'date' },
  11: { kind: 'unknown', name: 'NULL' },
  12: { kind: 'string' },
  13: { kind: 'bytes' },
  14: { kind: 'bytes' },
  15: { kind: 'float16' },
  16: { kind: 'variant' },
}

function decimalType(r: CompactReader): Annotation {
  let scale = 0
  let precision = 0
  for (let id = r.field(0); id !== 0; id = r.field(id)) {
    if (id === 1) scale = r.size()
    else if (id === 2) precision = r.size()
    else r.skip()
  }
  return { kind: 'decimal', precision, scale }
}

function timeType(r: CompactReader, kind: 'time' | 'timestamp'): Annotation {
  let utc = false
  let unit: TimeUnit = 'MICROS'
  for (let id = r.field(0); id !== 0; id = r.field(id)) {
    if (id === 1) utc = r.boolean()
    else if (id === 2) unit = r.struct(timeUnit)
    else r.skip()
  }
  return { kind, unit, utc }
}

function timeUnit(r: CompactReader): TimeUnit {
  let unit: TimeUnit = 'MICROS'
  for (let id = r.field(0); id !== 0; id = r.field(id)) {
    unit = id === 1 ? 'MILLIS' : id === 2 ? 'MICROS' : 'NANOS'
    r.skip()
  }
  return unit
}

function integerType(r: CompactReader): Annotation {
  let bits = 64
  let signed = true
  for (let id = r.field(0); id !== 0; id = r.field(id)) {
    if (id === 1) bits = r.integer()
    else if (id === 2) signed = r.boolean()
    else r.skip()
  }
  return { kind: 'integer', bits, signed }
}

const INTEGER = (bits: number, signed: boolean): Annotation => ({ kind: 'integer', bits, signed })
/** By number of ConvertedType; DECIMAL (5) is made where it is found. */
const CONVERTED: Readonly<Record<number, Annotation>> = {
  0: { kind: 'string' },
  1: { kind: 'map' },
  2: { kind: 'map' },
  3: { kind: 'list' },
  4: { kind: 'string' },
  6: { kind: 'date' },
  7: { kind: 'time', unit: 'MILLIS', utc: true },
  8: { kind: 'time', unit: 'MICROS', utc: true },
  9: { kind: 'timestamp', unit: 'MILLIS', utc: true },
  10: { kind: 'timestamp', unit: 'MICROS', utc: true },
  11: INTEGER(8, false),
  12: INTEGER(16, false),
  13: INTEGER(32, false),
  14: INTEGER(64, false),
  15: INTEGER(8, true),
  16: INTEGER(16, true),
  17: INTEGER(32, true),
  18: INTEGER(64, true),
  19: { kind: 'string' },
  20: { kind: 'bytes' },
  21: { kind: 'unknown', name: 'INTERVAL' },
}

/** What an older writer said of a column, by number of ConvertedType. */
export function convertedAnnotation(converted: number | undefined, precision: number, scale: number): Annotation {
  if (converted === undefined) return { kind: 'none' }
  if (converted === 5) return { kind: 'decimal', precision, scale }
  return CONVERTED[converted] ?? { kind: 'unknown', name: `converted type ${converted}` }
}
