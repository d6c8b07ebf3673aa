// Sorting of the rows of a store, all or the first, by entries of (prefix of the key, row).
import {
  CHUNK_HEADER_BYTES,
  SORT_DESCRIPTOR_HEADER_BYTES,
  SORT_ENTRY_BYTES,
  SORT_ENTRY_ROW,
  SORT_ROW_PREFIX,
  STORE_BYTES,
} from '../../interface/rows'
import {
  SORT_COUNT,
  SORT_ENTRIES,
  TABLE_ROW_STORE,
  TABLE_STRING_STORE,
  TOP_CAPACITY,
  TOP_FREE,
  TOP_STRINGS_LIMIT,
  TOP_THRESHOLD,
} from '../../interface/table'
import { allocate, release } from '../memory'
import { compareRows, sortEntries } from './sort-entries'
import { storeAllocate, storeBytes, storeChunkBytes, storeFirst, storeNext, storeRelease, storeSize } from './row-store'

const LEAST_STRINGS: u32 = 1 << 20

/** Sorts all rows of the store; returns their number. The entries are at the address in the table's first word. */
export function sortFinish(table: usize, width: usize, descriptor: usize): u32 {
  const rows = table + TABLE_ROW_STORE
  let count: usize = 0
  for (let chunk = storeFirst(rows); chunk != 0; chunk = storeNext(chunk)) {
    count += storeChunkBytes(rows, chunk) / width
  }
  const entries = allocate(max(count, 1) * SORT_ENTRY_BYTES)
  store<u32>(table, <u32>entries, SORT_ENTRIES)
  store<u32>(table, <u32>count, SORT_COUNT)
  let at = entries
  for (let chunk = storeFirst(rows); chunk != 0; chunk = storeNext(chunk)) {
    const end = chunk + CHUNK_HEADER_BYTES + storeChunkBytes(rows, chunk)
    for (let row = chunk + CHUNK_HEADER_BYTES; row < end; row += width) {
      store<u64>(at, load<u64>(row, SORT_ROW_PREFIX))
      store<u32>(at, <u32>row, SORT_ENTRY_ROW)
      at += SORT_ENTRY_BYTES
    }
  }
  sortEntries(entries, count, descriptor)
  return <u32>count
}

/** The prefix of an entry's row: sorting leaves later parts of keys in entries. */
@inline
function prefixOf(entry: usize): u64 {
  return load<u64>(load<u32>(entry, SORT_ENTRY_ROW), SORT_ROW_PREFIX)
}

function sortTop(table: usize, descriptor: usize): void {
  const entries: usize = load<u32>(table, SORT_ENTRIES)
  const count: usize = load<u32>(table, SORT_COUNT)
  const end = entries + count * SORT_ENTRY_BYTES
  for (let at = entries; at < end; at += SORT_ENTRY_BYTES) {
    store<u64>(at, load<u64>(load<u32>(at, SORT_ENTRY_ROW), SORT_ROW_PREFIX))
  }
  sortEntries(entries, count, descriptor)
}

/** Readies a top-k: room for twice as many rows as are wanted, so that sorting is paid by many rows. */
export function topInit(table: usize, keep: u32): void {
  if (load<u32>(table, SORT_ENTRIES) != 0) return
  const capacity = keep + max<u32>(keep, 1024)
  store<u32>(table, <u32>allocate(<usize>capacity * SORT_ENTRY_BYTES), SORT_ENTRIES)
  store<u32>(table, capacity, TOP_CAPACITY)
  store<u64>(table, 0xffff_ffff_ffff_ffff, TOP_THRESHOLD)
  store<u32>(table, LEAST_STRINGS, TOP_STRINGS_LIMIT)
}

/** Sorts the rows of a top-k and drops those behind the first `keep`, with their strings. */
function dropRows(table: usize, descriptor: usize, keep: u32): void {
  sortTop(table, descriptor)
  const entries: usize = load<u32>(table, SORT_ENTRIES)
  const count = load<u32>(table, SORT_COUNT)
  for (let i: u32 = keep; i < count; i++) {
    const row: usize = load<u32>(entries + <usize>i * SORT_ENTRY_BYTES, SORT_ENTRY_ROW)
    store<u32>(row, load<u32>(table, TOP_FREE))
    store<u32>(table, <u32>row, TOP_FREE)
  }
  if (count < keep) return keepStrings(table, descriptor, count)
  store<u32>(table, keep, SORT_COUNT)
  if (keep > 0) store<u64>(table, prefixOf(entries + <usize>(keep - 1) * SORT_ENTRY_BYTES), TOP_THRESHOLD)
  keepStrings(table, descriptor, keep)
}

/** Moves the strings of the first `count` rows to a store of their own and frees the one that also has those of dropped rows. */
function keepStrings(table: usize, descriptor: usize, count: u32): void {
  const refs = descriptor + SORT_DESCRIPTOR_HEADER_BYTES + (<usize>load<u32>(descriptor) << 3)
  const refsOfRow = load<u32>(refs)
  if (refsOfRow == 0) return
  const strings = table + TABLE_STRING_STORE
  const old = allocate(STORE_BYTES)
  memory.copy(old, strings, STORE_BYTES)
  memory.fill(strings, 0, STORE_BYTES)
  const entries: usize = load<u32>(table, SORT_ENTRIES)
  for (let i: u32 = 0; i < count; i++) {
    const row: usize = load<u32>(entries + <usize>i * SORT_ENTRY_BYTES, SORT_ENTRY_ROW)
    for (let j: u32 = 1; j <= refsOfRow; j++) {
      const ref = row + <usize>load<u32>(refs + (<usize>j << 2))
      store<u32>(ref, <u32>storeBytes(strings, load<u32>(ref), load<u32>(ref, 4)))
    }
  }
  storeRelease(old)
  release(old)
  store<u32>(table, max(LEAST_STRINGS, <u32>storeSize(strings) << 1), TOP_STRINGS_LIMIT)
}

/** Room for a row that may be among the first `keep`; drops the others when there is no more. */
export function topAllocate(table: usize, width: usize, descriptor: usize, keep: u32): usize {
  const isFull = load<u32>(table, SORT_COUNT) == load<u32>(table, TOP_CAPACITY)
  if (isFull || <u32>storeSize(table + TABLE_STRING_STORE) > load<u32>(table, TOP_STRINGS_LIMIT)) {
    dropRows(table, descriptor, keep)
  }
  let row: usize = load<u32>(table, TOP_FREE)
  if (row != 0) store<u32>(table, load<u32>(row), TOP_FREE)
  else row = storeAllocate(table + TABLE_ROW_STORE, width)
  const count = load<u32>(table, SORT_COUNT)
  store<u32>(<usize>load<u32>(table, SORT_ENTRIES) + <usize>count * SORT_ENTRY_BYTES, <u32>row, SORT_ENTRY_ROW)
  store<u32>(table, count + 1, SORT_COUNT)
  return row
}

/** Sorts what is left; returns how many rows there are, at most `keep`. */
export function topFinish(table: usize, descriptor: usize, keep: u32): u32 {
  sortTop(table, descriptor)
  const count = min(load<u32>(table, SORT_COUNT), keep)
  store<u32>(table, count, SORT_COUNT)
  return count
}

/** How many of the sorted rows of a table come before a row that has its keys where they have them: all that are less. */
export function entriesBefore(table: usize, row: usize, descriptor: usize): u32 {
  const entries: usize = load<u32>(table, SORT_ENTRIES)
  const prefix = load<u64>(row, SORT_ROW_PREFIX)
  let low: u32 = 0
  let high = load<u32>(table, SORT_COUNT)
  while (low < high) {
    const middle = (low + high) >>> 1
    const entry = entries + <usize>middle * SORT_ENTRY_BYTES
    const other = prefixOf(entry)
    const isBefore = other != prefix ? other < prefix : compareRows(load<u32>(entry, SORT_ENTRY_ROW), row, descriptor, 0) < 0
    if (isBefore) low = middle + 1
    else high = middle
  }
  return low
}

/** The first eight bytes of a string as a number in the order of strings. */
export function stringPrefix(at: usize, length: i32): u64 {
  if (length >= 8) return bswap(load<u64>(at))
  let prefix: u64 = 0
  for (let i = 0; i < length; i++) prefix |= <u64>load<u8>(at + i) << (56 - (i << 3))
  return prefix
}
