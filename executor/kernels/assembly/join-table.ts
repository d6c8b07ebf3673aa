// The build side of a hash join. Rows begin with the next row of their chain and their hash (u32 each); the directory's entries
// are u64: the first row's address, and above it a bit for each value of the top five bits of the hashes in the chain, so
// that most probes without a match end at the directory. The filter has a bit for each of its rows, at their hash: small enough for a
// cache where the directory is not, it spares most lookups in vain. A table is laid out as in group-table.ts.
import { FILTER } from './group-table'
import { allocate } from './memory'
import { storeChunkBytes } from './row-store'

/** Of the filter, for each row: about one in so many lookups in vain passes. */
const FILTER_BITS: u32 = 8

/** Builds directory and filter when all rows are there; returns how many there are. */
export function joinFinish(table: usize, width: usize): u32 {
  const rows = table + 16
  let count: u32 = 0
  for (let chunk: usize = load<u32>(rows, 8); chunk != 0; chunk = load<u32>(chunk)) {
    count += <u32>(storeChunkBytes(rows, chunk) / width)
  }
  let size: u32 = 16
  while (size < count + (count >> 1)) size <<= 1
  const bytes: usize = <usize>size << 3
  const directory = allocate(bytes)
  memory.fill(directory, 0, bytes)
  const mask = size - 1
  let bits: u32 = 128
  while (bits < count * FILTER_BITS && bits < 0x80000000) bits <<= 1
  const filter = allocate(<usize>(bits >> 3))
  memory.fill(filter, 0, <usize>(bits >> 3))
  const lastBit = bits - 1
  for (let chunk: usize = load<u32>(rows, 8); chunk != 0; chunk = load<u32>(chunk)) {
    const end = chunk + 16 + storeChunkBytes(rows, chunk)
    for (let row = chunk + 16; row < end; row += width) {
      const hash = load<u32>(row, 4)
      const slot: usize = directory + (<usize>(hash & mask) << 3)
      store<u32>(row, load<u32>(slot))
      store<u32>(slot, <u32>row)
      store<u32>(slot, load<u32>(slot, 4) | (<u32>1 << (hash >> 27)), 4)
      const byte = filter + <usize>((hash & lastBit) >> 3)
      store<u8>(byte, load<u8>(byte) | (<u8>1 << <u8>(hash & 7)))
    }
  }
  store<u32>(table, <u32>directory)
  store<u32>(table, mask, 4)
  store<u32>(table, count, 8)
  store<u32>(table, <u32>filter, FILTER)
  store<u32>(table, lastBit, FILTER + 4)
  return count
}
