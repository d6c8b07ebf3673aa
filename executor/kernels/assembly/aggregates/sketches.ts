// States of aggregates that are bytes changed in their place: registers of HyperLogLog, bitmaps, and tables of a count-min sketch. No bytes are a state
// without values.
import { RESULT_ADDRESS, RESULT_LENGTH, ROUTINE_ERROR, ROUTINE_VALUE } from '../../interface/text'
import { arenaAllocate } from '../arena'
import { murmurBytes } from '../rows/hash-functions'
import { formatLong } from '../numbers/integers'

@inline
function give(at: usize, length: i32, out: usize): void {
  store<u32>(out, <u32>at, RESULT_ADDRESS)
  store<u32>(out, length, RESULT_LENGTH)
}

/** The bytes of a state, or as many zeros. */
function stateOr(at: usize, length: i32, size: i32): usize {
  if (length > 0) return at
  const made = arenaAllocate(size)
  memory.fill(made, 0, size)
  return made
}

/** Registers with a hash: `bits` of it choose one, which holds the most zeros before a one that the rest began with, plus 1. */
export function registersAdded(at: usize, length: i32, hash: i64, bits: i32, out: usize): void {
  const count = 1 << bits
  const state = stateOr(at, length, count)
  const register = state + <usize>(<u64>hash >> <u64>(64 - bits))
  const rest = ((<u64>hash) << <u64>bits) | (<u64>1 << <u64>(bits - 1))
  const zeros = <u8>(clz<u64>(rest) + 1)
  if (zeros > load<u8>(register)) store<u8>(register, zeros)
  give(state, count, out)
}

/** The greater of the registers of two states. */
export function registersMerged(at: usize, length: i32, other: usize, otherLength: i32, out: usize): void {
  if (length == 0) return give(other, otherLength, out)
  for (let i = 0; i < otherLength; i++) if (load<u8>(other + i) > load<u8>(at + i)) store<u8>(at + i, load<u8>(other + i))
  give(at, length, out)
}

const BITMAP_BYTES = 4096

/** A bitmap with another bit; an error, with its number, where there is none of that number. */
export function bitmapWith(at: usize, length: i32, bit: i64, out: usize): i32 {
  if (bit < 0 || bit >= BITMAP_BYTES << 3) {
    formatLong(bit, out)
    return ROUTINE_ERROR
  }
  const state = stateOr(at, length, BITMAP_BYTES)
  const byte = state + <usize>(bit >> 3)
  store<u8>(byte, load<u8>(byte) | (<u8>1 << <u8>(bit & 7)))
  give(state, BITMAP_BYTES, out)
  return ROUTINE_VALUE
}

/** The bits of either bitmap; of the second one as many bytes as a bitmap has, the others of which are 0. */
export function bitmapsEither(at: usize, length: i32, other: usize, otherLength: i32, out: usize): void {
  const state = stateOr(at, length, BITMAP_BYTES)
  const count = min(otherLength, BITMAP_BYTES)
  for (let i = 0; i < count; i++) store<u8>(state + i, load<u8>(state + i) | load<u8>(other + i))
  give(state, BITMAP_BYTES, out)
}

/** The bits of both bitmaps. */
export function bitmapsBoth(at: usize, length: i32, other: usize, otherLength: i32, out: usize): void {
  const state = stateOr(at, length, BITMAP_BYTES)
  if (length == 0) memory.fill(state, 0xff, BITMAP_BYTES)
  for (let i = 0; i < BITMAP_BYTES; i++)
    store<u8>(state + i, i < otherLength ? load<u8>(state + i) & load<u8>(other + i) : 0)
  give(state, BITMAP_BYTES, out)
}

/** The same of two states, the second of which may be without values. */
export function bitmapStatesBoth(at: usize, length: i32, other: usize, otherLength: i32, out: usize): void {
  if (otherLength == 0) give(at, length, out)
  else bitmapsBoth(at, length, other, otherLength, out)
}

/** A bitmap that there is in any case. @param byte what all of its bytes are where there was no value */
export function bitmapOf(at: usize, length: i32, byte: i32, out: usize): void {
  const state = stateOr(at, length, BITMAP_BYTES)
  if (length == 0) memory.fill(state, <u8>byte, BITMAP_BYTES)
  give(state, BITMAP_BYTES, out)
}

// A count-min sketch as Spark writes it, big-endian: its version, the number of values (i64), how many rows there are and how many counters a row has,
// a factor for each row (i64), then the counters (i64).
const SKETCH_TOTAL: usize = 4
const SKETCH_DEPTH: usize = 12
const SKETCH_WIDTH: usize = 16
const SKETCH_FACTORS: usize = 20
/** 2^31 - 1. */
const PRIME: i64 = 0x7fff_ffff

@inline
function countUp(at: usize, by: i64): void {
  store<i64>(at, bswap(bswap(load<i64>(at)) + by))
}

@inline
function counterAt(sketch: usize, depth: i32, width: i32, row: i32, column: i32): usize {
  return sketch + SKETCH_FACTORS + (<usize>depth << 3) + ((<usize>row * <usize>width + <usize>column) << 3)
}

/** The state, or a copy of an empty sketch. */
function sketchOr(at: usize, length: i32, empty: usize, emptyLength: i32): usize {
  if (length > 0) return at
  const made = arenaAllocate(emptyLength)
  memory.copy(made, empty, emptyLength)
  return made
}

export function sketchWithLong(at: usize, length: i32, empty: usize, emptyLength: i32, value: i64, out: usize): void {
  const sketch = sketchOr(at, length, empty, emptyLength)
  const depth = bswap(load<i32>(sketch, SKETCH_DEPTH))
  const width = bswap(load<i32>(sketch, SKETCH_WIDTH))
  for (let row = 0; row < depth; row++) {
    let hash = bswap(load<i64>(sketch + SKETCH_FACTORS + (<usize>row << 3))) * value
    hash += hash >> 32
    hash &= PRIME
    countUp(counterAt(sketch, depth, width, row, <i32>hash % width), 1)
  }
  countUp(sketch + SKETCH_TOTAL, 1)
  give(sketch, emptyLength, out)
}

export function sketchWithBytes(
  at: usize,
  length: i32,
  empty: usize,
  emptyLength: i32,
  value: usize,
  valueLength: i32,
  out: usize,
): void {
  const sketch = sketchOr(at, length, empty, emptyLength)
  const depth = bswap(load<i32>(sketch, SKETCH_DEPTH))
  const width = bswap(load<i32>(sketch, SKETCH_WIDTH))
  const first = murmurBytes(value, valueLength, 0, 0)
  const second = murmurBytes(value, valueLength, 0, first)
  for (let row = 0; row < depth; row++)
    countUp(counterAt(sketch, depth, width, row, abs((first + row * second) % width)), 1)
  countUp(sketch + SKETCH_TOTAL, 1)
  give(sketch, emptyLength, out)
}

/** A sketch with the counts of another one. */
export function sketchesMerged(at: usize, length: i32, other: usize, otherLength: i32, out: usize): void {
  if (length == 0) return give(other, otherLength, out)
  if (otherLength > 0) {
    const counters = SKETCH_FACTORS + (<usize>bswap(load<i32>(at, SKETCH_DEPTH)) << 3)
    for (let i = counters; i < <usize>length; i += 8) countUp(at + i, bswap(load<i64>(other + i)))
    countUp(at + SKETCH_TOTAL, bswap(load<i64>(other, SKETCH_TOTAL)))
  }
  give(at, length, out)
}

export function sketchOf(at: usize, length: i32, empty: usize, emptyLength: i32, out: usize): void {
  give(sketchOr(at, length, empty, emptyLength), emptyLength, out)
}
