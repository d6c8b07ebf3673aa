/** The parts of a Parquet file's footer that reading needs. Positions and sizes are in bytes. */

export type PhysicalType =
  | 'BOOLEAN'
  | 'INT32'
  | 'INT64'
  | 'INT96'
  | 'FLOAT'
  | 'DOUBLE'
  | 'BYTE_ARRAY'
  | 'FIXED_LEN_BYTE_ARRAY'

export type TimeUnit = 'MILLIS' | 'MICROS' | 'NANOS'

/** What values mean, from the logical type or else the older converted type. */
export type Annotation =
  | { readonly kind: 'none' | 'string' | 'bytes' | 'date' | 'float16' | 'list' | 'map' | 'variant' }
  | { readonly kind: 'integer'; readonly bits: number; readonly signed: boolean }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'time' | 'timestamp'; readonly unit: TimeUnit; readonly utc: boolean }
  | { readonly kind: 'unknown'; readonly name: string }

export interface SchemaNode {
  readonly name: string
  readonly repetition: 'REQUIRED' | 'OPTIONAL' | 'REPEATED'
  /** Absent for groups. */
  readonly physical: PhysicalType | undefined
  /** Of FIXED_LEN_BYTE_ARRAY. */
  readonly length: number
  readonly annotation: Annotation
  /** Of a leaf: whether the bounds in its statistics are in an order that is known here. */
  readonly isOrdered: boolean
  readonly children: readonly SchemaNode[]
}

/** Bounds as stored: PLAIN encoded values without a length. `legacy` ones were compared as signed bytes and are mostly unusable. */
export interface ChunkStatistics {
  readonly min: Uint8Array | undefined
  readonly max: Uint8Array | undefined
  readonly legacy: boolean
  readonly nullCount: number | undefined
  /** How many values there are, which few writers count. */
  readonly distinctCount: number | undefined
}

/** A column chunk: the pages of one leaf column in one row group. */
export interface Chunk {
  readonly offset: number
  readonly bytes: number
  readonly values: number
  readonly codec: number
  /** Parsed when it is first called: the same object each time. @throws MalformedThrift */
  statistics(): ChunkStatistics | undefined
}

export interface RowGroup {
  readonly rows: number
  /** In the order of the schema's leaves. */
  readonly chunks: readonly Chunk[]
}

export interface FileMetadata {
  readonly root: SchemaNode
  readonly rows: number
  readonly rowGroups: readonly RowGroup[]
  /** What Spark says of the types of the columns, if it wrote the file: JSON. */
  readonly sparkSchema: string | undefined
}

export interface PageHeader {
  readonly kind: 'data' | 'dataV2' | 'dictionary' | 'other'
  /** How long the header itself is. */
  readonly headerBytes: number
  readonly compressedBytes: number
  readonly uncompressedBytes: number
  /** CRC-32 of the page as it is stored, when the writer gave one. */
  readonly checksum: number | undefined
  readonly details: PageDetails
}

/** What the header of a page with values says of them. */
export interface PageDetails {
  /** NULLs included. */
  readonly values: number
  readonly encoding: number
  readonly definitionEncoding: number
  readonly repetitionEncoding: number
  /** Of a V2 page: these bytes stand before the values and are never compressed. */
  readonly definitionBytes: number
  readonly repetitionBytes: number
  /** Of a V2 page, whose values may be stored as they are whatever the codec. */
  readonly isCompressed: boolean
}

/** Numbers of the format's `Encoding`. */
export const ENCODINGS = [
  'PLAIN',
  'GROUP_VAR_INT',
  'PLAIN_DICTIONARY',
  'RLE',
  'BIT_PACKED',
  'DELTA_BINARY_PACKED',
  'DELTA_LENGTH_BYTE_ARRAY',
  'DELTA_BYTE_ARRAY',
  'RLE_DICTIONARY',
  'BYTE_STREAM_SPLIT',
] as const

/** Numbers of the format's `CompressionCodec`. */
export const CODECS = ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'LZO', 'BROTLI', 'LZ4', 'ZSTD', 'LZ4_RAW'] as const
