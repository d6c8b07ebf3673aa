// State of which several rows may have the same keys (see the end of interface/table.ts). The directory is that of a join: rows whose
// hashes have the same place in it are a chain, and above the address of the first one is a bit for each value of the top bits of their hashes.
import {
  CHAINED_ROW_EXPIRES,
  DIRECTORY_ENTRY_SHIFT,
  DIRECTORY_HASH_SHIFT,
  JOIN_ROW_HASH,
  JOIN_ROW_NEXT,
  JOIN_TAG_SHIFT,
} from '../../interface/rows'
import {
  HEAP_ENTRY_ROW,
  LIST_ADDRESS,
  LIST_COUNT,
  ROW_REMOVED,
  ROW_UNLINKED,
  STATE_EXPIRED,
  STATE_HEAP,
  STATE_REMOVED_ROWS,
  TABLE_DIRECTORY,
  TABLE_MASK,
  TABLE_MOST_ROWS,
  TABLE_ROWS,
  TABLE_ROW_STORE,
} from '../../interface/table'
import { newDirectory } from '../rows/group-table'
import { release } from '../memory'
import { storeAllocate } from '../rows/row-store'
import { heapPop, listGrown, stateExpires } from './state-table'

/** Where the bits of an entry are, in bytes. */
const TAGS: usize = DIRECTORY_HASH_SHIFT >> 3

@inline
function entryOf(state: usize, hash: u32): usize {
  return <usize>load<u32>(state, TABLE_DIRECTORY) + (<usize>(hash & load<u32>(state, TABLE_MASK)) << DIRECTORY_ENTRY_SHIFT)
}

@inline
function tagOf(hash: u32): u32 {
  return <u32>1 << (hash >> JOIN_TAG_SHIFT)
}

/** Puts a row in front of its chain. */
export function link(state: usize, row: usize): void {
  const hash = load<u32>(row, JOIN_ROW_HASH)
  const entry = entryOf(state, hash)
  store<u32>(row, load<u32>(entry), JOIN_ROW_NEXT)
  store<u32>(entry, <u32>row)
  store<u32>(entry, load<u32>(entry, TAGS) | tagOf(hash), TAGS)
}

function grow(state: usize): void {
  const old: usize = load<u32>(state, TABLE_DIRECTORY)
  const size = load<u32>(state, TABLE_MASK) + 1
  newDirectory(state, size << 1)
  const end: usize = old + (<usize>size << DIRECTORY_ENTRY_SHIFT)
  for (let at = old; at < end; at += 8) {
    let row: usize = load<u32>(at)
    while (row != 0) {
      const next: usize = load<u32>(row, JOIN_ROW_NEXT)
      link(state, row)
      row = next
    }
  }
  release(old)
}

/** Adds a row of zeros, but for its hash, to the chain of the hash; returns its address. */
export function chainInsert(state: usize, hash: u32, width: usize): usize {
  const count = load<u32>(state, TABLE_ROWS)
  if (count >= load<u32>(state, TABLE_MOST_ROWS)) grow(state)
  const row = storeAllocate(state + TABLE_ROW_STORE, width)
  memory.fill(row, 0, width)
  store<u32>(row, hash, JOIN_ROW_HASH)
  link(state, row)
  store<u32>(state, count + 1, TABLE_ROWS)
  return row
}

/** Takes all rows out of a chain that were removed. */
function unlink(state: usize, hash: u32, mark: usize): void {
  const entry = entryOf(state, hash)
  let row: usize = load<u32>(entry)
  let last = entry
  let tags: u32 = 0
  while (row != 0) {
    const flags = load<u32>(row + mark)
    if ((flags & ROW_REMOVED) == 0) {
      store<u32>(last, <u32>row)
      last = row + JOIN_ROW_NEXT
      tags |= tagOf(load<u32>(row, JOIN_ROW_HASH))
    } else store<u32>(row + mark, flags | ROW_UNLINKED)
    row = load<u32>(row, JOIN_ROW_NEXT)
  }
  store<u32>(last, 0)
  store<u32>(entry, tags, TAGS)
}

function countRemoved(state: usize, rows: u32): void {
  store<u32>(state, load<u32>(state, TABLE_ROWS) - rows, TABLE_ROWS)
  store<u32>(state, load<u32>(state, STATE_REMOVED_ROWS) + rows, STATE_REMOVED_ROWS)
}

/** Removes a row. Its entry among those that expire goes later. */
export function chainRemove(state: usize, row: usize, mark: usize): void {
  store<u32>(row + mark, load<u32>(row + mark) | ROW_REMOVED)
  unlink(state, load<u32>(row, JOIN_ROW_HASH), mark)
  countRemoved(state, 1)
}

/**
 * As `stateExpire`. When a row expires may have moved on since it was noted: what the row itself says is right. Chains are gone through once,
 * however many of their rows expire.
 */
export function chainExpire(state: usize, until: i64, mark: usize): u32 {
  const list = state + STATE_HEAP
  const expired = state + STATE_EXPIRED
  const before = load<u32>(expired, LIST_COUNT)
  while (load<u32>(list, LIST_COUNT) > 0) {
    const top: usize = load<u32>(list, LIST_ADDRESS)
    if (load<i64>(top) > until) break
    const row: usize = load<u32>(top, HEAP_ENTRY_ROW)
    heapPop(list)
    const flags = load<u32>(row + mark)
    if ((flags & ROW_REMOVED) != 0) continue
    const at = load<i64>(row, CHAINED_ROW_EXPIRES)
    if (at > until) {
      stateExpires(state, row, at)
      continue
    }
    store<u32>(row + mark, flags | ROW_REMOVED)
    store<u32>(listGrown(expired, 4), <u32>row)
  }
  const count = load<u32>(expired, LIST_COUNT)
  const rows: usize = load<u32>(expired, LIST_ADDRESS)
  for (let i = before; i < count; i++) {
    const row: usize = load<u32>(rows + (<usize>i << 2))
    if ((load<u32>(row + mark) & ROW_UNLINKED) == 0) unlink(state, load<u32>(row, JOIN_ROW_HASH), mark)
  }
  countRemoved(state, count - before)
  return count - before
}
