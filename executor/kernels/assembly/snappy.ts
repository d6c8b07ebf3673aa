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
    const tag = <usize>load<u8>(from++)
    const kind = tag & 3
    let count = (tag >> 2) + 1
    if (kind == 0) {
      if (count > 60) {
        const bytes = count - 60
        if (bytes > end - from) return 0
        const value = <u64>load<u32>(from) & (((<u64>1) << (bytes << 3)) - 1)
        if (value > 0x7ffffffe) return 0
        count = <usize>value + 1
        from += bytes
      }
      if (count > end - from || count > targetEnd - out) return 0
      copyLiteral(out, from, count)
      from += count
      out += count
      continue
    }
    let offset: usize
    if (kind == 1) {
      if (from >= end) return 0
      count = ((tag >> 2) & 7) + 4
      offset = ((tag >> 5) << 8) | <usize>load<u8>(from++)
    } else if (kind == 2) {
      if (end - from < 2) return 0
      offset = <usize>load<u16>(from)
      from += 2
    } else {
      if (end - from < 4) return 0
      offset = <usize>load<u32>(from)
      from += 4
    }
    if (offset - 1 >= out - target || count > targetEnd - out) return 0
    copyBack(out, offset, count)
    out += count
  }
  return i32(out == targetEnd)
}
