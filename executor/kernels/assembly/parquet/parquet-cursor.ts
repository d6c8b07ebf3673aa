// Parquet's RLE/bit-packing hybrid (Encodings.md) encodes dictionary indices, definition levels and booleans. A cursor in memory
// keeps the place between calls, because batches end where pages do not. Pages are not trusted: runs are cut at the page's
// end, and indices beyond the dictionary are found.
// Buffers that are read here have 16 bytes of slack behind them.
import {
  CURSOR_END,
  CURSOR_INDEX,
  CURSOR_LEFT,
  CURSOR_PACKED,
  CURSOR_POSITION,
  CURSOR_RUN,
  CURSOR_VALUE,
  CURSOR_WIDTH,
} from '../../interface/parquet'

/** Begins to read runs of values of `width` bits. */
export function parquetHybridStart(cursor: usize, position: usize, end: usize, width: u32): void {
  store<u32>(cursor, <u32>position, CURSOR_POSITION)
  store<u32>(cursor, <u32>end, CURSOR_END)
  store<u32>(cursor, width, CURSOR_WIDTH)
  store<u32>(cursor, 0, CURSOR_LEFT)
}

/** Begins to read bare bit-packed values, without run headers (booleans in PLAIN pages). */
export function parquetPackedStart(cursor: usize, position: usize, end: usize, width: u32): void {
  parquetHybridStart(cursor, end, end, width)
  store<u32>(cursor, <u32>(((end - position) << 3) / width), CURSOR_LEFT)
  beginPackedRun(cursor, position)
}

function beginPackedRun(cursor: usize, at: usize): void {
  store<u32>(cursor, 1, CURSOR_PACKED)
  store<u32>(cursor, <u32>at, CURSOR_RUN)
  store<u32>(cursor, 0, CURSOR_INDEX)
}

/** Reads run headers until there is a run with values; false at the end and where the data is malformed. */
function nextRun(cursor: usize): bool {
  let at = <usize>load<u32>(cursor, CURSOR_POSITION)
  const end = <usize>load<u32>(cursor, CURSOR_END)
  const width = load<u32>(cursor, CURSOR_WIDTH)
  while (at < end) {
    let header: u32 = 0
    let shift: u32 = 0
    let byte: u32
    do {
      if (at >= end || shift > 28) return false
      byte = load<u8>(at++)
      header |= (byte & 127) << shift
      shift += 7
    } while (byte & 128)
    const values = <u64>(header >> 1)
    if (values == 0) continue
    at = header & 1 ? openPacked(cursor, at, end, width, values) : openRepeated(cursor, at, end, width, <u32>values)
    if (at == 0) return false
    store<u32>(cursor, <u32>at, CURSOR_POSITION)
    if (load<u32>(cursor, CURSOR_LEFT) != 0) return true
  }
  return false
}

/** A run of so many groups of eight values; returns its end. */
function openPacked(cursor: usize, at: usize, end: usize, width: u32, groups: u64): usize {
  let values = groups << 3
  let bytes = groups * width
  const available = <u64>(end - at)
  if (bytes > available) {
    // Some writers leave out the unused end of the last group.
    bytes = available
    values = (available << 3) / width
  }
  beginPackedRun(cursor, at)
  store<u32>(cursor, <u32>min<u64>(values, 0xffffffff), CURSOR_LEFT)
  return at + <usize>bytes
}

/** A run of so many times the same value; returns its end, or 0 when that is behind the page's. */
function openRepeated(cursor: usize, at: usize, end: usize, width: u32, values: u32): usize {
  const bytes = <usize>((width + 7) >> 3)
  if (bytes > end - at) return 0
  const mask = (<u64>1 << (<u64>bytes << 3)) - 1
  store<u32>(cursor, 0, CURSOR_PACKED)
  store<u32>(cursor, <u32>(<u64>load<u32>(at) & mask), CURSOR_VALUE)
  store<u32>(cursor, values, CURSOR_LEFT)
  return at + bytes
}

/** How many of the next `left` values are in the run under way; 0 at the end of the page. */
@inline
export function take(cursor: usize, left: u32): u32 {
  let run = load<u32>(cursor, CURSOR_LEFT)
  if (run == 0) {
    if (!nextRun(cursor)) return 0
    run = load<u32>(cursor, CURSOR_LEFT)
  }
  return min(run, left)
}

@inline
export function packedValue(run: usize, index: u64, width: u64, mask: u64): u32 {
  const bit = index * width
  return <u32>((load<u64>(run + <usize>(bit >> 3)) >> (bit & 7)) & mask)
}

/** What is written for an index: the value of a dictionary of `D`, or the index itself where that is void. */
@inline
export function written<T, D>(dictionary: usize, index: u64): T {
  if (isVoid<D>()) return <T>index
  return load<T>(dictionary + <usize>index * sizeof<T>())
}
