// Copying within the output of a decompressor. By 16 bytes, so up to 15 bytes behind the end of both sides are touched:
// buffers of decompressors have that much slack.

/** For an offset below 16: how far a repeated pattern of that many bytes may advance without losing its phase. */
const steps = memory.data<u8>([16, 16, 16, 15, 16, 15, 12, 14, 16, 9, 10, 11, 12, 13, 14, 15])
/** For an offset below 16: indices that repeat the first `offset` bytes of a vector over all of it. */
const patterns = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1,
  0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0,
  0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3,
  0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0,
  0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5, 0, 1, 2, 3,
  0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 0, 1,
  0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 6,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 1, 2, 3, 4,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0, 1, 2, 3,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 1, 2,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 0, 1,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0,
])

/** Copies from elsewhere. */
@inline
export function copyLiteral(out: usize, source: usize, length: usize): void {
  if (length > 256) {
    memory.copy(out, source, length)
    return
  }
  const stop = out + length
  do {
    v128.store(out, v128.load(source))
    out += 16
    source += 16
  } while (out < stop)
}

/** Repeats what lies `offset` bytes back, which may be part of what is written. */
@inline
export function copyBack(out: usize, offset: usize, length: usize): void {
  const stop = out + length
  let from = out - offset
  if (offset >= 16) {
    do {
      v128.store(out, v128.load(from))
      out += 16
      from += 16
    } while (out < stop)
    return
  }
  const pattern = i8x16.swizzle(v128.load(from), v128.load(patterns + (offset << 4)))
  const step = <usize>load<u8>(steps + offset)
  do {
    v128.store(out, pattern)
    out += step
  } while (out < stop)
}
