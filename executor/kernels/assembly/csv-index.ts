// Where the values of a row of CSV end, found for all of them before any is read: of rows without quotes, as most are.

/** Of a row with more values the later ones are not known. */
export const MOST_VALUES = 1024
const WORD: usize = 4
/** Up to 16 ends are written for each 16 bytes, wanted or not. */
const ENDS: usize = memory.data(4 * (MOST_VALUES + 32), 16)
/** No byte of a text. */
const NO_BYTE: u32 = 0xff

/** The end of a value, by its number. */
@inline
export function valueEnd(value: i32): usize {
  return load<u32>(ENDS + ((<usize>value) << 2))
}

/**
 * Finds where values end, at least `most` of them if there are so many; returns how many it found, or -1 if there is a quote among them, which may take its meaning
 * from a separator. Up to 15 bytes behind the row are loaded and do not count.
 */
export function indexValues(row: usize, end: usize, separator: u32, quote: u32, most: i32): i32 {
  const separators = i8x16.splat(<i8>separator)
  const quotes = i8x16.splat(<i8>(quote == 0 ? NO_BYTE : quote))
  const full = ENDS + (<usize>most << 2)
  let out = ENDS
  for (let p = row; p < end && out < full; p += 16) {
    const bytes = v128.load(p)
    const within = end - p < 16 ? (1 << <i32>(end - p)) - 1 : 0xffff
    if ((i8x16.bitmask(i8x16.eq(bytes, quotes)) & within) != 0) return -1
    let found = i8x16.bitmask(i8x16.eq(bytes, separators)) & within
    const next = out + ((<usize>popcnt(found)) << 2)
    // Four at a time without asking whether there are so many.
    do {
      store<u32>(out, <u32>p + ctz(found))
      found &= found - 1
      store<u32>(out + WORD, <u32>p + ctz(found))
      found &= found - 1
      store<u32>(out + 2 * WORD, <u32>p + ctz(found))
      found &= found - 1
      store<u32>(out + 3 * WORD, <u32>p + ctz(found))
      found &= found - 1
      out += 4 * WORD
    } while (found != 0)
    out = next
  }
  store<u32>(out, <u32>end)
  return <i32>((out - ENDS) >> 2) + 1
}
