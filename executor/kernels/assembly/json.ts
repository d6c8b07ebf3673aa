// Named fields out of JSON text, for from_json. The text comes from outside: nothing beyond its end is read, and its depth is bounded.
import { parseDouble } from './doubles'
import { parseDecimal } from './integers'
import {
  blank,
  digitCount,
  digits,
  escaped,
  exponential,
  fractionCount,
  integerDigits,
  integral,
  MAX_DEPTH,
  negative,
  plainAt,
  plainLength,
  skipNumber,
  skipString,
  skipValue,
  unescape,
} from './json-scan'
import { parseDate, parseTimestamp } from './times'

// Layout of a spec: see executor/kernels/json-spec.ts.
const FIELDS: usize = 8
const FIELD_BYTES: usize = 32
const SLOT_BITS: usize = 5
const VALIDITY: usize = 16

const BOOLEAN = 1
const TINYINT = 2
const SMALLINT = 3
const INT = 4
const BIGINT = 5
const FLOAT = 6
const DOUBLE = 7
const DECIMAL = 8
const STRING = 9
const DATE = 10
const TIMESTAMP = 11
const TIMESTAMP_NTZ = 12
const STRUCT = 13

const scratch: usize = memory.data(16, 16)

function sameBytes(a: usize, b: usize, length: usize): bool {
  for (let i: usize = 0; i < length; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false
  return true
}

/** The index of the field of that name, looked for from `expected` on, which is where it mostly is; -1 for none. */
function findField(spec: usize, node: usize, count: i32, key: usize, length: i32, expected: i32, end: usize): i32 {
  let head: u64 = 0
  if (key + 8 <= end) {
    head = load<u64>(key)
    if (length < 8) head &= ((<u64>1) << (<u64>length << 3)) - 1
  } else {
    for (let i = min(length, 8) - 1; i >= 0; i--) head = (head << 8) | <u64>load<u8>(key + <usize>i)
  }
  let index = expected
  for (let tried = 0; tried < count; tried++) {
    if (index >= count) index = 0
    const field = node + FIELDS + <usize>index * FIELD_BYTES
    if (load<u64>(field) == head && load<i32>(field, 8) == length) {
      if (length <= 8 || sameBytes(key + 8, spec + load<u32>(field, 12) + 8, length - 8)) return index
    }
    index++
  }
  return -1
}

function storeLong(kind: i32, slot: usize): bool {
  if (!integral) return false
  let value: i64
  if (digitCount <= 18) value = <i64>digits
  else if (digitCount > 19 || (digitCount == 19 && digits > 0x7fff_ffff_ffff_ffff + <u64>negative)) return false
  else value = <i64>digits
  if (negative) value = -value
  if (kind == BIGINT) {
    store<i64>(slot, value)
    return true
  }
  const bits: i64 = kind == INT ? 31 : kind == SMALLINT ? 15 : 7
  if (value >> bits != 0 && value >> bits != -1) return false
  store<i32>(slot, <i32>value)
  return true
}

const powers: usize = memory.data<f64>([
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22,
])

function storeDouble(kind: i32, start: usize, stop: usize, slot: usize): bool {
  let value: f64
  if (!exponential && digitCount <= 15) {
    // Both are exact, so their quotient is the nearest double.
    value = <f64>digits / load<f64>(powers + (<usize>fractionCount << 3))
    if (negative) value = -value
  } else {
    if (parseDouble(start, <i32>(stop - start), scratch)) return false
    value = load<f64>(scratch)
  }
  if (kind == FLOAT) store<f32>(slot, <f32>value)
  else store<f64>(slot, value)
  return true
}

function storeDecimal(argument: i32, start: usize, stop: usize, slot: usize): bool {
  const precision = argument & 255
  const scale = argument >> 8
  const up = scale - fractionCount
  if (precision <= 18 && !exponential && up >= 0 && integerDigits <= precision - scale && digitCount + up <= 18) {
    let value = <i64>digits
    for (let i = 0; i < up; i++) value *= 10
    store<i64>(slot, negative ? -value : value)
    return true
  }
  return parseDecimal(start, <i32>(stop - start), precision, scale, slot) == 0
}

function storeNumber(kind: i32, argument: i32, start: usize, stop: usize, slot: usize): bool {
  if (kind >= TINYINT && kind <= BIGINT) return storeLong(kind, slot)
  if (kind == FLOAT || kind == DOUBLE) return storeDouble(kind, start, stop, slot)
  if (kind == DECIMAL) return storeDecimal(argument, start, stop, slot)
  if (kind == TIMESTAMP && storeLong(BIGINT, slot)) {
    // As in Spark, a number is seconds.
    const seconds = load<i64>(slot)
    if (seconds > 9223372036854 || seconds < -9223372036854) return false
    store<i64>(slot, seconds * 1000000)
    return true
  }
  return false
}

function storeText(kind: i32, argument: i32, at: usize, length: i32, slot: usize): bool {
  switch (kind) {
    case DATE:
      return parseDate(at, length, slot) == 0
    case TIMESTAMP:
      return parseTimestamp(at, length, 1, slot) == 0
    case TIMESTAMP_NTZ:
      return parseTimestamp(at, length, 0, slot) == 0
    case DECIMAL:
      return length > 0 && parseDecimal(at, length, argument & 255, argument >> 8, slot) == 0
    case FLOAT:
    case DOUBLE: {
      // Only NaN and the infinities are written as strings.
      if (length == 0 || (load<u8>(at + <usize>length - 1) | 32) < 97) return false
      if (parseDouble(at, length, scratch)) return false
      const value = load<f64>(scratch)
      if (value - value == 0) return false
      if (kind == FLOAT) store<f32>(slot, <f32>value)
      else store<f64>(slot, value)
      return true
    }
    default:
      return false
  }
}

/** Puts a value into its slot, or leaves that NULL when the value is of another kind; returns where the value ends, 0 when malformed. */
function extractLeaf(kind: i32, argument: i32, p: usize, end: usize, slot: usize, depth: i32): usize {
  if (p >= end) return 0
  const c = load<u8>(p)
  store<u8>(slot, 0, VALIDITY)
  if (c == 0x22) {
    const start = p + 1
    const after = skipString(start, end)
    if (after == 0) return 0
    let at = start
    let length = <i32>(after - 1 - start)
    if (escaped) {
      if (!unescape(start, after - 1)) return 0
      at = plainAt
      length = plainLength
    }
    if (kind == STRING) {
      store<u32>(slot, <u32>at)
      store<u32>(slot, <u32>length, 4)
      store<u8>(slot, 1, VALIDITY)
    } else if (storeText(kind, argument, at, length, slot)) store<u8>(slot, 1, VALIDITY)
    return after
  }
  if (kind != STRING && (c == 0x2d || <u32>c - 48 < 10)) {
    const after = skipNumber(p, end)
    if (after != 0 && storeNumber(kind, argument, p, after, slot)) store<u8>(slot, 1, VALIDITY)
    return after
  }
  const after = skipValue(p, end, depth)
  if (after == 0 || c == 0x6e) return after
  if (kind == STRING) {
    store<u32>(slot, <u32>p)
    store<u32>(slot, <u32>(after - p), 4)
    store<u8>(slot, 1, VALIDITY)
  } else if (kind == BOOLEAN && (c == 0x74 || c == 0x66)) {
    store<i32>(slot, i32(c == 0x74))
    store<u8>(slot, 1, VALIDITY)
  }
  return after
}

function clear(slot: usize, count: i32): void {
  for (let i = 0; i < count; i++) store<u8>(slot + (<usize>i << SLOT_BITS), 0, VALIDITY)
}

function extractObject(spec: usize, node: usize, p: usize, end: usize, out: usize, depth: i32): usize {
  if (depth > MAX_DEPTH) return 0
  const count = load<i32>(node)
  let expected = 0
  p = blank(p, end)
  if (p < end && load<u8>(p) == 0x7d) return p + 1
  while (true) {
    p = blank(p, end)
    if (p >= end || load<u8>(p) != 0x22) return 0
    let key = p + 1
    p = skipString(key, end)
    if (p == 0) return 0
    let length = <i32>(p - 1 - key)
    let keyEnd = end
    if (escaped) {
      if (!unescape(key, p - 1)) return 0
      key = plainAt
      length = plainLength
      keyEnd = key + <usize>length
    }
    p = blank(p, end)
    if (p >= end || load<u8>(p) != 0x3a) return 0
    p = blank(p + 1, end)
    const index = findField(spec, node, count, key, length, expected, keyEnd)
    if (index < 0) p = skipValue(p, end, depth)
    else {
      expected = index + 1
      const field = node + FIELDS + <usize>index * FIELD_BYTES
      const kind = load<i32>(field, 16)
      const argument = load<i32>(field, 20)
      const slot = out + (<usize>load<u32>(field, 24) << SLOT_BITS)
      if (kind != STRUCT) p = extractLeaf(kind, argument, p, end, slot, depth)
      else {
        clear(slot, load<i32>(field, 28))
        if (p < end && load<u8>(p) == 0x7b) p = extractObject(spec, spec + argument, p + 1, end, out, depth + 1)
        else p = skipValue(p, end, depth)
      }
    }
    if (p == 0) return 0
    p = blank(p, end)
    if (p >= end) return 0
    const c = load<u8>(p++)
    if (c == 0x7d) return p
    if (c != 0x2c) return 0
  }
}

/**
 * Puts the fields of a JSON object that `spec` names into slots of 32 bytes at `out`, one for each field that is no struct, depth
 * first: the value at 0 (integers below 64 bits as i32; strings as address and length, within the text or the arena), 1 at 16
 * when there is one. What is missing, null, of another kind or out of range is NULL; of equal keys the last counts.
 * @returns 1, or 0 when the text is not one JSON object
 */
export function json_extract(spec: usize, text: usize, length: i32, out: usize): i32 {
  clear(out, load<i32>(spec, 4))
  const end = text + <usize>length
  let p = blank(text, end)
  if (p >= end || load<u8>(p) != 0x7b) return 0
  p = extractObject(spec, spec, p + 1, end, out, 1)
  return i32(p != 0 && blank(p, end) == end)
}
