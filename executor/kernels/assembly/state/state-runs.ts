// State on disk: how rows are found in runs (see interface/state-runs.ts).
import {
  HASH_ENTRY_BYTES,
  HASH_ENTRY_HASH,
  RUN_DEAD,
  RUN_FILTER,
  RUN_FILTER_WORDS,
  RUN_FOUND,
  RUN_INDEX,
  RUN_INDEX_BYTES,
  RUN_INDEX_ROW,
  RUN_LIVE,
  RUN_PAGE,
  RUN_PAGES,
} from '../../interface/state-runs'
import { ROW_MARK_HASH, ROW_REMOVED, TABLE_STRING_STORE } from '../../interface/table'
import { bytesEqual } from '../bytes'
import { lengthOf } from '../rows/row-pages'
import { storeReplaced } from '../rows/row-store'
import { hashAt, listRow } from './state-leaving'

@inline
function filterWord(run: usize, hash: u32): usize {
  const word = <u32>((<u64>hash * <u64>load<u32>(run, RUN_FILTER_WORDS)) >> 32)
  return <usize>load<u32>(run, RUN_FILTER) + (<usize>word << 3)
}

/** Four bits of a word. */
@inline
function filterBits(hash: u32): u64 {
  const mixed = <u64>hash * 0x9e3779b97f4a7c15
  const high = (<u64>1 << (mixed >> 58)) | (<u64>1 << ((mixed >> 52) & 63))
  return high | (<u64>1 << ((mixed >> 46) & 63)) | (<u64>1 << ((mixed >> 40) & 63))
}

/** Whether a run may have rows with a hash. */
@inline
export function runMayHave(run: usize, hash: u32): bool {
  if (load<u32>(run, RUN_LIVE) == 0) return false
  const bits = filterBits(hash)
  return (load<u64>(filterWord(run, hash)) & bits) == bits
}

/** The page of a run that would have the rows with a hash, or -1 where none would. */
export function runPage(run: usize, hash: u32): i32 {
  if (!runMayHave(run, hash)) return -1
  const index: usize = load<u32>(run, RUN_INDEX)
  // How many pages begin at the hash or before.
  let pages: u32 = 0
  for (let above = load<u32>(run, RUN_PAGES); pages < above; ) {
    const middle = (pages + above) >> 1
    if (load<u32>(index + <usize>middle * RUN_INDEX_BYTES) <= hash) pages = middle + 1
    else above = middle
  }
  return <i32>pages - 1
}

/** Adds the hashes of a list to the filter of a run. */
export function runFilter(run: usize, list: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const hash = hashAt(list, i)
    const word = filterWord(run, hash)
    store<u64>(word, load<u64>(word) | filterBits(hash))
  }
}

/** The first entry of a sorted list, from one on, whose row may be in a run, and the page that it would be in (`RUN_PAGE`); `count` when there is none. */
export function runSeek(run: usize, list: usize, count: u32, from: u32): u32 {
  for (let i = from; i < count; i++) {
    if (load<u32>(list + <usize>i * HASH_ENTRY_BYTES) == 0) continue
    const page = runPage(run, hashAt(list, i))
    if (page < 0) continue
    store<u32>(run, <u32>page, RUN_PAGE)
    return i
  }
  return count
}

@inline
export function firstRowOf(run: usize, page: u32): u32 {
  return load<u32>(<usize>load<u32>(run, RUN_INDEX) + <usize>page * RUN_INDEX_BYTES, RUN_INDEX_ROW)
}

@inline
export function isDead(run: usize, row: u32): bool {
  return hasBit(load<u32>(run, RUN_DEAD), row)
}

@inline
function hasBit(bits: usize, index: u32): bool {
  return ((<u32>load<u8>(bits + <usize>(index >> 3)) >> (index & 7)) & 1) != 0
}

export function bury(run: usize, row: u32): void {
  const at = <usize>load<u32>(run, RUN_DEAD) + <usize>(row >> 3)
  store<u8>(at, load<u8>(at) | <u8>(<u32>1 << (row & 7)))
  store<u32>(run, load<u32>(run, RUN_LIVE) - 1, RUN_LIVE)
}

/** Whether two rows have the same keys, which are the first bytes of rows; long strings lie elsewhere. */
function isSameKey(a: usize, b: usize, keyBytes: usize, refs: usize): bool {
  const count = load<u32>(refs)
  let at: usize = 0
  for (let i: u32 = 0; i <= count; i++) {
    const ref = refs + 4 + (<usize>i << 3)
    const offset: usize = i == count ? keyBytes : min(<usize>load<u32>(ref), keyBytes)
    for (; at < offset; at += 8) if (load<u64>(a + at) != load<u64>(b + at)) return false
    if (offset == keyBytes) return true
    const length = lengthOf(a + offset, load<u32>(ref, 4))
    if (length != lengthOf(b + offset, load<u32>(ref, 4))) return false
    // A short text lies where a long one has its ref.
    if (length == 0 && load<u64>(a + offset) != load<u64>(b + offset)) return false
    if (length != 0 && bytesEqual(load<u32>(a + offset), load<u32>(b + offset), <i32>length) == 0) return false
    at = offset + 8
  }
  return true
}

/**
 * Looks for the rows of a sorted list, from one on, in the page of a run that `runSeek` gave and that lies at `first`. What is found is of the run no more, and done in the list;
 * how many rows that are is told (`RUN_FOUND`). A row takes over what the page has beside its keys, and what it had itself goes to `apart`, if there is such a place. Returns the first entry
 * that may be in a later page.
 */
export function runMatch(
  run: usize,
  list: usize,
  count: u32,
  from: u32,
  first: usize,
  width: usize,
  mark: usize,
  keyBytes: usize,
  refs: usize,
  state: usize,
  apart: usize,
): u32 {
  const page = load<u32>(run, RUN_PAGE)
  const number = firstRowOf(run, page)
  const rows = firstRowOf(run, page + 1) - number
  const marks = first + mark + ROW_MARK_HASH
  const lastHash = load<u32>(marks + <usize>(rows - 1) * width)
  let at = from
  let row: u32 = 0
  let found: u32 = 0
  for (; at < count && (at == from || hashAt(list, at) <= lastHash); at++) {
    const entry = list + <usize>at * HASH_ENTRY_BYTES
    const own: usize = load<u32>(entry)
    if (own == 0) continue
    const hash = load<u32>(entry, HASH_ENTRY_HASH)
    while (row < rows && load<u32>(marks + <usize>row * width) < hash) row++
    for (let i = row; i < rows && load<u32>(marks + <usize>i * width) == hash; i++) {
      const old = first + <usize>i * width
      if (isDead(run, number + i) || !isSameKey(own, old, keyBytes, refs)) continue
      bury(run, number + i)
      store<u32>(entry, 0)
      if (apart != 0) takeOver(own, old, apart + <usize>found * width, width, mark, keyBytes, refs, state)
      found++
      break
    }
  }
  store<u32>(run, found, RUN_FOUND)
  return at
}

function takeOver(
  own: usize,
  old: usize,
  apart: usize,
  width: usize,
  mark: usize,
  keyBytes: usize,
  refs: usize,
  state: usize,
): void {
  memory.copy(apart, own, width)
  memory.copy(own + keyBytes, old + keyBytes, mark - keyBytes)
  const count = load<u32>(refs)
  for (let i: u32 = 0; i < count; i++) {
    const at = refs + 4 + (<usize>i << 3)
    const offset: usize = load<u32>(at)
    if (offset < keyBytes) continue
    const length = lengthOf(own + offset, load<u32>(at, 4))
    // Bytes that are replaced have room of their own.
    const copy = length == 0 ? <usize>0 : storeReplaced(state + TABLE_STRING_STORE, 0, load<u32>(own + offset), length)
    store<u32>(own + offset, <u32>copy)
  }
}

/** Marks those rows of a page, which lies at `first`, as removed for which there is a bit at `dead`: what a run has, or had once (`RUN_DEAD`). */
export function runMarkDead(run: usize, page: u32, first: usize, width: usize, mark: usize, dead: usize): void {
  const number = firstRowOf(run, page)
  const rows = firstRowOf(run, page + 1) - number
  for (let i: u32 = 0; i < rows; i++) {
    const at = first + <usize>i * width + mark
    store<u32>(at, hasBit(dead, number + i) ? ROW_REMOVED : 0)
  }
}

/** Lists those rows of a page that are of the state and have hashes in a range. */
export function runLive(
  run: usize,
  page: u32,
  first: usize,
  width: usize,
  mark: usize,
  from: u32,
  last: u32,
  list: usize,
): u32 {
  const number = firstRowOf(run, page)
  const rows = firstRowOf(run, page + 1) - number
  let count: u32 = 0
  for (let i: u32 = 0; i < rows; i++) {
    const row = first + <usize>i * width
    const hash = load<u32>(row + mark, ROW_MARK_HASH)
    if (hash < from || hash > last || isDead(run, number + i)) continue
    listRow(list, count, row, hash)
    count++
  }
  return count
}

/** Takes rows of a page out of the state that expire at a time or before; lists their addresses, and returns how many there are. */
export function runExpire(
  run: usize,
  page: u32,
  first: usize,
  width: usize,
  expires: usize,
  until: i64,
  list: usize,
): u32 {
  const number = firstRowOf(run, page)
  const rows = firstRowOf(run, page + 1) - number
  let count: u32 = 0
  for (let i: u32 = 0; i < rows; i++) {
    const row = first + <usize>i * width
    if (load<i64>(row + expires) > until || isDead(run, number + i)) continue
    bury(run, number + i)
    store<u32>(list + (<usize>count << 2), <u32>row)
    count++
  }
  return count
}

/** The least time after `until` when one of some rows expires. */
export function rowsLeastExpiry(first: usize, rows: u32, width: usize, expires: usize, until: i64): i64 {
  let least: i64 = i64.MAX_VALUE
  for (let i: u32 = 0; i < rows; i++) {
    const at = load<i64>(first + <usize>i * width + expires)
    if (at > until && at < least) least = at
  }
  return least
}
