// LZ4 blocks (lz4_Block_format.md). Input is not trusted; both buffers have slack behind their end, see copy.ts.
import { copyBack, copyLiteral } from './copy'

let position: usize = 0

/** A length that may go on in further bytes at `position`; false when they do not end. */
function longLength(length: usize, end: usize): usize {
  if (length < 15) return length
  while (position < end) {
    const byte = <usize>load<u8>(position++)
    length += byte
    if (byte != 255) return length
  }
  return usize.MAX_VALUE
}

/** Decompresses exactly `size` bytes to `target`; 0 when the input is malformed or gives another size. */
export function lz4Decompress(source: usize, length: usize, target: usize, size: usize): i32 {
  return i32(lz4DecompressUpTo(source, length, target, size) == <isize>size)
}

/** Decompresses a block of unknown size; returns its size, or -1 when it is malformed or beyond the capacity. */
export function lz4DecompressUpTo(source: usize, length: usize, target: usize, capacity: usize): isize {
  const end = source + length
  const targetEnd = target + capacity
  let out = target
  position = source
  while (position < end) {
    const token = <usize>load<u8>(position++)
    const literals = longLength(token >> 4, end)
    if (literals > end - position || literals > targetEnd - out) return -1
    if (literals > 0) copyLiteral(out, position, literals)
    position += literals
    out += literals
    if (position == end) break
    if (end - position < 2) return -1
    const offset = <usize>load<u16>(position)
    position += 2
    const rest = longLength(token & 15, end)
    if (rest > targetEnd - out) return -1
    const count = rest + 4
    if (offset - 1 >= out - target || count > targetEnd - out) return -1
    copyBack(out, offset, count)
    out += count
  }
  return out - target
}
