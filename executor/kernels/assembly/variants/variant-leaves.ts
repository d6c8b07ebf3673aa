// The plain value of a variant that was read last put into the slot of a type, as `try_cast` casts it; false where that gives NULL.
import {
  JSON_BIGINT,
  JSON_BINARY,
  JSON_BOOLEAN,
  JSON_DATE,
  JSON_DECIMAL,
  JSON_FLOAT,
  JSON_SCALE_SHIFT,
  JSON_STRING,
  JSON_TIME,
  JSON_TIMESTAMP,
  JSON_TIMESTAMP_NTZ,
} from '../../interface/json-spec'
import {
  IS_BINARY,
  IS_BOOLEAN,
  IS_DATE,
  IS_DECIMAL,
  IS_DOUBLE,
  IS_FLOAT,
  IS_STRING,
  IS_TIMESTAMP,
  IS_TIMESTAMP_NTZ,
  IS_UUID,
  IS_WHOLE,
} from '../../interface/variant'
import { floorDays } from '../times/dates'
import { decimalIntegerDivide, decimalRescale } from '../numbers/decimal'
import { doubleFromDecimal, floatFromDecimal, parseDouble, parseFloat } from '../numbers/double-parse'
import { decimalFromDouble } from '../numbers/doubles'
import { parseBoolean, parseDecimal, parseLong } from '../numbers/integers'
import { storeWhole } from '../json/json-values'
import { parseClock, parseDate, parseTimestamp, ZONE_COUNTS, ZONE_IGNORED } from '../times/time-parse'
import { bytes, floating, high, kind, scale, size, whole } from './variant'
import { localOf, plainText, zoneAt, zoneBytes } from './variant-json'
import { zoneInstant } from '../times/zones'

const MICROS_PER_SECOND: i64 = 1000000
const MICROS_PER_DAY: i64 = 86400000000
const NANOS_PER_MICRO: i64 = 1000
const MICROS_DIGITS = 6
const MOST_DAYS: i64 = 106751991
const MOST_SECONDS: i64 = 9223372036854
const MOST_PRECISION: i32 = (1 << JSON_SCALE_SHIFT) - 1
const SCRATCH: usize = memory.data(16, 16)

/** @param argument of a decimal: its precision, its scale above; of a time how many nanoseconds its last digit has */
export function storeLeaf(target: i32, argument: i32, slot: usize): bool {
  if (target == JSON_STRING || (target == JSON_BINARY && (kind == IS_STRING || kind == IS_BINARY || kind == IS_UUID))) {
    plainText(slot)
    return true
  }
  switch (target) {
    case JSON_BOOLEAN:
      return storeBoolean(slot)
    case JSON_BINARY:
      return false
    case JSON_DECIMAL:
      return storeDecimal(argument & MOST_PRECISION, argument >> JSON_SCALE_SHIFT, slot)
    case JSON_DATE:
      return storeDate(slot)
    case JSON_TIMESTAMP:
      return storeInstant(slot)
    case JSON_TIMESTAMP_NTZ:
      return storeLocal(slot)
    case JSON_TIME:
      return storeClock(argument, slot)
    default:
      return target <= JSON_BIGINT ? storeInteger(target, slot) : storeFloating(target, slot)
  }
}

function storeBoolean(slot: usize): bool {
  let value: i32
  if (kind == IS_BOOLEAN || kind == IS_WHOLE) value = i32(whole != 0)
  else if (kind == IS_DOUBLE || kind == IS_FLOAT) value = i32(floating != 0)
  else if (kind == IS_DECIMAL) value = i32((whole | high) != 0)
  else if (kind == IS_STRING) value = parseBoolean(bytes, size)
  else return false
  store<i32>(slot, value)
  return value >= 0
}

function storeInteger(target: i32, slot: usize): bool {
  let value = whole
  if (kind == IS_DOUBLE || kind == IS_FLOAT) {
    const cut = trunc(floating)
    // The bound of bigint is the double nearest to it, which becomes it.
    if (!(cut >= -9223372036854775808.0 && cut <= 9223372036854775807.0)) return false
    value = cut >= 9223372036854775807.0 ? i64.MAX_VALUE : <i64>cut
  } else if (kind == IS_DECIMAL) {
    if (decimalIntegerDivide(whole, high, 1, 0, -scale, SCRATCH)) return false
    value = load<i64>(SCRATCH)
  } else if (kind == IS_STRING) {
    if (parseLong(bytes, size, SCRATCH)) return false
    value = load<i64>(SCRATCH)
  } else if (kind == IS_TIMESTAMP) value = floorSeconds(whole)
  else if (kind != IS_BOOLEAN && kind != IS_WHOLE) return false
  return storeWhole(target, value, slot)
}

function floorSeconds(micros: i64): i64 {
  const seconds = micros / MICROS_PER_SECOND
  return micros % MICROS_PER_SECOND < 0 ? seconds - 1 : seconds
}

function storeFloating(target: i32, slot: usize): bool {
  const isSingle = target == JSON_FLOAT
  let value = floating
  if (kind == IS_BOOLEAN || kind == IS_WHOLE) value = isSingle ? <f64>(<f32>whole) : <f64>whole
  else if (kind == IS_DECIMAL) value = isSingle ? floatFromDecimal(whole, high, scale) : doubleFromDecimal(whole, high, scale)
  else if (kind == IS_STRING) {
    if (isSingle ? parseFloat(bytes, size, SCRATCH) : parseDouble(bytes, size, SCRATCH)) return false
    value = load<f64>(SCRATCH)
  } else if (kind == IS_TIMESTAMP) value = <f64>whole / <f64>MICROS_PER_SECOND
  else if (kind != IS_DOUBLE && kind != IS_FLOAT) return false
  if (isSingle) store<f32>(slot, <f32>value)
  else store<f64>(slot, value)
  return true
}

function storeDecimal(precision: i32, to: i32, slot: usize): bool {
  if (kind == IS_BOOLEAN || kind == IS_WHOLE) return decimalRescale(whole, whole >> 63, to, precision, slot) == 0
  if (kind == IS_DECIMAL) return decimalRescale(whole, high, to - scale, precision, slot) == 0
  if (kind == IS_DOUBLE || kind == IS_FLOAT) return decimalFromDouble(floating, precision, to, slot) == 0
  if (kind == IS_STRING) return parseDecimal(bytes, size, precision, to, slot) == 0
  return kind == IS_TIMESTAMP && decimalFromDouble(<f64>whole / <f64>MICROS_PER_SECOND, precision, to, slot) == 0
}

function storeDate(slot: usize): bool {
  if (kind == IS_STRING) return parseDate(bytes, size, slot) == 0
  if (kind == IS_DATE) store<i32>(slot, <i32>whole)
  else if (kind == IS_TIMESTAMP) store<i32>(slot, <i32>floorDays(localOf(whole)))
  else if (kind == IS_TIMESTAMP_NTZ) store<i32>(slot, <i32>floorDays(whole))
  else return false
  return true
}

@inline
function instantOf(local: i64): i64 {
  return (zoneBytes() > 0 ? zoneInstant(local, zoneAt(), zoneBytes()) : local)
}

/** Numbers are seconds. */
function storeInstant(slot: usize): bool {
  if (kind == IS_STRING) return parseTimestamp(bytes, size, ZONE_COUNTS, zoneAt(), zoneBytes(), slot) == 0
  if (kind == IS_TIMESTAMP) store<i64>(slot, whole)
  else if (kind == IS_TIMESTAMP_NTZ) store<i64>(slot, instantOf(whole))
  else if (kind == IS_WHOLE) {
    if (whole > MOST_SECONDS || whole < -MOST_SECONDS) return false
    store<i64>(slot, whole * MICROS_PER_SECOND)
  } else if (kind == IS_DECIMAL) return decimalIntegerDivide(whole, high, 1, 0, MICROS_DIGITS - scale, slot) == 0
  else if (kind == IS_DOUBLE || kind == IS_FLOAT) {
    const micros = trunc(floating * <f64>MICROS_PER_SECOND)
    if (!(abs(micros) <= 9223372036854775807.0)) return false
    store<i64>(slot, micros >= 9223372036854775807.0 ? i64.MAX_VALUE : <i64>micros)
  } else {
    if (kind != IS_DATE || !isInRange(whole)) return false
    store<i64>(slot, instantOf(whole * MICROS_PER_DAY))
  }
  return true
}

/** Whether the midnight of a day is a timestamp. */
@inline
function isInRange(days: i64): bool {
  return days <= MOST_DAYS && days >= -MOST_DAYS
}

function storeLocal(slot: usize): bool {
  if (kind == IS_STRING) return parseTimestamp(bytes, size, ZONE_IGNORED, 0, 0, slot) == 0
  if (kind == IS_TIMESTAMP) store<i64>(slot, localOf(whole))
  else if (kind == IS_TIMESTAMP_NTZ) store<i64>(slot, whole)
  else {
    if (kind != IS_DATE || !isInRange(whole)) return false
    store<i64>(slot, whole * MICROS_PER_DAY)
  }
  return true
}

/** Of timestamps the time of day. */
function storeClock(unit: i32, slot: usize): bool {
  if (kind == IS_STRING) {
    if (parseClock(bytes, size, slot)) return false
  } else {
    if (kind != IS_TIMESTAMP && kind != IS_TIMESTAMP_NTZ) return false
    const local = kind == IS_TIMESTAMP ? localOf(whole) : whole
    store<i64>(slot, (local - floorDays(local) * MICROS_PER_DAY) * NANOS_PER_MICRO)
  }
  const nanos = load<i64>(slot)
  store<i64>(slot, nanos - (nanos % <i64>unit))
  return true
}
