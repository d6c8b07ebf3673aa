// The bits and prefix codes of a block of bzip2.

const MOST_TABLES: u32 = 6
const MOST_SYMBOLS: u32 = 258
const MOST_LENGTH: u32 = 20
const GROUP: i32 = 50

let source: usize = 0
let totalBits: u64 = 0
let bit: u64 = 0

export function setCodeSource(at: usize, length: usize): void {
  source = at
  totalBits = <u64>length << 3
}

export function seekBit(at: u64): void {
  bit = at
}

export function bitPosition(): u64 {
  return bit
}

export function bitsLeft(): u64 {
  return totalBits - bit
}

/** At most 24 bits, of those that are left; what is beyond the end is loaded and does not count. */
@inline
function peekBits(count: u32): u32 {
  const word = bswap<u32>(load<u32>(source + <usize>(bit >> 3)))
  return (word << <u32>(bit & 7)) >> (32 - count)
}

export function takeBits(count: u32): u32 {
  const value = peekBits(count)
  bit += count
  return value
}

// For each table and length the first code of that length as a number, how many there are, and where their symbols begin; then the symbols.
const LENGTHS: usize = 24
const TABLE_BYTES: usize = LENGTHS * 12 + <usize>MOST_SYMBOLS * 2 + 4
const tables: usize = memory.data(6 * (24 * 12 + 258 * 2 + 4), 4)
const selectors: usize = memory.data(32768)
const lengths: usize = memory.data(258)
const order: usize = memory.data(8)

let selectorCount: u32 = 0
let group: u32 = 0
let inGroup = 0
let table: usize = 0

/** Reads the tables for so many symbols; false when malformed. */
export function readCodes(symbols: u32): bool {
  if (bitsLeft() < 18) return false
  const tableCount = takeBits(3)
  selectorCount = takeBits(15)
  if (tableCount < 2 || tableCount > MOST_TABLES || selectorCount == 0) return false
  for (let i: u32 = 0; i < tableCount; i++) store<u8>(order + i, <u8>i)
  for (let i: u32 = 0; i < selectorCount; i++) {
    let index: u32 = 0
    while (true) {
      if (bitsLeft() == 0) return false
      if (takeBits(1) == 0) break
      if (++index >= tableCount) return false
    }
    const chosen = load<u8>(order + index)
    memory.copy(order + 1, order, index)
    store<u8>(order, chosen)
    store<u8>(selectors + i, chosen)
  }
  for (let i: u32 = 0; i < tableCount; i++) if (!readTable(tables + <usize>i * TABLE_BYTES, symbols)) return false
  group = 0
  inGroup = 0
  return true
}

function readTable(at: usize, symbols: u32): bool {
  if (bitsLeft() < 5) return false
  let length = takeBits(5)
  for (let i: u32 = 0; i < symbols; i++) {
    while (true) {
      if (length - 1 >= MOST_LENGTH || bitsLeft() == 0) return false
      if (takeBits(1) == 0) break
      if (bitsLeft() == 0) return false
      length += takeBits(1) == 0 ? 1 : -1
    }
    store<u8>(lengths + i, <u8>length)
  }
  let code: u32 = 0
  let place: u32 = 0
  for (let size: u32 = 1; size <= MOST_LENGTH; size++) {
    const entry = at + <usize>size * 12
    const first = place
    for (let i: u32 = 0; i < symbols; i++)
      if (load<u8>(lengths + i) == size) store<u16>(at + LENGTHS * 12 + (<usize>(place++) << 1), <u16>i)
    code <<= 1
    store<u32>(entry, code)
    store<u32>(entry, place - first, 4)
    store<u32>(entry, first, 8)
    code += place - first
  }
  return true
}

/** The next symbol of the block; -1 when malformed. */
export function nextSymbol(): i32 {
  if (inGroup == 0) {
    if (group == selectorCount) return -1
    table = tables + <usize>load<u8>(selectors + group++) * TABLE_BYTES
    inGroup = GROUP
  }
  inGroup--
  const bits = peekBits(MOST_LENGTH)
  for (let length: u32 = 1; length <= MOST_LENGTH; length++) {
    const entry = table + <usize>length * 12
    const index = (bits >> (MOST_LENGTH - length)) - load<u32>(entry)
    if (index >= load<u32>(entry, 4)) continue
    bit += length
    if (bit > totalBits) return -1
    return load<u16>(table + LENGTHS * 12 + (<usize>(load<u32>(entry, 8) + index) << 1))
  }
  return -1
}
