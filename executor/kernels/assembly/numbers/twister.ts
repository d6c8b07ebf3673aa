// The Mersenne Twister (MT19937) of Matsumoto and Nishimura, by which Spark puts the elements of arrays in another order.
import { TWISTER_USED, TWISTER_WORDS } from '../../interface/draw'
import { PACKED_COUNT_BYTES } from '../../interface/packed'
import { RESULT_ADDRESS, RESULT_LENGTH } from '../../interface/text'
import { roomFor } from '../arena'

const MIDDLE = 397
const SEED_WORDS = 2

@inline
function word(at: usize, i: i32): u32 {
  return load<u32>(at + (<usize>i << 2))
}

@inline
function setWord(at: usize, i: i32, value: u32): void {
  store<u32>(at + (<usize>i << 2), value)
}

@inline
function mixed(at: usize, i: i32, factor: u32): u32 {
  const before = word(at, i - 1)
  return word(at, i) ^ ((before ^ (before >> 30)) * factor)
}

/** The next place, which the first word gets its value from when it comes round again. */
@inline
function next(at: usize, i: i32): i32 {
  if (i + 1 < TWISTER_WORDS) return i + 1
  setWord(at, 0, word(at, TWISTER_WORDS - 1))
  return 1
}

/** Begins with the two words of a seed, the higher one first. */
export function twisterBegin(at: usize, seed: i64): void {
  setWord(at, 0, 19650218)
  for (let i = 1; i < TWISTER_WORDS; i++) {
    const before = word(at, i - 1)
    setWord(at, i, (before ^ (before >> 30)) * 1812433253 + i)
  }
  let i = 1
  for (let k = 0; k < TWISTER_WORDS; k++) {
    const key = k % SEED_WORDS
    setWord(at, i, mixed(at, i, 1664525) + <u32>(key == 0 ? seed >>> 32 : seed) + key)
    i = next(at, i)
  }
  for (let k = 1; k < TWISTER_WORDS; k++) {
    setWord(at, i, mixed(at, i, 1566083941) - i)
    i = next(at, i)
  }
  setWord(at, 0, 0x80000000)
  store<u32>(at, TWISTER_WORDS, TWISTER_USED)
}

function twist(at: usize): void {
  for (let i = 0; i < TWISTER_WORDS; i++) {
    const y = (word(at, i) & 0x80000000) | (word(at, (i + 1) % TWISTER_WORDS) & 0x7fffffff)
    setWord(at, i, word(at, (i + MIDDLE) % TWISTER_WORDS) ^ (y >> 1) ^ (y & 1 ? 0x9908b0df : 0))
  }
  store<u32>(at, 0, TWISTER_USED)
}

/** 31 bits. */
function bits(at: usize): i32 {
  if (load<u32>(at, TWISTER_USED) == TWISTER_WORDS) twist(at)
  const used = load<u32>(at, TWISTER_USED)
  store<u32>(at, used + 1, TWISTER_USED)
  let y = word(at, <i32>used)
  y ^= y >> 11
  y ^= (y << 7) & 0x9d2c5680
  y ^= (y << 15) & 0xefc60000
  y ^= y >> 18
  return <i32>(y >> 1)
}

/** A number from 0 up to a bound. */
function below(at: usize, bound: i32): i32 {
  if ((bound & -bound) == bound) return <i32>((<i64>bound * bits(at)) >> 31)
  while (true) {
    const drawn = bits(at)
    const result = drawn % bound
    // The last numbers do not fill a whole bound.
    if (drawn - result + (bound - 1) >= 0) return result
  }
}

/** The numbers of so many elements in another order, as an array of INT. */
export function drawOrder(at: usize, count: i32, out: usize): void {
  const bitmap = <usize>(count + 7) >> 3
  const size = <u64>PACKED_COUNT_BYTES + <u64>bitmap + (<u64>count << 2)
  const array = roomFor(size)
  store<i32>(array, count)
  memory.fill(array + PACKED_COUNT_BYTES, 0xff, bitmap)
  const order = array + PACKED_COUNT_BYTES + bitmap
  for (let i = 0; i < count; i++) {
    const other = below(at, i + 1)
    if (other != i) setWord(order, i, word(order, other))
    setWord(order, other, i)
  }
  store<u32>(out, <u32>array, RESULT_ADDRESS)
  store<u32>(out, <u32>size, RESULT_LENGTH)
}
