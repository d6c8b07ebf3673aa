// Rows of a table as pages, which can leave the memory and come back at another address: the rows of one width, then the bytes that their refs
// lead to. In a page a ref holds how far its bytes begin before the end of the page.
// Without bytes there is no address.
import {
  CHUNK_HEADER_BYTES,
  DIRECTORY_ENTRY_SHIFT,
  DIRECTORY_HASH_SHIFT,
  JOIN_ROW_HASH,
  REF_IF_LONG,
  REF_IN_CELLS,
} from '../interface/rows'
import { TABLE_DIRECTORY, TABLE_MASK } from '../interface/table'
import { storeChunkBytes, storeFirst, storeNext } from './row-store'

const LONG: u8 = 255
/** Where the hash of an entry is, in bytes. */
const ENTRY_HASH: usize = DIRECTORY_HASH_SHIFT >> 3

/** How many bytes a ref leads to. */
@inline
export function lengthOf(ref: usize, kind: u32): usize {
  if (kind == REF_IF_LONG && load<u8>(ref - 1) != LONG) return 0
  return kind == REF_IN_CELLS ? load<u32>(ref, 8) : load<u32>(ref, 4)
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
  const end = page + room
  const refsOfRow = load<u32>(refs)
  let to = page
  let bytes = end
  let packed: u32 = 0
  while (packed < count) {
    const row: usize = load<u32>(list + <usize>packed * stride)
    const size = pageBytes(row, width, refs)
    if (size > bytes - to) break
    memory.copy(to, row, width)
    if (size > width) {
      for (let i: u32 = 0; i < refsOfRow; i++) {
        const at = refs + 4 + (<usize>i << 3)
        const ref = to + <usize>load<u32>(at)
        const length = lengthOf(ref, load<u32>(at, 4))
        if (length == 0) continue
        bytes -= length
        memory.copy(bytes, load<u32>(ref), length)
        store<u32>(ref, <u32>(end - bytes))
      }
    }
    to += width
    packed++
  }
  return (<u64>(end - bytes) << 32) | <u64>packed
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

/** Where the next row of each part goes in a list: `counts` is turned from how many each has to where it begins. */
function begins(counts: usize, parts: u32): void {
  let next: u32 = 0
  for (let i: u32 = 0; i < parts; i++) {
    const count = load<u32>(counts + (<usize>i << 2))
    store<u32>(counts + (<usize>i << 2), next)
    next += count
  }
}

@inline
function take(counts: usize, part: u32): u32 {
  const at = counts + (<usize>part << 2)
  const next = load<u32>(at)
  store<u32>(at, next + 1)
  return next
}

/**
 * Lists the addresses of the groups of a table by some bits of their hashes. `counts` (u32 for each part) becomes where each part ends.
 */
export function groupsByPart(table: usize, shift: u32, mask: u32, counts: usize, list: usize): void {
  const directory: usize = load<u32>(table, TABLE_DIRECTORY)
  const end = directory + ((<usize>load<u32>(table, TABLE_MASK) + 1) << DIRECTORY_ENTRY_SHIFT)
  memory.fill(counts, 0, (<usize>mask + 1) << 2)
  for (let at = directory; at < end; at += 8) {
    if (load<u32>(at) != 0) take(counts, (load<u32>(at, ENTRY_HASH) >> shift) & mask)
  }
  begins(counts, mask + 1)
  for (let at = directory; at < end; at += 8) {
    const row = load<u32>(at)
    if (row == 0) continue
    store<u32>(list + (<usize>take(counts, (load<u32>(at, ENTRY_HASH) >> shift) & mask) << 2), row)
  }
}

/** The same for the rows of a store that have their hash in their second word. */
export function rowsByPart(rows: usize, width: usize, shift: u32, mask: u32, counts: usize, list: usize): void {
  memory.fill(counts, 0, (<usize>mask + 1) << 2)
  for (let chunk = storeFirst(rows); chunk != 0; chunk = storeNext(chunk)) {
    const end = chunk + CHUNK_HEADER_BYTES + storeChunkBytes(rows, chunk)
    for (let row = chunk + CHUNK_HEADER_BYTES; row < end; row += width) take(counts, (load<u32>(row, JOIN_ROW_HASH) >> shift) & mask)
  }
  begins(counts, mask + 1)
  for (let chunk = storeFirst(rows); chunk != 0; chunk = storeNext(chunk)) {
    const end = chunk + CHUNK_HEADER_BYTES + storeChunkBytes(rows, chunk)
    for (let row = chunk + CHUNK_HEADER_BYTES; row < end; row += width) {
      store<u32>(list + (<usize>take(counts, (load<u32>(row, JOIN_ROW_HASH) >> shift) & mask) << 2), <u32>row)
    }
  }
}
