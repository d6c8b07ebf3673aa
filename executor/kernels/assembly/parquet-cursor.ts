// Parquet's RLE/bit-packing hybrid (Encodings.md) encodes dictionary indices, definition levels and booleans. A cursor in memory
// keeps the place between calls, because batches end where pages do not. Pages are not trusted: runs are cut at the page's
// end, and indices beyond the dictionary are found.
// Buffers that are read here have 16 bytes of slack behind them.

// The cursor: 32 bytes.
const POSITION: usize = 0 // where the next run's header is
const END: usize = 4 // of the page
export const WIDTH: usize = 8 // bits of a value
export const LEFT: usize = 12 // values left in the current run
export const PACKED: usize = 16 // 1 in a bit-packed run
export const VALUE: usize = 20 // the value of a repeated run
export const RUN: usize = 24 // where the packed run began
export const INDEX: usize = 28 // how many values of the packed run were taken

/** Begins to read runs of values of `width` bits. */
export function parquetHybridStart(cursor: usize, position: usize, end: usize, width: u32): void {
  store<u32>(cursor, <u32>position, POSITION)
  store<u32>(cursor, <u32>end, END)
  store<u32>(cursor, width, WIDTH)
  store<u32>(cursor, 0, LEFT)
}

/** Begins to read bare bit-packed values, without run headers (booleans in PLAIN pages). */
export function parquetPackedStart(cursor: usize, position: usize, end: usize, width: u32): void {
  parquetHybridStart(cursor, end, end, width)
  store<u32>(cursor, <u32>(((end - position) << 3) / width), LEFT)
  beginPackedRun(cursor, position)
}

function beginPackedRun(cursor: usize, at: usize): void {
  store<u32>(cursor, 1, PACKED)
  store<u32>(cursor, <u32>at, RUN)
  store<u32>(cursor, 0, INDEX)
}

/** Reads run headers until there is a run with values; false at the end and where the data is malformed. */
function nextRun(cursor: usize): bool {
  let at = <usize>load<u32>(cursor, POSITION)
  const end = <usize>load<u32>(cursor, END)
  const width = load<u32>(cursor, WIDTH)
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
    store<u32>(cursor, <u32>at, POSITION)
    if (load<u32>(cursor, LEFT) != 0) return true
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
  store<u32>(cursor, <u32>min<u64>(values, 0xffffffff), LEFT)
  return at + <usize>bytes
}

/** A run of so many times the same value; returns its end, or 0 when that is behind the page's. */
function openRepeated(cursor: usize, at: usize, end: usize, width: u32, values: u32): usize {
  const bytes = <usize>((width + 7) >> 3)
  if (bytes > end - at) return 0
  const mask = (<u64>1 << (<u64>bytes << 3)) - 1
  store<u32>(cursor, 0, PACKED)
  store<u32>(cursor, <u32>(<u64>load<u32>(at) & mask), VALUE)
  store<u32>(cursor, values, LEFT)
  return at + bytes
}

/** How many of the next `left` values are in the run under way; 0 at the end of the page. */
@inline
export function take(cursor: usize, left: u32): u32 {
  let run = load<u32>(cursor, LEFT)
  if (run == 0) {
    if (!nextRun(cursor)) return 0
    run = load<u32>(cursor, LEFT)
  }
  return min(run, left)
}

@inline
export function packedValue(run: usize, index: u64, width: u64, mask: u64): u32 {
  const bit = index * width
  return <u32>((load<u64>(run + <usize>(bit >> 3)) >> (bit & 7)) & mask)
}
