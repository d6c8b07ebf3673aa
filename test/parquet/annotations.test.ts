import test from 'ava'
import { typeName } from '../../columnar/types.js'
import { convertedAnnotation, logicalType } from '../../connectors/parquet/annotations.js'
import { CompactReader } from '../../connectors/parquet/compact-reader.js'
import { conversionOf } from '../../connectors/parquet/conversion.js'
import type { Annotation, PhysicalType } from '../../connectors/parquet/metadata.js'
import { PLAIN_TIME_MICROS_TO_NANOS, PLAIN_TIME_NANOS } from '../../executor/kernels/interface/parquet.js'

/* What parquet.thrift says of the types of columns, by its numbers. */

/** A structure of Thrift's compact protocol that has one field, whose value begins with these bytes. */
const structure = (field: number, ...value: readonly number[]): readonly number[] => [(field << 4) | 12, ...value, 0]
const [YES, NO] = [0x11, 0x12]
/** A time that is of UTC or not, in a unit by the number of its field in the union of units. */
const inUnit = (utc: number, unit: number): readonly number[] => [utc, ...structure(1, ...structure(unit, 0)), 0]
const readLogical = (field: number, ...value: readonly number[]): Annotation | undefined =>
  logicalType(new CompactReader(Uint8Array.from(structure(field, ...value, 0))))

test('logical types are those of their numbers', (t) => {
  t.deepEqual(readLogical(5, 0x15, 4, 0x15, 18), { kind: 'decimal', precision: 9, scale: 2 })
  for (const [field, kind] of [
    [7, 'time'],
    [8, 'timestamp'],
  ] as const)
    for (const [unit, name] of [
      [1, 'MILLIS'],
      [2, 'MICROS'],
      [3, 'NANOS'],
    ] as const) {
      t.deepEqual(readLogical(field, ...inUnit(YES, unit)), { kind, unit: name, utc: true })
      t.deepEqual(readLogical(field, ...inUnit(NO, unit)), { kind, unit: name, utc: false })
    }
  t.deepEqual(readLogical(10, 0x13, 16, YES), { kind: 'integer', bits: 16, signed: true })
  t.deepEqual(readLogical(10, 0x13, 32, NO), { kind: 'integer', bits: 32, signed: false })
  const plain = { 1: 'string', 2: 'map', 3: 'list', 4: 'string', 6: 'date', 12: 'string', 13: 'bytes', 14: 'bytes' }
  for (const [field, kind] of Object.entries(plain)) t.deepEqual(readLogical(Number(field)), { kind } as Annotation)
  t.deepEqual(readLogical(11), { kind: 'unknown', name: 'NULL' })
  t.deepEqual(readLogical(15), { kind: 'float16' })
})

test('converted types of older writers are those of their numbers', (t) => {
  const told = [
    ...['string', 'map', 'map', 'list', 'string', 'decimal(9,2)', 'date'],
    ...['time MILLIS utc', 'time MICROS utc', 'timestamp MILLIS utc', 'timestamp MICROS utc'],
    ...['8 unsigned', '16 unsigned', '32 unsigned', '64 unsigned', '8 signed', '16 signed', '32 signed', '64 signed'],
    ...['string', 'bytes', 'INTERVAL', 'converted type 22'],
  ]
  t.deepEqual(
    told.map((_, converted) => shown(convertedAnnotation(converted, 9, 2))),
    told,
  )
  t.deepEqual(convertedAnnotation(undefined, 9, 2), { kind: 'none' })
})

function shown(annotation: Annotation): string {
  switch (annotation.kind) {
    case 'decimal':
      return `decimal(${annotation.precision},${annotation.scale})`
    case 'integer':
      return `${annotation.bits} ${annotation.signed ? 'signed' : 'unsigned'}`
    case 'time':
    case 'timestamp':
      return `${annotation.kind} ${annotation.unit}${annotation.utc ? ' utc' : ''}`
    case 'unknown':
      return annotation.name
    default:
      return annotation.kind
  }
}

/** The type that a column is read as, or why it is not. */
function readAs(physical: PhysicalType, annotation: Annotation, length = 0): string {
  const node = {
    name: 'c',
    repetition: 'OPTIONAL',
    physical,
    length,
    annotation,
    isOrdered: true,
    children: [],
  } as const
  const found = conversionOf(node)
  return typeof found === 'string' ? found : typeName(found.type)
}

test('columns are read as the types that Spark reads them as, unsigned integers as the next wider ones', (t) => {
  const integer = (bits: number, signed: boolean): Annotation => ({ kind: 'integer', bits, signed })
  const decimal = (precision: number, scale = 0): Annotation => ({ kind: 'decimal', precision, scale })
  const time = (kind: 'time' | 'timestamp', unit: 'MILLIS' | 'MICROS' | 'NANOS', utc = true): Annotation => ({
    ...{ kind, unit, utc },
  })
  const cases: readonly (readonly [PhysicalType, Annotation, string, number?])[] = [
    ['INT32', { kind: 'none' }, 'int'],
    ['INT32', integer(8, true), 'tinyint'],
    ['INT32', integer(8, false), 'smallint'],
    ['INT32', integer(16, true), 'smallint'],
    ['INT32', integer(16, false), 'int'],
    ['INT32', integer(32, true), 'int'],
    ['INT32', integer(32, false), 'bigint'],
    ['INT64', integer(64, true), 'bigint'],
    ['INT64', integer(64, false), 'decimal(20,0)'],
    ['INT32', { kind: 'date' }, 'date'],
    ['INT32', time('time', 'MILLIS'), 'INT32 with TIME'],
    ['INT64', time('time', 'MILLIS'), 'INT64 with TIME'],
    ['INT64', time('time', 'MICROS'), 'time(6)'],
    ['INT64', time('time', 'NANOS'), 'time(6)'],
    ['INT64', time('timestamp', 'MILLIS'), 'timestamp'],
    ['INT64', time('timestamp', 'NANOS', false), 'timestamp_ntz'],
    ['INT96', { kind: 'none' }, 'timestamp'],
    ['INT32', decimal(9, 9), 'decimal(9,9)'],
    ['INT32', decimal(19), 'a decimal of more digits than INT32 holds'],
    ['INT64', decimal(9, 10), 'DECIMAL(9,10)'],
    ['INT64', decimal(0), 'DECIMAL(0,0)'],
    ['BYTE_ARRAY', decimal(38), 'decimal(38,0)'],
    ['BYTE_ARRAY', decimal(39), 'DECIMAL(39,0)'],
    ['BYTE_ARRAY', { kind: 'none' }, 'binary'],
    ['BYTE_ARRAY', { kind: 'string' }, 'string'],
    ['FIXED_LEN_BYTE_ARRAY', { kind: 'none' }, 'FIXED_LEN_BYTE_ARRAY of length 0', 0],
    ['FIXED_LEN_BYTE_ARRAY', { kind: 'float16' }, 'float', 2],
    ['FIXED_LEN_BYTE_ARRAY', { kind: 'float16' }, 'FLOAT16 of another length than 2', 3],
    ['FIXED_LEN_BYTE_ARRAY', { kind: 'unknown', name: 'INTERVAL' }, 'FIXED_LEN_BYTE_ARRAY with INTERVAL', 12],
  ]
  for (const [physical, annotation, type, length] of cases)
    t.is(readAs(physical, annotation, length), type, `${physical} ${JSON.stringify(annotation)}`)
})

test('times of either unit are read by a conversion of their own', (t) => {
  const kernelOf = (unit: 'MICROS' | 'NANOS'): unknown => {
    const annotation: Annotation = { kind: 'time', unit, utc: true }
    const rest = { name: 'c', repetition: 'OPTIONAL', length: 0, isOrdered: true, children: [] } as const
    const found = conversionOf({ ...rest, physical: 'INT64', annotation })
    return typeof found === 'string' ? found : found.kernel
  }
  t.deepEqual((['MICROS', 'NANOS'] as const).map(kernelOf), [PLAIN_TIME_MICROS_TO_NANOS, PLAIN_TIME_NANOS])
})
