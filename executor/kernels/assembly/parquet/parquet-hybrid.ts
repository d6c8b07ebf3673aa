// Whole stretches of values in Parquet's RLE/bit-packing hybrid: by a dictionary, or as bytes.

import { CURSOR_INDEX, CURSOR_LEFT, CURSOR_PACKED, CURSOR_RUN, CURSOR_VALUE, CURSOR_WIDTH } from '../../interface/parquet'
import { packedValue, take, written } from './parquet-cursor'

@inline
function move<T, D>(dictionary: usize, index: u64, out: usize, slot: usize): u32 {
  store<T>(out + slot * sizeof<T>(), written<T, D>(dictionary, index))
  return <u32>index
}

@inline
function moveEight<T, D>(p: usize, width: u64, mask: u64, dictionary: usize, out: usize): u32 {
  let a: u32, b: u32, c: u32, d: u32
  if (width <= 8) {
    const w = load<u64>(p)
    a = max(move<T, D>(dictionary, w & mask, out, 0), move<T, D>(dictionary, (w >> width) & mask, out, 1))
    b = max(move<T, D>(dictionary, (w >> (2 * width)) & mask, out, 2), move<T, D>(dictionary, (w >> (3 * width)) & mask, out, 3))
    c = max(move<T, D>(dictionary, (w >> (4 * width)) & mask, out, 4), move<T, D>(dictionary, (w >> (5 * width)) & mask, out, 5))
    d = max(move<T, D>(dictionary, (w >> (6 * width)) & mask, out, 6), move<T, D>(dictionary, (w >> (7 * width)) & mask, out, 7))
  } else if (width <= 16) {
    const w = load<u64>(p)
    const x = load<u64>(p + <usize>(width >> 1)) >> ((width & 1) << 2)
    a = max(move<T, D>(dictionary, w & mask, out, 0), move<T, D>(dictionary, (w >> width) & mask, out, 1))
    b = max(move<T, D>(dictionary, (w >> (2 * width)) & mask, out, 2), move<T, D>(dictionary, (w >> (3 * width)) & mask, out, 3))
    c = max(move<T, D>(dictionary, x & mask, out, 4), move<T, D>(dictionary, (x >> width) & mask, out, 5))
    d = max(move<T, D>(dictionary, (x >> (2 * width)) & mask, out, 6), move<T, D>(dictionary, (x >> (3 * width)) & mask, out, 7))
  } else {
    // Up to 28 bits a pair of values fits in a word at any bit position of its first byte.
    const bit2 = 2 * width
    const bit4 = 4 * width
    const bit6 = 6 * width
    const w = load<u64>(p)
    const x = load<u64>(p + <usize>(bit2 >> 3)) >> (bit2 & 7)
    const y = load<u64>(p + <usize>(bit4 >> 3)) >> (bit4 & 7)
    const z = load<u64>(p + <usize>(bit6 >> 3)) >> (bit6 & 7)
    a = max(move<T, D>(dictionary, w & mask, out, 0), move<T, D>(dictionary, (w >> width) & mask, out, 1))
    b = max(move<T, D>(dictionary, x & mask, out, 2), move<T, D>(dictionary, (x >> width) & mask, out, 3))
    c = max(move<T, D>(dictionary, y & mask, out, 4), move<T, D>(dictionary, (y >> width) & mask, out, 5))
    d = max(move<T, D>(dictionary, z & mask, out, 6), move<T, D>(dictionary, (z >> width) & mask, out, 7))
  }
  return max(max(a, b), max(c, d))
}

/**
 * Values of the dictionary by the next `count` indices. `entries` are in it; behind them `capacity - entries` more are
 * readable. 0 when an index is beyond the entries or the page ends too early.
 */
@inline
function gather<T, D>(cursor: usize, count: u32, dictionary: usize, entries: u32, capacity: u32, target: usize): i32 {
  const width = <u64>load<u32>(cursor, CURSOR_WIDTH)
  const mask = ((<u64>1) << width) - 1
  const unchecked = width <= 28 && <u64>capacity > mask
  let out = target
  let left = count
  let highest: u32 = 0
  while (left > 0) {
    const n = take(cursor, left)
    if (n == 0) return 0
    left -= n
    store<u32>(cursor, load<u32>(cursor, CURSOR_LEFT) - n, CURSOR_LEFT)
    if (!load<u32>(cursor, CURSOR_PACKED)) {
      const index = load<u32>(cursor, CURSOR_VALUE)
      if (index >= entries) return 0
      const value = written<T, D>(dictionary, index)
      for (const stop = out + <usize>n * sizeof<T>(); out < stop; out += sizeof<T>()) store<T>(out, value)
      continue
    }
    const run = <usize>load<u32>(cursor, CURSOR_RUN)
    let index = <u64>load<u32>(cursor, CURSOR_INDEX)
    const stop = index + n
    store<u32>(cursor, <u32>stop, CURSOR_INDEX)
    if (unchecked) {
      for (; index < stop && index & 7; index++, out += sizeof<T>()) {
        highest = max(highest, move<T, D>(dictionary, packedValue(run, index, width, mask), out, 0))
      }
      let p = run + <usize>((index * width) >> 3)
      const groups = (stop - index) >> 3
      const fullStop = out + (<usize>groups << 3) * sizeof<T>()
      // One loop for each way to unpack, so that the choice is not made again for every group.
      if (width <= 8) {
        for (; out < fullStop; out += 8 * sizeof<T>(), p += <usize>width) {
          highest = max(highest, moveEight<T, D>(p, width, mask, dictionary, out))
        }
      } else if (width <= 16) {
        for (; out < fullStop; out += 8 * sizeof<T>(), p += <usize>width) {
          highest = max(highest, moveEight<T, D>(p, width, mask, dictionary, out))
        }
      } else {
        for (; out < fullStop; out += 8 * sizeof<T>(), p += <usize>width) {
          highest = max(highest, moveEight<T, D>(p, width, mask, dictionary, out))
        }
      }
      for (index += groups << 3; index < stop; index++, out += sizeof<T>()) {
        highest = max(highest, move<T, D>(dictionary, packedValue(run, index, width, mask), out, 0))
      }
    } else {
      for (; index < stop; index++, out += sizeof<T>()) {
        const value = packedValue(run, index, width, mask)
        if (value >= entries) return 0
        move<T, D>(dictionary, value, out, 0)
      }
    }
  }
  return i32(highest < entries || count == 0)
}

export function parquetGather1(cursor: usize, count: u32, dictionary: usize, entries: u32, capacity: u32, target: usize): i32 {
  return gather<u8, u8>(cursor, count, dictionary, entries, capacity, target)
}

export function parquetGather2(cursor: usize, count: u32, dictionary: usize, entries: u32, capacity: u32, target: usize): i32 {
  return gather<u16, u16>(cursor, count, dictionary, entries, capacity, target)
}

export function parquetGather4(cursor: usize, count: u32, dictionary: usize, entries: u32, capacity: u32, target: usize): i32 {
  return gather<u32, u32>(cursor, count, dictionary, entries, capacity, target)
}

export function parquetGather8(cursor: usize, count: u32, dictionary: usize, entries: u32, capacity: u32, target: usize): i32 {
  return gather<u64, u64>(cursor, count, dictionary, entries, capacity, target)
}

export function parquetGather16(cursor: usize, count: u32, dictionary: usize, entries: u32, capacity: u32, target: usize): i32 {
  return gather<v128, v128>(cursor, count, dictionary, entries, capacity, target)
}

/** The next `count` indices themselves, four bytes each; 0 as above. */
export function parquetCodes(cursor: usize, count: u32, entries: u32, capacity: u32, target: usize): i32 {
  return gather<u32, void>(cursor, count, 0, entries, capacity, target)
}

/**
 * Writes the next `count` small values (levels, booleans) as a byte each. Returns how many of them are `most`, or -1 when
 * the page ends too early or a value is greater.
 */
export function parquetBytes(cursor: usize, count: u32, most: u32, target: usize): i32 {
  const width = <u64>load<u32>(cursor, CURSOR_WIDTH)
  const mask = ((<u64>1) << width) - 1
  let out = target
  let left = count
  let found = 0
  while (left > 0) {
    const n = take(cursor, left)
    if (n == 0) return -1
    left -= n
    store<u32>(cursor, load<u32>(cursor, CURSOR_LEFT) - n, CURSOR_LEFT)
    if (!load<u32>(cursor, CURSOR_PACKED)) {
      const value = load<u32>(cursor, CURSOR_VALUE)
      if (value > most) return -1
      memory.fill(out, <u8>value, n)
      out += n
      if (value == most) found += n
      continue
    }
    const run = <usize>load<u32>(cursor, CURSOR_RUN)
    let index = <u64>load<u32>(cursor, CURSOR_INDEX)
    const stop = index + n
    store<u32>(cursor, <u32>stop, CURSOR_INDEX)
    if (width == 1) {
      found += expandBits(run, index, stop, out)
      out += n
      continue
    }
    for (; index < stop; index++) {
      const value = packedValue(run, index, width, mask)
      if (value > most) return -1
      store<u8>(out++, <u8>value)
      found += i32(value == most)
    }
  }
  return found
}

/** Bits as bytes of 0 and 1; returns how many are 1. */
function expandBits(run: usize, index: u64, stop: u64, out: usize): i32 {
  let found = 0
  for (; index < stop && index & 7; index++) {
    const bit = (load<u8>(run + <usize>(index >> 3)) >> <u8>(index & 7)) & 1
    store<u8>(out++, bit)
    found += bit
  }
  const spread = i8x16(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1)
  const bits = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128)
  const one = i8x16.splat(1)
  for (; index + 16 <= stop; index += 16, out += 16) {
    const word = load<u16>(run + <usize>(index >> 3))
    const each = v128.and(i8x16.swizzle(i16x8.splat(word), spread), bits)
    v128.store(out, v128.and(i8x16.eq(each, bits), one))
    found += <i32>popcnt<u32>(word)
  }
  for (; index < stop; index++) {
    const bit = (load<u8>(run + <usize>(index >> 3)) >> <u8>(index & 7)) & 1
    store<u8>(out++, bit)
    found += bit
  }
  return found
}
