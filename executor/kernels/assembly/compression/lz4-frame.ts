// LZ4 frames (lz4_Frame_format.md) of independent blocks, as Kafka's clients write them: one frame, whose size is not told. Input is
// not trusted. Checksums of the frame are not verified: the record batch around it has one of its own.
import { lz4DecompressUpTo } from './lz4'

const MAGIC: u32 = 0x184d2204
const VERSION_MASK: u32 = 0xc0
const VERSION: u32 = 0x40
const INDEPENDENT: u32 = 0x20
const BLOCK_CHECKSUM: u32 = 0x10
const CONTENT_SIZE: u32 = 0x08
const DICTIONARY: u32 = 0x01
const STORED: u32 = 0x80000000
/** The most that a byte of LZ4 stands for. */
const MAX_RATIO: usize = 255

// The frame whose head was read last.
let maxBlock: usize = 0
let checksumBytes: usize = 0

/** Reads the head of a frame; returns where its blocks begin, or 0. */
function readHead(source: usize, length: usize): usize {
  if (length < 7 || load<u32>(source) != MAGIC) return 0
  const flags = <u32>load<u8>(source, 4)
  const sizeCode = (<u32>load<u8>(source, 5) >> 4) & 7
  if ((flags & VERSION_MASK) != VERSION || !(flags & INDEPENDENT) || (flags & DICTIONARY) || sizeCode < 4) return 0
  maxBlock = (<usize>1) << (8 + 2 * sizeCode)
  checksumBytes = flags & BLOCK_CHECKSUM ? 4 : 0
  const headBytes: usize = flags & CONTENT_SIZE ? 15 : 7
  return headBytes > length ? 0 : source + headBytes
}

/** What a frame decompresses to at most, by the heads of its blocks; -1 when these are malformed. */
export function lz4FrameBound(source: usize, length: usize): f64 {
  const end = source + length
  let at = readHead(source, length)
  if (at == 0) return -1
  let bound: f64 = 0
  while (end - at >= 4) {
    const size = <usize>(load<u32>(at) & ~STORED)
    if (size == 0) return bound
    if (size > maxBlock || size + checksumBytes > end - at - 4) return -1
    bound += <f64>(load<u32>(at) & STORED ? size : min(maxBlock, size * MAX_RATIO))
    at += 4 + size + checksumBytes
  }
  return -1
}

/**
 * Decompresses a frame; returns its size, or -1 when it is malformed or beyond the capacity. Both buffers need the slack
 * of `copy.ts`.
 */
export function lz4FrameDecompress(source: usize, length: usize, target: usize, capacity: usize): isize {
  const end = source + length
  const targetEnd = target + capacity
  let at = readHead(source, length)
  if (at == 0) return -1
  let out = target
  while (end - at >= 4) {
    const word = load<u32>(at)
    const size = <usize>(word & ~STORED)
    if (size == 0) return out - target
    at += 4
    if (size > maxBlock || size + checksumBytes > end - at) return -1
    if (word & STORED) {
      if (size > targetEnd - out) return -1
      memory.copy(out, at, size)
      out += size
    } else {
      const made = lz4DecompressUpTo(at, size, out, min(maxBlock, targetEnd - out))
      if (made < 0) return -1
      out += made
    }
    at += size + checksumBytes
  }
  return -1
}
