// The outside of zstandard frames (RFC 8878): where they, and the blocks in them, begin and end.

export const MAGIC: u32 = 0xfd2fb528
export const SKIPPABLE: u32 = 0x184d2a50
export const MAX_BLOCK: usize = 1 << 17

/** What so many bytes of frames decompress to at most, by the heads of their blocks; -1 when these are malformed. */
export function zstdBound(source: usize, length: usize): f64 {
  const end = source + length
  let bound: f64 = 0
  let at = source
  while (at < end) {
    if (end - at < 8) return -1
    const magic = load<u32>(at)
    if ((magic & 0xfffffff0) == SKIPPABLE) {
      at = skipFrame(at, end)
      if (at == 0) return -1
      continue
    }
    if (magic != MAGIC) return -1
    const descriptor = <u32>load<u8>(at, 4)
    at = blocksOfFrame(at + 4)
    for (let last: u32 = 0; !last; ) {
      if (at > end || end - at < 3) return -1
      const header = load<u32>(at) & 0xffffff
      last = header & 1
      const kind = (header >> 1) & 3
      const size = <usize>(header >> 3)
      const stored: usize = kind == 1 ? 1 : size
      if (stored > end - at - 3) return -1
      at += 3 + stored
      bound += kind == 2 ? <f64>MAX_BLOCK : <f64>size
    }
    if (descriptor & 4) at += 4
  }
  return at == end ? bound : -1
}

/** Where a frame that is to be left out ends; 0 when it is cut. */
export function skipFrame(at: usize, end: usize): usize {
  const skipped = <usize>load<u32>(at, 4)
  return skipped > end - at - 8 ? 0 : at + 8 + skipped
}

/** Where the blocks of a frame begin, whose descriptor is at `at`. */
export function blocksOfFrame(at: usize): usize {
  const descriptor = <u32>load<u8>(at)
  const single = (descriptor >> 5) & 1
  const sizeFlag = descriptor >> 6
  return at + 2 - single + (sizeFlag == 0 ? single : <u32>1 << sizeFlag)
}
