// What stateful operators keep from batch to batch (see the end of interface/table.ts).
import {
  DIRECTORY_ENTRY_SHIFT,
  DIRECTORY_HASH_SHIFT,
  JOIN_ROW_NEXT,
  REF_IF_LONG,
  STORE_SIZE,
} from '../../interface/rows'
import {
  HEAP_ENTRY_BYTES,
  HEAP_ENTRY_ROW,
  LIST_ADDRESS,
  LIST_CAPACITY,
  LIST_COUNT,
  ROW_DELETED,
  ROW_MARK_HASH,
  ROW_REMOVED,
  ROW_RESOLVED,
  ROW_TOUCHED,
  STATE_EXPIRED,
  STATE_HEAP,
  STATE_MOVED_ROWS,
  STATE_MOVED_STRINGS,
  STATE_NEXT_NUMBER,
  STATE_REMOVED_ROWS,
  STATE_RUNS,
  STATE_STRING_BYTES,
  STATE_TOUCHED,
  TABLE_DIRECTORY,
  TABLE_MASK,
  TABLE_ROWS,
  TABLE_ROW_STORE,
  TABLE_STRING_STORE,
} from '../../interface/table'
import { tableRelease } from '../rows/group-table'
import { allocate, reallocate, release } from '../memory'
import { lengthOf } from '../rows/row-pages'
import { copyRow, storeAllocate, storeMove, storeRelease, storeReplaced } from '../rows/row-store'

const SMALLEST_LIST: u32 = 256
/** A list with room for more entries is not kept for the next batch. */
const LARGEST_KEPT_LIST: u32 = 1 << 16

/** Room for one more entry at the end of a list; returns where. */
export function listGrown(list: usize, entryBytes: usize): usize {
  const count = load<u32>(list, LIST_COUNT)
  let address: usize = load<u32>(list, LIST_ADDRESS)
  if (count == load<u32>(list, LIST_CAPACITY)) {
    const capacity = max(SMALLEST_LIST, count + (count >> 1))
    const bytes = <usize>capacity * entryBytes
    address = address == 0 ? allocate(bytes) : reallocate(address, bytes)
    store<u32>(list, <u32>address, LIST_ADDRESS)
    store<u32>(list, capacity, LIST_CAPACITY)
  }
  store<u32>(list, count + 1, LIST_COUNT)
  return address + <usize>count * entryBytes
}

function listRelease(list: usize): void {
  const address: usize = load<u32>(list, LIST_ADDRESS)
  if (address != 0) release(address)
  memory.fill(list, 0, 12)
}

/** Notes that the batch added or changed a row, whose mark lies so far behind its beginning. */
export function stateTouch(state: usize, row: usize, mark: usize): void {
  const flags = load<u32>(row + mark)
  if ((flags & ROW_TOUCHED) != 0) return
  store<u32>(row + mark, flags | ROW_TOUCHED)
  store<u32>(listGrown(state + STATE_TOUCHED, 4), <u32>row)
}

/** Notes when a row that was added expires. */
export function stateExpires(state: usize, row: usize, at: i64): void {
  const list = state + STATE_HEAP
  listGrown(list, HEAP_ENTRY_BYTES)
  const heap: usize = load<u32>(list, LIST_ADDRESS)
  let hole = load<u32>(list, LIST_COUNT) - 1
  while (hole > 0) {
    const above = (hole - 1) >> 1
    const entry = heap + <usize>above * HEAP_ENTRY_BYTES
    if (load<i64>(entry) <= at) break
    memory.copy(heap + <usize>hole * HEAP_ENTRY_BYTES, entry, HEAP_ENTRY_BYTES)
    hole = above
  }
  const entry = heap + <usize>hole * HEAP_ENTRY_BYTES
  store<i64>(entry, at)
  store<u32>(entry, <u32>row, HEAP_ENTRY_ROW)
}

/** Takes the top off a heap. */
export function heapPop(list: usize): void {
  const heap: usize = load<u32>(list, LIST_ADDRESS)
  const count = load<u32>(list, LIST_COUNT) - 1
  store<u32>(list, count, LIST_COUNT)
  const last = heap + <usize>count * HEAP_ENTRY_BYTES
  sink(heap, count, 0, load<i64>(last), load<u32>(last, HEAP_ENTRY_ROW))
}

/** Puts an entry where an entry is missing, or below. */
function sink(heap: usize, count: u32, place: u32, at: i64, row: u32): void {
  let hole = place
  for (let below: u32 = 2 * hole + 1; below < count; below = 2 * hole + 1) {
    let entry = heap + <usize>below * HEAP_ENTRY_BYTES
    if (below + 1 < count && load<i64>(entry + HEAP_ENTRY_BYTES) < load<i64>(entry)) {
      below++
      entry += HEAP_ENTRY_BYTES
    }
    if (load<i64>(entry) >= at) break
    memory.copy(heap + <usize>hole * HEAP_ENTRY_BYTES, entry, HEAP_ENTRY_BYTES)
    hole = below
  }
  const entry = heap + <usize>hole * HEAP_ENTRY_BYTES
  store<i64>(entry, at)
  store<u32>(entry, row, HEAP_ENTRY_ROW)
}

/** Removes the rows that expire at a time or before, and lists them: until `stateSettle` they can be read. Returns how many there are. */
export function stateExpire(state: usize, until: i64, mark: usize): u32 {
  const list = state + STATE_HEAP
  let removed: u32 = 0
  while (load<u32>(list, LIST_COUNT) > 0) {
    const top: usize = load<u32>(list, LIST_ADDRESS)
    if (load<i64>(top) > until) break
    const row: usize = load<u32>(top, HEAP_ENTRY_ROW)
    heapPop(list)
    removeEntry(state, row, load<u32>(row + mark, ROW_MARK_HASH))
    store<u32>(row + mark, load<u32>(row + mark) | ROW_REMOVED)
    store<u32>(listGrown(state + STATE_EXPIRED, 4), <u32>row)
    removed++
  }
  store<u32>(state, load<u32>(state, STATE_REMOVED_ROWS) + removed, STATE_REMOVED_ROWS)
  return removed
}

/** Takes a row out of the directory. Entries behind it move up where they would not be found any more. */
export function removeEntry(table: usize, row: usize, hash: u32): void {
  const directory: usize = load<u32>(table, TABLE_DIRECTORY)
  const mask = load<u32>(table, TABLE_MASK)
  let hole = hash & mask
  while (<u32>load<u64>(directory + (<usize>hole << DIRECTORY_ENTRY_SHIFT)) != <u32>row) hole = (hole + 1) & mask
  for (let next = (hole + 1) & mask; ; next = (next + 1) & mask) {
    const entry = load<u64>(directory + (<usize>next << DIRECTORY_ENTRY_SHIFT))
    if (<u32>entry == 0) break
    const home = <u32>(entry >> DIRECTORY_HASH_SHIFT) & mask
    if (((next - home) & mask) < ((next - hole) & mask)) continue
    store<u64>(directory + (<usize>hole << DIRECTORY_ENTRY_SHIFT), entry)
    hole = next
  }
  store<u64>(directory + (<usize>hole << DIRECTORY_ENTRY_SHIFT), 0)
  store<u32>(table, load<u32>(table, TABLE_ROWS) - 1, TABLE_ROWS)
}

/**
 * Ends a batch: no row counts as touched or just expired any more. Returns, where as many rows or bytes of strings may lie in the memory that nobody
 * needs as are needed, how many bytes it takes at most to move the rows together (`stateCompact`); 0 else.
 * @param growing whether strings are replaced in rows, whose former bytes nobody needs
 */
export function stateSettle(state: usize, mark: usize, growing: bool): u32 {
  const touched = state + STATE_TOUCHED
  const list: usize = load<u32>(touched, LIST_ADDRESS)
  const count = load<u32>(touched, LIST_COUNT)
  for (let i: u32 = 0; i < count; i++) {
    const at = <usize>load<u32>(list + (<usize>i << 2)) + mark
    const flags = load<u32>(at)
    store<u32>(at, (flags & ROW_DELETED) != 0 ? ROW_REMOVED : (flags & ~ROW_TOUCHED) | ROW_RESOLVED)
  }
  emptyList(touched)
  emptyList(state + STATE_EXPIRED)
  const removed = load<u32>(state, STATE_REMOVED_ROWS)
  const strings = load<u32>(state + TABLE_STRING_STORE, STORE_SIZE)
  const known = max(load<u32>(state, STATE_STRING_BYTES), SMALLEST_LIST * HEAP_ENTRY_BYTES)
  const isMostlyRemoved = removed > max(load<u32>(state, TABLE_ROWS), SMALLEST_LIST)
  if (!isMostlyRemoved && (!growing || strings >> 1 <= known)) return 0
  return load<u32>(state + TABLE_ROW_STORE, STORE_SIZE) + strings
}

function emptyList(list: usize): void {
  if (load<u32>(list, LIST_CAPACITY) > LARGEST_KEPT_LIST) listRelease(list)
  else store<u32>(list, 0, LIST_COUNT)
}

/**
 * Copies the rows that are needed, with their strings, and frees the others.
 * @param chained whether rows lie in chains (see chained-state.ts)
 */
export function stateCompact(state: usize, width: usize, refs: usize, mark: usize, chained: bool): void {
  const directory: usize = load<u32>(state, TABLE_DIRECTORY)
  const end = directory + ((<usize>load<u32>(state, TABLE_MASK) + 1) << DIRECTORY_ENTRY_SHIFT)
  for (let at = directory; at < end; at += 8) {
    let row: usize = <u32>load<u64>(at)
    // Where the address of the next copy goes: the entry, then the beginning of the copy before it in the chain.
    let place = at
    while (row != 0) {
      const copy = moveRow(state, row, width, refs, mark)
      store<u32>(place, <u32>copy)
      place = copy + JOIN_ROW_NEXT
      row = chained ? <usize>load<u32>(row, JOIN_ROW_NEXT) : 0
    }
  }
  moveDeleted(state, width, refs, mark)
  moveHeap(state + STATE_HEAP, mark)
  moveTouched(state + STATE_TOUCHED, mark)
  storeRelease(state + TABLE_ROW_STORE)
  storeRelease(state + TABLE_STRING_STORE)
  storeMove(state + TABLE_ROW_STORE, state + STATE_MOVED_ROWS)
  storeMove(state + TABLE_STRING_STORE, state + STATE_MOVED_STRINGS)
  store<u32>(state, 0, STATE_REMOVED_ROWS)
  store<u32>(state, load<u32>(state + TABLE_STRING_STORE, STORE_SIZE), STATE_STRING_BYTES)
}

/** Returns where the row went, which the row itself says from then on, for the heap and the list of touched rows: the copy has its hash. */
function moveRow(state: usize, row: usize, width: usize, refs: usize, mark: usize): usize {
  const copy = storeAllocate(state + STATE_MOVED_ROWS, width)
  copyRow(copy, row, width)
  copyStrings(copy, state + STATE_MOVED_STRINGS, refs)
  store<u32>(row + mark, <u32>copy, ROW_MARK_HASH)
  return copy
}

/** Rows that the batch deleted are in its list alone: its delta tells of them. */
function moveDeleted(state: usize, width: usize, refs: usize, mark: usize): void {
  const list = state + STATE_TOUCHED
  const first: usize = load<u32>(list, LIST_ADDRESS)
  const end = first + (<usize>load<u32>(list, LIST_COUNT) << 2)
  for (let at = first; at < end; at += 4) {
    const row: usize = load<u32>(at)
    if ((load<u32>(row + mark) & ROW_DELETED) != 0) moveRow(state, row, width, refs, mark)
  }
}

/** Leads a list of touched rows to where they went. Those that were removed since, as sessions that became others, go. */
function moveTouched(list: usize, mark: usize): void {
  const first: usize = load<u32>(list, LIST_ADDRESS)
  const end = first + (<usize>load<u32>(list, LIST_COUNT) << 2)
  let to = first
  for (let at = first; at < end; at += 4) {
    const row: usize = load<u32>(at)
    if ((load<u32>(row + mark) & ROW_REMOVED) != 0) continue
    store<u32>(to, load<u32>(row + mark, ROW_MARK_HASH))
    to += 4
  }
  store<u32>(list, <u32>((to - first) >> 2), LIST_COUNT)
}

/** Leads the entries of a heap to where their rows went. Those of rows that were removed otherwise than by expiry go. */
function moveHeap(list: usize, mark: usize): void {
  const heap: usize = load<u32>(list, LIST_ADDRESS)
  const count = load<u32>(list, LIST_COUNT)
  let kept: u32 = 0
  for (let i: u32 = 0; i < count; i++) {
    const entry = heap + <usize>i * HEAP_ENTRY_BYTES
    const row: usize = load<u32>(entry, HEAP_ENTRY_ROW)
    if ((load<u32>(row + mark) & ROW_REMOVED) != 0) continue
    const moved = heap + <usize>kept * HEAP_ENTRY_BYTES
    kept++
    store<i64>(moved, load<i64>(entry))
    store<u32>(moved, load<u32>(row + mark, ROW_MARK_HASH), HEAP_ENTRY_ROW)
  }
  if (kept == count) return
  store<u32>(list, kept, LIST_COUNT)
  for (let place = kept >> 1; place > 0; place--) {
    const entry = heap + <usize>(place - 1) * HEAP_ENTRY_BYTES
    sink(heap, kept, place - 1, load<i64>(entry), load<u32>(entry, HEAP_ENTRY_ROW))
  }
}

/** Bytes are copied as those that may be replaced, whatever they are. */
export function copyStrings(row: usize, strings: usize, refs: usize): void {
  const count = load<u32>(refs)
  for (let i: u32 = 0; i < count; i++) {
    const at = refs + 4 + (<usize>i << 3)
    const ref = row + <usize>load<u32>(at)
    const kind = load<u32>(at, 4)
    const length = lengthOf(ref, kind)
    if (length != 0) store<u32>(ref, <u32>storeReplaced(strings, 0, load<u32>(ref), length))
    else if (kind != REF_IF_LONG) store<u32>(ref, 0)
  }
}

/** Frees everything. */
export function stateRelease(state: usize): void {
  tableRelease(state)
  storeRelease(state + STATE_MOVED_ROWS)
  storeRelease(state + STATE_MOVED_STRINGS)
  listRelease(state + STATE_TOUCHED)
  listRelease(state + STATE_EXPIRED)
  listRelease(state + STATE_HEAP)
  store<u32>(state, 0, STATE_REMOVED_ROWS)
  store<u32>(state, 0, STATE_STRING_BYTES)
  store<i64>(state, 0, STATE_NEXT_NUMBER)
  store<u32>(state, 0, STATE_RUNS)
}
