import { type Constant, i64Constant } from '../wasm/types.js'

/** Bytes of a text that stands in the query. Who asks for more than words of them makes the code depend on it. */
export interface KnownBytes {
  readonly length: number
  /** `size` bytes from an offset on, as a little-endian number. */
  word(offset: number, size: number): Constant
}

export function knownBytes(bytes: Uint8Array): KnownBytes {
  return { length: bytes.length, word: (offset, size) => i64Constant(wordOf(bytes, offset, size)) }
}

export function wordOf(bytes: Uint8Array, offset: number, size: number): bigint {
  let word = 0n
  for (let i = size - 1; i >= 0; i--) word = (word << 8n) | BigInt(bytes[offset + i]!)
  return word
}
