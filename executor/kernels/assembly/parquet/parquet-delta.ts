// Parquet's delta encodings and BYTE_STREAM_SPLIT (Encodings.md), rewritten as PLAIN pages. Input is not trusted.
// Buffers that are read here have 16 bytes of slack behind them.

let varintEnd: usize = 0

/** An unsigned varint; `varintEnd` is behind it, 0 when it is malformed. */
function varint(at: usize, end: usize): u64 {
  let value: u64 = 0
  let shift: u64 = 0
  while (at < end && shift < 64) {
    const byte = <u64>load<u8>(at++)
    value |= (byte & 127) << shift
    if (byte < 128) {
      varintEnd = at
      return value
    }
    shift += 7
  }
  varintEnd = 0
  return 0
}

@inline
function zigzag(value: u64): i64 {
  return <i64>(value >> 1) ^ -<i64>(value & 1)
}

/** How many values a DELTA_BINARY_PACKED page says it has, or -1. */
export function parquetDeltaCount(source: usize, end: usize): f64 {
  varint(source, end)
  if (varintEnd != 0) varint(varintEnd, end)
  if (varintEnd == 0) return -1
  const count = varint(varintEnd, end)
  return varintEnd == 0 ? -1 : <f64>count
}

/**
 * Decodes a DELTA_BINARY_PACKED page of at most `limit` values to integers of `width` bytes, 4 or 8. Returns where it ended,
 * or 0 when it is malformed.
 */
export function parquetDelta(source: usize, end: usize, limit: u32, width: u32, target: usize): usize {
  const blockSize = varint(source, end)
  if (varintEnd == 0) return 0
  const miniblocks = varint(varintEnd, end)
  if (varintEnd == 0) return 0
  const count = varint(varintEnd, end)
  if (varintEnd == 0 || count > <u64>limit) return 0
  let value = zigzag(varint(varintEnd, end))
  if (varintEnd == 0) return 0
  let at = varintEnd
  if (miniblocks == 0 || miniblocks > 65536 || blockSize > 0x1000000 || blockSize % miniblocks) return 0
  const miniblockSize = blockSize / miniblocks
  if (miniblockSize == 0 || miniblockSize & 7) return 0
  let out = target
  let left = count
  if (left == 0) return at
  put(out, value, width)
  out += width
  left--
  while (left > 0) {
    const least = zigzag(varint(at, end))
    if (varintEnd == 0) return 0
    at = varintEnd
    if (<u64>(end - at) < miniblocks) return 0
    const widths = at
    at += <usize>miniblocks
    for (let m: usize = 0; m < <usize>miniblocks && left > 0; m++) {
      const bits = <u64>load<u8>(widths + m)
      if (bits > 64) return 0
      const values = min(left, miniblockSize)
      const bytes = (miniblockSize * bits) >> 3
      const needed = (values * bits + 7) >> 3
      if (needed > <u64>(end - at)) return 0
      for (let i: u64 = 0; i < values; i++) {
        value += least + <i64>bitsAt(at, i * bits, bits)
        put(out, value, width)
        out += width
      }
      left -= values
      at += <usize>min(bytes, <u64>(end - at))
    }
  }
  return at
}

@inline
function put(out: usize, value: i64, width: u32): void {
  if (width == 8) store<i64>(out, value)
  else store<i32>(out, <i32>value)
}

@inline
function bitsAt(at: usize, bit: u64, bits: u64): u64 {
  if (bits == 0) return 0
  const p = at + <usize>(bit >> 3)
  const shift = bit & 7
  let value = load<u64>(p) >> shift
  if (bits + shift > 64) value |= (<u64>load<u8>(p + 8)) << (64 - shift)
  return bits == 64 ? value : value & (((<u64>1) << bits) - 1)
}

/**
 * How many bytes the strings of a delta page take as a PLAIN page, or -1 when lengths are malformed. `prefixes` is 0 for
 * DELTA_LENGTH_BYTE_ARRAY; `available` bytes of suffixes follow.
 */
export function parquetDeltaStringsSize(prefixes: usize, lengths: usize, count: u32, available: u32): f64 {
  let suffixBytes: i64 = 0
  let total: i64 = 0
  let previous: i64 = 0
  for (let i: usize = 0; i < <usize>count; i++) {
    const length = <i64>load<i32>(lengths + (i << 2))
    const prefix = prefixes ? <i64>load<i32>(prefixes + (i << 2)) : 0
    if (length < 0 || prefix < 0 || prefix > previous) return -1
    suffixBytes += length
    previous = prefix + length
    total += 4 + previous
  }
  return suffixBytes > <i64>available ? -1 : <f64>total
}

/** Writes the strings measured by `parquetDeltaStringsSize`: with their lengths before them unless `fixed` (then all are so long, or 0 is returned). */
export function parquetDeltaStrings(prefixes: usize, lengths: usize, count: u32, source: usize, fixed: u32, target: usize): i32 {
  let out = target
  let previous: usize = 0
  for (let i: usize = 0; i < <usize>count; i++) {
    const length = <usize>load<u32>(lengths + (i << 2))
    const prefix = prefixes ? <usize>load<u32>(prefixes + (i << 2)) : 0
    if (fixed) {
      if (prefix + length != <usize>fixed) return 0
    } else {
      store<u32>(out, <u32>(prefix + length))
      out += 4
    }
    memory.copy(out, previous, prefix)
    memory.copy(out + prefix, source, length)
    source += length
    previous = out
    out += prefix + length
  }
  return 1
}

/** Undoes BYTE_STREAM_SPLIT: the k-th bytes of all `count` values of `width` bytes lie together. */
export function parquetJoinStreams(source: usize, count: u32, width: u32, target: usize): void {
  for (let stream: usize = 0; stream < <usize>width; stream++) {
    let out = target + stream
    for (let i: usize = 0; i < <usize>count; i++, out += width) store<u8>(out, load<u8>(source++))
  }
}
