// Sorting of entries of (prefix of the key, row) by digits, from the highest that differs on. Where all prefixes of a bucket are the same, the next
// part of its rows' keys, as the descriptor tells them, takes their place: a row is fetched once for each part, whatever the number of ties.
import {
  SORT_BY_STRING,
  SORT_BY_WORD,
  SORT_DESCRIPTOR_BYTE,
  SORT_DESCRIPTOR_HEADER_BYTES,
  SORT_DESCRIPTOR_PART,
  SORT_ENTRY_BYTES,
  SORT_ENTRY_ROW,
} from '../../interface/rows'
import { bytesCompare } from '../bytes'
import { allocate, release } from '../memory'

/** So many entries and fewer are sorted by comparing them. */
const FEW: usize = 24
/** Digits have as many bits as make buckets of a few entries, at most these. */
const MOST_BITS: u32 = 8
const COUNTS_BYTES: usize = 4 << 8
/** Where the buckets of each call end: of calls within calls, each of which has at most half of the entries. */
const counts: usize = memory.data(32 * (4 << 8), 8)
/** Bytes of a text in one part; the lowest byte tells how many there were, so that texts that end come before those that go on with zeros. */
const PART_BYTES: i32 = 7
const LONGER: i32 = 8

/** The part of a key that words hold, and for a text the byte at which it goes on. */
let part: u32 = 0
let byte: i32 = 0

@inline
function partAt(descriptor: usize, index: u32): usize {
  return descriptor + SORT_DESCRIPTOR_HEADER_BYTES + (<usize>index << 3)
}

/** The order of two rows, from a part of their keys on: below 0 when `a` comes first. */
export function compareRows(a: usize, b: usize, descriptor: usize, first: u32): i32 {
  const parts = load<u32>(descriptor)
  for (let i = first; i < parts; i++) {
    const at = partAt(descriptor, i)
    const offset: usize = load<u32>(at)
    const how = load<u32>(at, 4)
    const x = load<u64>(a + offset)
    const y = load<u64>(b + offset)
    if (how == SORT_BY_WORD) {
      if (x != y) return x < y ? -1 : 1
      continue
    }
    const order = bytesCompare(<usize>(x & 0xffffffff), <i32>(x >> 32), <usize>(y & 0xffffffff), <i32>(y >> 32))
    if (order != 0) return how == SORT_BY_STRING ? order : -order
  }
  return 0
}

/** Sorts entries in place; those that are equal stay in their order. What they hold of keys afterwards is of no use. */
export function sortEntries(entries: usize, count: usize, descriptor: usize): void {
  if (count < 2) return
  const isFew = count <= FEW
  const spare = isFew ? entries : allocate(count * SORT_ENTRY_BYTES)
  const resumePart = load<u32>(descriptor, SORT_DESCRIPTOR_PART)
  sortBucket(entries, spare, true, count, descriptor, resumePart, load<i32>(descriptor, SORT_DESCRIPTOR_BYTE), 0)
  if (!isFew) release(spare)
}

/** Sorts `count` entries with room for as many at `other`; where they are not at home they are to be there in the end. */
function sortBucket(
  from: usize,
  other: usize,
  isHome: bool,
  count: usize,
  descriptor: usize,
  nextPart: u32,
  nextByte: i32,
  depth: usize,
): void {
  const ends = counts + depth * COUNTS_BYTES
  while (count > FEW) {
    const end = from + count * SORT_ENTRY_BYTES
    let differing = differences(from, end)
    while (differing == 0) {
      if (nextPart >= load<u32>(descriptor)) return settle(from, other, isHome, count)
      part = nextPart
      byte = nextByte
      differing = nextWords(from, end, descriptor)
      nextPart = part
      nextByte = byte
    }
    const bits = min<u32>(MOST_BITS, 30 - clz<u32>(<u32>count))
    const shift = max<i32>(64 - <i32>clz<u64>(differing) - <i32>bits, 0)
    scatter(from, end, other, ends, <u64>shift, bits)
    isHome = !isHome
    let largest: usize = 0
    let start: usize = 0
    count = 0
    for (let i: usize = 0; i < <usize>1 << bits; i++) {
      const stop: usize = load<u32>(ends + (i << 2))
      if (stop - start > count) {
        count = stop - start
        largest = start
      }
      start = stop
    }
    start = 0
    for (let i: usize = 0; i < <usize>1 << bits; i++) {
      const stop: usize = load<u32>(ends + (i << 2))
      const at = start * SORT_ENTRY_BYTES
      if (stop > start && start != largest) {
        sortBucket(other + at, from + at, isHome, stop - start, descriptor, nextPart, nextByte, depth + 1)
      }
      start = stop
    }
    // What is left is the largest bucket.
    const at = largest * SORT_ENTRY_BYTES
    const moved = other + at
    other = from + at
    from = moved
  }
  settle(from, other, isHome, count)
  insert(isHome ? from : other, count, descriptor, nextPart)
}

/** The bits in which words of entries differ. */
function differences(from: usize, end: usize): u64 {
  const first = load<u64>(from)
  let differing: u64 = 0
  for (let at = from; at < end; at += SORT_ENTRY_BYTES) differing |= load<u64>(at) ^ first
  return differing
}

/** Moves entries to where their digit belongs. Leaves in `ends` how many entries there are up to the end of each bucket. */
function scatter(from: usize, end: usize, out: usize, ends: usize, shift: u64, bits: u32): void {
  const buckets = <usize>1 << bits
  const mask = <u64>((1 << bits) - 1)
  memory.fill(ends, 0, buckets << 2)
  for (let at = from; at < end; at += SORT_ENTRY_BYTES) {
    const place = ends + (<usize>((load<u64>(at) >> shift) & mask) << 2)
    store<u32>(place, load<u32>(place) + 1)
  }
  let before: u32 = 0
  for (let i: usize = 0; i < buckets; i++) {
    const size = load<u32>(ends + (i << 2))
    store<u32>(ends + (i << 2), before)
    before += size
  }
  for (let at = from; at < end; at += SORT_ENTRY_BYTES) {
    const place = ends + (<usize>((load<u64>(at) >> shift) & mask) << 2)
    const index: usize = load<u32>(place)
    store<u32>(place, <u32>index + 1)
    v128.store(out + index * SORT_ENTRY_BYTES, v128.load(at))
  }
}

@inline
function settle(from: usize, other: usize, isHome: bool, count: usize): void {
  if (!isHome) memory.copy(other, from, count * SORT_ENTRY_BYTES)
}

/** Sorts a few entries by comparing them. */
function insert(to: usize, count: usize, descriptor: usize, nextPart: u32): void {
  const end = to + count * SORT_ENTRY_BYTES
  for (let i = to + SORT_ENTRY_BYTES; i < end; i += SORT_ENTRY_BYTES) {
    const entry = v128.load(i)
    const word = load<u64>(i)
    const row: usize = load<u32>(i, SORT_ENTRY_ROW)
    let at = i
    while (at > to) {
      const before = at - SORT_ENTRY_BYTES
      const other = load<u64>(before)
      if (other < word) break
      if (other == word && compareRows(load<u32>(before, SORT_ENTRY_ROW), row, descriptor, nextPart) <= 0) break
      v128.store(at, v128.load(before))
      at = before
    }
    v128.store(at, entry)
  }
}

/** Puts what comes next of their keys into entries that were equal so far. Returns in which bits they differ. */
function nextWords(from: usize, end: usize, descriptor: usize): u64 {
  const at = partAt(descriptor, part)
  const offset: usize = load<u32>(at)
  const how = load<u32>(at, 4)
  if (how == SORT_BY_WORD) {
    part++
    byte = 0
    for (let entry = from; entry < end; entry += SORT_ENTRY_BYTES) {
      store<u64>(entry, load<u64>(<usize>load<u32>(entry, SORT_ENTRY_ROW) + offset))
    }
    return differences(from, end)
  }
  const turned: u64 = how == SORT_BY_STRING ? 0 : 0xffff_ffff_ffff_ffff
  let isLonger = false
  for (let entry = from; entry < end; entry += SORT_ENTRY_BYTES) {
    const ref = load<u64>(<usize>load<u32>(entry, SORT_ENTRY_ROW) + offset)
    const rest = <i32>(ref >> 32) - byte
    if (rest >= LONGER) isLonger = true
    store<u64>(entry, wordOfText(<usize>(ref & 0xffffffff) + byte, rest) ^ turned)
  }
  if (isLonger) byte += PART_BYTES
  else {
    part++
    byte = 0
  }
  return differences(from, end)
}

/** Seven bytes of a text, of which `rest` follow, zeros where it ends, and how many there are, so far as it matters. */
function wordOfText(at: usize, rest: i32): u64 {
  if (rest >= LONGER) return (bswap(load<u64>(at)) & 0xffff_ffff_ffff_ff00) | <u64>(2 * LONGER)
  let word: u64 = 0
  for (let i = 0; i < rest; i++) word |= <u64>load<u8>(at + i) << (56 - (i << 3))
  return word | <u64>(max(rest, -LONGER) + LONGER)
}
