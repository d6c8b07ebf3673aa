// Merging of sorted runs of rows, of each of which a page is in memory. A merge is: the runs in the heap, the run that needs its next page (its
// number and 1, or 0), 8 bytes unused; a cursor for each run: the prefix of its next row (u64), where that is, and where its page ends (u32
// each); the heap of runs (u32 each), the one with the first row on top. Of equal rows those of the earlier run come first.
import { compareRows } from './sort'

const CURSORS: usize = 16
const CURSOR: usize = 16
const STALLED: usize = 4
const ROW: usize = 8
const END: usize = 12
const ENTRY: usize = 16

@inline
function cursorOf(merge: usize, run: u32): usize {
  return merge + CURSORS + <usize>run * CURSOR
}

function isBefore(merge: usize, a: u32, b: u32, descriptor: usize): bool {
  const x = cursorOf(merge, a)
  const y = cursorOf(merge, b)
  const left = load<u64>(x)
  const right = load<u64>(y)
  if (left != right) return left < right
  const order = compareRows(load<u32>(x, ROW), load<u32>(y, ROW), descriptor)
  return order != 0 ? order < 0 : a < b
}

/** Puts the run on top of the heap where it belongs. */
function siftDown(merge: usize, heap: usize, descriptor: usize, from: u32): void {
  const size = load<u32>(merge)
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
  store<u64>(cursor, load<u64>(page))
  store<u32>(cursor, <u32>page, ROW)
  store<u32>(cursor, <u32>end, END)
}

/** All runs have their first page. */
export function mergeStart(merge: usize, runs: u32, descriptor: usize): void {
  const heap = cursorOf(merge, runs)
  store<u32>(merge, runs)
  store<u32>(merge, 0, STALLED)
  for (let i: u32 = 0; i < runs; i++) store<u32>(heap + (<usize>i << 2), i)
  for (let i = <i32>(runs >> 1) - 1; i >= 0; i--) siftDown(merge, heap, descriptor, i)
}

/** Goes on after the run on top of the heap got its next page, or has none. */
export function mergeResume(merge: usize, runs: u32, descriptor: usize, hasEnded: bool): void {
  const heap = cursorOf(merge, runs)
  store<u32>(merge, 0, STALLED)
  if (hasEnded) {
    const size = load<u32>(merge) - 1
    store<u32>(merge, size)
    store<u32>(heap, load<u32>(heap + (<usize>size << 2)))
  }
  if (load<u32>(merge) > 0) siftDown(merge, heap, descriptor, 0)
}

/** Writes entries of the next rows, as those of a sorted table, until there are `most` or a run needs its next page. Returns how many. */
export function mergeNext(merge: usize, runs: u32, width: usize, descriptor: usize, out: usize, most: u32): u32 {
  const heap = cursorOf(merge, runs)
  let count: u32 = 0
  while (count < most && load<u32>(merge) > 0) {
    const run = load<u32>(heap)
    const cursor = cursorOf(merge, run)
    const row: usize = load<u32>(cursor, ROW)
    store<u64>(out, load<u64>(cursor))
    store<u32>(out, <u32>row, ROW)
    out += ENTRY
    count++
    const next = row + width
    if (next == <usize>load<u32>(cursor, END)) {
      store<u32>(merge, run + 1, STALLED)
      break
    }
    store<u64>(cursor, load<u64>(next))
    store<u32>(cursor, <u32>next, ROW)
    siftDown(merge, heap, descriptor, 0)
  }
  return count
}
