// Literals of a zstandard block as they are written (RFC 8878, 3.1.1.3.1): by a Huffman code of their own, as one byte that is repeated, or as they are.
import { beginBits, endBits, putBits } from './zstd-bits'
import { MAX_HUFFMAN_BITS } from './zstd-tables'

const SYMBOLS: u32 = 256
/** What the lengths of all codes divide among them. */
const WHOLE: i32 = 1 << MAX_HUFFMAN_BITS
/** The weights of a tree stand in four bits each for symbols up to this one; there is a shorter form for more, which is not written. */
const LAST_SYMBOL: u32 = 128
/** Below it a tree takes more than it saves. */
const FEW: usize = 64
/** More are four streams, so that they can be read side by side. */
const MOST_IN_ONE: usize = 1023

const RAW: u32 = 0
const REPEATED: u32 = 1
const CODED: u32 = 2

/** Counts (u32) of symbols, lengths of their codes (u8), the codes (u16). */
const LENGTHS: usize = SYMBOLS * 4
const CODES: usize = LENGTHS + SYMBOLS
export const LITERALS_SCRATCH_BYTES: usize = CODES + SYMBOLS * 2

/** Writes the section of literals of a block; returns where it ends. */
export function writeLiterals(literals: usize, count: usize, target: usize, scratch: usize): usize {
  memory.fill(scratch, 0, LITERALS_SCRATCH_BYTES)
  for (let i: usize = 0; i < count; i++) {
    const at = scratch + (<usize>load<u8>(literals + i) << 2)
    store<u32>(at, load<u32>(at) + 1)
  }
  let last: u32 = SYMBOLS - 1
  while (last > 0 && load<u32>(scratch + (last << 2)) == 0) last--
  if (count > 1 && load<u32>(scratch + (last << 2)) == <u32>count) {
    const at = writeHead(REPEATED, count, target)
    store<u8>(at, last)
    return at + 1
  }
  if (count >= FEW && last <= LAST_SYMBOL) {
    const end = writeCoded(literals, count, last, target, scratch)
    if (end - target < count) return end
  }
  const at = writeHead(RAW, count, target)
  memory.copy(at, literals, count)
  return at + count
}

/** What tells how many literals there are, of those that are not coded; in 1, 2 or 3 bytes. */
function writeHead(kind: u32, count: usize, target: usize): usize {
  if (count < 32) {
    store<u8>(target, kind | (<u32>count << 3))
    return target + 1
  }
  if (count < 4096) {
    store<u16>(target, kind | 4 | (<u32>count << 4))
    return target + 2
  }
  const head = kind | 12 | (<u32>count << 4)
  store<u16>(target, head)
  store<u8>(target, head >> 16, 2)
  return target + 3
}

function writeCoded(literals: usize, count: usize, last: u32, target: usize, scratch: usize): usize {
  const longest = assignCodes(<u32>count, last, scratch)
  const isOne = count <= MOST_IN_ONE
  let at = writeTree(last, longest, target + (isOne ? 3 : 5), scratch)
  if (isOne) at = writeStream(literals, count, at, scratch)
  else {
    const quarter = (count + 3) >>> 2
    const sizes = at
    at += 6
    for (let i: usize = 0; i < 4; i++) {
      const begin = at
      at = writeStream(literals + i * quarter, i < 3 ? quarter : count - 3 * quarter, at, scratch)
      if (i < 3) store<u16>(sizes + 2 * i, <u16>(at - begin))
    }
  }
  const size = at - target - (isOne ? 3 : 5)
  const head: u64 = isOne
    ? CODED | (<u64>count << 4) | (<u64>size << 14)
    : CODED | 12 | (<u64>count << 4) | (<u64>size << 22)
  store<u16>(target, <u16>head)
  store<u8>(target, <u8>(head >> 16), 2)
  if (!isOne) store<u16>(target, <u16>(head >> 24), 3)
  return at
}

/** The weights of all symbols but the last, whose weight follows from theirs. */
function writeTree(last: u32, longest: u32, target: usize, scratch: usize): usize {
  store<u8>(target++, 127 + last)
  for (let symbol: u32 = 0; symbol < last; symbol += 2) {
    const second = symbol + 1 < last ? weightOf(symbol + 1, longest, scratch) : 0
    store<u8>(target++, (weightOf(symbol, longest, scratch) << 4) | second)
  }
  return target
}

@inline
function weightOf(symbol: u32, longest: u32, scratch: usize): u32 {
  const length = <u32>load<u8>(scratch + LENGTHS + symbol)
  return length == 0 ? 0 : longest + 1 - length
}

function writeStream(literals: usize, count: usize, target: usize, scratch: usize): usize {
  beginBits(target)
  for (let i = count; i > 0; i--) {
    const symbol = <usize>load<u8>(literals + i - 1)
    putBits(load<u16>(scratch + CODES + (symbol << 1)), load<u8>(scratch + LENGTHS + symbol))
  }
  return endBits()
}

/** Gives each symbol a code; returns the length of the longest. The lengths are near the best ones, and fill the code up. */
function assignCodes(total: u32, last: u32, scratch: usize): u32 {
  const lengths = scratch + LENGTHS
  let room = WHOLE
  for (let symbol: u32 = 0; symbol <= last; symbol++) {
    const count = load<u32>(scratch + (symbol << 2))
    if (count == 0) continue
    // The least length by which the symbol takes no more of the code than of the literals.
    let length: u32 = 1
    while (length < MAX_HUFFMAN_BITS && (<u64>count << length) < total) length++
    store<u8>(lengths + symbol, length)
    room -= WHOLE >> <i32>length
  }
  while (room != 0) {
    const symbol = room < 0 ? cheapestToLengthen(last, scratch) : bestToShorten(last, room, scratch)
    const length = <u32>load<u8>(lengths + symbol)
    const next = room < 0 ? length + 1 : length - 1
    store<u8>(lengths + symbol, next)
    room += (WHOLE >> <i32>length) - (WHOLE >> <i32>next)
  }
  let longest: u32 = 0
  for (let symbol: u32 = 0; symbol <= last; symbol++) longest = max(longest, <u32>load<u8>(lengths + symbol))
  let at: u32 = 0
  for (let length = longest; length > 0; length--)
    for (let symbol: u32 = 0; symbol <= last; symbol++) {
      if (<u32>load<u8>(lengths + symbol) != length) continue
      store<u16>(scratch + CODES + (symbol << 1), at >> (longest - length))
      at += 1 << (longest - length)
    }
  return longest
}

/** Of two lengths for a symbol, what one bit more costs for what of the code it frees. */
function cheapestToLengthen(last: u32, scratch: usize): u32 {
  let found: u32 = 0
  let least: u64 = u64.MAX_VALUE
  for (let symbol: u32 = 0; symbol <= last; symbol++) {
    const length = <u32>load<u8>(scratch + LENGTHS + symbol)
    if (length == 0 || length == MAX_HUFFMAN_BITS) continue
    const cost = <u64>load<u32>(scratch + (symbol << 2)) << length
    if (cost >= least) continue
    least = cost
    found = symbol
  }
  return found
}

/** Of the symbols for which there is room in the code to be a bit shorter. One of the longest always is: the room is a multiple of what it takes. */
function bestToShorten(last: u32, room: i32, scratch: usize): u32 {
  let found: u32 = 0
  let most: u64 = 0
  for (let symbol: u32 = 0; symbol <= last; symbol++) {
    const length = <u32>load<u8>(scratch + LENGTHS + symbol)
    if (length <= 1 || WHOLE >> <i32>length > room) continue
    const gain = <u64>load<u32>(scratch + (symbol << 2)) << length
    if (gain <= most) continue
    most = gain
    found = symbol
  }
  return found
}
