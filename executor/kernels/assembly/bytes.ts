// Comparison of byte strings. UTF-8 compared by unsigned bytes is in the order of code points.

/** 1 when `length` bytes at both addresses are the same. */
export function bytesEqual(a: usize, b: usize, length: i32): i32 {
  let i = 0
  for (; i + 8 <= length; i += 8) {
    if (load<u64>(a + i) != load<u64>(b + i)) return 0
  }
  if (i == length) return 1
  // Eight bytes can be loaded wherever one can: what is behind the last is shifted out.
  return i32((load<u64>(a + i) ^ load<u64>(b + i)) << ((<u64>(8 - (length - i))) << 3) == 0)
}

/** Negative, zero or positive as the first string sorts before, with or after the second. */
export function bytesCompare(a: usize, aLength: i32, b: usize, bLength: i32): i32 {
  const shorter = min(aLength, bLength)
  let i = 0
  for (; i + 8 <= shorter; i += 8) {
    const x = load<u64>(a + i)
    const y = load<u64>(b + i)
    if (x != y) return bswap(x) < bswap(y) ? -1 : 1
  }
  for (; i < shorter; i++) {
    const x = <i32>load<u8>(a + i)
    const y = <i32>load<u8>(b + i)
    if (x != y) return x - y
  }
  return aLength - bLength
}
