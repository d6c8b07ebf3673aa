// Rows of narrowed columns (narrow.ts) whose values lie in ranges, without widening them: a bit for each row of a batch, then their numbers.

/** For each outcome of eight rows: the numbers of those that passed, a byte each. */
const COMPRESSIONS: usize = memory.data(256 * 8, 16)
let areCompressionsMade = false
/** Words with more bits than this are taken apart eight rows at a time, others bit by bit. */
const MANY_BITS: u64 = 12

function makeCompressions(): void {
  for (let mask: u32 = 0; mask < 256; mask++) {
    let at = COMPRESSIONS + (<usize>mask << 3)
    for (let row: u32 = 0; row < 8; row++) if ((mask >> row) & 1) store<u8>(at++, <u8>row)
  }
  areCompressionsMade = true
}

/** A bit for each of sixteen rows: whether its difference is at most `spread` above `lowest`, which wraps for those below. */
@inline
function within(at: usize, narrow: u32, lowest: u32, spread: u32): u32 {
  if (narrow == 1) {
    const above = i8x16.sub(v128.load(at), i8x16.splat(<i8>lowest))
    return i8x16.bitmask(i8x16.le_u(above, i8x16.splat(<i8>spread)))
  }
  if (narrow == 2) {
    // What does not become 0 is not 0 in eight bits either: 0x8000 and above are negative there.
    const beyond = i8x16.narrow_i16x8_s(shortsBeyond(at, lowest, spread), shortsBeyond(at + 16, lowest, spread))
    return i8x16.bitmask(i8x16.eq(beyond, i8x16.splat(0)))
  }
  const low = i16x8.narrow_i32x4_s(words(at, lowest, spread), words(at + 16, lowest, spread))
  const high = i16x8.narrow_i32x4_s(words(at + 32, lowest, spread), words(at + 48, lowest, spread))
  return i8x16.bitmask(i8x16.narrow_i16x8_s(low, high))
}

/** By how much differences of two bytes are beyond the range; 0 of those within. */
@inline
function shortsBeyond(at: usize, lowest: u32, spread: u32): v128 {
  return i16x8.sub_sat_u(i16x8.sub(v128.load(at), i16x8.splat(<i16>lowest)), i16x8.splat(<i16>spread))
}

@inline
function words(at: usize, lowest: u32, spread: u32): v128 {
  return i32x4.le_u(i32x4.sub(v128.load(at), i32x4.splat(<i32>lowest)), i32x4.splat(<i32>spread))
}

/** The same, less the rows that are NULL where there is a validity. */
@inline
function passing(differences: usize, validity: usize, row: u32, narrow: u32, lowest: u32, spread: u32): u32 {
  const passed = within(differences + <usize>row * narrow, narrow, lowest, spread)
  return validity == 0 ? passed : passed & i8x16.bitmask(i8x16.neg(v128.load(validity + row)))
}

@inline
function bitsOf(
  differences: usize,
  validity: usize,
  rows: u32,
  narrow: u32,
  lowest: u32,
  spread: u32,
  isFirst: bool,
  bits: usize,
): void {
  let row: u32 = 0
  // A word of bits at a time: to load and store those of sixteen rows takes as long as to find them.
  for (; row + 64 <= rows; row += 64, bits += 8) {
    const low = passing(differences, validity, row, narrow, lowest, spread)
    const high = passing(differences, validity, row + 16, narrow, lowest, spread)
    const low2 = passing(differences, validity, row + 32, narrow, lowest, spread)
    const high2 = passing(differences, validity, row + 48, narrow, lowest, spread)
    const passed = <u64>(low | (high << 16)) | (<u64>(low2 | (high2 << 16)) << 32)
    store<u64>(bits, isFirst ? passed : passed & load<u64>(bits))
  }
  for (; row < rows; row += 16, bits += 2) {
    const passed = passing(differences, validity, row, narrow, lowest, spread)
    store<u16>(bits, <u16>(isFirst ? passed : passed & load<u16>(bits)))
  }
}

/** The largest difference in so many bytes. */
@inline
function most(narrow: u32): u64 {
  return narrow == 1 ? 0xff : narrow == 2 ? 0xffff : 0xffff_ffff
}

/**
 * Leaves a bit for each row, from 0 up to `rows`, that is not NULL, whose value (its difference above `base`) lies from `least` to `greatest` and that has
 * its bit set already, unless this is the first range. Behind the last row there may be anything up to a multiple of sixteen. 64 bytes behind the column
 * and 16 behind its validity may be read. Returns false, and leaves the bits as they are, where no difference of so many bytes lies within.
 */
export function rangeBits(
  differences: usize,
  validity: usize,
  rows: u32,
  narrow: u32,
  base: i64,
  least: i64,
  greatest: i64,
  isFirst: bool,
  bits: usize,
): bool {
  if (greatest < base) return false
  // The larger of two i64 less the smaller is right as u64, also where it wraps as i64.
  const lowest: u64 = least > base ? <u64>(least - base) : 0
  const highest = min<u64>(<u64>(greatest - base), most(narrow))
  if (lowest > highest) return false
  const low = <u32>lowest
  const spread = <u32>(highest - lowest)
  if (narrow == 1) bitsOf(differences, validity, rows, 1, low, spread, isFirst, bits)
  else if (narrow == 2) bitsOf(differences, validity, rows, 2, low, spread, isFirst, bits)
  else bitsOf(differences, validity, rows, 4, low, spread, isFirst, bits)
  return true
}

/** Writes the numbers (u32 each) of the rows up to `rows` whose bit is set; returns how many there are. Behind the list 32 bytes may be written. */
export function listBits(bits: usize, rows: u32, list: usize): u32 {
  if (!areCompressionsMade) makeCompressions()
  let out = list
  for (let row: u32 = 0; row < rows; row += 64, bits += 8) {
    let word = load<u64>(bits)
    if (rows - row < 64) word &= ((<u64>1) << (rows - row)) - 1
    if (popcnt<u64>(word) > MANY_BITS) {
      for (let first = row; word != 0; first += 8, word >>= 8) out = note(first, <u32>word & 255, out)
    } else {
      for (; word != 0; word &= word - 1, out += 4) store<u32>(out, row + <u32>ctz<u64>(word))
    }
  }
  return <u32>((out - list) >> 2)
}

/** Writes the numbers of those of eight rows that passed; returns where the next goes. */
@inline
function note(first: u32, passed: u32, out: usize): usize {
  const rows = i16x8.extend_low_i8x16_u(v128.load64_zero(COMPRESSIONS + (<usize>passed << 3)))
  const base = i32x4.splat(<i32>first)
  v128.store(out, i32x4.add(i32x4.extend_low_i16x8_u(rows), base))
  v128.store(out, i32x4.add(i32x4.extend_high_i16x8_u(rows), base), 16)
  return out + (<usize>popcnt<u32>(passed) << 2)
}
