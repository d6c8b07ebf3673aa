import { corrupt, Metadata } from '../arrow/flat-metadata.js'
import type { Leaf } from '../leaves.js'
import { type BlockLayout, bufferLengths, CONTINUATION, HEADER_RECORD_BATCH } from './block-codec.js'
import type { BufferRange } from './buffer-range.js'

const PREFIX_BYTES = 8
const MAX_ROWS = 2 ** 31 - 1

interface Message {
  readonly metadata: Metadata
  readonly root: number
  readonly bodyOffset: number
  readonly totalBytes: number
}

function messageOf(bytes: Uint8Array): Message {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < PREFIX_BYTES || view.getUint32(0, true) !== CONTINUATION)
    throw corrupt('no Arrow message begins here')
  const metadataBytes = view.getInt32(4, true)
  const bodyOffset = PREFIX_BYTES + metadataBytes
  if (metadataBytes <= 0 || bodyOffset > bytes.length) throw corrupt('the metadata is cut short')
  const metadata = new Metadata(bytes, PREFIX_BYTES, metadataBytes)
  const root = metadata.root()
  const totalBytes = bodyOffset + metadata.int64(root, 3)
  if (totalBytes > bytes.length) throw corrupt('the body is cut short')
  return { metadata, root, bodyOffset, totalBytes }
}

/** What the message is whose metadata these are, and how long the body behind it is. @throws BLOCK_CORRUPT */
export function messageHead(bytes: Uint8Array): { readonly header: number; readonly bodyBytes: number } {
  const metadata = new Metadata(bytes, 0, bytes.length)
  const root = metadata.root()
  return { header: metadata.byte(root, 1), bodyBytes: metadata.int64(root, 3) }
}

/**
 * The bytes that a message takes, prefix, metadata and body together. @param first gives so many from its beginning on, or those that there are
 * @throws BLOCK_CORRUPT
 */
export async function messageBytes(first: (length: number) => Promise<Uint8Array>): Promise<number> {
  const prefix = await first(PREFIX_BYTES)
  const metadataBytes =
    prefix.length < PREFIX_BYTES ? 0 : new DataView(prefix.buffer, prefix.byteOffset).getInt32(4, true)
  if (metadataBytes <= 0) throw corrupt('no Arrow message begins here')
  const head = await first(PREFIX_BYTES + metadataBytes)
  if (head.length < PREFIX_BYTES + metadataBytes) throw corrupt('the metadata is cut short')
  return head.length + messageHead(head.subarray(PREFIX_BYTES)).bodyBytes
}

/**
 * Reads where the buffers of a block lie, and checks that they lie within it; with the leaves of its schema also that each has what its
 * rows need. @throws BLOCK_CORRUPT
 */
export function parseBlock(bytes: Uint8Array, leaves?: readonly Leaf[]): BlockLayout {
  const { metadata, root, bodyOffset, totalBytes } = messageOf(bytes)
  if (metadata.byte(root, 1) !== HEADER_RECORD_BATCH) throw corrupt('it is not a record batch')
  const batch = metadata.table(root, 2)
  const rows = metadata.int64(batch, 0)
  if (rows > MAX_ROWS) throw corrupt('it has too many rows')
  const nullCounts = metadata.pairs(batch, 1).map(([length, nullCount]) => {
    if (length !== rows || nullCount > rows) throw corrupt('a column has not as many rows as the block')
    return nullCount
  })
  const buffers = metadata.pairs(batch, 2).map(([offset, length]) => ({ offset: offset + bodyOffset, length }))
  for (const { offset, length } of buffers) {
    if (offset + length > totalBytes) throw corrupt('a buffer lies outside')
  }
  if (leaves) checkLeaves(leaves, rows, nullCounts, buffers)
  return { rows, totalBytes, nullCounts, buffers }
}

function checkLeaves(
  leaves: readonly Leaf[],
  rows: number,
  nullCounts: readonly number[],
  buffers: readonly BufferRange[],
): void {
  if (nullCounts.length !== leaves.length) throw corrupt('it has not the columns of its schema')
  let next = 0
  leaves.forEach((leaf, i) => {
    for (const needed of bufferLengths(leaf, rows, { nullCount: nullCounts[i]! })) {
      const buffer = buffers[next++]
      if (!buffer || buffer.length < needed) throw corrupt('a buffer is shorter than its rows')
    }
  })
  if (next !== buffers.length) throw corrupt('it has not the buffers of its schema')
}

/** Checks the offsets of a column of strings at the ends of a range of its rows: where their bytes begin and end. @throws BLOCK_CORRUPT */
export function checkOffsets(first: number, last: number, bytes: number): void {
  if (first < 0 || last < first || last > bytes) throw corrupt('a string lies outside its buffer')
}
