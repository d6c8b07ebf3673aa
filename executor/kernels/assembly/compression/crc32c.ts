// CRC-32C (Castagnoli, polynomial 0x1EDC6F41 reflected), as Kafka's record batches carry it. Sixteen bytes a step by tables
// ("slicing-by-16"); WebAssembly has no instruction for it.

const TABLE_BYTES: usize = 1024
const tables: usize = memory.data(16384, 16)
let ready: bool = false

function fill(): void {
  for (let i: u32 = 0; i < 256; i++) {
    let c = i
    for (let bit = 0; bit < 8; bit++) c = (c >>> 1) ^ (0x82f63b78 & (0 - (c & 1)))
    store<u32>(tables + (<usize>i << 2), c)
  }
  for (let i: usize = 0; i < 256; i++) {
    let c = load<u32>(tables + (i << 2))
    for (let t: usize = 1; t < 16; t++) {
      c = load<u32>(tables + (<usize>(c & 255) << 2)) ^ (c >>> 8)
      store<u32>(tables + t * TABLE_BYTES + (i << 2), c)
    }
  }
  ready = true
}

@inline
function entry(table: usize, byte: u32): u32 {
  return load<u32>(tables + table * TABLE_BYTES + (<usize>byte << 2))
}

@inline
function word(table: usize, value: u32): u32 {
  return (
    entry(table + 3, value & 255) ^
    entry(table + 2, (value >>> 8) & 255) ^
    entry(table + 1, (value >>> 16) & 255) ^
    entry(table, value >>> 24)
  )
}

/** The checksum of `length` bytes. */
export function crc32c(at: usize, length: i32): u32 {
  if (!ready) fill()
  let c: u32 = 0xffff_ffff
  const end = at + <usize>length
  while (at + 16 <= end) {
    c = word(12, load<u32>(at) ^ c) ^ word(8, load<u32>(at, 4)) ^ word(4, load<u32>(at, 8)) ^ word(0, load<u32>(at, 12))
    at += 16
  }
  while (at < end) c = entry(0, (c ^ load<u8>(at++)) & 255) ^ (c >>> 8)
  return ~c
}
