// Rows of narrowed columns (narrow.ts) whose values lie in a range, without widening them.

/** For each outcome of eight rows: the numbers of those that passed, a byte each. */
const COMPRESSIONS: usize = memory.data(256 * 8, 16)
let areCompressionsMade = false

function makeCompressions(): void {
  for (let mask: u32 = 0; mask < 256; mask++) {
    let at = COMPRESSIONS + (<usize>mask << 3)
    for (let row: u32 = 0; row < 8; row++) if ((mask >> row) & 1) store<u8>(at++, <u8>row)
  }
  areCompressionsMade = true
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

/** A bit for each of eight rows: whether its difference is at most `spread` above `lowest`, which wraps for those below. */
@inline
function within(at: usize, narrow: u32, lowest: u32, spread: u32): u32 {
  if (narrow == 1) {
    const above = i8x16.sub(v128.load64_zero(at), i8x16.splat(<i8>lowest))
    return <u32>i8x16.bitmask(i8x16.le_u(above, i8x16.splat(<i8>spread))) & 0xff
  }
  if (narrow == 2) {
    const above = i16x8.sub(v128.load(at), i16x8.splat(<i16>lowest))
    return <u32>i16x8.bitmask(i16x8.le_u(above, i16x8.splat(<i16>spread)))
  }
  const base = i32x4.splat(<i32>lowest)
  const most = i32x4.splat(<i32>spread)
  const low = i32x4.bitmask(i32x4.le_u(i32x4.sub(v128.load(at), base), most))
  return <u32>(low | (i32x4.bitmask(i32x4.le_u(i32x4.sub(v128.load(at, 16), base), most)) << 4))
}

/** A bit for each of eight rows that is not NULL. */
@inline
function valid(validity: usize, row: u32): u32 {
  return validity == 0 ? 0xff : <u32>i8x16.bitmask(i8x16.neg(v128.load64_zero(validity + row))) & 0xff
}

@inline
function differenceAt(differences: usize, row: usize, narrow: u32): u32 {
  if (narrow == 1) return load<u8>(differences + row)
  if (narrow == 2) return load<u16>(differences + (row << 1))
  return load<u32>(differences + (row << 2))
}

@inline
function selectAll(differences: usize, validity: usize, rows: u32, narrow: u32, lowest: u32, spread: u32, list: usize): usize {
  let out = list
  const whole = rows & ~15
  for (let row: u32 = 0; row < whole; row += 16) {
    const at = differences + <usize>row * narrow
    const low = within(at, narrow, lowest, spread) & valid(validity, row)
    const high = within(at + (<usize>narrow << 3), narrow, lowest, spread) & valid(validity, row + 8)
    if ((low | high) == 0) continue
    out = note(row, low, out)
    out = note(row + 8, high, out)
  }
  for (let row = whole; row < rows; row++) {
    if (validity != 0 && load<u8>(validity + row) == 0) continue
    store<u32>(out, row)
    out += <usize>(differenceAt(differences, row, narrow) - lowest <= spread) << 2
  }
  return out
}

/**
 * Writes the numbers (u32 each) of the rows, from 0 up to `rows`, that are not NULL and whose difference lies from `lowest` to `highest`.
 * Returns how many there are. Behind the list 32 bytes may be written.
 */
export function selectNarrow(
  differences: usize,
  validity: usize,
  rows: u32,
  narrow: u32,
  lowest: u32,
  highest: u32,
  list: usize,
): u32 {
  if (!areCompressionsMade) makeCompressions()
  const spread = highest - lowest
  let end: usize
  if (narrow == 1) end = selectAll(differences, validity, rows, 1, lowest, spread, list)
  else if (narrow == 2) end = selectAll(differences, validity, rows, 2, lowest, spread, list)
  else end = selectAll(differences, validity, rows, 4, lowest, spread, list)
  return <u32>((end - list) >> 2)
}

@inline
function selectListed(differences: usize, validity: usize, count: u32, narrow: u32, lowest: u32, spread: u32, list: usize): usize {
  let out = list
  const end = list + (<usize>count << 2)
  for (let at = list; at < end; at += 4) {
    const row = load<u32>(at)
    store<u32>(out, row)
    let passes = u32(differenceAt(differences, row, narrow) - lowest <= spread)
    if (validity != 0) passes &= <u32>load<u8>(validity + row)
    out += <usize>passes << 2
  }
  return out
}

/** As `selectNarrow`, of the `count` rows that are in the list already. */
export function selectNarrowListed(
  differences: usize,
  validity: usize,
  count: u32,
  narrow: u32,
  lowest: u32,
  highest: u32,
  list: usize,
): u32 {
  const spread = highest - lowest
  let end: usize
  if (narrow == 1) end = selectListed(differences, validity, count, 1, lowest, spread, list)
  else if (narrow == 2) end = selectListed(differences, validity, count, 2, lowest, spread, list)
  else end = selectListed(differences, validity, count, 4, lowest, spread, list)
  return <u32>((end - list) >> 2)
}
