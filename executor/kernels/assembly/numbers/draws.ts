// Numbers and texts by chance as Spark draws them, one row of a task after the other.
import { DRAW_HAS_NEXT, DRAW_NEXT, DRAW_SECOND, DRAW_STATE, DRAW_TASK } from '../../interface/draw'
import { mathLog } from './exponentials'
import { beginText, endText, lowerHexDigit } from '../text/text'

@inline
function mixed(hash: u32, k: u32): u32 {
  return rotl<u32>(hash ^ (rotl<u32>(k * 0xcc9e2d51, 15) * 0x1b873593), 13) * 5 + 0xe6546b64
}

/** Murmur3 of the bytes of a seed, highest first. */
function hashOfSeed(seed: i64, from: u32): u32 {
  let hash = mixed(mixed(from, bswap<u32>(<u32>(seed >> 32))), bswap<u32>(<u32>seed)) ^ 8
  hash = (hash ^ (hash >> 16)) * 0x85ebca6b
  hash = (hash ^ (hash >> 13)) * 0xc2b2ae35
  return hash ^ (hash >> 16)
}

function stateOf(seed: i64): u64 {
  const low = hashOfSeed(seed, 0x3c074a61)
  return (<u64>hashOfSeed(seed, low) << 32) | low
}

/** Begins the draws of a task. */
export function drawBegin(at: usize, seed: i64, task: i32): void {
  store<u64>(at, stateOf(seed + task), DRAW_STATE)
  store<u64>(at, stateOf(~(seed + task)), DRAW_SECOND)
  store<u32>(at, 0, DRAW_HAS_NEXT)
  store<i32>(at, task, DRAW_TASK)
}

/** Begins to count the rows of a task. */
export function countBegin(at: usize, seed: i64, task: i32): void {
  store<u64>(at, <u64>task << 33, DRAW_STATE)
  store<i32>(at, task, DRAW_TASK)
}

@inline
function nextBits(at: usize): u64 {
  let x = load<u64>(at, DRAW_STATE)
  x ^= x << 21
  x ^= x >> 35
  x ^= x << 4
  store<u64>(at, x, DRAW_STATE)
  return x
}

/** Evenly from 0 up to 1. */
export function drawDouble(at: usize): f64 {
  const high = nextBits(at) & 0x3ffffff
  return <f64>((high << 27) + (nextBits(at) & 0x7ffffff)) * 1.1102230246251565e-16
}

/** By the normal distribution: Marsaglia's polar method, which gives two at once. */
export function drawGaussian(at: usize): f64 {
  if (load<u32>(at, DRAW_HAS_NEXT)) {
    store<u32>(at, 0, DRAW_HAS_NEXT)
    return load<f64>(at, DRAW_NEXT)
  }
  let x: f64
  let y: f64
  let s: f64
  do {
    x = 2 * drawDouble(at) - 1
    y = 2 * drawDouble(at) - 1
    s = x * x + y * y
  } while (s >= 1 || s == 0)
  const factor = sqrt((-2 * mathLog(s)) / s)
  store<f64>(at, y * factor, DRAW_NEXT)
  store<u32>(at, 1, DRAW_HAS_NEXT)
  return x * factor
}

/** Digits and letters of both cases. */
export function drawText(at: usize, length: i32, out: usize): void {
  const start = beginText(length)
  for (let i = 0; i < length; i++) {
    const place = <u32>abs(<i32>nextBits(at) % 62)
    store<u8>(start + i, <u8>(place < 10 ? 0x30 + place : place < 36 ? 87 + place : 29 + place))
  }
  endText(start, start + length, out)
}

/** A UUID of version 4, from two sequences of 64 bits. */
export function drawUuid(at: usize, out: usize): void {
  const high = (nextBits(at) & ~0xf000) | 0x4000
  const low = (nextBits(at + DRAW_SECOND) & 0x3fffffffffffffff) | 0x8000000000000000
  const start = beginText(36)
  let end = start
  for (let i = 0; i < 32; i++) {
    if (i == 8 || i == 12 || i == 16 || i == 20) store<u8>(end++, 0x2d)
    const word = i < 16 ? high : low
    store<u8>(end++, lowerHexDigit(<u32>(word >> (<u64>(15 - (i & 15)) << 2)) & 15))
  }
  endText(start, end, out)
}

/** How many rows of the task came before, and 2^33 for each task before it. */
export function drawRow(at: usize): i64 {
  const row = load<i64>(at, DRAW_STATE)
  store<i64>(at, row + 1, DRAW_STATE)
  return row
}

export function drawTask(at: usize): i32 {
  return load<i32>(at, DRAW_TASK)
}
