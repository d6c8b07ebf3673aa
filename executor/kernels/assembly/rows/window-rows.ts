// The rows of the partitions of a window that are held.
import { STORE_BYTES } from '../../interface/rows'
import {
  TABLE_ROW_STORE,
  TABLE_STRING_STORE,
  WINDOW_ADDRESSES,
  WINDOW_CAPACITY,
  WINDOW_COMPLETE,
  WINDOW_COUNT,
  WINDOW_LAST,
} from '../../interface/table'
import { allocate, reallocate } from '../memory'
import { copyRow, storeAllocate, storeBytes, storeRelease } from './row-store'

const LEAST_ROWS: u32 = 1 << 10
const ADDRESS_SHIFT: usize = 2
/** A member of the list of refs: an offset, and how the ref lies; those of windows lie all alike. */
const REF_SHIFT: usize = 3

/** Room for the next row. */
export function windowAllocate(table: usize, width: usize): usize {
  const count = load<u32>(table, WINDOW_COUNT)
  if (count == load<u32>(table, WINDOW_CAPACITY)) {
    const capacity = max(count << 1, LEAST_ROWS)
    const addresses: usize = load<u32>(table, WINDOW_ADDRESSES)
    const bytes: usize = <usize>capacity << ADDRESS_SHIFT
    store<u32>(table, <u32>(addresses == 0 ? allocate(bytes) : reallocate(addresses, bytes)), WINDOW_ADDRESSES)
    store<u32>(table, capacity, WINDOW_CAPACITY)
  }
  const row = storeAllocate(table + TABLE_ROW_STORE, width)
  store<u32>(<usize>load<u32>(table, WINDOW_ADDRESSES) + (<usize>count << ADDRESS_SHIFT), <u32>row)
  store<u32>(table, count + 1, WINDOW_COUNT)
  return row
}

/**
 * Drops the rows before `first`. `refs` lists the refs to strings in a row. The stores from before are in another table until they are freed, so
 * that whoever frees that one frees them when memory runs short here.
 */
export function windowDrop(table: usize, before: usize, first: u32, width: usize, refs: usize): void {
  memory.copy(before + TABLE_ROW_STORE, table + TABLE_ROW_STORE, STORE_BYTES)
  memory.copy(before + TABLE_STRING_STORE, table + TABLE_STRING_STORE, STORE_BYTES)
  memory.fill(table + TABLE_ROW_STORE, 0, STORE_BYTES)
  memory.fill(table + TABLE_STRING_STORE, 0, STORE_BYTES)
  const addresses: usize = load<u32>(table, WINDOW_ADDRESSES)
  const kept = load<u32>(table, WINDOW_COUNT) - first
  let row: usize = 0
  for (let i: u32 = 0; i < kept; i++) {
    row = storeAllocate(table + TABLE_ROW_STORE, width)
    copyRow(row, load<u32>(addresses + (<usize>(first + i) << ADDRESS_SHIFT)), width)
    moveStrings(row, table + TABLE_STRING_STORE, refs)
    store<u32>(addresses + (<usize>i << ADDRESS_SHIFT), <u32>row)
  }
  storeRelease(before + TABLE_ROW_STORE)
  storeRelease(before + TABLE_STRING_STORE)
  store<u32>(table, kept, WINDOW_COUNT)
  store<u32>(table, 0, WINDOW_COMPLETE)
  store<u32>(table, <u32>row, WINDOW_LAST)
}

function moveStrings(row: usize, strings: usize, refs: usize): void {
  const end = refs + 4 + (<usize>load<u32>(refs) << REF_SHIFT)
  for (let at = refs + 4; at < end; at += 1 << REF_SHIFT) {
    const ref = row + <usize>load<u32>(at)
    store<u32>(ref, <u32>storeBytes(strings, load<u32>(ref), load<u32>(ref, 4)))
  }
}
