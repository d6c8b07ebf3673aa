import { deserializeTCompactProtocol } from 'hyparquet/src/thrift.js'
import type {
  Annotation,
  Chunk,
  ChunkStatistics,
  FileMetadata,
  PageHeader,
  PhysicalType,
  RowGroup,
  SchemaNode,
  TimeUnit,
} from './metadata.js'

/*
 * The Thrift structures of parquet.thrift by field number. hyparquet's decoder gives `field_N` properties; this file is the only
 * one that sees them. Whole `parquetMetadata` is not used: it turns statistics into doubles and dates, which loses digits, and
 * decodes everything else as well, which costs start-up time.
 */
type Struct = { readonly [key: `field_${number}`]: unknown }

/** A structure that is not what the format says. Callers name the file. */
export class MalformedThrift extends RangeError {}

const PHYSICAL: readonly PhysicalType[] = [
  'BOOLEAN',
  'INT32',
  'INT64',
  'INT96',
  'FLOAT',
  'DOUBLE',
  'BYTE_ARRAY',
  'FIXED_LEN_BYTE_ARRAY',
]
const REPETITIONS = ['REQUIRED', 'OPTIONAL', 'REPEATED'] as const
const PAGE_KINDS = ['data', 'other', 'dictionary', 'dataV2'] as const
const MAX_SCHEMA_DEPTH = 64
const decoder = new TextDecoder()

/** Reads a FileMetaData structure. @throws MalformedThrift */
export function parseFileMetadata(bytes: Uint8Array): FileMetadata {
  const { value } = parseStruct(bytes)
  const elements = list(value.field_2).map(struct)
  const state = { next: 0 }
  const root = schemaTree(elements, state, 0)
  if (root.physical !== undefined) throw new MalformedThrift('the root of the schema is not a group')
  const leaves = countLeaves(root)
  const rowGroups = list(value.field_4).map((group) => rowGroup(struct(group), leaves))
  return { root, rows: integer(value.field_3), rowGroups }
}

/** Reads the page header at the start of `bytes`. @throws MalformedThrift, also when the bytes end within it */
export function parsePageHeader(bytes: Uint8Array): PageHeader {
  const { value, length } = parseStruct(bytes)
  const kind = PAGE_KINDS[integer(value.field_1)] ?? 'other'
  const v1 = kind === 'dictionary' ? optionalStruct(value.field_7) : optionalStruct(value.field_5)
  const v2 = optionalStruct(value.field_8)
  const isV2 = kind === 'dataV2'
  const page = isV2 ? v2 : v1
  if (kind !== 'other' && page === undefined) throw new MalformedThrift('a page header without its details')
  return {
    kind,
    headerBytes: length,
    uncompressedBytes: size(value.field_2),
    compressedBytes: size(value.field_3),
    values: page ? size(page.field_1) : 0,
    encoding: page ? integer(isV2 ? page.field_4 : page.field_2) : 0,
    definitionEncoding: kind === 'data' && page ? integer(page.field_3) : 3,
    definitionBytes: isV2 && page ? size(page.field_5) : 0,
    repetitionBytes: isV2 && page ? size(page.field_6) : 0,
    isCompressed: !isV2 || page?.field_7 !== false,
  }
}

function parseStruct(bytes: Uint8Array): { value: Struct; length: number } {
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 }
  try {
    return { value: deserializeTCompactProtocol(reader), length: reader.offset }
  } catch (error) {
    throw new MalformedThrift(error instanceof Error ? error.message : String(error))
  }
}

function schemaTree(elements: readonly Struct[], state: { next: number }, depth: number): SchemaNode {
  const element = elements[state.next++]
  if (element === undefined) throw new MalformedThrift('the schema ends too early')
  if (depth > MAX_SCHEMA_DEPTH) throw new MalformedThrift('the schema is nested too deeply')
  const childCount = element.field_5 === undefined ? 0 : size(element.field_5)
  const children: SchemaNode[] = []
  for (let i = 0; i < childCount; i++) children.push(schemaTree(elements, state, depth + 1))
  const physical = element.field_1 === undefined ? undefined : PHYSICAL[integer(element.field_1)]
  if (physical === undefined && childCount === 0 && depth > 0) throw new MalformedThrift('a column has no known type')
  return {
    name: text(element.field_4),
    repetition: REPETITIONS[element.field_3 === undefined ? 0 : integer(element.field_3)] ?? 'REQUIRED',
    physical: childCount > 0 ? undefined : physical,
    length: element.field_2 === undefined ? 0 : size(element.field_2),
    annotation: annotation(element),
    children,
  }
}

function countLeaves(node: SchemaNode): number {
  return node.physical === undefined ? node.children.reduce((sum, child) => sum + countLeaves(child), 0) : 1
}

/** The union LogicalType: the field that is present says which. */
function annotation(element: Struct): Annotation {
  const logical = optionalStruct(element.field_10)
  if (logical === undefined) return convertedAnnotation(element)
  if (logical.field_1 ?? logical.field_4 ?? logical.field_12) return { kind: 'string' }
  if (logical.field_2) return { kind: 'map' }
  if (logical.field_3) return { kind: 'list' }
  if (logical.field_5) {
    const decimal = struct(logical.field_5)
    return { kind: 'decimal', scale: size(decimal.field_1), precision: size(decimal.field_2) }
  }
  if (logical.field_6) return { kind: 'date' }
  if (logical.field_7) return { kind: 'time' }
  if (logical.field_8) {
    const timestamp = struct(logical.field_8)
    return { kind: 'timestamp', unit: timeUnit(timestamp.field_2), utc: timestamp.field_1 === true }
  }
  if (logical.field_10) {
    const int = struct(logical.field_10)
    return { kind: 'integer', bits: integer(int.field_1), signed: int.field_2 === true }
  }
  if (logical.field_11) return { kind: 'unknown', name: 'NULL' }
  if (logical.field_13 ?? logical.field_14) return { kind: 'bytes' }
  if (logical.field_15) return { kind: 'float16' }
  const field = Object.keys(logical)[0]
  return field === undefined ? convertedAnnotation(element) : { kind: 'unknown', name: `logical type ${field}` }
}

function timeUnit(value: unknown): TimeUnit {
  const unit = struct(value)
  return unit.field_1 ? 'MILLIS' : unit.field_2 ? 'MICROS' : 'NANOS'
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
  7: { kind: 'time' },
  8: { kind: 'time' },
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

function convertedAnnotation(element: Struct): Annotation {
  if (element.field_6 === undefined) return { kind: 'none' }
  const converted = integer(element.field_6)
  if (converted !== 5) return CONVERTED[converted] ?? { kind: 'unknown', name: `converted type ${converted}` }
  const scale = element.field_7 === undefined ? 0 : size(element.field_7)
  return { kind: 'decimal', scale, precision: size(element.field_8) }
}

function rowGroup(value: Struct, leaves: number): RowGroup {
  const chunks = list(value.field_1).map((chunk) => columnChunk(struct(chunk)))
  if (chunks.length !== leaves) throw new MalformedThrift(`a row group has ${chunks.length} of ${leaves} columns`)
  return { rows: size(value.field_3), chunks }
}

function columnChunk(value: Struct): Chunk {
  if (value.field_1 !== undefined) throw new MalformedThrift('column chunks in other files are not supported')
  const meta = struct(value.field_3)
  const dataOffset = size(meta.field_9)
  const dictionaryOffset = meta.field_11 === undefined ? 0 : size(meta.field_11)
  return {
    // Some writers set a dictionary offset of 0 or one behind the data when there is none.
    offset: dictionaryOffset > 0 && dictionaryOffset < dataOffset ? dictionaryOffset : dataOffset,
    bytes: size(meta.field_7),
    values: size(meta.field_5),
    codec: integer(meta.field_4),
    statistics: meta.field_12 === undefined ? undefined : statistics(struct(meta.field_12)),
  }
}

function statistics(value: Struct): ChunkStatistics {
  const legacy = value.field_5 === undefined && value.field_6 === undefined
  return {
    // Copied, so that a cached footer does not hold on to the buffer it was read from.
    max: optionalBytes(legacy ? value.field_1 : value.field_5),
    min: optionalBytes(legacy ? value.field_2 : value.field_6),
    legacy,
    nullCount: value.field_3 === undefined ? undefined : size(value.field_3),
  }
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new MalformedThrift('a list is missing')
  return value
}

function struct(value: unknown): Struct {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) {
    throw new MalformedThrift('a structure is missing')
  }
  return value as Struct
}

function optionalStruct(value: unknown): Struct | undefined {
  return value === undefined ? undefined : struct(value)
}

function integer(value: unknown): number {
  const number = typeof value === 'bigint' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw new MalformedThrift('a number is missing')
  return number
}

function size(value: unknown): number {
  const number = integer(value)
  if (number < 0) throw new MalformedThrift('a size is negative')
  return number
}

function text(value: unknown): string {
  if (!(value instanceof Uint8Array)) throw new MalformedThrift('a text is missing')
  return decoder.decode(value)
}

function optionalBytes(value: unknown): Uint8Array | undefined {
  return value instanceof Uint8Array ? value.slice() : undefined
}
