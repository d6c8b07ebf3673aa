// Values as bytes that are in the order of the values, and back: the highest bytes first, the sign turned.
import { RESULT_ADDRESS, RESULT_HIGH, RESULT_LENGTH, RESULT_LOW } from '../../interface/text'
import { arenaAllocate } from '../arena'
import { signedDoubleBits } from './hash-functions'

const LONG_END: f64 = 9223372036854775808.0

function give(at: usize, length: usize, out: usize): void {
  store<u32>(out, <u32>at, RESULT_ADDRESS)
  store<u32>(out, <u32>length, RESULT_LENGTH)
}

export function keyOfLong(value: i64, out: usize): void {
  const at = arenaAllocate(8)
  store<u64>(at, bswap<u64>(<u64>(value ^ i64.MIN_VALUE)))
  give(at, 8, out)
}

export function keyOfInt(value: i32, out: usize): void {
  keyOfLong(value, out)
}

/** Zeros are equal, and so is every NaN, which is the greatest. */
export function keyOfDouble(value: f64, out: usize): void {
  const bits = reinterpret<i64>(isNaN(value) ? NaN : value + 0)
  keyOfLong(bits ^ ((bits >> 63) & i64.MAX_VALUE), out)
}

/** The same where zeros are told apart by their signs. */
export function keyOfSignedDouble(value: f64, out: usize): void {
  const bits = signedDoubleBits(value)
  keyOfLong(bits ^ ((bits >> 63) & i64.MAX_VALUE), out)
}

export function keyOfDecimal(low: i64, high: i64, out: usize): void {
  const at = arenaAllocate(16)
  store<u64>(at, bswap<u64>(<u64>(high ^ i64.MIN_VALUE)))
  store<u64>(at, bswap<u64>(<u64>low), 8)
  give(at, 16, out)
}

/** A text among keys that follow it: its zero bytes are marked, and two of them end it. */
export function keyOfText(text: usize, length: i32, out: usize): void {
  const at = arenaAllocate((<usize>length << 1) + 2)
  let to = at
  for (let i = 0; i < length; i++) {
    const byte = load<u8>(text + i)
    store<u8>(to++, byte)
    if (byte == 0) store<u8>(to++, 0xff)
  }
  store<u16>(to, 0)
  give(at, to + 2 - at, out)
}

/** The bytes of the opposite order. */
export function keyBackwards(key: usize, length: i32, out: usize): void {
  const at = arenaAllocate(<usize>length)
  for (let i = 0; i < length; i++) store<u8>(at + i, ~load<u8>(key + i))
  give(at, length, out)
}

/** The bytes of a text as they are, or the text of bytes. */
export function sameBytes(at: usize, length: i32, out: usize): void {
  give(at, length, out)
}

export function longOfKey(key: usize, length: i32): i64 {
  return <i64>bswap<u64>(load<u64>(key)) ^ i64.MIN_VALUE
}

export function intOfKey(key: usize, length: i32): i32 {
  return <i32>longOfKey(key, length)
}

export function doubleOfKey(key: usize, length: i32): f64 {
  const bits = longOfKey(key, length)
  return reinterpret<f64>(bits ^ ((bits >> 63) & i64.MAX_VALUE))
}

export function decimalOfKey(key: usize, length: i32, out: usize): void {
  store<u64>(out, bswap<u64>(load<u64>(key, 8)), RESULT_LOW)
  store<u64>(out, bswap<u64>(load<u64>(key)) ^ <u64>i64.MIN_VALUE, RESULT_HIGH)
}

/** Times and intervals as numbers, and back: without what lies behind the point. */
export function doubleOfLong(value: i64): f64 {
  return <f64>value
}

export function doubleOfInt(value: i32): f64 {
  return <f64>value
}

export function longOfDouble(value: f64): i64 {
  if (value >= LONG_END) return i64.MAX_VALUE
  return value > -LONG_END ? <i64>value : value == value ? i64.MIN_VALUE : 0
}

export function intOfDouble(value: f64): i32 {
  return <i32>max(min(longOfDouble(value), <i64>i32.MAX_VALUE), <i64>i32.MIN_VALUE)
}
