import { bitmapBytes, countBits } from './bits.js'

/**
 * Values of one type side by side: the buffers in Arrow's order, and the columns that it consists of. The first buffer is a bitmap of the rows that
 * have a value, and empty when all have; behind it are nothing, the values, or offsets (i32, from 0) and bytes.
 *
 * A *stored* column has the buffers of its leaves in a block: only structs consist of others, and lists are packed (`packed-writer.ts`). What is NULL in a
 * struct is NULL in its fields, and has no bytes where there are offsets. `arrow-batch.ts` makes columns of it as Arrow has them, `arrow-columns.ts` those.
 */
export interface Column {
  readonly rows: number
  readonly nullCount: number
  readonly buffers: readonly Uint8Array[]
  readonly children: readonly Column[]
}

/** Offsets have 32 bits. */
export const MOST_BYTES = 2 ** 31 - 1

const EMPTY = new Uint8Array()

/** @param validity which rows have a value, if not all do */
export function columnOf(
  rows: number,
  validity: Uint8Array | undefined,
  values: readonly Uint8Array[],
  children: readonly Column[] = [],
): Column {
  const nullCount = validity ? rows - countBits(validity) : 0
  return { rows, nullCount, buffers: [nullCount > 0 ? validity! : EMPTY, ...values], children }
}

/** A column of nothing but NULL of the type that has only that. */
export const voidColumn = (rows: number): Column => ({ rows, nullCount: rows, buffers: [], children: [] })

/** Which rows have a value, if not all do. */
export function validityOf({ rows, nullCount, buffers }: Column): Uint8Array | undefined {
  if (nullCount === 0) return undefined
  return buffers[0] ?? new Uint8Array(bitmapBytes(rows))
}

export const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

/** Bytes as words of 32 bits, where they lie if they can be read so. */
export function wordsOf(bytes: Uint8Array): Int32Array {
  if ((bytes.byteOffset & 3) === 0) return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2)
  return copiedWords(bytes)
}

/** A copy of bytes as words of 32 bits. */
export const copiedWords = (bytes: Uint8Array): Int32Array => new Int32Array(new Uint8Array(bytes).buffer)
