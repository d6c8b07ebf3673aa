// Values of JSON as most are: short strings without escapes, and numbers of few digits. They are read at once, without what others need; any other value is left
// to json-leaves.ts.
import { JSON_BIGINT, JSON_DOUBLE, JSON_INT, JSON_SLOT_VALIDITY, JSON_STRING } from '../interface/json-spec'
import { storeBytes } from './json-leaves'
import { stopFrom } from './json-scan'
import { digitsAt } from './plain-number'
import { power } from './powers-of-ten'

const QUOTE: u32 = 0x22
const MINUS: u32 = 0x2d
const POINT: u32 = 0x2e
/** Numbers of so many digits are integers that doubles hold exactly. */
const MOST_DIGITS = 15

/** Puts a value into a slot of a field of one of the usual types; returns where it ends, 0 when it is none of these and nothing was put. */
@inline
export function extractUsual(kind: i32, p: usize, end: usize, slot: usize): usize {
  if (kind == JSON_STRING) return usualString(p, end, slot)
  return kind == JSON_DOUBLE || kind == JSON_BIGINT || kind == JSON_INT ? usualNumber(kind, p, end, slot) : 0
}

@inline
function usualString(p: usize, end: usize, slot: usize): usize {
  const start = p + 1
  if (start >= end || load<u8>(p) != QUOTE) return 0
  const stop = stopFrom(start, end)
  if (stop == end || load<u8>(stop) != QUOTE) return 0
  storeBytes(start, <i32>(stop - start), slot)
  return stop + 1
}

/** Up to 16 bytes behind the text are loaded and do not count. What a sign or a point is is not asked for by branches, as it may be drawn. */
function usualNumber(kind: i32, p: usize, end: usize, slot: usize): usize {
  if (p >= end) return 0
  const sign = <u64>(load<u8>(p) == MINUS)
  const first = p + <usize>sign
  const others = i8x16.bitmask(i8x16.gt_u(i8x16.sub(v128.load(first), i8x16.splat(0x30)), i8x16.splat(9)))
  const whole = ctz(others)
  if (<u32>whole - 1 >= <u32>MOST_DIGITS) return 0
  const hasPoint = load<u8>(first + <usize>whole) == POINT
  const length = hasPoint ? ctz(others & (others - 1)) : whole
  const fraction = length - whole - i32(hasPoint)
  const behind = first + <usize>length
  // The number has to be followed by something, which is no exponent.
  if (behind >= end || (load<u8>(behind) | 0x20) == 0x65 || length - i32(hasPoint) > MOST_DIGITS) return 0
  if ((hasPoint && fraction == 0) || (whole > 1 && load<u8>(first) == 0x30)) return 0
  const digits = digitsAt(first, whole, length)
  if (kind == JSON_DOUBLE) {
    const value = <f64><i64>digits / power(fraction)
    store<u64>(slot, reinterpret<u64>(value) | (sign << 63))
  } else {
    const value = <i64>((digits ^ (0 - sign)) + sign)
    if (hasPoint || (kind == JSON_INT && value != <i64><i32>value)) return 0
    store<i64>(slot, value)
  }
  store<u8>(slot, 1, JSON_SLOT_VALIDITY)
  return behind
}
