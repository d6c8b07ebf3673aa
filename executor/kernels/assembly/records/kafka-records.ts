// Records of a Kafka record batch (format 2) into columns. The bytes come from outside: every length is checked.
import {
  RECORDS_APPEND_TIMESTAMP,
  RECORDS_BASE_OFFSET,
  RECORDS_BASE_TIMESTAMP,
  RECORDS_END,
  RECORDS_FROM,
  RECORDS_KEY,
  RECORDS_KEY_VALIDITY,
  RECORDS_MAX_ROWS,
  RECORDS_OFFSET,
  RECORDS_POSITION,
  RECORDS_REMAINING,
  RECORDS_ROWS,
  RECORDS_TIMESTAMP,
  RECORDS_TIMESTAMP_TYPE,
  RECORDS_TYPE,
  RECORDS_UNTIL,
  RECORDS_VALUE,
  RECORDS_VALUE_VALIDITY,
} from '../../interface/kafka-records'

let at: usize = 0
let stop: usize = 0
let broken: bool = false

/** A zigzag varint of at most ten bytes. */
function varint(): i64 {
  let value: u64 = 0
  let shift: u64 = 0
  while (at < stop && shift < 70) {
    const byte = <u64>load<u8>(at++)
    value |= (byte & 127) << shift
    if (byte < 128) return <i64>(value >>> 1) ^ -(<i64>(value & 1))
    shift += 7
  }
  broken = true
  return 0
}

@inline
function short(): i64 {
  if (at < stop) {
    const byte = <u64>load<u8>(at)
    if (byte < 128) {
      at++
      return <i64>(byte >>> 1) ^ -(<i64>(byte & 1))
    }
  }
  return varint()
}

@inline
function bytes(data: usize, validity: usize, row: usize): void {
  const length = short()
  if (length < -1 || length > <i64>(stop - at)) {
    broken = true
    return
  }
  const present = length >= 0
  const size: u64 = present ? <u64>length : 0
  if (data != 0) {
    store<u64>(data + (row << 3), <u64>at | (size << 32))
    store<u8>(validity + row, present ? 1 : 0)
  }
  at += <usize>size
}

/**
 * Decodes records until the batch ends, RECORDS_MAX_ROWS rows are there or RECORDS_UNTIL is reached; those before RECORDS_FROM are left out.
 * @returns 1, or 0 when the batch is malformed
 */
export function kafkaRecords(state: usize): i32 {
  at = load<u32>(state, RECORDS_POSITION)
  const end: usize = load<u32>(state, RECORDS_END)
  let remaining = load<i32>(state, RECORDS_REMAINING)
  let row = load<i32>(state, RECORDS_ROWS)
  const maxRows = load<i32>(state, RECORDS_MAX_ROWS)
  const from = load<i64>(state, RECORDS_FROM)
  const until = load<i64>(state, RECORDS_UNTIL)
  const baseOffset = load<i64>(state, RECORDS_BASE_OFFSET)
  const baseTimestamp = load<i64>(state, RECORDS_BASE_TIMESTAMP)
  const timestampType = load<i32>(state, RECORDS_TIMESTAMP_TYPE)
  const key: usize = load<u32>(state, RECORDS_KEY)
  const keyValidity: usize = load<u32>(state, RECORDS_KEY_VALIDITY)
  const value: usize = load<u32>(state, RECORDS_VALUE)
  const valueValidity: usize = load<u32>(state, RECORDS_VALUE_VALIDITY)
  const offsets: usize = load<u32>(state, RECORDS_OFFSET)
  const timestamps: usize = load<u32>(state, RECORDS_TIMESTAMP)
  const types: usize = load<u32>(state, RECORDS_TYPE)
  broken = false
  while (remaining > 0 && row < maxRows) {
    stop = end
    const length = short()
    if (broken || length < 1 || length > <i64>(end - at)) return 0
    stop = at + <usize>length
    at++
    const timestampDelta = short()
    const offset = baseOffset + short()
    if (offset >= until) {
      remaining = 0
      break
    }
    bytes(key, keyValidity, row)
    bytes(value, valueValidity, row)
    if (broken) return 0
    at = stop
    remaining--
    if (offset < from) continue
    if (offsets != 0) store<i64>(offsets + (<usize>row << 3), offset)
    if (timestamps != 0) {
      const millis = timestampType == 1 ? load<i64>(state, RECORDS_APPEND_TIMESTAMP) : baseTimestamp + timestampDelta
      store<i64>(timestamps + (<usize>row << 3), millis * 1000)
    }
    if (types != 0) store<i32>(types + (<usize>row << 2), timestampType)
    row++
  }
  store<u32>(state, <u32>at, RECORDS_POSITION)
  store<i32>(state, remaining, RECORDS_REMAINING)
  store<i32>(state, row, RECORDS_ROWS)
  return 1
}
