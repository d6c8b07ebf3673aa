// Unicode's full case mapping of single letters, and what their neighbours decide. ASCII letters are dealt with by the callers.
import {
  CASE_IGNORABLE,
  CASE_IGNORABLE_COUNT,
  CASED,
  CASED_COUNT,
  LOWER_RUNS,
  LOWER_RUNS_COUNT,
  LOWER_SPECIALS,
  LOWER_SPECIALS_COUNT,
  UPPER_RUNS,
  UPPER_RUNS_COUNT,
  UPPER_SPECIALS,
  UPPER_SPECIALS_COUNT,
} from './letter-tables'

/** The points that may be letters with case, in blocks of 64. */
const MOST_POINTS: u32 = 0x1ea00
const BLOCK_BITS = 6
const BLOCKS = MOST_POINTS >> BLOCK_BITS
const FILLED_BLOCKS = 128

/** For each block where its 64 entries are, and the entries: the index of a difference, 0 for none, SPECIAL for several letters. */
const UPPER_BLOCKS: usize = memory.data(BLOCKS)
const LOWER_BLOCKS: usize = memory.data(BLOCKS)
const UPPER_ENTRIES: usize = memory.data(FILLED_BLOCKS << BLOCK_BITS)
const LOWER_ENTRIES: usize = memory.data(FILLED_BLOCKS << BLOCK_BITS)
const UPPER_DIFFERENCES: usize = memory.data(256 * 4, 4)
const LOWER_DIFFERENCES: usize = memory.data(256 * 4, 4)
const SPECIAL = 255
let ready = false

let filled = 0
let differences = 0

function setEntry(blocks: usize, entries: usize, point: i32, index: i32): void {
  const block = point >> BLOCK_BITS
  // The first filled block stays empty: it stands for all that are.
  if (load<u8>(blocks + block) == 0) store<u8>(blocks + block, <u8>++filled)
  store<u8>(entries + (<usize>load<u8>(blocks + block) << BLOCK_BITS) + (point & 63), <u8>index)
}

function indexOf(table: usize, difference: i32): i32 {
  for (let i = 1; i <= differences; i++) if (load<i32>(table + (i << 2)) == difference) return i
  store<i32>(table + (++differences << 2), difference)
  return differences
}

function prepare(runs: usize, count: i32, specials: usize, specialCount: i32, blocks: usize, entries: usize, table: usize): void {
  filled = 0
  differences = 0
  for (let i = 0; i < count; i++) {
    const run = runs + (i << 4)
    const index = indexOf(table, load<i32>(run, 12))
    for (let k = 0; k < load<i32>(run, 4); k++) setEntry(blocks, entries, load<i32>(run) + k * load<i32>(run, 8), index)
  }
  for (let i = 0; i < specialCount; i++) setEntry(blocks, entries, load<i32>(specials + (i << 4)), SPECIAL)
}

/** Fills the tables when a letter beyond ASCII is met first. */
function prepareAll(): void {
  prepare(UPPER_RUNS, UPPER_RUNS_COUNT, UPPER_SPECIALS, UPPER_SPECIALS_COUNT, UPPER_BLOCKS, UPPER_ENTRIES, UPPER_DIFFERENCES)
  prepare(LOWER_RUNS, LOWER_RUNS_COUNT, LOWER_SPECIALS, LOWER_SPECIALS_COUNT, LOWER_BLOCKS, LOWER_ENTRIES, LOWER_DIFFERENCES)
  ready = true
}

/** What `changedLetter` gives when a letter becomes several; `specialOf` tells which. */
export const SEVERAL: u32 = 0xffffffff

/** The capital, or the small letter, of a letter beyond ASCII; what has none stays as it is. */
export function changedLetter(point: u32, upper: bool): u32 {
  if (point >= MOST_POINTS) return point
  if (!ready) prepareAll()
  const block = load<u8>((upper ? UPPER_BLOCKS : LOWER_BLOCKS) + (point >> BLOCK_BITS))
  const index = load<u8>((upper ? UPPER_ENTRIES : LOWER_ENTRIES) + (<usize>block << BLOCK_BITS) + (point & 63))
  if (index == SPECIAL) return SEVERAL
  return point + load<u32>((upper ? UPPER_DIFFERENCES : LOWER_DIFFERENCES) + (<usize>index << 2))
}

/** Where the letters stand that a letter becomes: up to three of 32 bits, 0 behind fewer. */
export function specialOf(point: u32, upper: bool): usize {
  const specials = upper ? UPPER_SPECIALS : LOWER_SPECIALS
  let i = 0
  while (load<u32>(specials + (<usize>i << 4)) != point) i++
  return specials + (<usize>i << 4) + 4
}

function isWithin(ranges: usize, count: i32, point: i32): bool {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (load<i32>(ranges + (<usize>middle << 3), 4) < point) low = middle + 1
    else high = middle
  }
  return low < count && load<i32>(ranges + (<usize>low << 3)) <= point
}

@inline
export function isCased(point: u32): bool {
  return isWithin(CASED, CASED_COUNT, point)
}
@inline
export function isCaseIgnorable(point: u32): bool {
  return isWithin(CASE_IGNORABLE, CASE_IGNORABLE_COUNT, point)
}
