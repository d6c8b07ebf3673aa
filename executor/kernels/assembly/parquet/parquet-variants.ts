// Variants out of the two columns of bytes that Parquet has of them: what the engine keeps is both in one place (interface/variant.ts).
import { RESULT_ADDRESS, RESULT_LENGTH } from '../../interface/text'
import { VARIANT_METADATA } from '../../interface/variant'
import { room } from '../text/text-functions'

@inline
function lengthOf(ref: u64): u64 {
  return ref >> 32
}
@inline
function placeOf(ref: u64): usize {
  return <usize>(ref & 0xffff_ffff)
}

/** How many bytes the variants of so many rows have. `levels`: those of definition, a byte each, of which those of NULLs are below `level`, or 0. */
export function parquetVariantBytes(values: usize, metadata: usize, rows: i32, levels: usize, level: i32): f64 {
  let bytes: f64 = 0
  for (let row = 0; row < rows; row++) {
    if (levels != 0 && <i32>load<u8>(levels + row) < level) continue
    const at = <usize>row << 3
    bytes += <f64>(lengthOf(load<u64>(values + at)) + lengthOf(load<u64>(metadata + at)) + VARIANT_METADATA)
  }
  return bytes
}

/** Writes the variants of so many rows to `to`, and where each lies to `refs`; what is NULL has no bytes. */
export function parquetVariants(
  values: usize, metadata: usize, rows: i32, levels: usize, level: i32, refs: usize, to: usize,
): void {
  for (let row = 0; row < rows; row++) {
    const at = <usize>row << 3
    if (levels != 0 && <i32>load<u8>(levels + row) < level) {
      store<u64>(refs + at, <u64>to)
      continue
    }
    const value = load<u64>(values + at)
    const keys = load<u64>(metadata + at)
    const keyBytes = <usize>lengthOf(keys)
    const valueBytes = <usize>lengthOf(value)
    store<u32>(to, <u32>keyBytes)
    memory.copy(to + VARIANT_METADATA, placeOf(keys), keyBytes)
    memory.copy(to + VARIANT_METADATA + keyBytes, placeOf(value), valueBytes)
    const length = <usize>VARIANT_METADATA + keyBytes + valueBytes
    store<u64>(refs + at, (<u64>length << 32) | <u64>to)
    to += length
  }
}

/** A variant of its buffers. */
export function variantOfBuffers(value: usize, valueBytes: i32, keys: usize, keyBytes: i32, out: usize): void {
  const at = room(<i64>VARIANT_METADATA + keyBytes + valueBytes)
  store<u32>(at, <u32>keyBytes)
  memory.copy(at + VARIANT_METADATA, keys, keyBytes)
  memory.copy(at + VARIANT_METADATA + keyBytes, value, valueBytes)
  store<u32>(out, <u32>at, RESULT_ADDRESS)
  store<u32>(out, VARIANT_METADATA + <u32>keyBytes + <u32>valueBytes, RESULT_LENGTH)
}
