// The hash table of an aggregation: open addressing over u64 entries, the row's address (0 for none) below the 32 bits of its
// hash, so that it grows without reading a row. Generated code probes in line; only inserting comes here.
import { DIRECTORY_ENTRY_SHIFT, DIRECTORY_HASH_SHIFT, SMALLEST_DIRECTORY } from '../../interface/rows'
import {
  GROUP_CODES,
  GROUP_DICTIONARIES,
  JOIN_FILTER,
  MOST_GROUP_CODES,
  TABLE_BYTES,
  TABLE_DIRECTORY,
  TABLE_MASK,
  TABLE_MOST_ROWS,
  TABLE_ROWS,
  TABLE_ROW_STORE,
  TABLE_STRING_STORE,
} from '../../interface/table'
import { allocate, release } from '../memory'
import { storeAllocate, storeRelease } from './row-store'

/** Gives a table an empty directory of so many entries. */
export function newDirectory(table: usize, size: u32): void {
  const bytes: usize = <usize>size << DIRECTORY_ENTRY_SHIFT
  const directory = allocate(bytes)
  memory.fill(directory, 0, bytes)
  store<u32>(table, <u32>directory, TABLE_DIRECTORY)
  store<u32>(table, size - 1, TABLE_MASK)
  store<u32>(table, (size >> 1) + (size >> 3), TABLE_MOST_ROWS)
}

/** Readies a table for probing. */
export function groupTableInit(table: usize): void {
  if (load<u32>(table, TABLE_DIRECTORY) == 0) newDirectory(table, SMALLEST_DIRECTORY)
}

/** Puts an entry into a directory. */
@inline
export function place(directory: usize, mask: u32, entry: u64): void {
  let slot = <u32>(entry >> DIRECTORY_HASH_SHIFT) & mask
  while (<u32>load<u64>(directory + (<usize>slot << DIRECTORY_ENTRY_SHIFT)) != 0) slot = (slot + 1) & mask
  store<u64>(directory + (<usize>slot << DIRECTORY_ENTRY_SHIFT), entry)
}

function grow(table: usize): void {
  const old: usize = load<u32>(table, TABLE_DIRECTORY)
  const size = load<u32>(table, TABLE_MASK) + 1
  newDirectory(table, size << 1)
  const directory: usize = load<u32>(table, TABLE_DIRECTORY)
  const mask = load<u32>(table, TABLE_MASK)
  const end: usize = old + (<usize>size << DIRECTORY_ENTRY_SHIFT)
  for (let at = old; at < end; at += 8) {
    const entry = load<u64>(at)
    if (<u32>entry != 0) place(directory, mask, entry)
  }
  release(old)
}

/** Adds a row of zeros, of a multiple of eight bytes, for a hash whose keys are not in the table yet; returns its address. */
export function groupInsert(table: usize, hash: u32, width: usize): usize {
  const count = load<u32>(table, TABLE_ROWS)
  if (count >= load<u32>(table, TABLE_MOST_ROWS)) grow(table)
  const row = storeAllocate(table + TABLE_ROW_STORE, width)
  // For as few bytes as most rows have, memory.fill takes longer.
  for (let at: usize = 0; at < width; at += 8) store<u64>(row + at, 0)
  place(load<u32>(table, TABLE_DIRECTORY), load<u32>(table, TABLE_MASK), (<u64>hash << DIRECTORY_HASH_SHIFT) | <u64>row)
  store<u32>(table, count + 1, TABLE_ROWS)
  return row
}

let dictionaries: u32 = 0

/** A number for a dictionary that no other of this thread has had, as long as 32 bits suffice; never 0. */
export function dictionaryNumber(): u32 {
  dictionaries = dictionaries == u32.MAX_VALUE ? 1 : dictionaries + 1
  return dictionaries
}

/**
 * Where the addresses of groups' rows lie (u32 each, 0 for none yet) by the codes that these dictionaries give to their keys; `codes` is how many there may be,
 * 0 where a key has no code. 0 when rows are to be found by their hashes. What is known of other dictionaries is forgotten.
 */
export function groupCodes(table: usize, dictionaries: u64, codes: u64): usize {
  if (codes == 0 || codes > <u64>MOST_GROUP_CODES) return 0
  const known: usize = load<u32>(table, GROUP_CODES)
  if (load<u64>(table, GROUP_DICTIONARIES) == dictionaries && known != 0) return known
  if (known != 0) release(known)
  store<u32>(table, 0, GROUP_CODES)
  const rows = allocate(<usize>codes << 2)
  memory.fill(rows, 0, <usize>codes << 2)
  store<u32>(table, <u32>rows, GROUP_CODES)
  store<u64>(table, dictionaries, GROUP_DICTIONARIES)
  return rows
}

/** Frees what a table, of groups, of a join or of a sort, holds. */
export function tableRelease(table: usize): void {
  const directory: usize = load<u32>(table, TABLE_DIRECTORY)
  if (directory != 0) release(directory)
  const filter: usize = load<u32>(table, JOIN_FILTER)
  if (filter != 0) release(filter)
  storeRelease(table + TABLE_ROW_STORE)
  storeRelease(table + TABLE_STRING_STORE)
  memory.fill(table, 0, TABLE_BYTES)
}
