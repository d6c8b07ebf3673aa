// Values of JSON as most are: short strings without escapes, and numbers of few digits. They are read at once, without what others need; any other value is left
// to json-leaves.ts.
import { JSON_SLOT_VALIDITY, JSON_STRING } from '../../interface/json-spec'
import { storeBytes } from './json-leaves'
import { stopFrom } from './json-scan'
import { noDigits } from '../numbers/plain-number'
import { isUsualKind, MOST_DIGITS, storeDigits } from '../numbers/usual-number'

const QUOTE: u32 = 0x22
const MOST_BYTES = 16
const MINUS: u32 = 0x2d
const POINT: u32 = 0x2e

/** Puts a value into a slot of a field of one of the usual types; returns where it ends, 0 when it is none of these and nothing was put. */
@inline
export function extractUsual(kind: i32, p: usize, end: usize, slot: usize): usize {
  if (kind == JSON_STRING) return usualString(p, end, slot)
  return isUsualKind(kind) ? usualNumber(kind, p, end, slot) : 0
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

// The usual number that was looked at last: its sign, where its digits begin, how many of them are before the point and how many bytes they take with it.
let sign: u64 = 0
let first: usize = 0
let whole: i32 = 0
let length: i32 = 0
export let hasFraction = false

/**
 * Where a number ends that has few digits before the point and no exponent, and is followed by something; 0 for any other value. Up to 16 bytes behind the text are loaded and do not
 * count. What a sign or a point is is not asked for by branches, as it may be drawn.
 */
@inline
export function behindUsualNumber(p: usize, end: usize): usize {
  sign = <u64>(load<u8>(p) == MINUS)
  first = p + <usize>sign
  const others = noDigits(first)
  whole = ctz(others)
  if (<u32>whole - 1 >= <u32>MOST_DIGITS) return 0
  hasFraction = load<u8>(first + <usize>whole) == POINT
  length = hasFraction ? ctz(others & (others - 1)) : whole
  const fraction = length - whole - i32(hasFraction)
  const behind = first + <usize>length
  // None of 16 bytes ends one that is longer.
  if (length > MOST_BYTES || behind >= end || (load<u8>(behind) | 0x20) == 0x65) return 0
  return (hasFraction && fraction == 0) || (whole > 1 && load<u8>(first) == 0x30) ? 0 : behind
}

function usualNumber(kind: i32, p: usize, end: usize, slot: usize): usize {
  if (p >= end) return 0
  const behind = behindUsualNumber(p, end)
  if (behind == 0 || !storeDigits(kind, sign, first, whole, length, slot)) return 0
  store<u8>(slot, 1, JSON_SLOT_VALIDITY)
  return behind
}
