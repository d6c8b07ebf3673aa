import { convertedAnnotation, logicalType } from './annotations.js'
import { CompactReader, MalformedThrift } from './compact-reader.js'
import type {
  Annotation,
  Chunk,
  ChunkStatistics,
  FileMetadata,
  PageDetails,
  PageHeader,
  PhysicalType,
  RowGroup,
  SchemaNode,
} from './metadata.js'
import { SPARK_SCHEMA_KEY } from './spark-schema.js'

/*
 * The structures of parquet.thrift by field number. hyparquet's `parquetMetadata` is not used: it turns statistics into
 * doubles and dates, which loses digits, and costs a fresh process ten times as long.
 */
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
  const r = new CompactReader(bytes)
  let elements: readonly SchemaElement[] = []
  let rows = 0
  let rowGroups: readonly RowGroup[] | undefined
  let orders: readonly boolean[] | undefined
  let sparkSchema: string | undefined
  for (let id = r.field(0); id !== 0; id = r.field(id)) {
    if (id === 2) elements = r.structs(schemaElement)
    else if (id === 3) rows = r.size()
    else if (id === 4) rowGroups = r.structs(rowGroup)
    else if (id === 5) sparkSchema = r.structs(sparkSchemaEntry).find((text) => text !== undefined)
    else if (id === 7) orders = r.structs(isTypeDefinedOrder)
    else r.skip()
  }
  const root = schemaTree(elements, { next: 0, leaf: 0, orders }, 0)
  if (root.physical !== undefined) throw new MalformedThrift('the root of the schema is not a group')
  if (rowGroups === undefined) throw new MalformedThrift('the row groups are missing')
  const leaves = countLeaves(root)
  const partial = rowGroups.find((group) => group.chunks.length !== leaves)
  if (partial) throw new MalformedThrift(`a row group has ${partial.chunks.length} of ${leaves} columns`)
  return { root, rows, rowGroups, sparkSchema }
}

/** The value of a KeyValue, if it is the one in which Spark keeps the schema. */
function sparkSchemaEntry(r: CompactReader): string | undefined {
  let key = ''
  let value: Uint8Array | undefined
  for (let id = r.field(0); id !== 0; id = r.field(id)) {
    if (id === 1) key = decoder.decode(r.binary())
    else if (id === 2) value = r.binary()
    else r.skip()
  }
  return key === SPARK_SCHEMA_KEY && value ? decoder.decode(value) : undefined
}

/**
 * Reads the page header at the start of `bytes`. Objects are made whole, each of one shape: a query reads thousands of pages, and one whose
 * fields come from others, or come later, costs more than its page. @throws MalformedThrift, also when the bytes end within it
 */
export function parsePageHeader(bytes: Uint8Array): PageHeader {
  const r = new CompactReader(bytes)
  let kind: PageHeader['kind'] = 'other'
  let uncompressedBytes = 0
  let compressedBytes = 0
  let checksum: number | undefined
  let page: PageDetails | undefined
  for (let id = r.field(0); id !== 0; id = r.field(id)) {
    if (id === 1) kind = PAGE_KINDS[r.integer()] ?? 'other'
    else if (id === 2) uncompressedBytes = r.size()
    else if (id === 3) compressedBytes = r.size()
    else if (id === 4) checksum = r.integer() >>> 0
    else if (id === (kind === 'dictionary' ? 7 : 5)) page = r.struct(pageV1)
    else if (id === 8) page = r.struct(pageV2)
    else r.skip()
  }
  if (kind !== 'other' && page === undefined) throw new MalformedThrift('a page header without its details')
  const details = page ?? NO_DETAILS
  return { kind, headerBytes: r.position, uncompressedBytes, compressedBytes, checksum, details }
}

const RLE = 3
const NO_DETAILS: PageDetails = {
  values: 0,
  encoding: 0,
  definitionEncoding: RLE,
  repetitionEncoding: RLE,
  definitionBytes: 0,
  repetitionBytes: 0,
  isCompressed: true,
}

/** DataPageHeader and DictionaryPageHeader, which begin alike. */
function pageV1(r: CompactReader): PageDetails {
  let values = 0
  let encoding = 0
  let definitionEncoding = RLE
  let repetitionEncoding = RLE
  for (let id = r.field(0); id !== 0; id = r.field(id)) {
    if (id === 1) values = r.size()
    else if (id === 2) encoding = r.integer()
    // Of a dictionary page the third field is a boolean: whether it is sorted.
    else if (id === 3 && r.isNumber) definitionEncoding = r.integer()
    else if (id === 4) repetitionEncoding = r.integer()
    else r.skip()
  }
  return {
    values,
    encoding,
    definitionEncoding,
    repetitionEncoding,
    definitionBytes: 0,
    repetitionBytes: 0,
    isCompressed: true,
  }
}

function pageV2(r: CompactReader): PageDetails {
  let values = 0
  let encoding = 0
  let definitionBytes = 0
  let repetitionBytes = 0
  let isCompressed = true
  for (let id = r.field(0); id !== 0; id = r.field(id)) {
    if (id === 1) values = r.size()
    else if (id === 4) encoding = r.integer()
    else if (id === 5) definitionBytes = r.size()
    else if (id === 6) repetitionBytes = r.size()
    else if (id === 7) isCompressed = r.boolean()
    else r.skip()
  }
  return {
    values,
    encoding,
    definitionEncoding: RLE,
    repetitionEncoding: RLE,
    definitionBytes,
    repetitionBytes,
    isCompressed,
  }
}

interface SchemaElement {
  readonly physical: PhysicalType | undefined
  readonly length: number
  readonly repetition: SchemaNode['repetition']
  readonly name: string
  readonly children: number
  readonly annotation: Annotation
}

function schemaElement(r: CompactReader): SchemaElement {
  let physical: PhysicalType | undefined
  let length = 0
  let repetition: SchemaNode['repetition'] = 'REQUIRED'
  let name = ''
  let children = 0
  let converted: number | undefined
  let scale = 0
  let precision = 0
  let logical: Annotation | undefined
  for (let id = r.field(0); id !== 0; id = r.field(id)) {
    if (id === 1) physical = PHYSICAL[r.integer()]
    else if (id === 2) length = r.size()
    else if (id === 3) repetition = REPETITIONS[r.integer()] ?? 'REQUIRED'
    else if (id === 4) name = decoder.decode(r.binary())
    else if (id === 5) children = r.size()
    else if (id === 6) converted = r.integer()
    else if (id === 7) scale = r.size()
    else if (id === 8) precision = r.size()
    else if (id === 10) logical = r.struct(logicalType)
    else r.skip()
  }
  const annotation = logical ?? convertedAnnotation(converted, precision, scale)
  return { physical, length, repetition, name, children, annotation }
}

/** The union ColumnOrder: whether values are compared as their type says, the only order that is known here. */
function isTypeDefinedOrder(r: CompactReader): boolean {
  let isTypeDefined = false
  for (let id = r.field(0); id !== 0; id = r.field(id)) {
    isTypeDefined = id === 1
    r.skip()
  }
  return isTypeDefined
}

interface TreeState {
  next: number
  leaf: number
  /** Of the leaves; absent in files of old writers, whose order is the type's. */
  readonly orders: readonly boolean[] | undefined
}

function schemaTree(elements: readonly SchemaElement[], state: TreeState, depth: number): SchemaNode {
  const element = elements[state.next++]
  if (element === undefined) throw new MalformedThrift('the schema ends too early')
  if (depth > MAX_SCHEMA_DEPTH) throw new MalformedThrift('the schema is nested too deeply')
  const children: SchemaNode[] = []
  for (let i = 0; i < element.children; i++) children.push(schemaTree(elements, state, depth + 1))
  if (element.physical === undefined && element.children === 0 && depth > 0) {
    throw new MalformedThrift('a column has no known type')
  }
  const physical = element.children > 0 ? undefined : element.physical
  const isOrdered = physical === undefined || (state.orders?.[state.leaf++] ?? state.orders === undefined)
  return { ...element, physical, isOrdered, children }
}

function countLeaves(node: SchemaNode): number {
  return node.physical === undefined ? node.children.reduce((sum, child) => sum + countLeaves(child), 0) : 1
}

function rowGroup(r: CompactReader): RowGroup {
  let chunks: readonly Chunk[] = []
  let rows = 0
  for (let id = r.field(0); id !== 0; id = r.field(id)) {
    if (id === 1) chunks = r.structs(columnChunk)
    else if (id === 3) rows = r.size()
    else r.skip()
  }
  return { rows, chunks }
}

function columnChunk(r: CompactReader): Chunk {
  let chunk: Chunk | undefined
  for (let id = r.field(0); id !== 0; id = r.field(id)) {
    if (id === 1) throw new MalformedThrift('column chunks in other files are not supported')
    if (id === 3) chunk = r.struct(columnMetadata)
    else r.skip()
  }
  if (chunk === undefined) throw new MalformedThrift('a column chunk without metadata')
  return chunk
}

function columnMetadata(r: CompactReader): Chunk {
  let codec = -1
  let values = 0
  let bytes = 0
  let dataOffset = 0
  let dictionaryOffset = 0
  let chunkStatistics: () => ChunkStatistics | undefined = () => undefined
  for (let id = r.field(0); id !== 0; id = r.field(id)) {
    if (id === 4) codec = r.integer()
    else if (id === 5) values = r.size()
    else if (id === 7) bytes = r.size()
    else if (id === 9) dataOffset = r.size()
    else if (id === 11) dictionaryOffset = r.size()
    else if (id === 12) chunkStatistics = r.postpone(statistics)
    else r.skip()
  }
  // Some writers set a dictionary offset of 0, or one behind the data, when there is none.
  const offset = dictionaryOffset > 0 && dictionaryOffset < dataOffset ? dictionaryOffset : dataOffset
  // Few queries filter, and those that do by few columns; but each query by the same ones, over a footer that is kept.
  let known: ChunkStatistics | undefined
  return {
    offset,
    bytes,
    values,
    codec,
    statistics: () => {
      known ??= chunkStatistics()
      return known
    },
  }
}

function statistics(r: CompactReader): ChunkStatistics {
  const bounds: (Uint8Array | undefined)[] = []
  let nullCount: number | undefined
  let distinctCount: number | undefined
  for (let id = r.field(0); id !== 0; id = r.field(id)) {
    if (id === 3) nullCount = r.size()
    else if (id === 4) distinctCount = r.number()
    else if (id === 1 || id === 2 || id === 5 || id === 6) bounds[id] = r.binary()
    else r.skip()
  }
  const legacy = bounds[5] === undefined && bounds[6] === undefined
  return { max: legacy ? bounds[1] : bounds[5], min: legacy ? bounds[2] : bounds[6], legacy, nullCount, distinctCount }
}
