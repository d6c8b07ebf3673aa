// Values of PLAIN pages and dictionaries (Parquet's Encodings.md) as the engine holds them.
import {
  PLAIN_BYTES_TO_INT128,
  PLAIN_BYTES_TO_INT64,
  PLAIN_BYTES_TO_REFS,
  PLAIN_COPY,
  PLAIN_FIXED_TO_INT128,
  PLAIN_FIXED_TO_INT64,
  PLAIN_FIXED_TO_REFS,
  PLAIN_FLOAT_TO_DOUBLE,
  PLAIN_HALF_TO_FLOAT,
  PLAIN_INT32_TO_DOUBLE,
  PLAIN_INT32_TO_INT16,
  PLAIN_INT32_TO_INT64,
  PLAIN_INT32_TO_INT8,
  PLAIN_INT64_TO_INT128,
  PLAIN_INT96_TO_MICROS,
  PLAIN_MILLIS_TO_MICROS,
  PLAIN_NANOS_TO_MICROS,
  PLAIN_TIME_MICROS_TO_NANOS,
  PLAIN_TIME_NANOS,
  PLAIN_UINT32_TO_INT64,
  PLAIN_UINT64_TO_INT128,
} from '../../interface/parquet'

const JULIAN_DAY_OF_EPOCH: i64 = 2440588
const MICROS_PER_DAY: i64 = 86400000000
// What 64 bits of microseconds hold.
const MOST_MILLIS: i64 = i64.MAX_VALUE / 1000
const MOST_DAYS: i64 = i64.MAX_VALUE / MICROS_PER_DAY

@inline
function floorDivide(a: i64, b: i64): i64 {
  const quotient = a / b
  return quotient - i64(quotient * b > a)
}

/** A big-endian two's complement integer of 1 to 16 bytes as 16 bytes little-endian. False when it is longer and does not fit. */
function bigEndian(source: usize, length: usize, out: usize): bool {
  const negative = length > 0 && load<u8>(source) > 127
  const fill: u64 = negative ? -1 : 0
  while (length > 16) {
    if (<u64>load<u8>(source) != (fill & 255)) return false
    source++
    length--
  }
  let low = fill
  let high = fill
  for (let i: usize = 0; i < length; i++) {
    high = (high << 8) | (low >> 56)
    low = (low << 8) | <u64>load<u8>(source + i)
  }
  store<u64>(out, low)
  store<u64>(out, high, 8)
  return true
}

/** The same for 64 bits. */
function bigEndian64(source: usize, length: usize, out: usize): bool {
  if (length <= 8) {
    let value: i64 = length > 0 && load<u8>(source) > 127 ? -1 : 0
    for (let i: usize = 0; i < length; i++) value = (value << 8) | <i64>load<u8>(source + i)
    store<i64>(out, value)
    return true
  }
  const fill: u8 = load<u8>(source) > 127 ? 255 : 0
  for (; length > 8; length--) if (load<u8>(source++) != fill) return false
  store<u64>(out, bswap(load<u64>(source)))
  return load<i64>(out) < 0 == fill > 0
}

function half(bits: u32): f32 {
  const sign = (bits & 0x8000) << 16
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent == 0) return reinterpret<f32>(sign | reinterpret<u32>(<f32>fraction / 16777216))
  if (exponent == 31) return reinterpret<f32>(sign | 0x7f800000 | (fraction << 13))
  return reinterpret<f32>(sign | ((exponent + 112) << 23) | (fraction << 13))
}

/** Times of so many nanoseconds as multiples of others. False when a day has no such time. */
function timeNanos(source: usize, stop: usize, out: usize, unit: i64, multiple: i64): bool {
  const units = MICROS_PER_DAY * 1000 / unit
  for (; source < stop; source += 8, out += 8) {
    const value = load<i64>(source)
    if (value < 0 || value >= units) return false
    store<i64>(out, value * unit - ((value * unit) % multiple))
  }
  return true
}

/** Nanoseconds of the day, then the Julian day. False when a time is beyond 64 bits of microseconds. */
function int96ToMicros(source: usize, stop: usize, out: usize): bool {
  for (; source < stop; source += 12, out += 8) {
    const day = <i64>load<i32>(source, 8) - JULIAN_DAY_OF_EPOCH
    const midnight = day * MICROS_PER_DAY
    const micros = midnight + floorDivide(load<i64>(source), 1000)
    const isBeyond = day > MOST_DAYS || day < -MOST_DAYS || ((midnight ^ micros) & (load<i64>(source) ^ micros)) < 0
    if (isBeyond) return false
    store<i64>(out, micros)
  }
  return true
}

/** Converts instants and times of day; false when a value does not fit its type. */
function plainTimes(kind: i32, source: usize, stop: usize, out: usize): bool {
  if (kind == PLAIN_INT96_TO_MICROS) return int96ToMicros(source, stop, out)
  if (kind == PLAIN_TIME_MICROS_TO_NANOS) return timeNanos(source, stop, out, 1000, 1)
  if (kind == PLAIN_TIME_NANOS) return timeNanos(source, stop, out, 1, 1000)
  if (kind == PLAIN_NANOS_TO_MICROS) {
    for (; source < stop; source += 8, out += 8) store<i64>(out, floorDivide(load<i64>(source), 1000))
    return true
  }
  for (; source < stop; source += 8, out += 8) {
    const millis = load<i64>(source)
    if (millis > MOST_MILLIS || millis < -MOST_MILLIS) return false
    store<i64>(out, millis * 1000)
  }
  return true
}

/**
 * Converts `count` values of `length` bytes each (where it is fixed); returns where the next one begins, or 0 when the page
 * ends too early or a value does not fit its type.
 */
export function parquetPlain(kind: i32, source: usize, end: usize, length: usize, count: u32, target: usize): usize {
  if (source > end) return 0
  if (kind >= PLAIN_BYTES_TO_INT64 && kind <= PLAIN_BYTES_TO_REFS) return plainByteArrays(kind, source, end, count, target)
  const bytes = <u64>count * length
  if (bytes > <u64>(end - source)) return 0
  const stop = source + <usize>bytes
  let out = target
  switch (kind) {
    case PLAIN_COPY:
      memory.copy(target, source, <usize>bytes)
      break
    case PLAIN_INT32_TO_INT8:
      for (; source < stop; source += 4) store<u8>(out++, load<u8>(source))
      break
    case PLAIN_INT32_TO_INT16:
      for (; source < stop; source += 4, out += 2) store<u16>(out, load<u16>(source))
      break
    case PLAIN_INT32_TO_INT64:
      for (; source < stop; source += 4, out += 8) store<i64>(out, <i64>load<i32>(source))
      break
    case PLAIN_UINT32_TO_INT64:
      for (; source < stop; source += 4, out += 8) store<u64>(out, <u64>load<u32>(source))
      break
    case PLAIN_INT32_TO_DOUBLE:
      for (; source < stop; source += 4, out += 8) store<f64>(out, <f64>load<i32>(source))
      break
    case PLAIN_FLOAT_TO_DOUBLE:
      for (; source < stop; source += 4, out += 8) store<f64>(out, <f64>load<f32>(source))
      break
    case PLAIN_UINT64_TO_INT128:
      for (; source < stop; source += 8, out += 16) {
        store<u64>(out, load<u64>(source))
        store<u64>(out, 0, 8)
      }
      break
    case PLAIN_INT64_TO_INT128:
      for (; source < stop; source += 8, out += 16) {
        const value = load<i64>(source)
        store<i64>(out, value)
        store<i64>(out, value >> 63, 8)
      }
      break
    case PLAIN_MILLIS_TO_MICROS:
    case PLAIN_NANOS_TO_MICROS:
    case PLAIN_INT96_TO_MICROS:
    case PLAIN_TIME_MICROS_TO_NANOS:
    case PLAIN_TIME_NANOS:
      if (!plainTimes(kind, source, stop, out)) return 0
      break
    case PLAIN_FIXED_TO_INT64:
      for (; source < stop; source += length, out += 8) if (!bigEndian64(source, length, out)) return 0
      break
    case PLAIN_FIXED_TO_INT128:
      for (; source < stop; source += length, out += 16) if (!bigEndian(source, length, out)) return 0
      break
    case PLAIN_FIXED_TO_REFS:
      for (; source < stop; source += length, out += 8) {
        store<u32>(out, <u32>source)
        store<u32>(out, <u32>length, 4)
      }
      break
    case PLAIN_HALF_TO_FLOAT:
      for (; source < stop; source += 2, out += 4) store<f32>(out, half(load<u16>(source)))
      break
    default:
      return 0
  }
  return stop
}

function plainByteArrays(kind: i32, source: usize, end: usize, count: u32, target: usize): usize {
  let at = source
  let out = target
  if (kind == PLAIN_BYTES_TO_REFS) {
    for (const stop = target + (<usize>count << 3); out < stop; out += 8) {
      if (end - at < 4) return 0
      const length = <usize>load<u32>(at)
      at += 4
      if (length > end - at) return 0
      store<u64>(out, (<u64>length << 32) | <u64>at)
      at += length
    }
    return at
  }
  for (let i: u32 = 0; i < count; i++) {
    if (end - at < 4) return 0
    const length = <usize>load<u32>(at)
    at += 4
    if (length > end - at) return 0
    if (kind == PLAIN_BYTES_TO_INT64) {
      if (!bigEndian64(at, length, out)) return 0
      out += 8
    } else {
      if (!bigEndian(at, length, out)) return 0
      out += 16
    }
    at += length
  }
  return at
}

@inline
function spread<T>(data: usize, levels: usize, count: usize, values: usize, most: u8, zero: T): void {
  let from = data + values * sizeof<T>()
  for (let i = count; i > 0; ) {
    i--
    const present = load<u8>(levels + i) == most
    const before = from - sizeof<T>()
    store<T>(data + i * sizeof<T>(), select<T>(load<T>(before), zero, present))
    from = select<usize>(before, from, present)
  }
}

/** Moves `values` dense values of `width` bytes to where their level is `most`, with zeros elsewhere, in place from the end. */
export function parquetSpread(width: u32, data: usize, levels: usize, count: u32, values: u32, most: u32): void {
  switch (width) {
    case 1:
      return spread<u8>(data, levels, count, values, <u8>most, 0)
    case 2:
      return spread<u16>(data, levels, count, values, <u8>most, 0)
    case 4:
      return spread<u32>(data, levels, count, values, <u8>most, 0)
    case 8:
      return spread<u64>(data, levels, count, values, <u8>most, 0)
    case 16:
      return spread<v128>(data, levels, count, values, <u8>most, i64x2.splat(0))
    default:
      return
  }
}

/** Validity by levels: 1 where a level is at least `least`. Source and target may be the same. */
export function parquetValidity(levels: usize, count: u32, least: u32, target: usize): void {
  for (let i: usize = 0; i < <usize>count; i++) store<u8>(target + i, u8(<u32>load<u8>(levels + i) >= least))
}
