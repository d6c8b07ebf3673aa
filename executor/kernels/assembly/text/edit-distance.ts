// How far long texts are apart: 64 rows of a column of the table of distances at once, as bits that say where it goes up or down (Myers, "A fast
// bit-vector algorithm for approximate string matching based on dynamic programming", 1999; blocks as Hyyrö has them, 2003).

const ROWS = 64
/** Code points of a block by their hashes: for each the rows where it stands. Half of the slots stay free. */
const SLOTS: u32 = 128
const KEYS_BYTES: usize = SLOTS << 2
export const BLOCK_BYTES: usize = KEYS_BYTES + (SLOTS << 3)
/** No code point. */
const FREE: u32 = 0xffffffff

/** Where a code point is among those of a block, or would be. */
@inline
function slotOf(keys: usize, point: u32): u32 {
  let slot = (point * 0x9e3779b1) >> 25
  let key = load<u32>(keys + (<usize>slot << 2))
  while (key != point && key != FREE) {
    slot = (slot + 1) & (SLOTS - 1)
    key = load<u32>(keys + (<usize>slot << 2))
  }
  return slot
}

/** Notes the rows of a block. */
function noteRows(a: usize, rows: i32, keys: usize): void {
  const masks = keys + KEYS_BYTES
  memory.fill(keys, 0xff, KEYS_BYTES)
  memory.fill(masks, 0, <usize>SLOTS << 3)
  for (let i = 0; i < rows; i++) {
    const point = load<u32>(a + (<usize>i << 2))
    const slot = <usize>slotOf(keys, point)
    store<u32>(keys + (slot << 2), point)
    const mask = masks + (slot << 3)
    store<u64>(mask, load<u64>(mask) | (<u64>1 << i))
  }
}

/**
 * Goes through the columns of a block. `steps` has a byte for each: by how much the row above differs from its column before; then the same of the
 * last row of the block. Returns their sum.
 */
function runBlock(rows: i32, keys: usize, b: usize, countB: i32, steps: usize): i32 {
  const masks = keys + KEYS_BYTES
  const last = <u64>1 << (rows - 1)
  let up: u64 = ~0
  let down: u64 = 0
  let sum = 0
  for (let j = 0; j < countB; j++) {
    const step = <i32>load<i8>(steps + j)
    const goesDown = u64(step < 0)
    let equal = load<u64>(masks + (<usize>slotOf(keys, load<u32>(b + (<usize>j << 2))) << 3))
    const vertical = equal | down
    equal |= goesDown
    const horizontal = (((equal & up) + up) ^ up) | equal
    let more = down | ~(horizontal | up)
    let less = up & horizontal
    const out = i32((more & last) != 0) - i32((less & last) != 0)
    store<i8>(steps + j, <i8>out)
    sum += out
    more = (more << 1) | u64(step > 0)
    less = (less << 1) | goesDown
    up = less | ~(vertical | more)
    down = more & vertical
  }
  return sum
}

/** The distance of two texts of code points, the first of which is not empty. @param steps a byte for each of the second @param keys `BLOCK_BYTES` */
export function distanceInBlocks(a: usize, countA: i32, b: usize, countB: i32, steps: usize, keys: usize): i32 {
  memory.fill(steps, 1, countB)
  let sum = 0
  for (let first = 0; first < countA; first += ROWS) {
    const rows = min(ROWS, countA - first)
    noteRows(a + (<usize>first << 2), rows, keys)
    sum = runBlock(rows, keys, b, countB, steps)
  }
  return countA + sum
}
