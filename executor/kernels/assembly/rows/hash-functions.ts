// hash, xxhash64 and crc32, bit for bit as Spark computes them. A hash goes on from that of the value before; a NULL leaves it as it is.

@inline
function mixedWord(k: u32): u32 {
  return rotl<u32>(k * 0xcc9e2d51, 15) * 0x1b873593
}

@inline
function mixedHash(hash: u32, k: u32): u32 {
  return rotl<u32>(hash ^ mixedWord(k), 13) * 5 + 0xe6546b64
}

@inline
function finished(hash: u32, length: u32): i32 {
  hash ^= length
  hash = (hash ^ (hash >> 16)) * 0x85ebca6b
  hash = (hash ^ (hash >> 13)) * 0xc2b2ae35
  return hash ^ (hash >> 16)
}

export function murmurInt(value: i32, isNull: i32, seed: i32): i32 {
  return isNull ? seed : finished(mixedHash(seed, value), 4)
}

export function murmurLong(value: i64, isNull: i32, seed: i32): i32 {
  if (isNull) return seed
  return finished(mixedHash(mixedHash(seed, <u32>value), <u32>(value >> 32)), 8)
}

/** Bytes behind the last whole word are mixed one by one, as no other Murmur3 does. */
export function murmurBytes(at: usize, length: i32, isNull: i32, seed: i32): i32 {
  if (isNull) return seed
  let hash: u32 = seed
  const whole = length & ~3
  for (let i = 0; i < whole; i += 4) hash = mixedHash(hash, load<u32>(at + i))
  for (let i = whole; i < length; i++) hash = mixedHash(hash, <i32>load<i8>(at + i))
  return finished(hash, length)
}

const PRIME_1: u64 = 0x9e3779b185ebca87
const PRIME_2: u64 = 0xc2b2ae3d27d4eb4f
const PRIME_3: u64 = 0x165667b19e3779f9
const PRIME_4: u64 = 0x85ebca77c2b2ae63
const PRIME_5: u64 = 0x27d4eb2f165667c5

@inline
function avalanche(hash: u64): u64 {
  hash = (hash ^ (hash >> 33)) * PRIME_2
  hash = (hash ^ (hash >> 29)) * PRIME_3
  return hash ^ (hash >> 32)
}

@inline
function round(lane: u64, word: u64): u64 {
  return rotl<u64>(lane + word * PRIME_2, 31) * PRIME_1
}

@inline
function withWord(hash: u64, word: u64): u64 {
  return rotl<u64>(hash ^ round(0, word), 27) * PRIME_1 + PRIME_4
}

@inline
function withHalf(hash: u64, half: u32): u64 {
  return rotl<u64>(hash ^ (<u64>half * PRIME_1), 23) * PRIME_2 + PRIME_3
}

export function xxHashInt(value: i32, isNull: i32, seed: i64): i64 {
  return isNull ? seed : avalanche(withHalf(<u64>seed + PRIME_5 + 4, value))
}

export function xxHashLong(value: i64, isNull: i32, seed: i64): i64 {
  return isNull ? seed : avalanche(withWord(<u64>seed + PRIME_5 + 8, value))
}

export function xxHashBytes(at: usize, length: i32, isNull: i32, seed: i64): i64 {
  if (isNull) return seed
  const end = at + length
  let hash = <u64>seed + PRIME_5
  if (length >= 32) {
    let a = <u64>seed + PRIME_1 + PRIME_2
    let b = <u64>seed + PRIME_2
    let c: u64 = seed
    let d = <u64>seed - PRIME_1
    for (; at + 32 <= end; at += 32) {
      a = round(a, load<u64>(at))
      b = round(b, load<u64>(at, 8))
      c = round(c, load<u64>(at, 16))
      d = round(d, load<u64>(at, 24))
    }
    hash = rotl<u64>(a, 1) + rotl<u64>(b, 7) + rotl<u64>(c, 12) + rotl<u64>(d, 18)
    hash = (hash ^ round(0, a)) * PRIME_1 + PRIME_4
    hash = (hash ^ round(0, b)) * PRIME_1 + PRIME_4
    hash = (hash ^ round(0, c)) * PRIME_1 + PRIME_4
    hash = (hash ^ round(0, d)) * PRIME_1 + PRIME_4
  }
  hash += length
  for (; at + 8 <= end; at += 8) hash = withWord(hash, load<u64>(at))
  if (at + 4 <= end) {
    hash = withHalf(hash, load<u32>(at))
    at += 4
  }
  for (; at < end; at++) hash = rotl<u64>(hash ^ (load<u8>(at) * PRIME_5), 11) * PRIME_1
  return avalanche(hash)
}

/** Bytes of the least number of them that hold a decimal, highest first, as Java's BigInteger has them; returns how many, which are the last of 16. */
function bigEndian(low: i64, high: i64, to: usize): i32 {
  store<u64>(to, bswap<u64>(high))
  store<u64>(to, bswap<u64>(low), 8)
  const sign: u8 = high < 0 ? 0xff : 0
  let skipped = 0
  while (skipped < 15 && load<u8>(to + skipped) == sign && load<u8>(to + skipped, 1) >> 7 == sign >> 7) skipped++
  return 16 - skipped
}

const DIGITS: usize = memory.data(16)

export function murmurDecimal(low: i64, high: i64, isNull: i32, seed: i32): i32 {
  const length = bigEndian(low, high, DIGITS)
  return murmurBytes(DIGITS + 16 - length, length, isNull, seed)
}

export function xxHashDecimal(low: i64, high: i64, isNull: i32, seed: i64): i64 {
  const length = bigEndian(low, high, DIGITS)
  return xxHashBytes(DIGITS + 16 - length, length, isNull, seed)
}

/** The bits of a float or a double; zeros have no sign, and one NaN stands for all. */
export function floatBits(value: f32): i32 {
  return value == 0 ? 0 : value != value ? 0x7fc00000 : reinterpret<i32>(value)
}

export function doubleBits(value: f64): i64 {
  return value == 0 ? 0 : value != value ? 0x7ff8000000000000 : reinterpret<i64>(value)
}

/** The bits that Java hashes: zeros have signs. */
export function signedFloatBits(value: f32): i32 {
  return value != value ? 0x7fc00000 : reinterpret<i32>(value)
}

export function signedDoubleBits(value: f64): i64 {
  return value != value ? 0x7ff8000000000000 : reinterpret<i64>(value)
}

/** The hash that Java has of a number of up to 32 bits, which is that number. */
export function hashOfInt(value: i32): i32 {
  return value
}

/** And of one of 64. */
export function hashOfLong(value: i64): i32 {
  return <i32>(value ^ <i64>(<u64>value >> 32))
}

@inline
function restAt(at: usize, i: usize): i32 {
  return <i32>load<u8>(at + i) & 63
}

/** And of a text: of its UTF-16 units. */
export function hashOfText(at: usize, length: i32): i32 {
  const end = at + <usize>length
  let hash = 0
  while (at < end) {
    const first = <i32>load<u8>(at)
    const bytes: usize = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
    // What is no text is one character that stands for it.
    if (at + bytes > end) return hash * 31 + 0xfffd
    if (bytes == 1) hash = hash * 31 + first
    else if (bytes == 2) hash = hash * 31 + (((first & 31) << 6) | restAt(at, 1))
    else if (bytes == 3) hash = hash * 31 + (((first & 15) << 12) | (restAt(at, 1) << 6) | restAt(at, 2))
    else {
      const beyond = (((first & 7) << 18) | (restAt(at, 1) << 12) | (restAt(at, 2) << 6) | restAt(at, 3)) - 0x10000
      hash = (hash * 31 + 0xd800 + (beyond >> 10)) * 31 + 0xdc00 + (beyond & 0x3ff)
    }
    at += bytes
  }
  return hash
}

/** And of a boolean. */
export function hashOfBoolean(value: i32): i32 {
  return value ? 1231 : 1237
}

const CRC_TABLE: usize = memory.data(1024)
let hasTable = false

function fillTable(): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320 : 0)
    store<u32>(CRC_TABLE + (byte << 2), crc)
  }
  hasTable = true
}

export function bytesCrc32(at: usize, length: i32): i64 {
  if (!hasTable) fillTable()
  let crc: u32 = 0xffffffff
  for (let i = 0; i < length; i++) crc = (crc >> 8) ^ load<u32>(CRC_TABLE + (((crc ^ load<u8>(at + i)) & 0xff) << 2))
  return <i64>(crc ^ 0xffffffff)
}
