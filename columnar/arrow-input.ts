import type { Field as ArrowField, DataType as ArrowType, Data, RecordBatch, Table, Vector } from 'apache-arrow'
import { MillraceError } from '../common/errors/millrace-error.js'
import { packedIntervals } from './arrow-intervals.js'
import { ARROW, VARIANT_MARK } from './arrow-tags.js'
import { floorDivide, longAt, type Values, wordsAt } from './arrow-words.js'
import type { Block } from './block.js'
import { blockFromColumns } from './block-from-rows.js'
import { corrupt } from './flat-metadata.js'
import { leafCount, leavesOf } from './leaves.js'
import { type EncodeValue, packed } from './packed-writer.js'
import type { Encoded } from './records/record.js'
import {
  type ArrayType,
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
  type MapType,
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
} from './types.js'
import { packVariant } from './variant-parts.js'

/** What the package calls a dictionary, whose values the format keeps apart. */
const DICTIONARY = -1
const YEAR_MONTH = 0
const MONTH_DAY_NANO = 2
const NANOS_PER_MICRO = 1000n
const MILLIS_PER_DAY = 86_400_000n
/** Microseconds of a unit, and how many of the unit a microsecond has: seconds, milliseconds, microseconds, nanoseconds. */
const MICROS: readonly (readonly [micros: bigint, perMicro: bigint])[] = [
  [1_000_000n, 1n],
  [1000n, 1n],
  [1n, 1n],
  [1n, 1000n],
]

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
  readonly dictionary: ArrowType
  readonly children: readonly ArrowField[]
}

export type ReadEncoded = (row: number) => Encoded

const partsOf = (type: ArrowType): TypeParts => type as unknown as TypeParts

/** Whether a value is a table of the `apache-arrow` package, of whichever copy of it. */
export const isArrowTable = (value: object): value is Table =>
  'batches' in value && 'schema' in value && 'getChild' in value

/** The schema of a table. @throws UNSUPPORTED_FEATURE for types that have no counterpart */
export const schemaOfArrow = ({ schema }: Pick<Table | RecordBatch, 'schema'>): Schema => ({
  fields: schema.fields.map(({ name, type, nullable }) => field(name, typeOf(type, name), nullable)),
})

/** The rows of a table as blocks of at most so many rows. @param order where each column of the schema is in the table, if not at its own place */
export function* blocksFromArrow(
  schema: Schema,
  { batches }: { readonly batches: readonly RecordBatch[] },
  mostRows: number,
  order: readonly number[] = [...schema.fields.keys()],
): Generator<Block> {
  for (const { data, numRows } of batches) {
    const columns = order.map((at) => data.children[at])
    yield* blocksOfColumns(schema, columns, numRows, mostRows)
  }
}

/** The rows of some columns as blocks of at most so many rows; a column that is not there is NULL. */
export function* blocksOfColumns(
  schema: Schema,
  columns: readonly (Data | undefined)[],
  allRows: number,
  mostRows: number,
): Generator<Block> {
  const leaves = leavesOf(schema)
  const readers = columns.flatMap((data, i) => (data ? readersOf(data) : missing(schema.fields[i]!.type)))
  for (let from = 0; from < allRows; from += mostRows) {
    const rows = Math.min(mostRows, allRows - from)
    yield blockFromColumns(
      leaves,
      rows,
      readers.map((read) => Array.from({ length: rows }, (_, i) => read(from + i))),
    )
  }
}

const missing = (type: DataType): readonly ReadEncoded[] =>
  Array.from({ length: leafCount(type) }, () => () => undefined)

function typeOf(type: ArrowType, name: string): DataType {
  const { typeId, bitWidth, isSigned, precision, scale, timezone, children, dictionary, unit } = partsOf(type)
  switch (typeId) {
    case ARROW.null:
      return VOID
    case ARROW.bool:
      return BOOLEAN
    case ARROW.int:
      return integerType(bitWidth, isSigned)
    case ARROW.floatingPoint:
      if (partsOf(type).precision === 0) break
      return precision === 1 ? FLOAT : DOUBLE
    case ARROW.utf8:
    case ARROW.largeUtf8:
      return STRING
    case ARROW.binary:
    case ARROW.largeBinary:
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
      if (isVariant(type)) return VARIANT
      return {
        kind: 'struct',
        fields: children.map((child) => field(child.name, typeOf(child.type, `${name}.${child.name}`), child.nullable)),
      }
    case ARROW.list: {
      const [element] = children
      return array(typeOf(element!.type, `${name}.element`), element!.nullable)
    }
    case ARROW.map: {
      const [key, value] = partsOf(children[0]!.type).children
      return map(typeOf(key!.type, `${name}.key`), typeOf(value!.type, `${name}.value`), value!.nullable)
    }
    case DICTIONARY:
      return typeOf(dictionary, name)
  }
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `the Arrow column ${name} of type ${type}` })
}

/** Whether a struct is one of the buffers of variants, of which the keys are marked. */
const isVariant = (type: ArrowType): boolean => {
  const { typeId, children } = partsOf(type)
  if (typeId !== ARROW.struct || children.length !== 2) return false
  const [value, metadata] = ['value', 'metadata'].map((name) => children.find((child) => child.name === name))
  return value !== undefined && metadata?.metadata.get(VARIANT_MARK) === 'true'
}

/** Reads the buffers of variants as the engine keeps them. */
function variantReader(data: Data): ReadEncoded {
  const { children } = partsOf(data.type)
  const reader = (name: string): ReadEncoded =>
    plainReader(data.children[children.findIndex((child) => child.name === name)]!)
  const [value, metadata] = [reader('value'), reader('metadata')]
  return (row) => packVariant({ value: value(row) as Uint8Array, metadata: metadata(row) as Uint8Array })
}

/** Unsigned integers take the next larger type, as in Spark's Parquet. */
function integerType(bits: number, isSigned: boolean): DataType {
  if (isSigned) return bits === 8 ? TINYINT : bits === 16 ? SMALLINT : bits === 32 ? INT : BIGINT
  return bits === 8 ? SMALLINT : bits === 16 ? INT : bits === 32 ? BIGINT : decimal(20, 0)
}

/** The readers of a column's leaves; under a struct that is NULL everything is. */
export function readersOf(data: Data): readonly ReadEncoded[] {
  const isValid = (row: number): boolean => data.getValid(row)
  if (partsOf(data.type).typeId !== ARROW.struct || isVariant(data.type)) {
    const read = plainReader(data)
    return [(row) => (isValid(row) ? read(row) : undefined)]
  }
  const below = data.children.flatMap(readersOf)
  return [
    (row) => (isValid(row) ? true : undefined),
    ...below.map(
      (read): ReadEncoded =>
        (row) =>
          isValid(row) ? read(row) : undefined,
    ),
  ]
}

/** Reads the lists of a column as `packed` takes them: their elements as arrays, entries as `Map`s, structs as objects. */
function listReader(data: Data): ReadEncoded {
  const type = typeOf(data.type, 'list') as ArrayType | MapType
  const read = nestedReader(data)
  const encode: EncodeValue = (of, value) =>
    of.kind === 'array' || of.kind === 'map' ? packed(of, value, encode, refuse) : (value as Encoded)
  const refuse = (value: unknown, reason: string): MillraceError =>
    new MillraceError('INVALID_ROW_VALUE', { column: 'list', row: 0, value: String(value), reason })
  return (row) => packed(type, read(row), encode, refuse)
}

function nestedReader(data: Data): (row: number) => unknown {
  if (isVariant(data.type)) return variantReader(data)
  const { typeId, children } = partsOf(data.type)
  const below = data.children.map((child) => {
    const read = nestedReader(child)
    return (row: number): unknown => (child.getValid(row) ? read(row) : null)
  })
  if (typeId === ARROW.struct) return (row) => Object.fromEntries(children.map(({ name }, i) => [name, below[i]!(row)]))
  if (typeId !== ARROW.list && typeId !== ARROW.map) return plainReader(data)
  const offsets = data.valueOffsets as unknown as Values
  const element = below[0]!
  const all = (row: number): unknown[] => {
    const from = Number(offsets[row])
    return Array.from({ length: Number(offsets[row + 1]) - from }, (_, i) => element(from + i))
  }
  if (typeId === ARROW.list) return all
  return (row) => new Map(all(row).map((entry) => Object.values(entry as object) as [unknown, unknown]))
}

function plainReader(data: Data): ReadEncoded {
  const { typeId, bitWidth, unit, byteWidth } = partsOf(data.type)
  const values = data.values as Values
  switch (typeId) {
    case ARROW.list:
    case ARROW.map:
      return listReader(data)
    case ARROW.struct:
      return variantReader(data)
    case ARROW.null:
      return () => undefined
    case ARROW.bool:
      return (row) => ((Number(values[(data.offset + row) >> 3]) >> ((data.offset + row) & 7)) & 1) === 1
    case ARROW.int:
      return (row) => BigInt(values[row]!)
    case ARROW.floatingPoint:
      return (row) => Number(values[row])
    case ARROW.decimal:
      return (row) => wordsAt(values as ArrayLike<number>, row, bitWidth / 32)
    case ARROW.date:
      return (row) => (unit === 0 ? BigInt(values[row]!) : floorDivide(longAt(values, row), MILLIS_PER_DAY))
    case ARROW.time: {
      // Of nanoseconds those that no TIME has are dropped.
      const [micros, perMicro] = MICROS[unit]!
      const read = bitWidth === 32 ? (row: number) => BigInt(values[row]!) : (row: number) => longAt(values, row)
      return (row) => floorDivide(read(row) * micros, perMicro) * NANOS_PER_MICRO
    }
    case ARROW.interval:
      if (unit === MONTH_DAY_NANO) return packedIntervals(values as Int32Array)
      return (row) => BigInt((values as ArrayLike<number>)[row]!)
    case ARROW.duration:
    case ARROW.timestamp: {
      const [micros, perMicro] = MICROS[unit]!
      return (row) => floorDivide(longAt(values, row) * micros, perMicro)
    }
    case ARROW.fixedSizeBinary:
      return (row) => (values as Uint8Array).subarray(row * byteWidth, (row + 1) * byteWidth)
    case DICTIONARY:
      return dictionaryReader(data.dictionary as Vector, values)
    default: {
      const offsets = data.valueOffsets as unknown as Values
      return (row) => (values as Uint8Array).subarray(Number(offsets[row]), Number(offsets[row + 1]))
    }
  }
}

function dictionaryReader(dictionary: Vector, indices: Values): ReadEncoded {
  const entries = dictionary.data.flatMap((chunk) => {
    const [read] = readersOf(chunk)
    return Array.from({ length: chunk.length }, (_, i) => read!(i))
  })
  return (row) => {
    const at = Number(indices[row])
    if (at < 0 || at >= entries.length) throw corrupt('a value is not in its dictionary')
    return entries[at]
  }
}
