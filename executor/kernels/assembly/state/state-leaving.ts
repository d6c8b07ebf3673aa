// Rows of a table of state that leave the memory, and those that are looked for on disk, as lists sorted by the hashes of their keys
// (see interface/state-runs.ts).
import {
  DIRECTORY_ENTRY_SHIFT,
  DIRECTORY_HASH_SHIFT,
  JOIN_ROW_HASH,
  JOIN_ROW_NEXT,
  SMALLEST_DIRECTORY,
} from '../../interface/rows'
import { HASH_ENTRY_BYTES, HASH_ENTRY_HASH } from '../../interface/state-runs'
import {
  LIST_ADDRESS,
  LIST_COUNT,
  ROW_MARK_HASH,
  ROW_REMOVED,
  ROW_RESOLVED,
  ROW_TOUCHED,
  STATE_TOUCHED,
  TABLE_DIRECTORY,
  TABLE_MASK,
  TABLE_ROWS,
} from '../../interface/table'
import { link } from './chained-state'
import { newDirectory, place } from '../rows/group-table'
import { allocate, release } from '../memory'
import { stateCompact } from './state-table'

const DIGITS: usize = 256
const DIGIT_BITS: u64 = 8
const COUNT_BYTES: usize = 4
const HASH_DIGITS: u64 = 4

/** The hash of an entry of a list. */
@inline
export function hashAt(list: usize, index: u32): u32 {
  return load<u32>(list + <usize>index * HASH_ENTRY_BYTES, HASH_ENTRY_HASH)
}

/** Writes an entry of a list. */
@inline
export function listRow(list: usize, index: u32, row: usize, hash: u32): void {
  const entry = list + <usize>index * HASH_ENTRY_BYTES
  store<u32>(entry, <u32>row)
  store<u32>(entry, hash, HASH_ENTRY_HASH)
}

/** Lists the rows of hashes in a range that the batch has not touched, or, without a place for a list, counts them. Of chains none is touched, or they stay. */
export function stateUntouched(state: usize, mark: usize, from: u32, last: u32, list: usize, chained: i32): u32 {
  if (chained != 0) return chainsUntouched(state, mark, from, last, list)
  const directory: usize = load<u32>(state, TABLE_DIRECTORY)
  const end = directory + ((<usize>load<u32>(state, TABLE_MASK) + 1) << DIRECTORY_ENTRY_SHIFT)
  let count: u32 = 0
  for (let at = directory; at < end; at += 8) {
    const entry = load<u64>(at)
    const row: usize = <u32>entry
    const hash = <u32>(entry >> DIRECTORY_HASH_SHIFT)
    if (row == 0 || hash < from || hash > last || (load<u32>(row + mark) & ROW_TOUCHED) != 0) continue
    if (list != 0) store<u64>(list + <usize>count * HASH_ENTRY_BYTES, entry)
    count++
  }
  return count
}

function chainsUntouched(state: usize, mark: usize, from: u32, last: u32, list: usize): u32 {
  const directory: usize = load<u32>(state, TABLE_DIRECTORY)
  const end = directory + ((<usize>load<u32>(state, TABLE_MASK) + 1) << DIRECTORY_ENTRY_SHIFT)
  let count: u32 = 0
  for (let at = directory; at < end; at += 8) {
    let row: usize = load<u32>(at)
    if (isChainTouched(row, mark)) continue
    for (; row != 0; row = load<u32>(row, JOIN_ROW_NEXT)) {
      const hash = load<u32>(row, JOIN_ROW_HASH)
      if (hash < from || hash > last) continue
      if (list != 0) listRow(list, count, row, hash)
      count++
    }
  }
  return count
}

function isChainTouched(first: usize, mark: usize): bool {
  for (let row = first; row != 0; row = load<u32>(row, JOIN_ROW_NEXT))
    if ((load<u32>(row + mark) & ROW_TOUCHED) != 0) return true
  return false
}

/** Lists the rows that may have older versions in runs, of those that the batch touched, or of all; or counts them. From then on they are none of these. */
export function stateUnresolved(state: usize, mark: usize, ofAll: i32, list: usize): u32 {
  let count: u32 = 0
  if (ofAll != 0) {
    const directory: usize = load<u32>(state, TABLE_DIRECTORY)
    const end = directory + ((<usize>load<u32>(state, TABLE_MASK) + 1) << DIRECTORY_ENTRY_SHIFT)
    for (let at = directory; at < end; at += 8) {
      const row: usize = <u32>load<u64>(at)
      if (row != 0) count += unresolved(row, mark, list, count)
    }
    return count
  }
  const touched: usize = load<u32>(state + STATE_TOUCHED, LIST_ADDRESS)
  const rows = load<u32>(state + STATE_TOUCHED, LIST_COUNT)
  for (let i: u32 = 0; i < rows; i++) count += unresolved(load<u32>(touched + (<usize>i << 2)), mark, list, count)
  return count
}

function unresolved(row: usize, mark: usize, list: usize, index: u32): u32 {
  const flags = load<u32>(row + mark)
  if ((flags & (ROW_RESOLVED | ROW_REMOVED)) != 0) return 0
  if (list == 0) return 1
  store<u32>(row + mark, flags | ROW_RESOLVED)
  listRow(list, index, row, load<u32>(row + mark, ROW_MARK_HASH))
  return 1
}

/** Sorts a list by its hashes. @param scratch has as much room as the list */
export function hashesSort(list: usize, scratch: usize, count: u32): void {
  const places = allocate(DIGITS * COUNT_BYTES)
  let from = list
  let to = scratch
  for (let digit: u64 = 0; digit < HASH_DIGITS; digit++) {
    const shift = <u64>DIRECTORY_HASH_SHIFT + digit * DIGIT_BITS
    sortDigit(from, to, count, shift, places)
    const sorted = to
    to = from
    from = sorted
  }
  release(places)
}

function sortDigit(from: usize, to: usize, count: u32, shift: u64, places: usize): void {
  memory.fill(places, 0, DIGITS * COUNT_BYTES)
  const end = from + <usize>count * HASH_ENTRY_BYTES
  for (let at = from; at < end; at += HASH_ENTRY_BYTES) {
    const counted = places + <usize>((load<u64>(at) >> shift) & 255) * COUNT_BYTES
    store<u32>(counted, load<u32>(counted) + 1)
  }
  let before: u32 = 0
  for (let at = places; at < places + DIGITS * COUNT_BYTES; at += COUNT_BYTES) {
    const own = load<u32>(at)
    store<u32>(at, before)
    before += own
  }
  for (let at = from; at < end; at += HASH_ENTRY_BYTES) {
    const entry = load<u64>(at)
    const counted = places + <usize>((entry >> shift) & 255) * COUNT_BYTES
    const index = load<u32>(counted)
    store<u32>(counted, index + 1)
    store<u64>(to + <usize>index * HASH_ENTRY_BYTES, entry)
  }
}

/** How many of the first rows of a sorted list may be a page, when so many would fit: the hash of the last one is not that of the next. 0 when there is no such place. */
export function hashesBreak(list: usize, fitting: u32, count: u32): u32 {
  if (fitting == count) return count
  const next = hashAt(list, fitting)
  let rows = fitting
  while (rows > 0 && hashAt(list, rows - 1) == next) rows--
  return rows
}

/** Drops the rows that the batch has not touched: they are in a run. */
export function stateLeave(state: usize, width: usize, refs: usize, mark: usize, chained: i32): void {
  const directory: usize = load<u32>(state, TABLE_DIRECTORY)
  const end = directory + ((<usize>load<u32>(state, TABLE_MASK) + 1) << DIRECTORY_ENTRY_SHIFT)
  const staying = load<u32>(state, TABLE_ROWS) - stateUntouched(state, mark, 0, u32.MAX_VALUE, 0, chained)
  let size: u32 = SMALLEST_DIRECTORY
  while ((size >> 1) + (size >> 3) <= staying) size <<= 1
  newDirectory(state, size)
  for (let at = directory; at < end; at += 8) {
    if (chained != 0) leaveChain(state, load<u32>(at), mark)
    else leaveRow(state, load<u64>(at), mark)
  }
  release(directory)
  store<u32>(state, staying, TABLE_ROWS)
  stateCompact(state, width, refs, mark, chained != 0)
}

function leaveRow(state: usize, entry: u64, mark: usize): void {
  const row: usize = <u32>entry
  if (row == 0) return
  const flags = load<u32>(row + mark)
  if ((flags & ROW_TOUCHED) != 0) place(load<u32>(state, TABLE_DIRECTORY), load<u32>(state, TABLE_MASK), entry)
  else store<u32>(row + mark, flags | ROW_REMOVED)
}

function leaveChain(state: usize, first: usize, mark: usize): void {
  const stays = isChainTouched(first, mark)
  for (let row = first; row != 0; ) {
    const next: usize = load<u32>(row, JOIN_ROW_NEXT)
    if (stays) link(state, row)
    else store<u32>(row + mark, load<u32>(row + mark) | ROW_REMOVED)
    row = next
  }
}
