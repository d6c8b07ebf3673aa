// Raw snappy (google/snappy, format_description.txt). The input is not trusted: every length is checked against what is
// left on both sides. Copies go by 16 bytes and may overrun, so both buffers have slack behind their end.
import { copyBack, copyLiteral } from './copy'

/** The length of the data when decompressed, or -1 when the preamble is malformed. */
export function snappyLength(source: usize, length: usize): i64 {
  let value: u64 = 0
  for (let i: usize = 0; i < length && i < 5; i++) {
    const byte = <u64>load<u8>(source + i)
    value |= (byte & 127) << (i * 7)
    if (byte < 128) return value > 0xffffffff ? -1 : <i64>value
  }
  return -1
}

/** The length of a literal that is stored in so many bytes; 0 when it is too long for any memory. */
function longLength(at: usize, bytes: usize): usize {
  const value = <u64>load<u32>(at) & (((<u64>1) << (bytes << 3)) - 1)
  return value > 0x7ffffffe ? 0 : <usize>value + 1
}

/** Where the data is, of `size` bytes, if it is a single literal that ends with the input; otherwise 0. At least 16 bytes behind the input are readable. */
export function snappyLiteral(source: usize, length: usize, size: usize): usize {
  if (snappyLength(source, length) != <i64>size) return 0
  const end = source + length
  let from = source
  while (load<u8>(from++) > 127) {}
  if (from >= end) return 0
  const tag = <usize>load<u8>(from++)
  if (tag & 3) return 0
  let count = (tag >> 2) + 1
  if (count > 60) {
    const bytes = count - 60
    count = longLength(from, bytes)
    from += bytes
  }
  return from < end && count == end - from && count == size ? from : 0
}

/** An element is at most so long, tag and all, unless it is a literal that says its length in further bytes. */
const MARGIN: usize = 80

/** Copies 32 or 64 bytes, of which `count` are wanted, from at least 16 bytes before or from elsewhere. */
@inline
function copyShort(out: usize, from: usize, count: usize): void {
  v128.store(out, v128.load(from))
  v128.store(out, v128.load(from, 16), 16)
  if (count > 32) {
    v128.store(out, v128.load(from, 32), 32)
    v128.store(out, v128.load(from, 48), 48)
  }
}

/**
 * Decompresses exactly `size` bytes to `target`; 0 when the input is malformed or gives another size. 64 bytes behind both
 * buffers must be there: those behind the target may be overwritten.
 */
export function snappyDecompress(source: usize, length: usize, target: usize, size: usize): i32 {
  if (snappyLength(source, length) != <i64>size) return 0
  const end = source + length
  const targetEnd = target + size
  let from = source
  while (load<u8>(from++) > 127) {}
  let out = target
  while (from < end) {
    // Away from both ends short elements need no check but that of the offset. What is copied is 16 or 32 bytes, whatever the
    // length: a branch on it would be mispredicted more often than it saves work.
    while (end - from > MARGIN && targetEnd - out > MARGIN) {
      const tag = <usize>load<u8>(from)
      const kind = tag & 3
      if (kind == 0) {
        const count = (tag >> 2) + 1
        if (count > 60) break
        from++
        copyShort(out, from, count)
        from += count
        out += count
        continue
      }
      if (kind == 3) break
      const next = <usize>load<u16>(from, 1)
      const isShort = kind == 1
      const offset = select<usize>(((tag & 0xe0) << 3) | (next & 255), next, isShort)
      const count = select<usize>(((tag >> 2) & 7) + 4, (tag >> 2) + 1, isShort)
      from += kind + 1
      if (offset - 1 >= out - target) return 0
      if (offset >= 16) copyShort(out, out - offset, count)
      else if (offset == 8 && count <= 8) store<u64>(out, load<u64>(out - 8)) // numbers of 64 bits that differ little
      else copyBack(out, offset, count)
      out += count
    }
    const tag = <usize>load<u8>(from++)
    const kind = tag & 3
    let count = (tag >> 2) + 1
    if (kind == 0) {
      if (count > 60) {
        const bytes = count - 60
        if (bytes > end - from) return 0
        count = longLength(from, bytes)
        from += bytes
      }
      if (count - 1 >= end - from || count > targetEnd - out) return 0
      copyLiteral(out, from, count)
      from += count
      out += count
      continue
    }
    let offset: usize
    const bytes: usize = kind == 3 ? 4 : kind
    if (bytes > end - from) return 0
    if (kind == 1) {
      count = ((tag >> 2) & 7) + 4
      offset = ((tag >> 5) << 8) | <usize>load<u8>(from)
    } else offset = kind == 2 ? <usize>load<u16>(from) : <usize>load<u32>(from)
    from += bytes
    if (offset - 1 >= out - target || count > targetEnd - out) return 0
    copyBack(out, offset, count)
    out += count
  }
  return i32(out == targetEnd)
}
