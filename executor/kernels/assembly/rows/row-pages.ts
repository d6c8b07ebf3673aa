// Rows of a table as pages, which can leave the memory and come back at another address: the rows of one width, then the bytes that their refs
// lead to. In a page a ref holds how far its bytes begin before the end of the page.
// Without bytes there is no address.
import { CHUNK_HEADER_BYTES, JOIN_ROW_HASH, LONG_TEXT, REF_IF_LONG, REF_IN_CELLS } from '../../interface/rows'
import { PARTS, PARTS_HEADER_BYTES, PARTS_SHIFT, TABLE_BYTES, TABLE_ROW_STORE, TABLE_STRING_STORE } from '../../interface/table'
import { copyBytes, copyRow, storeAllocate, storeBytes, storeChunkBytes, storeFirst, storeNext } from './row-store'

/** How many bytes a ref leads to. */
@inline
export function lengthOf(ref: usize, kind: u32): usize {
  if (kind == REF_IN_CELLS) return load<u32>(ref, 8)
  const length = load<u32>(ref, 4)
  if (kind != REF_IF_LONG) return length
  return (length & LONG_TEXT) != 0 ? <usize>(length & ~LONG_TEXT) : 0
}

/** How many bytes a row takes in a page. */
export function pageBytes(row: usize, width: usize, refs: usize): usize {
  let bytes = width
  const count = load<u32>(refs)
  for (let i: u32 = 0; i < count; i++) {
    const at = refs + 4 + (<usize>i << 3)
    bytes += lengthOf(row + <usize>load<u32>(at), load<u32>(at, 4))
  }
  return bytes
}

/**
 * Writes rows into a page of `room` bytes: as many as fit of those whose addresses are in a list, `stride` bytes apart. The rows begin at the
 * page's start, the bytes end at its end. Returns how many rows there are, and above them how many bytes (u32 each).
 */
export function pagePack(
  list: usize,
  stride: usize,
  count: u32,
  width: usize,
  refs: usize,
  page: usize,
  room: usize,
): u64 {
  // First the rows and then their bytes: what the processor waits for is in memory all over, and so it waits for many at once.
  let to = page
  let left = room
  let packed: u32 = 0
  for (; packed < count; packed++) {
    const row: usize = load<u32>(list + <usize>packed * stride)
    const size = pageBytes(row, width, refs)
    if (size > left) break
    left -= size
    copyRow(to, row, width)
    to += width
  }
  const bytes = bringBytes(page, to, width, refs, page + room)
  return (<u64>bytes << 32) | <u64>packed
}

/** Puts the bytes that refs of copied rows lead to before `end`, the first of them last, and says in the refs how far. Returns how many there are. */
function bringBytes(rows: usize, behind: usize, width: usize, refs: usize, end: usize): usize {
  const refsOfRow = load<u32>(refs)
  if (refsOfRow == 0) return 0
  let bytes = end
  for (let row = rows; row < behind; row += width) {
    for (let i: u32 = 0; i < refsOfRow; i++) {
      const at = refs + 4 + (<usize>i << 3)
      const ref = row + <usize>load<u32>(at)
      const length = lengthOf(ref, load<u32>(at, 4))
      if (length == 0) continue
      bytes -= length
      copyBytes(bytes, load<u32>(ref), length)
      store<u32>(ref, <u32>(end - bytes))
    }
  }
  return end - bytes
}

/**
 * Turns the refs of a page's rows into addresses, or back into what they are in pages: both are counted back from `end`, where the page ends now.
 */
export function pageTurnRefs(page: usize, rows: u32, width: usize, refs: usize, end: usize): void {
  const refsOfRow = load<u32>(refs)
  if (refsOfRow == 0) return
  const behind = page + <usize>rows * width
  for (let row = page; row < behind; row += width) {
    for (let i: u32 = 0; i < refsOfRow; i++) {
      const at = refs + 4 + (<usize>i << 3)
      const ref = row + <usize>load<u32>(at)
      if (lengthOf(ref, load<u32>(at, 4)) != 0) store<u32>(ref, <u32>(end - <usize>load<u32>(ref)))
    }
  }
}

/** Lists the addresses of the rows of a store; returns how many there are. */
export function rowsList(rows: usize, width: usize, list: usize): u32 {
  let to = list
  for (let chunk = storeFirst(rows); chunk != 0; chunk = storeNext(chunk)) {
    const end = chunk + CHUNK_HEADER_BYTES + storeChunkBytes(rows, chunk)
    for (let row = chunk + CHUNK_HEADER_BYTES; row < end; row += width) {
      store<u32>(to, <u32>row)
      to += 4
    }
  }
  return <u32>((to - list) >> 2)
}

/** Copies rows that have their hash in their second word to the tables of their parts, with the bytes that their refs lead to. */
export function rowsDivide(rows: usize, count: u32, width: usize, refs: usize, parts: usize): void {
  const shift = load<u32>(parts, PARTS_SHIFT)
  const refsOfRow = load<u32>(refs)
  for (let i: u32 = 0; i < count; i++) {
    const row = rows + <usize>i * width
    const part: usize = (load<u32>(row, JOIN_ROW_HASH) >> shift) & (PARTS - 1)
    const table = parts + PARTS_HEADER_BYTES + part * TABLE_BYTES
    const copy = storeAllocate(table + TABLE_ROW_STORE, width)
    copyRow(copy, row, width)
    for (let j: u32 = 0; j < refsOfRow; j++) {
      const at = refs + 4 + (<usize>j << 3)
      const ref = copy + <usize>load<u32>(at)
      const length = lengthOf(ref, load<u32>(at, 4))
      if (length != 0) store<u32>(ref, <u32>storeBytes(table + TABLE_STRING_STORE, load<u32>(ref), length))
    }
  }
}
