// Levels of Parquet's repeated columns, a byte each.

/** Whether so many bytes all have a value. */
export function allBytesAre(address: usize, count: i32, value: u32): bool {
  const each = i8x16.splat(<i8>value)
  let at = address
  const end = address + <usize>count
  for (; at + 16 <= end; at += 16) if (!i8x16.all_true(i8x16.eq(v128.load(at), each))) return false
  for (; at < end; at++) if (<u32>load<u8>(at) != value) return false
  return true
}

/** How many of so many levels are at most `most`: with repetition levels and 0, how many rows begin. */
export function parquetLevelsUpTo(levels: usize, count: i32, most: u32): i32 {
  let found = 0
  let at = levels
  const end = levels + <usize>count
  const limit = i8x16.splat(<i8>most)
  for (; at + 16 <= end; at += 16) found += popcnt<i32>(i8x16.bitmask(i8x16.le_u(v128.load(at), limit)))
  for (; at < end; at++) found += i32(<u32>load<u8>(at) <= most)
  return found
}

/** How many entries so many further rows take, where there are more rows than these. */
export function parquetEntriesOf(repetitions: usize, rows: i32): i32 {
  let at = repetitions
  for (let begun = 0; load<u8>(at) != 0 || begun < rows; at++) begun += i32(load<u8>(at) == 0)
  return <i32>(at - repetitions)
}
