// The hash table of an aggregation: open addressing over u64 entries, the row's address (0 for none) below the 32 bits of its
// hash, so that it grows without reading a row. Generated code probes in line; only inserting comes here.
// A table is 96 bytes, zero at first: directory, mask, rows, most rows (u32 each); the store of rows; the store of strings; 16 bytes
// for what only a join or a top-k has.
import { allocate, release } from './memory'
import { storeAllocate, storeRelease } from './row-store'

/** Of a join: where its filter is, and behind it the number of the filter's last bit. */
export const FILTER: usize = 88

const SMALLEST_DIRECTORY: u32 = 1 << 10

function newDirectory(table: usize, size: u32): void {
  const bytes: usize = <usize>size << 3
  const directory = allocate(bytes)
  memory.fill(directory, 0, bytes)
  store<u32>(table, <u32>directory)
  store<u32>(table, size - 1, 4)
  store<u32>(table, (size >> 1) + (size >> 3), 12)
}

/** Readies a table for probing. */
export function groupTableInit(table: usize): void {
  if (load<u32>(table) == 0) newDirectory(table, SMALLEST_DIRECTORY)
}

@inline
function place(directory: usize, mask: u32, entry: u64): void {
  let slot = <u32>(entry >> 32) & mask
  while (<u32>load<u64>(directory + (<usize>slot << 3)) != 0) slot = (slot + 1) & mask
  store<u64>(directory + (<usize>slot << 3), entry)
}

function grow(table: usize): void {
  const old: usize = load<u32>(table)
  const size = load<u32>(table, 4) + 1
  newDirectory(table, size << 1)
  const directory: usize = load<u32>(table)
  const mask = load<u32>(table, 4)
  const end: usize = old + (<usize>size << 3)
  for (let at = old; at < end; at += 8) {
    const entry = load<u64>(at)
    if (<u32>entry != 0) place(directory, mask, entry)
  }
  release(old)
}

/** Adds a row of zeros for a hash whose keys are not in the table yet; returns its address. */
export function groupInsert(table: usize, hash: u32, width: usize): usize {
  const count = load<u32>(table, 8)
  if (count >= load<u32>(table, 12)) grow(table)
  const row = storeAllocate(table + 16, width)
  memory.fill(row, 0, width)
  place(load<u32>(table), load<u32>(table, 4), (<u64>hash << 32) | <u64>row)
  store<u32>(table, count + 1, 8)
  return row
}

/** Frees what a table, of groups, of a join or of a sort, holds. */
export function tableRelease(table: usize): void {
  const directory: usize = load<u32>(table)
  if (directory != 0) release(directory)
  const filter: usize = load<u32>(table, FILTER)
  if (filter != 0) release(filter)
  storeRelease(table + 16)
  storeRelease(table + 48)
  memory.fill(table, 0, 96)
}
