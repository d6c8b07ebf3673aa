// Of values in Parquet's RLE/bit-packing hybrid only those of some rows.

import { CURSOR_INDEX, CURSOR_LEFT, CURSOR_PACKED, CURSOR_RUN, CURSOR_VALUE, CURSOR_WIDTH } from '../../interface/parquet'
import { packedValue, take, written } from './parquet-cursor'

/** Passes over the next `count` values; 0 when the page ends before. */
export function parquetSkip(cursor: usize, count: u32): i32 {
  let left = count
  while (left > 0) {
    const n = take(cursor, left)
    if (n == 0) return 0
    left -= n
    store<u32>(cursor, load<u32>(cursor, CURSOR_LEFT) - n, CURSOR_LEFT)
    if (load<u32>(cursor, CURSOR_PACKED)) store<u32>(cursor, load<u32>(cursor, CURSOR_INDEX) + n, CURSOR_INDEX)
  }
  return 1
}

/**
 * Of the next `count` values, which are those of the rows from `first` on, only those of the rows listed (u32 each, ascending) from `at` to
 * `end`. A value goes to the place of its row in `target`. Returns where the list goes on behind these rows, or 0 when the page is malformed.
 */
@inline
function gatherAt<T, D>(
  cursor: usize,
  count: u32,
  dictionary: usize,
  entries: u32,
  target: usize,
  first: u32,
  at: usize,
  end: usize,
): usize {
  const width = <u64>load<u32>(cursor, CURSOR_WIDTH)
  const mask = ((<u64>1) << width) - 1
  let row = first
  const last = first + count
  while (row < last) {
    const n = take(cursor, last - row)
    if (n == 0) return 0
    store<u32>(cursor, load<u32>(cursor, CURSOR_LEFT) - n, CURSOR_LEFT)
    const stop = row + n
    if (load<u32>(cursor, CURSOR_PACKED)) {
      const run = <usize>load<u32>(cursor, CURSOR_RUN)
      const index = <u64>load<u32>(cursor, CURSOR_INDEX)
      store<u32>(cursor, <u32>index + n, CURSOR_INDEX)
      for (; at < end && load<u32>(at) < stop; at += 4) {
        const wanted = load<u32>(at)
        const value = packedValue(run, index + <u64>(wanted - row), width, mask)
        if (value >= entries) return 0
        store<T>(target + <usize>wanted * sizeof<T>(), written<T, D>(dictionary, value))
      }
    } else {
      const value = load<u32>(cursor, CURSOR_VALUE)
      if (value >= entries) return 0
      for (; at < end && load<u32>(at) < stop; at += 4) {
        store<T>(target + <usize>load<u32>(at) * sizeof<T>(), written<T, D>(dictionary, value))
      }
    }
    row = stop
  }
  return at
}

export function parquetGatherAt1(
  cursor: usize,
  count: u32,
  dictionary: usize,
  entries: u32,
  target: usize,
  first: u32,
  at: usize,
  end: usize,
): usize {
  return gatherAt<u8, u8>(cursor, count, dictionary, entries, target, first, at, end)
}

export function parquetGatherAt2(
  cursor: usize,
  count: u32,
  dictionary: usize,
  entries: u32,
  target: usize,
  first: u32,
  at: usize,
  end: usize,
): usize {
  return gatherAt<u16, u16>(cursor, count, dictionary, entries, target, first, at, end)
}

export function parquetGatherAt4(
  cursor: usize,
  count: u32,
  dictionary: usize,
  entries: u32,
  target: usize,
  first: u32,
  at: usize,
  end: usize,
): usize {
  return gatherAt<u32, u32>(cursor, count, dictionary, entries, target, first, at, end)
}

export function parquetGatherAt8(
  cursor: usize,
  count: u32,
  dictionary: usize,
  entries: u32,
  target: usize,
  first: u32,
  at: usize,
  end: usize,
): usize {
  return gatherAt<u64, u64>(cursor, count, dictionary, entries, target, first, at, end)
}

export function parquetGatherAt16(
  cursor: usize,
  count: u32,
  dictionary: usize,
  entries: u32,
  target: usize,
  first: u32,
  at: usize,
  end: usize,
): usize {
  return gatherAt<v128, v128>(cursor, count, dictionary, entries, target, first, at, end)
}

/** The same of the indices themselves, four bytes each. */
export function parquetCodesAt(
  cursor: usize,
  count: u32,
  entries: u32,
  target: usize,
  first: u32,
  at: usize,
  end: usize,
): usize {
  return gatherAt<u32, void>(cursor, count, 0, entries, target, first, at, end)
}
