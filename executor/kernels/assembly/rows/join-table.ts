// The build side of a hash join. Rows begin with the next row of their chain and their hash (u32 each); the directory's entries
// are u64: the first row's address, and above it a bit for each value of the top five bits of the hashes in the chain, so
// that most probes without a match end at the directory. The filter has a bit for each of its rows, at their hash: small enough for a
// cache where the directory is not, it spares most lookups in vain.
import { CHUNK_HEADER_BYTES, DIRECTORY_ENTRY_SHIFT, DIRECTORY_HASH_SHIFT, JOIN_ROW_HASH, JOIN_ROW_NEXT, JOIN_TAG_SHIFT } from '../../interface/rows'
import {
  JOIN_FILTER,
  JOIN_FILTER_LAST,
  TABLE_DIRECTORY,
  TABLE_MASK,
  TABLE_ROWS,
  TABLE_ROW_STORE,
} from '../../interface/table'
import { allocate } from '../memory'
import { storeChunkBytes, storeFirst, storeNext } from './row-store'

/** Of the filter, for each row: about one in so many lookups in vain passes. */
const FILTER_BITS: u32 = 8

/** Where the bits of an entry are, in bytes. */
const TAGS: usize = DIRECTORY_HASH_SHIFT >> 3

/** Builds directory and filter when all rows are there; returns how many there are. */
export function joinFinish(table: usize, width: usize): u32 {
  const rows = table + TABLE_ROW_STORE
  let count: u32 = 0
  for (let chunk = storeFirst(rows); chunk != 0; chunk = storeNext(chunk)) {
    count += <u32>(storeChunkBytes(rows, chunk) / width)
  }
  let size: u32 = 16
  while (size < count + (count >> 1)) size <<= 1
  const bytes: usize = <usize>size << DIRECTORY_ENTRY_SHIFT
  const directory = allocate(bytes)
  memory.fill(directory, 0, bytes)
  const mask = size - 1
  let bits: u32 = 128
  while (bits < count * FILTER_BITS && bits < 0x80000000) bits <<= 1
  const filter = allocate(<usize>(bits >> 3))
  memory.fill(filter, 0, <usize>(bits >> 3))
  const lastBit = bits - 1
  for (let chunk = storeFirst(rows); chunk != 0; chunk = storeNext(chunk)) {
    const end = chunk + CHUNK_HEADER_BYTES + storeChunkBytes(rows, chunk)
    for (let row = chunk + CHUNK_HEADER_BYTES; row < end; row += width) {
      const hash = load<u32>(row, JOIN_ROW_HASH)
      const slot: usize = directory + (<usize>(hash & mask) << DIRECTORY_ENTRY_SHIFT)
      store<u32>(row, load<u32>(slot), JOIN_ROW_NEXT)
      store<u32>(slot, <u32>row)
      store<u32>(slot, load<u32>(slot, TAGS) | (<u32>1 << (hash >> JOIN_TAG_SHIFT)), TAGS)
      const byte = filter + <usize>((hash & lastBit) >> 3)
      store<u8>(byte, load<u8>(byte) | (<u8>1 << <u8>(hash & 7)))
    }
  }
  store<u32>(table, <u32>directory, TABLE_DIRECTORY)
  store<u32>(table, mask, TABLE_MASK)
  store<u32>(table, count, TABLE_ROWS)
  store<u32>(table, <u32>filter, JOIN_FILTER)
  store<u32>(table, lastBit, JOIN_FILTER_LAST)
  return count
}
