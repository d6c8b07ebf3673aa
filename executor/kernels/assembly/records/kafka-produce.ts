// Rows of Arrow columns into Kafka record batches (format 2).
import {
  APPEND_BUILDERS,
  APPEND_DONE,
  APPEND_FULL,
  APPEND_KEY_BYTES,
  APPEND_KEY_OFFSETS,
  APPEND_KEY_VALIDITY,
  APPEND_NEEDED,
  APPEND_NO_PARTITION,
  APPEND_NO_ROOM,
  APPEND_PARTITIONS,
  APPEND_PARTITION_COUNT,
  APPEND_PARTITION_VALIDITY,
  APPEND_ROW,
  APPEND_ROWS,
  APPEND_STICKY,
  APPEND_VALUE_BYTES,
  APPEND_VALUE_OFFSETS,
  APPEND_VALUE_VALIDITY,
  BATCH_ADDRESS,
  BATCH_BUILDER_BYTES,
  BATCH_CAPACITY,
  BATCH_COUNT,
  BATCH_HEAD_BYTES,
  BATCH_POSITION,
} from '../../interface/kafka-append'
import { crc32c } from '../compression/crc32c'

/** The most a record takes besides its key and value. */
const RECORD_OVERHEAD = 40

/** The hash of keys by which Java's producer chooses partitions. */
export function murmur2(at: usize, length: i32): u32 {
  const m: u32 = 0x5bd1e995
  let h: u32 = 0x9747b28c ^ <u32>length
  let left = length
  while (left >= 4) {
    let k = load<u32>(at) * m
    k = (k ^ (k >>> 24)) * m
    h = (h * m) ^ k
    at += 4
    left -= 4
  }
  if (left == 3) h ^= <u32>load<u8>(at, 2) << 16
  if (left >= 2) h ^= <u32>load<u8>(at, 1) << 8
  if (left >= 1) h = (h ^ load<u8>(at)) * m
  h = (h ^ (h >>> 13)) * m
  return h ^ (h >>> 15)
}

@inline
function isValid(bits: usize, row: i32): bool {
  return bits == 0 || ((load<u8>(bits + <usize>(row >> 3)) >> (row & 7)) & 1) != 0
}

function writeVarint(at: usize, signed: i32): usize {
  let value = <u32>((signed << 1) ^ (signed >> 31))
  while (value > 127) {
    store<u8>(at++, (value & 127) | 128)
    value >>>= 7
  }
  store<u8>(at, value)
  return at + 1
}

@inline
function varintBytes(signed: i32): i32 {
  const value = <u32>((signed << 1) ^ (signed >> 31))
  return value < 128 ? 1 : (38 - clz(value)) / 7
}

@inline
function writeBytes(at: usize, from: usize, length: i32): usize {
  at = writeVarint(at, length)
  if (length <= 0) return at
  memory.copy(at, from, length)
  return at + <usize>length
}

/**
 * Appends rows to the builders of their partitions until all are done or one is full.
 * @returns APPEND_DONE; APPEND_NO_ROOM when the builder APPEND_FULL must be sent or grown to take APPEND_NEEDED more bytes;
 * APPEND_NO_PARTITION when APPEND_ROW has a partition that there is not
 */
export function kafkaAppend(state: usize): i32 {
  const rows = load<i32>(state, APPEND_ROWS)
  const keyOffsets: usize = load<u32>(state, APPEND_KEY_OFFSETS)
  const keyBytes: usize = load<u32>(state, APPEND_KEY_BYTES)
  const keyValidity: usize = load<u32>(state, APPEND_KEY_VALIDITY)
  const valueOffsets: usize = load<u32>(state, APPEND_VALUE_OFFSETS)
  const valueBytes: usize = load<u32>(state, APPEND_VALUE_BYTES)
  const valueValidity: usize = load<u32>(state, APPEND_VALUE_VALIDITY)
  const partitions: usize = load<u32>(state, APPEND_PARTITIONS)
  const partitionValidity: usize = load<u32>(state, APPEND_PARTITION_VALIDITY)
  const partitionCount = load<i32>(state, APPEND_PARTITION_COUNT)
  const builders: usize = load<u32>(state, APPEND_BUILDERS)
  for (let row = load<i32>(state, APPEND_ROW); row < rows; row++) {
    const cell = <usize>row << 2
    let keyLength = -1
    let key: usize = 0
    if (keyOffsets != 0 && isValid(keyValidity, row)) {
      const from = load<i32>(keyOffsets + cell)
      key = keyBytes + <usize>from
      keyLength = load<i32>(keyOffsets + cell, 4) - from
    }
    let valueLength = -1
    let value: usize = 0
    if (isValid(valueValidity, row)) {
      const from = load<i32>(valueOffsets + cell)
      value = valueBytes + <usize>from
      valueLength = load<i32>(valueOffsets + cell, 4) - from
    }
    let partition = load<i32>(state, APPEND_STICKY)
    if (partitions != 0 && isValid(partitionValidity, row)) partition = load<i32>(partitions + cell)
    else if (keyLength >= 0) partition = <i32>((murmur2(key, keyLength) & 0x7fff_ffff) % <u32>partitionCount)
    if (<u32>partition >= <u32>partitionCount) {
      store<i32>(state, row, APPEND_ROW)
      return APPEND_NO_PARTITION
    }
    const builder = builders + <usize>partition * BATCH_BUILDER_BYTES
    const position: usize = load<u32>(builder, BATCH_POSITION)
    const needed = max(keyLength, 0) + max(valueLength, 0) + RECORD_OVERHEAD
    if (<u32>position + <u32>needed > load<u32>(builder, BATCH_CAPACITY)) {
      store<i32>(state, row, APPEND_ROW)
      store<i32>(state, partition, APPEND_FULL)
      store<i32>(state, needed, APPEND_NEEDED)
      return APPEND_NO_ROOM
    }
    const count = load<i32>(builder, BATCH_COUNT)
    const start = <usize>load<u32>(builder, BATCH_ADDRESS) + position
    const size = 3 + varintBytes(count) + varintBytes(keyLength) + max(keyLength, 0) + varintBytes(valueLength) + max(valueLength, 0)
    let at = writeVarint(start, size)
    store<u16>(at, 0) // attributes, difference of time
    at = writeVarint(at + 2, count)
    at = writeBytes(at, key, keyLength)
    at = writeBytes(at, value, valueLength)
    store<u8>(at++, 0) // headers
    store<u32>(builder, <u32>(position + (at - start)), BATCH_POSITION)
    store<i32>(builder, count + 1, BATCH_COUNT)
  }
  store<i32>(state, rows, APPEND_ROW)
  return APPEND_DONE
}

/**
 * Completes a batch whose records lie behind the place of its head: the head, all times being `millis`, and its checksum. `sequence`
 * is that of its first record for the producer.
 */
export function kafkaSeal(
  at: usize, bytes: i32, count: i32, attributes: i32, millis: i64, producer: i64, epoch: i32, sequence: i32,
): void {
  memory.fill(at, 0, BATCH_HEAD_BYTES)
  store<i32>(at, bswap<i32>(bytes - 12), 8)
  store<i32>(at, -1, 12) // leader epoch
  store<u8>(at, 2, 16)
  store<u16>(at, bswap<u16>(<u16>attributes), 21)
  store<i32>(at, bswap<i32>(count - 1), 23)
  store<i64>(at, bswap<i64>(millis), 27)
  store<i64>(at, bswap<i64>(millis), 35)
  store<i64>(at, bswap<i64>(producer), 43)
  store<u16>(at, bswap<u16>(<u16>epoch), 51)
  store<i32>(at, bswap<i32>(sequence), 53)
  store<i32>(at, bswap<i32>(count), 57)
  store<u32>(at, bswap<u32>(crc32c(at + 21, bytes - 21)), 17)
}

/** Where the run of rows with the same text as row `first` ends. */
export function kafkaTextRun(offsets: usize, bytes: usize, first: i32, rows: i32): i32 {
  const from = load<i32>(offsets + (<usize>first << 2))
  const length = load<i32>(offsets + (<usize>first << 2), 4) - from
  let row = first + 1
  while (row < rows) {
    const other = load<i32>(offsets + (<usize>row << 2))
    if (load<i32>(offsets + (<usize>row << 2), 4) - other != length) break
    if (memory.compare(bytes + <usize>from, bytes + <usize>other, length) != 0) break
    row++
  }
  return row
}
