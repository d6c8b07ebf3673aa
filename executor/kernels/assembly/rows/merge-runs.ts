// Merging of sorted runs of rows, of each of which a page is in memory. Of equal rows those of the earlier run come first.
import {
  MERGE_CURSOR_BYTES,
  MERGE_CURSOR_END,
  MERGE_CURSOR_PREFIX,
  MERGE_CURSOR_ROW,
  MERGE_HEADER_BYTES,
  MERGE_HEAP_SIZE,
  MERGE_STALLED,
  SORT_ENTRY_BYTES,
  SORT_ENTRY_ROW,
  SORT_ROW_PREFIX,
} from '../../interface/rows'
import { compareRows } from './sort-entries'

@inline
function cursorOf(merge: usize, run: u32): usize {
  return merge + MERGE_HEADER_BYTES + <usize>run * MERGE_CURSOR_BYTES
}

function isBefore(merge: usize, a: u32, b: u32, descriptor: usize): bool {
  const x = cursorOf(merge, a)
  const y = cursorOf(merge, b)
  const left = load<u64>(x, MERGE_CURSOR_PREFIX)
  const right = load<u64>(y, MERGE_CURSOR_PREFIX)
  if (left != right) return left < right
  const order = compareRows(load<u32>(x, MERGE_CURSOR_ROW), load<u32>(y, MERGE_CURSOR_ROW), descriptor, 0)
  return order != 0 ? order < 0 : a < b
}

/** Puts the run on top of the heap where it belongs. */
function siftDown(merge: usize, heap: usize, descriptor: usize, from: u32): void {
  const size = load<u32>(merge, MERGE_HEAP_SIZE)
  const run = load<u32>(heap + (<usize>from << 2))
  let at = from
  for (;;) {
    let child: u32 = 2 * at + 1
    if (child >= size) break
    let least = load<u32>(heap + (<usize>child << 2))
    if (child + 1 < size) {
      const other = load<u32>(heap + (<usize>child << 2), 4)
      if (isBefore(merge, other, least, descriptor)) {
        least = other
        child++
      }
    }
    if (!isBefore(merge, least, run, descriptor)) break
    store<u32>(heap + (<usize>at << 2), least)
    at = child
  }
  store<u32>(heap + (<usize>at << 2), run)
}

/** The first page of a run, or its next one, is in memory. */
export function mergeRefill(merge: usize, run: u32, page: usize, end: usize): void {
  const cursor = cursorOf(merge, run)
  store<u64>(cursor, load<u64>(page, SORT_ROW_PREFIX), MERGE_CURSOR_PREFIX)
  store<u32>(cursor, <u32>page, MERGE_CURSOR_ROW)
  store<u32>(cursor, <u32>end, MERGE_CURSOR_END)
}

/** All runs have their first page. */
export function mergeStart(merge: usize, runs: u32, descriptor: usize): void {
  const heap = cursorOf(merge, runs)
  store<u32>(merge, runs, MERGE_HEAP_SIZE)
  store<u32>(merge, 0, MERGE_STALLED)
  for (let i: u32 = 0; i < runs; i++) store<u32>(heap + (<usize>i << 2), i)
  for (let i = <i32>(runs >> 1) - 1; i >= 0; i--) siftDown(merge, heap, descriptor, i)
}

/** Goes on after the run on top of the heap got its next page, or has none. */
export function mergeResume(merge: usize, runs: u32, descriptor: usize, hasEnded: bool): void {
  const heap = cursorOf(merge, runs)
  store<u32>(merge, 0, MERGE_STALLED)
  if (hasEnded) {
    const size = load<u32>(merge, MERGE_HEAP_SIZE) - 1
    store<u32>(merge, size, MERGE_HEAP_SIZE)
    store<u32>(heap, load<u32>(heap + (<usize>size << 2)))
  }
  if (load<u32>(merge, MERGE_HEAP_SIZE) > 0) siftDown(merge, heap, descriptor, 0)
}

/** Writes entries of the next rows, as those of a sorted table, until there are `most` or a run needs its next page. Returns how many. */
export function mergeNext(merge: usize, runs: u32, width: usize, descriptor: usize, out: usize, most: u32): u32 {
  const heap = cursorOf(merge, runs)
  let count: u32 = 0
  while (count < most && load<u32>(merge, MERGE_HEAP_SIZE) > 0) {
    const run = load<u32>(heap)
    const cursor = cursorOf(merge, run)
    const row: usize = load<u32>(cursor, MERGE_CURSOR_ROW)
    store<u64>(out, load<u64>(cursor, MERGE_CURSOR_PREFIX))
    store<u32>(out, <u32>row, SORT_ENTRY_ROW)
    out += SORT_ENTRY_BYTES
    count++
    const next = row + width
    if (next == <usize>load<u32>(cursor, MERGE_CURSOR_END)) {
      store<u32>(merge, run + 1, MERGE_STALLED)
      break
    }
    store<u64>(cursor, load<u64>(next, SORT_ROW_PREFIX), MERGE_CURSOR_PREFIX)
    store<u32>(cursor, <u32>next, MERGE_CURSOR_ROW)
    siftDown(merge, heap, descriptor, 0)
  }
  return count
}
