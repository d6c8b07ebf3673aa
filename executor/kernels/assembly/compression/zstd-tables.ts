// The entropy coders of Zstandard (RFC 8878, sections 4.1 and 4.2): FSE and Huffman tables. Input is not trusted.
// Buffers that are read here have 16 bytes of slack behind them.

// An entry of an FSE table in 4 bytes: symbol, bits to read for the next state, base of the next state (16 bits).
// An entry of a Huffman table in 2 bytes: symbol, bits of its code.

export const MAX_HUFFMAN_BITS: u32 = 11
const MAX_SYMBOLS: usize = 256

/** Where scratch for building tables is: 256 counts of 16 bits, then 256 of where each symbol's next state is. */
let counts: usize = 0
let nexts: usize = 0

export function setTableScratch(at: usize): void {
  counts = at
  nexts = at + 2 * MAX_SYMBOLS
}

export const TABLE_SCRATCH_BYTES: usize = 4 * 256

/** The accuracy of the table read last. */
export let tableLog: u32 = 0

/** Bits before `bit` of a stream that is read from its end; those before its start count as zeros. */
@inline
export function bitsBefore(start: usize, bit: i32, count: u32): u32 {
  const from = bit - <i32>count
  const mask = ((<u64>1) << count) - 1
  if (from >= 0) return <u32>((load<u64>(start + (from >> 3)) >> (from & 7)) & mask)
  if (bit <= 0) return 0
  return <u32>((load<u64>(start) << -from) & mask)
}

/** How many bits a stream has that is read from its end: the highest bit set in its last byte is not part of it. -1 when there is none. */
export function streamBits(start: usize, end: usize): i32 {
  if (end <= start) return -1
  const last = <u32>load<u8>(end - 1)
  if (last == 0) return -1
  return <i32>((end - start - 1) << 3) + 31 - <i32>clz(last)
}

/** Reads the distribution of an FSE table and builds it; returns where it ended, or 0. Sets `tableLog`. */
export function readFseTable(source: usize, end: usize, maxLog: u32, maxSymbol: u32, table: usize): usize {
  if (source >= end) return 0
  let bit: u32 = 4
  const log = (<u32>load<u8>(source) & 15) + 5
  if (log > maxLog) return 0
  const limit = <u32>(end - source) << 3
  let remaining: i32 = 1 << log
  let symbol: u32 = 0
  while (remaining > 0 && symbol <= maxSymbol && bit < limit) {
    const bits = 32 - clz<u32>(remaining + 1)
    let value = <i32>((load<u32>(source + (bit >> 3)) >> (bit & 7)) & ((1 << bits) - 1))
    bit += bits
    const lower = (1 << (bits - 1)) - 1
    const threshold = (1 << bits) - 1 - (remaining + 1)
    if ((value & lower) < threshold) {
      bit--
      value &= lower
    } else if (value > lower) value -= threshold
    const count = value - 1
    remaining -= count < 0 ? 1 : count
    store<i16>(counts + (symbol << 1), <i16>count)
    symbol++
    if (count != 0) continue
    let repeat: u32
    do {
      repeat = (<u32>load<u16>(source + (bit >> 3)) >> (bit & 7)) & 3
      bit += 2
      for (let i: u32 = 0; i < repeat && symbol <= maxSymbol; i++) store<i16>(counts + (symbol++ << 1), 0)
    } while (repeat == 3 && bit < limit)
  }
  if (remaining != 0 || bit > limit || symbol > maxSymbol + 1) return 0
  if (!buildFseTable(symbol, log, table)) return 0
  return source + ((bit + 7) >> 3)
}

/** Builds the table of a distribution that stands in the format: 16 bits a symbol. */
export function fixedFseTable(distribution: usize, symbols: u32, log: u32, table: usize): void {
  memory.copy(counts, distribution, symbols << 1)
  buildFseTable(symbols, log, table)
}

/** A table of one symbol, which takes no bits. */
export function singleFseTable(symbol: u32, table: usize): void {
  store<u32>(table, symbol)
  tableLog = 0
}

function buildFseTable(symbols: u32, log: u32, table: usize): bool {
  const size: u32 = 1 << log
  const mask = size - 1
  let high = mask
  for (let s: u32 = 0; s < symbols; s++) {
    const count = load<i16>(counts + (s << 1))
    store<u16>(nexts + (s << 1), count < 0 ? 1 : <u16>count)
    if (count < 0) store<u32>(table + (high-- << 2), s)
  }
  const step = (size >> 1) + (size >> 3) + 3
  let position: u32 = 0
  for (let s: u32 = 0; s < symbols; s++) {
    for (let i = <i32>load<i16>(counts + (s << 1)); i > 0; i--) {
      store<u32>(table + (position << 2), s)
      do position = (position + step) & mask
      while (position > high)
    }
  }
  if (position != 0) return false
  for (let state: u32 = 0; state < size; state++) {
    const s = <u32>load<u8>(table + (state << 2))
    const next = <u32>load<u16>(nexts + (s << 1))
    store<u16>(nexts + (s << 1), <u16>(next + 1))
    const bits = log - (31 - clz(next))
    store<u8>(table + (state << 2), <u8>bits, 1)
    store<u16>(table + (state << 2), <u16>((next << bits) - size), 2)
  }
  tableLog = log
  return true
}

/** The longest code of the Huffman table read last. */
export let huffmanBits: u32 = 0

/** Reads the description of a Huffman tree and builds its table; returns where it ended, or 0. `scratch` has 512 bytes. */
export function readHuffmanTable(source: usize, end: usize, scratch: usize, table: usize): usize {
  if (source >= end) return 0
  const header = <usize>load<u8>(source++)
  const weights = scratch + 256
  let count: u32
  let stop: usize
  if (header >= 128) {
    count = <u32>header - 127
    stop = source + ((count + 1) >> 1)
    if (stop > end) return 0
    for (let i: u32 = 0; i < count; i++) {
      const byte = load<u8>(source + (i >> 1))
      store<u8>(weights + i, i & 1 ? byte & 15 : byte >> 4)
    }
  } else {
    stop = source + header
    if (stop > end) return 0
    count = readFseWeights(source, stop, scratch, weights)
    if (count == 0) return 0
  }
  return buildHuffmanTable(weights, count, table) ? stop : 0
}

/** Weights by two FSE states in turn, until the stream is used up; returns how many, or 0. */
function readFseWeights(source: usize, end: usize, table: usize, weights: usize): u32 {
  const stream = readFseTable(source, end, 6, 15, table)
  if (stream == 0) return 0
  let bit = streamBits(stream, end)
  if (bit < 0) return 0
  let a = bitsBefore(stream, bit, tableLog)
  bit -= tableLog
  let b = bitsBefore(stream, bit, tableLog)
  bit -= tableLog
  if (bit < 0) return 0
  let count: u32 = 0
  while (count < 254) {
    const entry = table + (a << 2)
    store<u8>(weights + count++, load<u8>(entry))
    const bits = <u32>load<u8>(entry, 1)
    const next = <u32>load<u16>(entry, 2) + bitsBefore(stream, bit, bits)
    bit -= bits
    a = b
    b = next
    if (bit < 0) {
      store<u8>(weights + count++, load<u8>(table + (a << 2)))
      return count
    }
  }
  return 0
}

/** The last symbol's weight is not stored: it fills the code up. */
function buildHuffmanTable(weights: usize, count: u32, table: usize): bool {
  let sum: u32 = 0
  for (let i: u32 = 0; i < count; i++) {
    const weight = <u32>load<u8>(weights + i)
    if (weight > MAX_HUFFMAN_BITS) return false
    sum += (1 << weight) >> 1
  }
  if (sum == 0) return false
  const bits: u32 = 32 - clz<u32>(sum)
  if (bits > MAX_HUFFMAN_BITS) return false
  const rest = (<u32>1 << bits) - sum
  if (popcnt(rest) != 1) return false
  store<u8>(weights + count, <u8>(ctz(rest) + 1))
  let at = table
  for (let weight: u32 = 1; weight <= bits; weight++) {
    const entries: u32 = 1 << (weight - 1)
    for (let symbol: u32 = 0; symbol <= count; symbol++) {
      if (<u32>load<u8>(weights + symbol) != weight) continue
      const entry = <u16>(symbol | ((bits + 1 - weight) << 8))
      for (let i: u32 = 0; i < entries; i++, at += 2) store<u16>(at, entry)
    }
  }
  huffmanBits = bits
  return at == table + (<usize>2 << bits)
}

/** Decodes exactly `count` bytes of one Huffman stream; false when it has more or fewer. */
export function huffmanStream(start: usize, end: usize, table: usize, bits: u32, out: usize, count: usize): bool {
  let bit = streamBits(start, end)
  if (bit < 0) return false
  const mask: u64 = ((<u64>1) << bits) - 1
  const stop = out + count
  // A word has at least 56 bits left, which is five codes.
  while (bit >= 64 && out + 5 <= stop) {
    const first = (bit - 56) >> 3
    const word = load<u64>(start + first)
    let top = bit - (first << 3)
    for (let i = 0; i < 5; i++) {
      const entry = <u32>load<u16>(table + (<usize>((word >> (top - bits)) & mask) << 1))
      store<u8>(out++, <u8>entry)
      top -= entry >> 8
    }
    bit = (first << 3) + top
  }
  while (out < stop) {
    const entry = <u32>load<u16>(table + (<usize>bitsBefore(start, bit, bits) << 1))
    store<u8>(out++, <u8>entry)
    bit -= entry >> 8
    if (bit < 0) return false
  }
  return bit == 0
}
