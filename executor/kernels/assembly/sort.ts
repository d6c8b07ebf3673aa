// Sorting of rows by pairs of (prefix of the key, row). A row begins with its prefix (u64); when prefixes are equal, the
// descriptor says what else to compare: a count, then pairs of an offset in the row and how: 0 = u64, 1 = string, 2 = string backwards.
// Of a top-k the offsets of all refs in a row follow, their count first.
// A table is laid out as in group-table.ts with entries, count, free rows and capacity first, and at 80 the threshold (u64) of a
// top-k: rows with a greater prefix cannot be among the first k. At 92 is how large the strings of a top-k may grow before those of dropped
// rows are freed.
import { bytesCompare } from './bytes'
import { allocate, release } from './memory'
import { storeAllocate, storeBytes, storeChunkBytes, storeRelease, storeSize } from './row-store'

const RUN: usize = 12
const ENTRY: usize = 16
const STRINGS: usize = 48
const STORE_BYTES: usize = 32
const STRINGS_LIMIT: usize = 92
const LEAST_STRINGS: u32 = 1 << 20

/** The order of two rows whose prefixes are equal: below 0 when `a` comes first. */
export function compareRows(a: usize, b: usize, descriptor: usize): i32 {
  const parts = load<u32>(descriptor)
  for (let i: u32 = 0; i < parts; i++) {
    const part = descriptor + 4 + (<usize>i << 3)
    const offset: usize = load<u32>(part)
    const how = load<u32>(part, 4)
    const x = load<u64>(a + offset)
    const y = load<u64>(b + offset)
    if (how == 0) {
      if (x != y) return x < y ? -1 : 1
      continue
    }
    const order = bytesCompare(<usize>(x & 0xffffffff), <i32>(x >> 32), <usize>(y & 0xffffffff), <i32>(y >> 32))
    if (order != 0) return how == 1 ? order : -order
  }
  return 0
}

@inline
function isAfter(prefix: u64, row: u32, at: usize, descriptor: usize): bool {
  const other = load<u64>(at)
  return other != prefix ? other > prefix : compareRows(load<u32>(at, 8), row, descriptor) > 0
}

function insertionSort(from: usize, to: usize, descriptor: usize): void {
  for (let i = from + ENTRY; i < to; i += ENTRY) {
    const prefix = load<u64>(i)
    const row = load<u32>(i, 8)
    let j = i
    while (j > from && isAfter(prefix, row, j - ENTRY, descriptor)) {
      store<u64>(j, load<u64>(j - ENTRY))
      store<u32>(j, load<u32>(j - ENTRY, 8), 8)
      j -= ENTRY
    }
    store<u64>(j, prefix)
    store<u32>(j, row, 8)
  }
}

function merge(from: usize, middle: usize, to: usize, out: usize, descriptor: usize): void {
  let left = from
  let right = middle
  while (left < middle && right < to) {
    const takeRight = isAfter(load<u64>(right), load<u32>(right, 8), left, descriptor)
    const source = takeRight ? right : left
    v128.store(out, v128.load(source))
    if (takeRight) right += ENTRY
    else left += ENTRY
    out += ENTRY
  }
  memory.copy(out, left, middle - left)
  memory.copy(out + (middle - left), right, to - right)
}

/** Sorts entries in place: runs by insertion, then merged; stable. */
function sortEntries(entries: usize, count: usize, descriptor: usize): void {
  const bytes = count * ENTRY
  const end = entries + bytes
  const run = RUN * ENTRY
  for (let at = entries; at < end; at += run) insertionSort(at, min(at + run, end), descriptor)
  if (bytes <= run) return
  const spare = allocate(bytes)
  let source = entries
  let target = spare
  for (let size = run; size < bytes; size <<= 1) {
    for (let at: usize = 0; at < bytes; at += size << 1) {
      const middle = min(at + size, bytes)
      merge(source + at, source + middle, source + min(at + (size << 1), bytes), target + at, descriptor)
    }
    const swapped = source
    source = target
    target = swapped
  }
  if (source != entries) memory.copy(entries, source, bytes)
  release(spare)
}

/** Sorts all rows of the store; returns their number. The entries are at the address in the table's first word. */
export function sortFinish(table: usize, width: usize, descriptor: usize): u32 {
  const rows = table + 16
  let count: usize = 0
  for (let chunk: usize = load<u32>(rows, 8); chunk != 0; chunk = load<u32>(chunk)) {
    count += storeChunkBytes(rows, chunk) / width
  }
  const entries = allocate(max(count, 1) * ENTRY)
  store<u32>(table, <u32>entries)
  store<u32>(table, <u32>count, 4)
  let at = entries
  for (let chunk: usize = load<u32>(rows, 8); chunk != 0; chunk = load<u32>(chunk)) {
    const end = chunk + 16 + storeChunkBytes(rows, chunk)
    for (let row = chunk + 16; row < end; row += width) {
      store<u64>(at, load<u64>(row))
      store<u32>(at, <u32>row, 8)
      at += ENTRY
    }
  }
  sortEntries(entries, count, descriptor)
  return <u32>count
}

function sortTop(table: usize, descriptor: usize): void {
  const entries: usize = load<u32>(table)
  const count: usize = load<u32>(table, 4)
  const end = entries + count * ENTRY
  for (let at = entries; at < end; at += ENTRY) store<u64>(at, load<u64>(load<u32>(at, 8)))
  sortEntries(entries, count, descriptor)
}

/** Readies a top-k: room for twice as many rows as are wanted, so that sorting is paid by many rows. */
export function topInit(table: usize, keep: u32): void {
  if (load<u32>(table) != 0) return
  const capacity = keep + max<u32>(keep, 1024)
  store<u32>(table, <u32>allocate(<usize>capacity * ENTRY))
  store<u32>(table, capacity, 12)
  store<u64>(table, 0xffff_ffff_ffff_ffff, 80)
  store<u32>(table, LEAST_STRINGS, STRINGS_LIMIT)
}

/** Sorts the rows of a top-k and drops those behind the first `keep`, with their strings. */
function dropRows(table: usize, descriptor: usize, keep: u32): void {
  sortTop(table, descriptor)
  const entries: usize = load<u32>(table)
  const count = load<u32>(table, 4)
  for (let i: u32 = keep; i < count; i++) {
    const row: usize = load<u32>(entries + <usize>i * ENTRY, 8)
    store<u32>(row, load<u32>(table, 8))
    store<u32>(table, <u32>row, 8)
  }
  if (count < keep) return keepStrings(table, descriptor, count)
  store<u32>(table, keep, 4)
  if (keep > 0) store<u64>(table, load<u64>(entries + <usize>(keep - 1) * ENTRY), 80)
  keepStrings(table, descriptor, keep)
}

/** Moves the strings of the first `count` rows to a store of their own and frees the one that also has those of dropped rows. */
function keepStrings(table: usize, descriptor: usize, count: u32): void {
  const refs = descriptor + 4 + (<usize>load<u32>(descriptor) << 3)
  const refsOfRow = load<u32>(refs)
  if (refsOfRow == 0) return
  const strings = table + STRINGS
  const old = allocate(STORE_BYTES)
  memory.copy(old, strings, STORE_BYTES)
  memory.fill(strings, 0, STORE_BYTES)
  const entries: usize = load<u32>(table)
  for (let i: u32 = 0; i < count; i++) {
    const row: usize = load<u32>(entries + <usize>i * ENTRY, 8)
    for (let j: u32 = 1; j <= refsOfRow; j++) {
      const ref = row + <usize>load<u32>(refs + (<usize>j << 2))
      store<u32>(ref, <u32>storeBytes(strings, load<u32>(ref), load<u32>(ref, 4)))
    }
  }
  storeRelease(old)
  release(old)
  store<u32>(table, max(LEAST_STRINGS, <u32>storeSize(strings) << 1), STRINGS_LIMIT)
}

/** Room for a row that may be among the first `keep`; drops the others when there is no more. */
export function topAllocate(table: usize, width: usize, descriptor: usize, keep: u32): usize {
  if (load<u32>(table, 4) == load<u32>(table, 12) || <u32>storeSize(table + STRINGS) > load<u32>(table, STRINGS_LIMIT)) {
    dropRows(table, descriptor, keep)
  }
  let row: usize = load<u32>(table, 8)
  if (row != 0) store<u32>(table, load<u32>(row), 8)
  else row = storeAllocate(table + 16, width)
  const count = load<u32>(table, 4)
  store<u32>(<usize>load<u32>(table) + <usize>count * ENTRY, <u32>row, 8)
  store<u32>(table, count + 1, 4)
  return row
}

/** Sorts what is left; returns how many rows there are, at most `keep`. */
export function topFinish(table: usize, descriptor: usize, keep: u32): u32 {
  sortTop(table, descriptor)
  const count = min(load<u32>(table, 4), keep)
  store<u32>(table, count, 4)
  return count
}

/** The first eight bytes of a string as a number in the order of strings. */
export function stringPrefix(at: usize, length: i32): u64 {
  if (length >= 8) return bswap(load<u64>(at))
  let prefix: u64 = 0
  for (let i = 0; i < length; i++) prefix |= <u64>load<u8>(at + i) << (56 - (i << 3))
  return prefix
}
