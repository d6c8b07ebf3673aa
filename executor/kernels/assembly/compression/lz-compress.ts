// Compressing with snappy and LZ4 in the frames that Kafka's clients use. Both are one search for what was there before, 64 KiB at a
// time, and differ in how they write it down.

const BLOCK: usize = 1 << 16
const HASH_BITS: u32 = 13
const TABLE_BYTES: usize = 1 << (HASH_BITS + 1)
/** What must be left behind the begin and the end of a match, as LZ4 asks for. */
const LAST_MATCH: usize = 12
const LAST_LITERALS: usize = 5
/** After so many misses (a power of two) in a row the steps grow, so that what cannot be compressed is passed quickly. */
const MISSES_BITS: u32 = 5

const XERIAL_HEAD = memory.data<u8>([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1])
const XERIAL_HEAD_BYTES: usize = 16
/** Magic, version 1 with independent blocks, blocks of 64 KiB, and the checksum of these two bytes. */
const LZ4_HEAD = memory.data<u8>([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82])
const LZ4_HEAD_BYTES: usize = 7
const LZ4_STORED: u32 = 0x80000000

let out: usize = 0

/** How much scratch memory the compressors need. */
export function lzScratchBytes(): usize {
  return TABLE_BYTES
}

/** The most that so many bytes become, frame and all; of both codecs. */
export function lzBound(length: usize): usize {
  return length + length / 6 + (length / BLOCK + 1) * 64 + 64
}

/** Compresses into LZ4 blocks in a frame; returns the size. */
export function lz4FrameCompress(source: usize, length: usize, target: usize, scratch: usize): usize {
  memory.copy(target, LZ4_HEAD, LZ4_HEAD_BYTES)
  out = target + LZ4_HEAD_BYTES
  const end = source + length
  for (let at = source; at < end; at += BLOCK) {
    const size = min(BLOCK, end - at)
    const head = out
    out += 4
    compressBlock(at, size, scratch, false)
    const made = out - head - 4
    store<u32>(head, <u32>made)
    if (made < size) continue
    store<u32>(head, <u32>size | LZ4_STORED)
    memory.copy(head + 4, at, size)
    out = head + 4 + size
  }
  store<u32>(out, 0)
  return out + 4 - target
}

/** Compresses into one piece of snappy; returns the size. */
export function snappyCompress(source: usize, length: usize, target: usize, scratch: usize): usize {
  out = target
  snappyPiece(source, length, scratch)
  return out - target
}

/** Compresses into blocks as Hadoop frames them, each with one piece; returns the size. */
export function hadoopCompress(source: usize, length: usize, target: usize, scratch: usize, isSnappy: i32): usize {
  out = target
  const end = source + length
  for (let at = source; at < end; at += BLOCK) {
    const size = min(BLOCK, end - at)
    const head = out
    out += 8
    if (isSnappy) snappyPiece(at, size, scratch)
    else compressBlock(at, size, scratch, false)
    store<u32>(head, bswap<u32>(<u32>size))
    store<u32>(head, bswap<u32>(<u32>(out - head - 8)), 4)
  }
  return out - target
}

/** Compresses into snappy blocks, framed as the Java library does; returns the size. */
export function snappyFrameCompress(source: usize, length: usize, target: usize, scratch: usize): usize {
  memory.copy(target, XERIAL_HEAD, XERIAL_HEAD_BYTES)
  out = target + XERIAL_HEAD_BYTES
  const end = source + length
  for (let at = source; at < end; at += BLOCK) {
    const size = min(BLOCK, end - at)
    const head = out
    out += 4
    snappyPiece(at, size, scratch)
    store<u32>(head, bswap<u32>(<u32>(out - head - 4)))
  }
  return out - target
}

/** Compresses at most 64 KiB into one block of LZ4, without a frame; returns the size. */
export function lz4Block(source: usize, length: usize, target: usize, scratch: usize): usize {
  out = target
  compressBlock(source, length, scratch, false)
  return out - target
}

/** Writes a piece of snappy: its length, then what it is, 64 KiB at a time. */
function snappyPiece(source: usize, length: usize, scratch: usize): void {
  for (let left = length; ; left >>>= 7) {
    store<u8>(out++, (left & 127) | (left > 127 ? 128 : 0))
    if (left < 128) break
  }
  const end = source + length
  for (let at = source; at < end; at += BLOCK) compressBlock(at, min(BLOCK, end - at), scratch, true)
}

@inline
function slotOf(word: u32, table: usize): usize {
  return table + ((<usize>((word * 0x9e3779b1) >>> (32 - HASH_BITS))) << 1)
}

/** Writes a block of at most 64 KiB to `out`. */
function compressBlock(source: usize, length: usize, table: usize, isSnappy: bool): void {
  const end = source + length
  let anchor = source
  if (length > LAST_MATCH) {
    memory.fill(table, 0, TABLE_BYTES)
    const lastMatch = end - LAST_MATCH
    let misses: usize = 1 << MISSES_BITS
    for (let at = source + 1; at <= lastMatch; ) {
      const word = load<u32>(at)
      const slot = slotOf(word, table)
      const candidate = source + <usize>load<u16>(slot)
      store<u16>(slot, <u16>(at - source))
      if (load<u32>(candidate) != word) {
        at += misses++ >>> MISSES_BITS
        continue
      }
      const size = matchLength(at, candidate, end - LAST_LITERALS)
      if (isSnappy) {
        snappyLiterals(anchor, at - anchor)
        snappyCopies(at - candidate, size)
      } else lz4Sequence(anchor, at - anchor, at - candidate, size)
      at += size
      anchor = at
      misses = 1 << MISSES_BITS
      if (at <= lastMatch) store<u16>(slotOf(load<u32>(at - 2), table), <u16>(at - 2 - source))
    }
  }
  if (isSnappy) snappyLiterals(anchor, end - anchor)
  else lz4Sequence(anchor, end - anchor, 0, 0)
}

/** How far two places agree, of which four bytes are known to; up to `stop`. */
function matchLength(at: usize, candidate: usize, stop: usize): usize {
  let length: usize = 4
  while (at + length + 8 <= stop) {
    const difference = load<u64>(at + length) ^ load<u64>(candidate + length)
    if (difference != 0) return length + <usize>(ctz(difference) >>> 3)
    length += 8
  }
  while (at + length < stop && load<u8>(at + length) == load<u8>(candidate + length)) length++
  return length
}

function snappyLiterals(from: usize, length: usize): void {
  if (length == 0) return
  const last = length - 1
  if (last < 60) store<u8>(out++, last << 2)
  else if (last < 256) {
    store<u8>(out, 60 << 2)
    store<u8>(out, last, 1)
    out += 2
  } else {
    store<u8>(out, 61 << 2)
    store<u16>(out, <u16>last, 1)
    out += 3
  }
  memory.copy(out, from, length)
  out += length
}

/** Copies of at most 64 bytes each; what is left for the last is no less than 4. */
function snappyCopies(offset: usize, length: usize): void {
  while (length >= 68) {
    snappyCopy(offset, 64)
    length -= 64
  }
  if (length > 64) {
    snappyCopy(offset, 60)
    length -= 60
  }
  if (length < 12 && offset < 2048) {
    store<u8>(out, 1 | ((length - 4) << 2) | ((offset >>> 8) << 5))
    store<u8>(out, offset, 1)
    out += 2
  } else snappyCopy(offset, length)
}

function snappyCopy(offset: usize, length: usize): void {
  store<u8>(out, 2 | ((length - 1) << 2))
  store<u16>(out, <u16>offset, 1)
  out += 3
}

/** Literals and, unless `offset` is 0, which ends a block, what is repeated after them. */
function lz4Sequence(from: usize, literals: usize, offset: usize, length: usize): void {
  const rest: usize = offset == 0 ? 0 : length - 4
  store<u8>(out++, (min<usize>(literals, 15) << 4) | min<usize>(rest, 15))
  lz4Length(literals)
  memory.copy(out, from, literals)
  out += literals
  if (offset == 0) return
  store<u16>(out, <u16>offset)
  out += 2
  lz4Length(rest)
}

function lz4Length(length: usize): void {
  if (length < 15) return
  length -= 15
  while (length >= 255) {
    store<u8>(out++, 255)
    length -= 255
  }
  store<u8>(out++, length)
}
