// `histogram_numeric`: at most so many bins, the two nearest of which are made one when there are more (Ben-Haim and Tom-Tov). The state is bytes that are
// changed in their place: a seed (i64), how many bins there are and room for how many, then the bins: where each is (f64), and how many values it has (f64).
import { PACKED_COUNT_BYTES } from '../../interface/packed'
import { RESULT_ADDRESS, RESULT_LENGTH, ROUTINE_NULL, ROUTINE_VALUE } from '../../interface/text'
import { arenaAllocate } from '../arena'
import { bitmapBytes } from '../nested/packed'

const SEED: usize = 0
const USED: usize = 8
const ROOM: usize = 12
const BINS: usize = 16
const BIN_BYTES: usize = 16
const FIRST_ROOM = 8

/** Java's generator of random numbers, which decides among bins that are as near to each other; this is the seed that Spark takes. */
const FIRST_SEED: i64 = 31183 ^ 0x5_deec_e66d
const SEED_MASK: i64 = (<i64>1 << 48) - 1

function nextBits(state: usize, bits: i32): i64 {
  const seed = (load<i64>(state, SEED) * 0x5_deec_e66d + 0xb) & SEED_MASK
  store<i64>(state, seed, SEED)
  return seed >> (48 - bits)
}

function nextDouble(state: usize): f64 {
  const high = nextBits(state, 26) << 27
  return <f64>(high + nextBits(state, 27)) * (1.0 / <f64>(<i64>1 << 53))
}

@inline
function usedOf(state: usize): i32 {
  return load<i32>(state, USED)
}
@inline
function bytesOf(state: usize): usize {
  return BINS + <usize>load<i32>(state, ROOM) * BIN_BYTES
}
@inline
function binAt(state: usize, i: i32): usize {
  return state + BINS + <usize>i * BIN_BYTES
}
@inline
function placeAt(state: usize, i: i32): f64 {
  return load<f64>(binAt(state, i))
}
@inline
function countAt(state: usize, i: i32): f64 {
  return load<f64>(binAt(state, i), 8)
}

function madeState(room: i32): usize {
  const state = arenaAllocate(BINS + <usize>room * BIN_BYTES)
  store<i64>(state, FIRST_SEED, SEED)
  store<i32>(state, 0, USED)
  store<i32>(state, room, ROOM)
  return state
}

/** The state, or a larger copy of it, with room for another bin. */
function withRoom(state: usize, bins: i32): usize {
  const room = load<i32>(state, ROOM)
  if (usedOf(state) < room) return state
  const larger = madeState(room < bins / 2 ? room * 2 : bins + 1)
  memory.copy(larger + BINS, state + BINS, <usize>room * BIN_BYTES)
  store<i64>(larger, load<i64>(state, SEED), SEED)
  store<i32>(larger, room, USED)
  return larger
}

function insert(state: usize, at: i32, place: f64, count: f64): void {
  const bin = binAt(state, at)
  const used = usedOf(state)
  memory.copy(bin + BIN_BYTES, bin, <usize>(used - at) * BIN_BYTES)
  store<f64>(bin, place)
  store<f64>(bin, count, 8)
  store<i32>(state, used + 1, USED)
}

/** Makes one of the two nearest bins, as often as there are more than so many. */
function trim(state: usize, bins: i32): void {
  while (usedOf(state) > bins) {
    let least = placeAt(state, 1) - placeAt(state, 0)
    let found = 0
    let equal = 1
    for (let i = 1; i < usedOf(state) - 1; i++) {
      const distance = placeAt(state, i + 1) - placeAt(state, i)
      if (distance < least) {
        least = distance
        found = i
        equal = 1
      } else if (distance == least && nextDouble(state) <= 1.0 / <f64>++equal) found = i
    }
    const bin = binAt(state, found)
    const both = countAt(state, found) + countAt(state, found + 1)
    const place = placeAt(state, found) * (countAt(state, found) / both)
    store<f64>(bin, place + (placeAt(state, found + 1) / both) * countAt(state, found + 1))
    store<f64>(bin, both, 8)
    const rest = usedOf(state) - found - 2
    memory.copy(bin + BIN_BYTES, bin + 2 * BIN_BYTES, <usize>rest * BIN_BYTES)
    store<i32>(state, usedOf(state) - 1, USED)
  }
}

function give(state: usize, out: usize): void {
  store<u32>(out, <u32>state, RESULT_ADDRESS)
  store<u32>(out, <u32>bytesOf(state), RESULT_LENGTH)
}

export function histogramAdded(at: usize, length: i32, value: f64, bins: i32, out: usize): void {
  let state = length > 0 ? at : madeState(min(FIRST_ROOM, bins + 1))
  let low = 0
  let high = usedOf(state)
  let bin = 0
  while (low < high) {
    bin = (low + high) >> 1
    const place = placeAt(state, bin)
    if (place > value) high = bin
    else if (place < value) low = ++bin
    else break
  }
  if (bin < usedOf(state) && placeAt(state, bin) == value) store<f64>(binAt(state, bin), countAt(state, bin) + 1, 8)
  else {
    state = withRoom(state, bins)
    insert(state, bin, value, 1)
    trim(state, bins)
  }
  give(state, out)
}

/** The bins of both in their order, made fewer at the end. */
export function histogramsMerged(
  at: usize,
  length: i32,
  other: usize,
  otherLength: i32,
  bins: i32,
  out: usize,
): void {
  if (length == 0 || otherLength == 0) {
    store<u32>(out, <u32>(length == 0 ? other : at), RESULT_ADDRESS)
    store<u32>(out, length == 0 ? otherLength : length, RESULT_LENGTH)
    return
  }
  const own = usedOf(at)
  const others = usedOf(other)
  const state = madeState(own + others)
  store<i64>(state, load<i64>(at, SEED), SEED)
  let i = 0
  let j = 0
  for (let to = 0; to < own + others; to++) {
    const isOwn = j == others || (i < own && placeAt(at, i) <= placeAt(other, j))
    memory.copy(binAt(state, to), isOwn ? binAt(at, i++) : binAt(other, j++), BIN_BYTES)
  }
  store<i32>(state, own + others, USED)
  trim(state, bins)
  give(state, out)
}

/** The bins as an array of structs of two doubles; NULL without values. */
export function histogramBins(at: usize, length: i32, out: usize): i32 {
  if (length == 0) return ROUTINE_NULL
  const count = usedOf(at)
  const bits = <usize>bitmapBytes(count)
  const bytes = <usize>PACKED_COUNT_BYTES + 3 * bits + <usize>count * BIN_BYTES
  const array = arenaAllocate(bytes)
  memory.fill(array, 0, bytes)
  store<i32>(array, count)
  const structs = array + PACKED_COUNT_BYTES
  const places = structs + bits
  const counts = places + bits + (<usize>count << 3)
  for (let i = 0; i < count; i++) {
    const bit = <u8>1 << <u8>(i & 7)
    const byte = <usize>i >> 3
    store<u8>(structs + byte, load<u8>(structs + byte) | bit)
    store<u8>(places + byte, load<u8>(places + byte) | bit)
    store<u8>(counts + byte, load<u8>(counts + byte) | bit)
    store<f64>(places + bits + (<usize>i << 3), placeAt(at, i))
    store<f64>(counts + bits + (<usize>i << 3), countAt(at, i))
  }
  store<u32>(out, <u32>array, RESULT_ADDRESS)
  store<u32>(out, <u32>bytes, RESULT_LENGTH)
  return ROUTINE_VALUE
}
