// Unsigned integers of up to 4096 bits as arrays of 32-bit limbs, least significant first, without leading zero limbs.
// Not for the hot path: decimals beyond 64 bits, and numbers as text where doubles are not exact.

const BASE_DIGITS = 9
const BASE: u64 = 1000000000

/** Drops leading zero limbs. */
export function trimLimbs(at: usize, count: i32): i32 {
  while (count > 0 && load<u32>(at + ((count - 1) << 2)) == 0) count--
  return count
}

/** Writes 128 bits; returns the number of limbs. */
export function limbsFrom128(at: usize, low: u64, high: u64): i32 {
  store<u64>(at, low)
  store<u64>(at, high, 8)
  return trimLimbs(at, 4)
}

/** x = x * factor + addend. Room for one more limb is needed. */
export function multiplySmall(at: usize, count: i32, factor: u32, addend: u32): i32 {
  let carry: u64 = addend
  for (let i = 0; i < count; i++) {
    const p = at + (i << 2)
    carry += <u64>load<u32>(p) * factor
    store<u32>(p, <u32>carry)
    carry >>= 32
  }
  if (carry != 0) store<u32>(at + (count++ << 2), <u32>carry)
  return count
}

/** x = x / divisor; returns the remainder. Leading zero limbs may remain. */
export function divideSmall(at: usize, count: i32, divisor: u32): u32 {
  let rest: u64 = 0
  for (let i = count - 1; i >= 0; i--) {
    const p = at + (i << 2)
    const part = (rest << 32) | load<u32>(p)
    store<u32>(p, <u32>(part / divisor))
    rest = part % divisor
  }
  return <u32>rest
}

function smallPower(exponent: i32): u32 {
  let power: u32 = 1
  for (let i = 0; i < exponent; i++) power *= 10
  return power
}

/** x = x * 10^exponent. */
export function multiplyPowerOfTen(at: usize, count: i32, exponent: i32): i32 {
  for (; exponent >= BASE_DIGITS; exponent -= BASE_DIGITS) count = multiplySmall(at, count, <u32>BASE, 0)
  return exponent > 0 ? multiplySmall(at, count, smallPower(exponent), 0) : count
}

/** x = x / 10^exponent, half up: only the highest digit dropped matters. */
export function dividePowerOfTen(at: usize, count: i32, exponent: i32): i32 {
  if (exponent <= 0) return count
  exponent--
  for (; exponent >= BASE_DIGITS && count > 0; exponent -= BASE_DIGITS) {
    divideSmall(at, count, <u32>BASE)
    count = trimLimbs(at, count)
  }
  if (count == 0) return 0
  if (exponent > 0) {
    divideSmall(at, count, smallPower(min(exponent, BASE_DIGITS)))
    count = trimLimbs(at, count)
  }
  const last = divideSmall(at, count, 10)
  count = trimLimbs(at, count)
  return last >= 5 ? addSmall(at, count, 1) : count
}

export function addSmall(at: usize, count: i32, addend: u32): i32 {
  return multiplySmall(at, count, 1, addend)
}

/** x = x + y; x has room for one limb more than the longer. */
export function addLimbs(x: usize, xCount: i32, y: usize, yCount: i32): i32 {
  for (; xCount < yCount; xCount++) store<u32>(x + (xCount << 2), 0)
  let carry: u64 = 0
  for (let i = 0; i < xCount; i++) {
    const p = x + (i << 2)
    carry += <u64>load<u32>(p) + (i < yCount ? <u64>load<u32>(y + (i << 2)) : 0)
    store<u32>(p, <u32>carry)
    carry >>= 32
  }
  if (carry != 0) store<u32>(x + (xCount++ << 2), <u32>carry)
  return xCount
}

/** x = x - y, where x is not less than y. */
export function subtractLimbs(x: usize, xCount: i32, y: usize, yCount: i32): i32 {
  let borrow: i64 = 0
  for (let i = 0; i < xCount; i++) {
    const p = x + (i << 2)
    borrow += <i64>load<u32>(p) - (i < yCount ? <i64>load<u32>(y + (i << 2)) : 0)
    store<u32>(p, <u32>borrow)
    borrow >>= 32
  }
  return trimLimbs(x, xCount)
}

export function compareLimbs(x: usize, xCount: i32, y: usize, yCount: i32): i32 {
  if (xCount != yCount) return xCount - yCount
  for (let i = xCount - 1; i >= 0; i--) {
    const a = load<u32>(x + (i << 2))
    const b = load<u32>(y + (i << 2))
    if (a != b) return a < b ? -1 : 1
  }
  return 0
}

/** out = x * y; `out` must not overlap either. */
export function multiplyLimbs(x: usize, xCount: i32, y: usize, yCount: i32, out: usize): i32 {
  memory.fill(out, 0, (xCount + yCount) << 2)
  for (let i = 0; i < xCount; i++) {
    const factor = <u64>load<u32>(x + (i << 2))
    let carry: u64 = 0
    for (let j = 0; j < yCount; j++) {
      const p = out + ((i + j) << 2)
      carry += factor * load<u32>(y + (j << 2)) + load<u32>(p)
      store<u32>(p, <u32>carry)
      carry >>= 32
    }
    store<u32>(out + ((i + yCount) << 2), <u32>carry)
  }
  return trimLimbs(out, xCount + yCount)
}

/** x = x << bits, in place. */
export function shiftLeft(at: usize, count: i32, bits: i32): i32 {
  const limbs = bits >> 5
  const rest = bits & 31
  if (count == 0) return 0
  if (rest != 0) {
    let carry: u32 = 0
    for (let i = 0; i < count; i++) {
      const p = at + (i << 2)
      const limb = load<u32>(p)
      store<u32>(p, (limb << rest) | carry)
      carry = limb >> (32 - rest)
    }
    if (carry != 0) store<u32>(at + (count++ << 2), carry)
  }
  if (limbs > 0) {
    memory.copy(at + (limbs << 2), at, count << 2)
    memory.fill(at, 0, limbs << 2)
  }
  return count + limbs
}

function shiftRight(at: usize, count: i32, bits: i32): i32 {
  if (bits == 0) return trimLimbs(at, count)
  for (let i = 0; i < count; i++) {
    const p = at + (i << 2)
    const above = i + 1 < count ? load<u32>(p, 4) : 0
    store<u32>(p, (load<u32>(p) >> bits) | (above << (32 - bits)))
  }
  return trimLimbs(at, count)
}

/**
 * quotient = x / y and x = x % y; returns the quotient's limbs. y is not zero and is changed and restored; x needs room for one more limb. Knuth's
 * Algorithm D (The Art of Computer Programming 4.3.1), as in Hacker's Delight 9-2. `divisionRest` has the remainder's limbs.
 */
export let divisionRest = 0

export function divideLimbs(x: usize, xCount: i32, y: usize, yCount: i32, quotient: usize): i32 {
  if (xCount < yCount) {
    divisionRest = xCount
    return 0
  }
  if (yCount == 1) {
    memory.copy(quotient, x, xCount << 2)
    const rest = divideSmall(quotient, xCount, load<u32>(y))
    store<u32>(x, rest)
    divisionRest = rest == 0 ? 0 : 1
    return trimLimbs(quotient, xCount)
  }
  const shift = <i32>clz<u32>(load<u32>(y + ((yCount - 1) << 2)))
  store<u32>(x + (xCount << 2), 0)
  shiftLeft(x, xCount, shift)
  shiftLeft(y, yCount, shift)
  const top = <u64>load<u32>(y + ((yCount - 1) << 2))
  const second = <u64>load<u32>(y + ((yCount - 2) << 2))
  for (let j = xCount - yCount; j >= 0; j--) {
    const p = x + ((j + yCount) << 2)
    const head = (<u64>load<u32>(p) << 32) | load<u32>(p - 4)
    let digit = head / top
    let rest = head % top
    while (digit >= 0x100000000 || digit * second > ((rest << 32) | load<u32>(p - 8))) {
      digit--
      rest += top
      if (rest >= 0x100000000) break
    }
    let carry: u64 = 0
    let borrow: i64 = 0
    for (let i = 0; i < yCount; i++) {
      const at = x + ((i + j) << 2)
      carry += digit * load<u32>(y + (i << 2))
      borrow += <i64>load<u32>(at) - <i64>(carry & 0xffffffff)
      store<u32>(at, <u32>borrow)
      borrow >>= 32
      carry >>= 32
    }
    borrow += <i64>load<u32>(p) - <i64>carry
    store<u32>(p, <u32>borrow)
    if (borrow < 0) {
      digit--
      let add: u64 = 0
      for (let i = 0; i < yCount; i++) {
        const at = x + ((i + j) << 2)
        add += <u64>load<u32>(at) + load<u32>(y + (i << 2))
        store<u32>(at, <u32>add)
        add >>= 32
      }
      store<u32>(p, load<u32>(p) + <u32>add)
    }
    store<u32>(quotient + (j << 2), <u32>digit)
  }
  divisionRest = shiftRight(x, yCount, shift)
  shiftRight(y, yCount, shift)
  return trimLimbs(quotient, xCount - yCount + 1)
}
