import { MillraceError } from '../common/errors/millrace-error.js'
import { type BlockLayout, type BufferRange, bufferLengths, CONTINUATION, HEADER_RECORD_BATCH } from './block-codec.js'
import type { Leaf } from './leaves.js'

const PREFIX_BYTES = 8
const PAIR_BYTES = 16
const HIGH = 2 ** 32
const MAX_ROWS = 2 ** 31 - 1

const corrupt = (reason: string): MillraceError => new MillraceError('BLOCK_CORRUPT', { place: 'memory', reason })

/**
 * Reads a flatbuffer. Every position is checked against the bytes that are there before anything is read or made, so that the work is
 * bounded by them.
 */
class Metadata {
  readonly #view: DataView

  constructor(bytes: Uint8Array, offset: number, length: number) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset + offset, length)
  }

  root(): number {
    return this.#within(this.#uint32(0), 4)
  }

  /** Where a field of a table lies, with so many bytes; 0 when it has its default. */
  field(table: number, slot: number, bytes: number): number {
    const vtable = this.#within(table - this.#view.getInt32(this.#within(table, 4), true), 4)
    const at = 4 + 2 * slot
    if (at + 2 > this.#view.getUint16(vtable, true)) return 0
    const offset = this.#view.getUint16(this.#within(vtable + at, 2), true)
    return offset === 0 ? 0 : this.#within(table + offset, bytes)
  }

  byte(table: number, slot: number): number {
    const at = this.field(table, slot, 1)
    return at === 0 ? 0 : this.#view.getUint8(at)
  }

  /** A count or length in 64 bits. */
  int64(table: number, slot: number): number {
    const at = this.field(table, slot, 8)
    return at === 0 ? 0 : this.#count(at)
  }

  /** The table that a field refers to. */
  table(table: number, slot: number): number {
    const at = this.field(table, slot, 4)
    if (at === 0) throw corrupt('a table is missing')
    return this.#within(at + this.#uint32(at), 4)
  }

  /** A vector of structs of two 64-bit counts. */
  pairs(table: number, slot: number): readonly (readonly [number, number])[] {
    const at = this.field(table, slot, 4)
    if (at === 0) return []
    const vector = at + this.#uint32(at)
    const count = this.#uint32(vector)
    const first = vector + 4
    this.#within(first, count * PAIR_BYTES)
    return Array.from({ length: count }, (_, i) => {
      const pair = first + i * PAIR_BYTES
      return [this.#count(pair), this.#count(pair + 8)] as const
    })
  }

  /** A negative one is read as a huge one, which is more than is there. */
  #count(at: number): number {
    return this.#uint32(at + 4) * HIGH + this.#uint32(at)
  }

  #uint32(at: number): number {
    return this.#view.getUint32(this.#within(at, 4), true)
  }

  #within(at: number, bytes: number): number {
    if (at < 0 || at + bytes > this.#view.byteLength) throw corrupt('its metadata refers to what is not there')
    return at
  }
}

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

/** The bytes that the message at the start of these takes, prefix, metadata and body together. @throws BLOCK_CORRUPT */
export const messageBytes = (bytes: Uint8Array): number => messageOf(bytes).totalBytes

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
