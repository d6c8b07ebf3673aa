// State that code of the user keeps: values of bytes under keys of bytes, in a table of state (see the end of interface/table.ts).
import { DIRECTORY_ENTRY_SHIFT, DIRECTORY_HASH_SHIFT } from '../../interface/rows'
import { KEYED_EXPIRES, KEYED_KEY, KEYED_MARK, KEYED_ROW_BYTES, KEYED_VALUE } from '../../interface/keyed-state'
import {
  HEAP_ENTRY_ROW,
  LIST_ADDRESS,
  LIST_COUNT,
  ROW_DELETED,
  ROW_MARK_HASH,
  ROW_REMOVED,
  STATE_HEAP,
  STATE_REMOVED_ROWS,
  TABLE_DIRECTORY,
  TABLE_MASK,
  TABLE_STRING_STORE,
} from '../../interface/table'
import { bytesEqual } from '../bytes'
import { groupInsert } from '../rows/group-table'
import { hashBytes } from '../rows/hash'
import { storeReplaced } from '../rows/row-store'
import { heapPop, removeEntry, stateExpires, stateTouch } from './state-table'

/** The hash that the row of a key is found by. */
export function keyedHash(key: usize, length: u32): u32 {
  return <u32>hashBytes(key, length)
}

/** The row of a key, or 0. */
export function keyedFind(state: usize, key: usize, length: u32): usize {
  return find(state, keyedHash(key, length), key, length)
}

function find(state: usize, hash: u32, key: usize, length: u32): usize {
  const directory: usize = load<u32>(state, TABLE_DIRECTORY)
  const mask = load<u32>(state, TABLE_MASK)
  for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
    const entry = load<u64>(directory + (<usize>slot << DIRECTORY_ENTRY_SHIFT))
    const row: usize = <u32>entry
    if (row == 0) return 0
    if (<u32>(entry >> DIRECTORY_HASH_SHIFT) != hash || load<u32>(row, KEYED_KEY + 4) != length) continue
    if (bytesEqual(load<u32>(row, KEYED_KEY), key, length)) return row
  }
  return 0
}

function put(
  state: usize,
  hash: u32,
  key: usize,
  keyLength: u32,
  value: usize,
  valueLength: u32,
  expires: i64,
): usize {
  let row = find(state, hash, key, keyLength)
  const strings = state + TABLE_STRING_STORE
  const isNew = row == 0
  if (isNew) {
    row = groupInsert(state, hash, KEYED_ROW_BYTES)
    store<u32>(row, hash, KEYED_MARK + ROW_MARK_HASH)
    store<u32>(row, <u32>storeReplaced(strings, 0, key, keyLength), KEYED_KEY)
    store<u32>(row, keyLength, KEYED_KEY + 4)
  }
  store<u32>(row, <u32>storeReplaced(strings, load<u32>(row, KEYED_VALUE), value, valueLength), KEYED_VALUE)
  store<u32>(row, valueLength, KEYED_VALUE + 4)
  // Of the entries of a row in the heap that counts which has its time.
  if (expires != i64.MAX_VALUE && (isNew || load<i64>(row, KEYED_EXPIRES) != expires)) stateExpires(state, row, expires)
  store<i64>(row, expires, KEYED_EXPIRES)
  return row
}

/** Puts a value under a key in place of one that is there. */
export function keyedPut(
  state: usize,
  key: usize,
  keyLength: u32,
  value: usize,
  valueLength: u32,
  expires: i64,
): void {
  const row = put(state, keyedHash(key, keyLength), key, keyLength, value, valueLength, expires)
  stateTouch(state, row, KEYED_MARK)
}

/** Removes a row. What the batch changed has it, as deleted, until the batch ends. */
export function keyedDelete(state: usize, row: usize): void {
  removeEntry(state, row, load<u32>(row, KEYED_MARK + ROW_MARK_HASH))
  store<u32>(state, load<u32>(state, STATE_REMOVED_ROWS) + 1, STATE_REMOVED_ROWS)
  stateTouch(state, row, KEYED_MARK)
  store<u32>(row, load<u32>(row, KEYED_MARK) | ROW_DELETED, KEYED_MARK)
}

/** Does as a file of changes says. */
export function keyedRestore(
  state: usize,
  hash: u32,
  key: usize,
  keyLength: u32,
  value: usize,
  valueLength: u32,
  expires: i64,
  isDeleted: i32,
): void {
  if (isDeleted == 0) {
    put(state, hash, key, keyLength, value, valueLength, expires)
    return
  }
  const row = find(state, hash, key, keyLength)
  if (row != 0) keyedDelete(state, row)
}

/** Takes the next row that expires at a time or before from the heap, and leaves it where it is; 0 when there is none. */
export function keyedExpired(state: usize, until: i64): usize {
  const list = state + STATE_HEAP
  while (load<u32>(list, LIST_COUNT) > 0) {
    const top: usize = load<u32>(list, LIST_ADDRESS)
    const at = load<i64>(top)
    if (at > until) break
    const row: usize = load<u32>(top, HEAP_ENTRY_ROW)
    heapPop(list)
    const isThere = (load<u32>(row, KEYED_MARK) & (ROW_DELETED | ROW_REMOVED)) == 0
    if (isThere && load<i64>(row, KEYED_EXPIRES) == at) return row
  }
  return 0
}
