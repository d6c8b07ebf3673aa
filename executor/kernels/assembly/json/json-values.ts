// Values of JSON text put into the slots of fields, by the field's type. What cannot be put leaves the slot as it was.
import {
  JSON_BIGINT,
  JSON_BINARY,
  JSON_DATE,
  JSON_DECIMAL,
  JSON_DOUBLE,
  JSON_FLOAT,
  JSON_INT,
  JSON_INTERVAL_DT,
  JSON_INTERVAL_YM,
  JSON_SCALE_SHIFT,
  JSON_SMALLINT,
  JSON_TIME,
  JSON_TIMESTAMP,
  JSON_TIMESTAMP_NTZ,
  JSON_TINYINT,
} from '../../interface/json-spec'
import { FORMAT_DATE } from '../../interface/time-formats'
import { arenaAllocate } from '../arena'
import { decimalDouble, isNearPower } from '../numbers/decimal-double'
import { parseDouble, parseFloat, roundsTwice } from '../numbers/double-parse'
import { parseDecimal, parseLong } from '../numbers/integers'
import { digitCount, digits, exponential, fractionCount, integerDigits, integral, negative } from './json-numbers'
import { power } from '../numbers/powers-of-ten'
import { textUnbase64 } from '../text/text-codes'
import { readFormattedClock, readFormattedDate, readFormattedTime } from '../times/time-formats'

/** Writes the months or microseconds of an interval whose fields the argument tells; 0 when a text is none. */
@external("env", "readInterval")
export declare function readInterval(at: usize, length: i32, argument: i32, out: usize): i32

const scratch: usize = memory.data(16, 16)
/** What of the argument of a decimal is its precision. */
const MOST_PRECISION: i32 = (1 << JSON_SCALE_SHIFT) - 1
const INFINITY_WORD: u64 = 0x7974696e69666e49
/** So many digits fit 64 bits. */
const MOST_LONG_DIGITS = 19

/** How dates and times are told (interface/time-formats.ts). */
let formats: usize = 0
export function readTimesBy(timeFormats: usize): void {
  formats = timeFormats
}

function storeLong(kind: i32, slot: usize): bool {
  if (!integral) return false
  let value: i64
  if (digitCount <= 18) value = <i64>digits
  else if (digitCount > 19 || (digitCount == 19 && digits > 0x7fff_ffff_ffff_ffff + <u64>negative)) return false
  else value = <i64>digits
  if (negative) value = -value
  return storeWhole(kind, value, slot)
}

/** Puts a whole number, if it has room in its type. */
export function storeWhole(kind: i32, value: i64, slot: usize): bool {
  if (kind == JSON_BIGINT) {
    store<i64>(slot, value)
    return true
  }
  const bits: i64 = kind == JSON_INT ? 31 : kind == JSON_SMALLINT ? 15 : 7
  if (value >> bits != 0 && value >> bits != -1) return false
  store<i32>(slot, <i32>value)
  return true
}

function storeDouble(kind: i32, start: usize, stop: usize, slot: usize): bool {
  let value: f64
  if (!exponential && digitCount <= 15) {
    // Both are exact, so their quotient is the nearest double.
    value = <f64>digits / power(fractionCount)
    if (negative) value = -value
    if (kind != JSON_FLOAT || !roundsTwice(value)) {
      storeFloating(kind, value, slot)
      return true
    }
  }
  if (kind == JSON_DOUBLE && !exponential && digitCount <= MOST_LONG_DIGITS && isNearPower(-fractionCount)) {
    value = decimalDouble(digits, -fractionCount)
    storeFloating(kind, negative ? -value : value, slot)
    return true
  }
  const length = <i32>(stop - start)
  if (kind == JSON_FLOAT ? parseFloat(start, length, scratch) : parseDouble(start, length, scratch)) return false
  storeFloating(kind, load<f64>(scratch), slot)
  return true
}

function storeFloating(kind: i32, value: f64, slot: usize): void {
  if (kind == JSON_FLOAT) store<f32>(slot, <f32>value)
  else store<f64>(slot, value)
}

/** Puts NaN or an infinity, written without quotes. */
export function storeSpecialNumber(kind: i32, value: f64, slot: usize): bool {
  if (kind != JSON_FLOAT && kind != JSON_DOUBLE) return false
  storeFloating(kind, value, slot)
  return true
}

function storeDecimal(argument: i32, start: usize, stop: usize, slot: usize): bool {
  const precision = argument & MOST_PRECISION
  const scale = argument >> JSON_SCALE_SHIFT
  const up = scale - fractionCount
  if (precision <= 18 && !exponential && up >= 0 && integerDigits <= precision - scale && digitCount + up <= 18) {
    let value = <i64>digits
    for (let i = 0; i < up; i++) value *= 10
    store<i64>(slot, negative ? -value : value)
    return true
  }
  return parseDecimal(start, <i32>(stop - start), precision, scale, slot) == 0
}

export function storeNumber(kind: i32, argument: i32, start: usize, stop: usize, slot: usize): bool {
  if (kind >= JSON_TINYINT && kind <= JSON_BIGINT) return storeLong(kind, slot)
  if (kind == JSON_FLOAT || kind == JSON_DOUBLE) return storeDouble(kind, start, stop, slot)
  if (kind == JSON_DECIMAL) return storeDecimal(argument, start, stop, slot)
  if (kind == JSON_TIMESTAMP && storeLong(JSON_BIGINT, slot)) {
    // As in Spark, a number is seconds.
    const seconds = load<i64>(slot)
    if (seconds > 9223372036854 || seconds < -9223372036854) return false
    store<i64>(slot, seconds * 1000000)
    return true
  }
  return false
}

/** NaN, Infinity, ±Infinity and ±INF in quotes. */
function storeSpecialWord(kind: i32, at: usize, length: i32, slot: usize): bool {
  const first = length > 0 ? load<u8>(at) : 0
  const sign = first == 0x2d || first == 0x2b ? 1 : 0
  if (length == sign + 8 && load<u64>(at + sign) == INFINITY_WORD) return storeSpecialNumber(kind, first == 0x2d ? -Infinity : Infinity, slot)
  if (length != sign + 3) return false
  const word = <u32>load<u16>(at + sign) | (<u32>load<u8>(at + sign, 2) << 16)
  if (sign == 0) return word == 0x4e614e && storeSpecialNumber(kind, NaN, slot)
  return word == 0x464e49 && storeSpecialNumber(kind, first == 0x2d ? -Infinity : Infinity, slot)
}

/** A number in quotes is days, where it is no year. */
function storeDays(at: usize, length: i32, slot: usize): bool {
  // Not even blanks around it are taken.
  if (length == 0 || load<u8>(at) <= 0x20 || load<u8>(at + length - 1) <= 0x20) return false
  if (parseLong(at, length, scratch) || load<i64>(scratch) != <i64>load<i32>(scratch)) return false
  store<i32>(slot, load<i32>(scratch))
  return true
}

/** Base 64, which is padded. */
function storeBinary(at: usize, length: i32, slot: usize): bool {
  if (length % 4 != 0 || textUnbase64(at, length, 1, scratch) != 0) return false
  store<u64>(slot, load<u64>(scratch))
  return true
}

/** A decimal in quotes, which may have commas anywhere. */
export function storeDecimalText(argument: i32, at: usize, length: i32, slot: usize): bool {
  let start = at
  let count = 0
  for (let i = 0; i < length; i++) {
    if (load<u8>(at + i) != 0x2c) {
      if (start != at) store<u8>(start + count, load<u8>(at + i))
      count++
    } else if (start == at) {
      start = arenaAllocate(length)
      memory.copy(start, at, count)
    }
  }
  return count > 0 && parseDecimal(start, count, argument & MOST_PRECISION, argument >> JSON_SCALE_SHIFT, slot) == 0
}

export function storeText(kind: i32, argument: i32, at: usize, length: i32, slot: usize): bool {
  switch (kind) {
    case JSON_DATE:
      return readFormattedDate(formats, at, length, slot) || (load<i32>(formats, FORMAT_DATE + 4) == 0 && storeDays(at, length, slot))
    case JSON_TIMESTAMP:
      return readFormattedTime(formats, true, at, length, slot)
    case JSON_TIMESTAMP_NTZ:
      return readFormattedTime(formats, false, at, length, slot)
    case JSON_TIME:
      return readFormattedClock(formats, at, length, slot)
    case JSON_INTERVAL_YM:
    case JSON_INTERVAL_DT:
      return readInterval(at, length, argument, slot) != 0
    case JSON_BINARY:
      return storeBinary(at, length, slot)
    case JSON_DECIMAL:
      return storeDecimalText(argument, at, length, slot)
    case JSON_FLOAT:
    case JSON_DOUBLE:
      return storeSpecialWord(kind, at, length, slot)
    default:
      return false
  }
}
