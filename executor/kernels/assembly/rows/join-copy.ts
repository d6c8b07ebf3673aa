// The table of a join in pieces that can be copied into the memory of another thread: its rows and the bytes of their strings in one chunk,
// its directory, and its filter.
import { CHUNK_HEADER_BYTES, DIRECTORY_ENTRY_SHIFT, JOIN_ROW_NEXT } from '../../interface/rows'
import { TABLE_DIRECTORY, TABLE_MASK, TABLE_ROW_STORE, TABLE_STRING_STORE } from '../../interface/table'
import { allocate } from '../memory'
import { lengthOf, pageBytes } from './row-pages'
import { storeAdopt, storeChunkBytes, storeFirst, storeNext, storeRelease } from './row-store'

/** Moves the rows of a table that is not finished into one chunk, the bytes of their strings behind them. */
export function joinCompact(table: usize, width: usize, refs: usize): void {
  const rows = table + TABLE_ROW_STORE
  let bytes: usize = 0
  let count: usize = 0
  for (let chunk = storeFirst(rows); chunk != 0; chunk = storeNext(chunk)) {
    const end = chunk + CHUNK_HEADER_BYTES + storeChunkBytes(rows, chunk)
    for (let row = chunk + CHUNK_HEADER_BYTES; row < end; row += width) {
      bytes += pageBytes(row, width, refs)
      count++
    }
  }
  if (count == 0) return
  const whole = allocate(<usize>CHUNK_HEADER_BYTES + bytes)
  const refsOfRow = load<u32>(refs)
  let to = whole + CHUNK_HEADER_BYTES
  let text = to + count * width
  for (let chunk = storeFirst(rows); chunk != 0; chunk = storeNext(chunk)) {
    const end = chunk + CHUNK_HEADER_BYTES + storeChunkBytes(rows, chunk)
    memory.copy(to, chunk + CHUNK_HEADER_BYTES, storeChunkBytes(rows, chunk))
    for (let row = chunk + CHUNK_HEADER_BYTES; row < end; row += width) {
      for (let i: u32 = 0; i < refsOfRow; i++) {
        const at = refs + 4 + (<usize>i << 3)
        const ref = to + <usize>load<u32>(at)
        const length = lengthOf(ref, load<u32>(at, 4))
        if (length == 0) continue
        memory.copy(text, load<u32>(ref), length)
        store<u32>(ref, <u32>text)
        text += length
      }
      to += width
    }
  }
  storeRelease(rows)
  storeRelease(table + TABLE_STRING_STORE)
  storeAdopt(rows, whole, count * width, <usize>CHUNK_HEADER_BYTES + bytes)
}

/** Corrects all addresses in a finished table of one chunk that was copied here; `from` is where the chunk was. */
export function joinMoved(table: usize, width: usize, refs: usize, from: usize): void {
  const rows = table + TABLE_ROW_STORE
  const chunk = storeFirst(rows)
  if (chunk == 0) return
  const moved = <u32>(chunk - from)
  const refsOfRow = load<u32>(refs)
  const end = chunk + CHUNK_HEADER_BYTES + storeChunkBytes(rows, chunk)
  for (let row = chunk + CHUNK_HEADER_BYTES; row < end; row += width) {
    const next = load<u32>(row, JOIN_ROW_NEXT)
    if (next != 0) store<u32>(row, next + moved, JOIN_ROW_NEXT)
    for (let i: u32 = 0; i < refsOfRow; i++) {
      const at = refs + 4 + (<usize>i << 3)
      const ref = row + <usize>load<u32>(at)
      if (lengthOf(ref, load<u32>(at, 4)) != 0) store<u32>(ref, load<u32>(ref) + moved)
    }
  }
  const directory: usize = load<u32>(table, TABLE_DIRECTORY)
  const last = directory + (<usize>load<u32>(table, TABLE_MASK) << DIRECTORY_ENTRY_SHIFT)
  for (let at = directory; at <= last; at += 1 << DIRECTORY_ENTRY_SHIFT) {
    const row = load<u32>(at)
    if (row != 0) store<u32>(at, row + moved)
  }
}
