// Between Arrow's layout in blocks and that of pipelines: bitmaps and bytes, offsets and refs.
import {
  BUILDER_LIMIT,
  BUILDER_MOST_BYTES,
  LEAF_DATA,
  LEAF_OFFSETS,
  LEAF_OWNER,
  LEAF_ROOM,
  LEAF_USED,
} from '../interface/block-builder'
import { reallocate } from './memory'
import { copyBytes } from './rows/row-store'

/** Spreads bits `first` and on of a bitmap to one byte a row, 0 or 1. */
export function unpackBits(bits: usize, first: u32, rows: u32, out: usize): void {
  let row: u32 = 0
  if ((first & 7) == 0) {
    const from = bits + (first >> 3)
    for (; row + 8 <= rows; row += 8) {
      // Each byte of the product's high bits takes one bit: see "Hacker's Delight" on spreading bits by multiplication.
      const low = <u64>load<u8>(from + (row >> 3))
      const spread = ((low & 0x7f) * 0x0002040810204081) & 0x0101010101010101
      store<u64>(out + row, spread | ((low >> 7) << 56))
    }
  }
  for (; row < rows; row++) {
    const bit = first + row
    store<u8>(out + row, (load<u8>(bits + (bit >> 3)) >> <u8>(bit & 7)) & 1)
  }
}

/** Gathers bytes, 0 or 1, to a bitmap whose last bits are 0; returns how many are 0. */
export function packBits(bytes: usize, rows: u32, out: usize): u32 {
  let ones: u32 = 0
  let row: u32 = 0
  const zero = v128.splat<u8>(0)
  for (; row + 16 <= rows; row += 16) {
    const mask = ~i8x16.bitmask(v128.eq<u8>(v128.load(bytes + row), zero)) & 0xffff
    ones += popcnt<u32>(mask)
    store<u16>(out + (row >> 3), <u16>mask)
  }
  while (row < rows) {
    let packed: u32 = 0
    for (let bit: u32 = 0; bit < 8 && row < rows; bit++, row++) packed |= u32(load<u8>(bytes + row) != 0) << bit
    ones += popcnt<u32>(packed)
    store<u8>(out + ((row - 1) >> 3), <u8>packed)
  }
  return rows - ones
}

/** Makes refs of int32 offsets; `base` is where the byte of offset 0 is (or would be). */
export function refsFromOffsets(offsets: usize, rows: u32, base: usize, out: usize): void {
  let start = load<u32>(offsets)
  for (let row: usize = 0; row < rows; row++) {
    const end = load<u32>(offsets + (row << 2), 4)
    store<u64>(out + (row << 3), (<u64>(end - start) << 32) | <u64>(<u32>base + start))
    start = end
  }
}

/**
 * Appends the bytes of a row to a string column being built. A block with many bytes is full: its limit of rows becomes 0.
 */
export function appendBytes(leaf: usize, row: usize, address: usize, length: usize): void {
  const used: usize = load<u32>(leaf, LEAF_USED)
  let room: usize = load<u32>(leaf, LEAF_ROOM)
  if (used + length > room) {
    while (room < used + length) room <<= 1
    store<u32>(leaf, <u32>reallocate(load<u32>(leaf, LEAF_DATA), room), LEAF_DATA)
    store<u32>(leaf, <u32>room, LEAF_ROOM)
  }
  copyBytes(<usize>load<u32>(leaf, LEAF_DATA) + used, address, length)
  store<u32>(leaf, <u32>(used + length), LEAF_USED)
  const builder: usize = load<u32>(leaf, LEAF_OWNER)
  if (used + length > <usize>load<u32>(builder, BUILDER_MOST_BYTES)) store<u32>(builder, 0, BUILDER_LIMIT)
  store<u32>(<usize>load<u32>(leaf, LEAF_OFFSETS) + (row << 2), <u32>(used + length), 4)
}
