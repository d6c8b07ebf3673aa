// Records of a Kafka record batch (format 2) into columns. The bytes come from outside: every length is checked.

// The state of a decoder, filled by the host: see connectors/kafka/reader/records.ts.
const POSITION: usize = 0
const END: usize = 4
const REMAINING: usize = 8
const ROWS: usize = 12
const FROM: usize = 16
const UNTIL: usize = 24
const BASE_OFFSET: usize = 32
const BASE_TIMESTAMP: usize = 40
const APPEND_TIMESTAMP: usize = 48
const TIMESTAMP_TYPE: usize = 56
const MAX_ROWS: usize = 60
// Addresses of columns, 0 for those not wanted.
const KEY: usize = 64
const KEY_VALIDITY: usize = 68
const VALUE: usize = 72
const VALUE_VALIDITY: usize = 76
const OFFSET: usize = 80
const TIMESTAMP: usize = 84
const TYPE: usize = 88

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
 * Decodes records until the batch ends, `MAX_ROWS` rows are there or `UNTIL` is reached; those before `FROM` are left out.
 * @returns 1, or 0 when the batch is malformed
 */
export function kafkaRecords(state: usize): i32 {
  at = load<u32>(state, POSITION)
  const end: usize = load<u32>(state, END)
  let remaining = load<i32>(state, REMAINING)
  let row = load<i32>(state, ROWS)
  const maxRows = load<i32>(state, MAX_ROWS)
  const from = load<i64>(state, FROM)
  const until = load<i64>(state, UNTIL)
  const baseOffset = load<i64>(state, BASE_OFFSET)
  const baseTimestamp = load<i64>(state, BASE_TIMESTAMP)
  const timestampType = load<i32>(state, TIMESTAMP_TYPE)
  const key: usize = load<u32>(state, KEY)
  const keyValidity: usize = load<u32>(state, KEY_VALIDITY)
  const value: usize = load<u32>(state, VALUE)
  const valueValidity: usize = load<u32>(state, VALUE_VALIDITY)
  const offsets: usize = load<u32>(state, OFFSET)
  const timestamps: usize = load<u32>(state, TIMESTAMP)
  const types: usize = load<u32>(state, TYPE)
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
      const millis = timestampType == 1 ? load<i64>(state, APPEND_TIMESTAMP) : baseTimestamp + timestampDelta
      store<i64>(timestamps + (<usize>row << 3), millis * 1000)
    }
    if (types != 0) store<i32>(types + (<usize>row << 2), timestampType)
    row++
  }
  store<u32>(state, <u32>at, POSITION)
  store<i32>(state, remaining, REMAINING)
  store<i32>(state, row, ROWS)
  return 1
}
