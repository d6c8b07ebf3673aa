import { Builder } from 'flatbuffers'
import type { Leaf } from '../leaves.js'
import type { BufferRange } from './buffer-range.js'

/*
 * The metadata of a block: the RecordBatch message of Arrow's IPC format (Message.fbs and "Encapsulated message format" in
 * the Arrow columnar specification, format version 5). Slots below are the field numbers of those flatbuffer tables.
 */
export const CONTINUATION = 0xffffffff
export const METADATA_V5 = 4
export const HEADER_RECORD_BATCH = 3
const ALIGNMENT = 64

/** Where everything of a block lies. `buffers` are grouped by leaf, in Arrow's order (see `buffersOfLeaf`). */
export interface BlockLayout {
  readonly rows: number
  readonly totalBytes: number
  readonly nullCounts: readonly number[]
  readonly buffers: readonly BufferRange[]
}

export interface PlannedBlock extends BlockLayout {
  /** Everything before the body: to be copied to the start of the block. */
  readonly header: Uint8Array
}

/** What one leaf holds in a block to be laid out. `variableBytes` counts the bytes of a string or binary leaf. */
export interface LeafContent {
  readonly nullCount: number
  readonly variableBytes?: number
}

/** How many buffers a leaf has: validity; then nothing, the values, or offsets and bytes. Void has none at all. */
export function bufferCount(leaf: Leaf): 0 | 1 | 2 | 3 {
  switch (leaf.storage.kind) {
    case 'none':
      return leaf.type.kind === 'void' ? 0 : 1
    case 'boolean':
    case 'fixed':
      return 2
    case 'variable':
      return 3
  }
}

const align = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT

/** The lengths of a leaf's buffers in bytes. A leaf without NULLs has an empty validity buffer, as Arrow allows. */
export function bufferLengths(leaf: Leaf, rows: number, content: LeafContent): number[] {
  const bitmap = Math.ceil(rows / 8)
  const validity = content.nullCount > 0 ? bitmap : 0
  switch (leaf.storage.kind) {
    case 'none':
      return leaf.type.kind === 'void' ? [] : [validity]
    case 'boolean':
      return [validity, bitmap]
    case 'fixed':
      return [validity, rows * leaf.storage.bytes]
    case 'variable':
      return [validity, (rows + 1) * 4, content.variableBytes ?? 0]
  }
}

/** Plans a block of so many rows: its header and where each buffer is to be written. */
export function layoutBlock(leaves: readonly Leaf[], rows: number, contents: readonly LeafContent[]): PlannedBlock {
  const lengths = leaves.flatMap((leaf, i) => bufferLengths(leaf, rows, contents[i]!))
  const bodyRanges: BufferRange[] = []
  let bodyBytes = 0
  for (const length of lengths) {
    bodyRanges.push({ offset: bodyBytes, length })
    bodyBytes += align(length)
  }
  const nullCounts = leaves.map((leaf, i) => (leaf.type.kind === 'void' ? rows : contents[i]!.nullCount))
  const nodes = nullCounts.map((nullCount) => ({ length: rows, nullCount }))
  const header = encodeHeader(rows, nodes, bodyRanges, bodyBytes)
  return {
    rows,
    totalBytes: header.length + bodyBytes,
    nullCounts,
    buffers: bodyRanges.map((range) => ({ offset: range.offset + header.length, length: range.length })),
    header,
  }
}

/** A column within a batch: how many values it has, and how many of them are NULL. */
interface FieldNode {
  readonly length: number
  readonly nullCount: number
}

/** How the buffers of a batch are compressed, each by itself. */
export interface BufferCompression {
  readonly codec: 'lz4' | 'zstd'
  compress(bytes: Uint8Array): Uint8Array
}

/** As Arrow's Message.fbs numbers them. */
const CODECS: Readonly<Record<BufferCompression['codec'], number>> = { lz4: 0, zstd: 1 }
/** What says of a compressed buffer how many bytes it had: so many, i64; -1 of one that was left as it is. */
const LENGTH_BYTES = 8

/** A record batch of these buffers, for readers of Arrow: its columns may have other lengths than the batch where they lie in lists. */
export function encodeBatch(
  rows: number,
  nodes: readonly FieldNode[],
  buffers: readonly Uint8Array[],
  compression?: BufferCompression,
): Uint8Array {
  const written = compression ? buffers.map((buffer) => compressedBuffer(buffer, compression)) : buffers
  const ranges: BufferRange[] = []
  let bodyBytes = 0
  for (const { length } of written) {
    ranges.push({ offset: bodyBytes, length })
    bodyBytes += align(length)
  }
  const header = encodeHeader(rows, nodes, ranges, bodyBytes, compression?.codec)
  const bytes = new Uint8Array(header.length + bodyBytes)
  bytes.set(header)
  written.forEach((buffer, i) => {
    bytes.set(buffer, header.length + ranges[i]!.offset)
  })
  return bytes
}

function compressedBuffer(buffer: Uint8Array, { compress }: BufferCompression): Uint8Array {
  if (buffer.length === 0) return buffer
  const made = compress(buffer)
  const isSmaller = made.length < buffer.length
  const body = isSmaller ? made : buffer
  const bytes = new Uint8Array(LENGTH_BYTES + body.length)
  new DataView(bytes.buffer).setBigInt64(0, isSmaller ? BigInt(buffer.length) : -1n, true)
  bytes.set(body, LENGTH_BYTES)
  return bytes
}

function encodeHeader(
  rows: number,
  nodes: readonly FieldNode[],
  buffers: readonly BufferRange[],
  bodyBytes: number,
  codec?: BufferCompression['codec'],
): Uint8Array {
  const builder = new Builder(256 + 16 * (nodes.length + buffers.length))
  builder.startVector(16, buffers.length, 8)
  for (const range of buffers.toReversed()) {
    builder.prep(8, 16)
    builder.writeInt64(BigInt(range.length))
    builder.writeInt64(BigInt(range.offset))
  }
  const bufferVector = builder.endVector()
  builder.startVector(16, nodes.length, 8)
  for (const { length, nullCount } of nodes.toReversed()) {
    builder.prep(8, 16)
    builder.writeInt64(BigInt(nullCount))
    builder.writeInt64(BigInt(length))
  }
  const nodeVector = builder.endVector()
  const compression = codec === undefined ? 0 : encodeCompression(builder, codec)
  builder.startObject(5)
  builder.addFieldInt64(0, BigInt(rows), 0n)
  builder.addFieldOffset(1, nodeVector, 0)
  builder.addFieldOffset(2, bufferVector, 0)
  builder.addFieldOffset(3, compression, 0)
  const batch = builder.endObject()
  return encapsulate(builder, HEADER_RECORD_BATCH, batch, bodyBytes)
}

function encodeCompression(builder: Builder, codec: BufferCompression['codec']): number {
  builder.startObject(2)
  builder.addFieldInt8(0, CODECS[codec], 0)
  return builder.endObject()
}

/** Wraps a header table into a Message with the encapsulation prefix; padded so that the body begins aligned. */
export function encapsulate(builder: Builder, headerType: number, header: number, bodyBytes: number): Uint8Array {
  builder.startObject(5)
  builder.addFieldInt64(3, BigInt(bodyBytes), 0n)
  builder.addFieldOffset(2, header, 0)
  builder.addFieldInt16(0, METADATA_V5, 0)
  builder.addFieldInt8(1, headerType, 0)
  builder.finish(builder.endObject())
  const metadata = builder.asUint8Array()
  const bytes = new Uint8Array(align(8 + metadata.length))
  const view = new DataView(bytes.buffer)
  view.setUint32(0, CONTINUATION, true)
  view.setInt32(4, bytes.length - 8, true)
  bytes.set(metadata, 8)
  return bytes
}
