// Numbers of PostgreSQL's binary COPY as decimals.
import {
  POSTGRES_FULL,
  POSTGRES_INFINITE,
  POSTGRES_MALFORMED,
  POSTGRES_NOT_A_NUMBER,
  POSTGRES_PRECISION,
  POSTGRES_SCALE,
  POSTGRES_TOO_LARGE,
} from '../../interface/postgres'
import { decimalExceeds } from '../numbers/decimal'

const BASE: u64 = 10000
const NEGATIVE: u16 = 0x4000
const NUMERIC_HEAD: usize = 8
const LEAST_DIGIT: i32 = 4

@inline
export function word2(at: usize): u16 {
  return bswap<u16>(load<u16>(at))
}

/** The unscaled number, in words of 32 bits, the lowest first. */
let limb0: u64 = 0
let limb1: u64 = 0
let limb2: u64 = 0
let limb3: u64 = 0

/** Appends digits to the number; false when it has no room for them. */
function append(factor: u64, digits: u64): bool {
  const low: u64 = 0xffff_ffff
  let carry = limb0 * factor + digits
  limb0 = carry & low
  carry = limb1 * factor + (carry >> 32)
  limb1 = carry & low
  carry = limb2 * factor + (carry >> 32)
  limb2 = carry & low
  carry = limb3 * factor + (carry >> 32)
  limb3 = carry & low
  return carry >> 32 == 0
}

/** 10 to the power of 0 to 4. */
function tenTo(power: i32): u64 {
  let value: u64 = 1
  for (let i = 0; i < power; i++) value *= 10
  return value
}

/** A number is groups of four digits, of which the first stands for 10000 to the power of `weight`. */
export function readDecimal(column: usize, to: usize, at: usize, length: i32, isWide: bool): u32 {
  if (<usize>length < NUMERIC_HEAD) return POSTGRES_MALFORMED
  const groups = <i32>word2(at)
  const weight = <i32><i16>word2(at + 2)
  const sign = word2(at + 4)
  if (sign == 0xc000) return POSTGRES_NOT_A_NUMBER
  if (sign == 0xd000 || sign == 0xf000) return POSTGRES_INFINITE
  if (sign != 0 && sign != NEGATIVE) return POSTGRES_MALFORMED
  if (<usize>length != NUMERIC_HEAD + (<usize>groups << 1)) return POSTGRES_MALFORMED
  const scale = <i32>load<u32>(column, POSTGRES_SCALE)
  limb0 = limb1 = limb2 = limb3 = 0
  // The power of ten of the lowest digit of the group, counted from the lowest one that is kept.
  let power = weight * LEAST_DIGIT + scale
  for (let i = 0; i < groups; i++, power -= LEAST_DIGIT) {
    if (power <= -LEAST_DIGIT) break
    const digits: u64 = word2(at + NUMERIC_HEAD + (<usize>i << 1))
    if (digits >= BASE) return POSTGRES_MALFORMED
    const kept = power < 0 ? LEAST_DIGIT + power : LEAST_DIGIT
    if (!append(tenTo(kept), digits / tenTo(LEAST_DIGIT - kept))) return POSTGRES_TOO_LARGE
  }
  // Zeros at the end are left out: `power` is now what the next group would have.
  if ((limb0 | limb1 | limb2 | limb3) != 0)
    for (let zeros = power + LEAST_DIGIT; zeros > 0; zeros -= LEAST_DIGIT)
      if (!append(tenTo(min(zeros, LEAST_DIGIT)), 0)) return POSTGRES_TOO_LARGE
  return storeDecimal(to, sign == NEGATIVE, isWide, load<i32>(column, POSTGRES_PRECISION))
}

function storeDecimal(to: usize, isNegative: bool, isWide: bool, precision: i32): u32 {
  let low = limb0 | (limb1 << 32)
  let high = limb2 | (limb3 << 32)
  if (<i64>high < 0 || (!isWide && (high != 0 || <i64>low < 0))) return POSTGRES_TOO_LARGE
  if (isNegative) {
    low = ~low + 1
    high = low == 0 ? ~high + 1 : ~high
  }
  if (decimalExceeds(<i64>low, <i64>high, precision) != 0) return POSTGRES_TOO_LARGE
  store<u64>(to, low)
  if (isWide) store<u64>(to, high, 8)
  return POSTGRES_FULL
}
