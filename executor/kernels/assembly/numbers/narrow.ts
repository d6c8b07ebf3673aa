// Columns of integers in one, two or four bytes a value: the difference from the least value of the batch (frame of reference, Goldstein
// et al., 1998). 64 bytes behind what is read and written may be touched.
import { RANGE_GREATEST, RANGE_LEAST } from '../../interface/narrow'

/** Writes the least and the greatest of `rows` values of 4 or 8 bytes to `out`. There is at least one. */
export function narrowRange(data: usize, rows: u32, width: u32, out: usize): void {
  let least: i64 = i64.MAX_VALUE
  let greatest: i64 = i64.MIN_VALUE
  const end = data + <usize>rows * width
  for (let at = data; at < end; at += width) {
    const value = width == 8 ? load<i64>(at) : <i64>load<i32>(at)
    least = min(least, value)
    greatest = max(greatest, value)
  }
  store<i64>(out, least, RANGE_LEAST)
  store<i64>(out, greatest, RANGE_GREATEST)
}

/** Writes the differences from `least`, each in `narrow` bytes. */
export function narrowColumn(data: usize, rows: u32, width: u32, least: i64, narrow: u32, out: usize): void {
  const end = data + <usize>rows * width
  for (let at = data; at < end; at += width, out += narrow) {
    const difference = (width == 8 ? load<i64>(at) : <i64>load<i32>(at)) - least
    if (narrow == 1) store<u8>(out, <u8>difference)
    else if (narrow == 2) store<u16>(out, <u16>difference)
    else store<u32>(out, <u32>difference)
  }
}

@inline
function widenTwo(differences: v128, base: v128, out: usize): void {
  v128.store(out, i64x2.add(i64x2.extend_low_i32x4_u(differences), base))
  v128.store(out, i64x2.add(i64x2.extend_high_i32x4_u(differences), base), 16)
}

@inline
function widenFour(differences: v128, base: v128, width: u32, out: usize): void {
  if (width == 8) widenTwo(differences, base, out)
  else v128.store(out, i32x4.add(differences, base))
}

/** Writes the values again, in 4 or 8 bytes each. */
export function widenColumn(narrowed: usize, rows: u32, narrow: u32, least: i64, width: u32, out: usize): void {
  if (width == 8) {
    const base = i64x2.splat(least)
    if (narrow == 1) widenBytes(narrowed, rows, base, 8, out)
    else if (narrow == 2) widenShorts(narrowed, rows, base, 8, out)
    else for (let i: u32 = 0; i < rows; i += 4, out += 32) widenTwo(v128.load(narrowed + (<usize>i << 2)), base, out)
  } else {
    const base = i32x4.splat(<i32>least)
    if (narrow == 1) widenBytes(narrowed, rows, base, 4, out)
    else widenShorts(narrowed, rows, base, 4, out)
  }
}

/** As `widenColumn`, but only the values of the rows listed (u32 each), each to the place of its row. */
export function widenRows(
  narrowed: usize,
  list: usize,
  count: u32,
  narrow: u32,
  least: i64,
  width: u32,
  out: usize,
): void {
  const end = list + (<usize>count << 2)
  if (narrow == 1) for (; list < end; list += 4) widenRow<u8>(narrowed, load<u32>(list), least, width, out)
  else if (narrow == 2) for (; list < end; list += 4) widenRow<u16>(narrowed, load<u32>(list), least, width, out)
  else for (; list < end; list += 4) widenRow<u32>(narrowed, load<u32>(list), least, width, out)
}

@inline
function widenRow<T>(narrowed: usize, row: usize, least: i64, width: u32, out: usize): void {
  const value = least + <i64>load<T>(narrowed + row * sizeof<T>())
  if (width == 8) store<i64>(out + (row << 3), value)
  else store<i32>(out + (row << 2), <i32>value)
}

@inline
function widenEight(shorts: v128, base: v128, width: u32, out: usize): void {
  widenFour(i32x4.extend_low_i16x8_u(shorts), base, width, out)
  widenFour(i32x4.extend_high_i16x8_u(shorts), base, width, out + (<usize>width << 2))
}

@inline
function widenShorts(narrowed: usize, rows: u32, base: v128, width: u32, out: usize): void {
  const end = narrowed + (<usize>rows << 1)
  // Two at a time, since a round of the loop costs as much as what is done in it.
  for (; narrowed + 32 <= end; narrowed += 32, out += <usize>width << 4) {
    widenEight(v128.load(narrowed), base, width, out)
    widenEight(v128.load(narrowed, 16), base, width, out + (<usize>width << 3))
  }
  for (; narrowed < end; narrowed += 16, out += <usize>width << 3) widenEight(v128.load(narrowed), base, width, out)
}

@inline
function widenBytes(narrowed: usize, rows: u32, base: v128, width: u32, out: usize): void {
  const end = narrowed + <usize>rows
  for (; narrowed + 16 <= end; narrowed += 16, out += <usize>width << 4) {
    const bytes = v128.load(narrowed)
    widenEight(i16x8.extend_low_i8x16_u(bytes), base, width, out)
    widenEight(i16x8.extend_high_i8x16_u(bytes), base, width, out + (<usize>width << 3))
  }
  for (; narrowed < end; narrowed += 8, out += <usize>width << 3)
    widenEight(i16x8.extend_low_i8x16_u(v128.load64_zero(narrowed)), base, width, out)
}
