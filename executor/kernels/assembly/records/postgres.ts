// Rows of PostgreSQL's binary COPY into columns, out of the messages of the server as they came (interface/postgres.ts). Nothing that is read is
// trusted: a value that does not end within its row, or has not the bytes of its type, makes the rows malformed.
import { SLOT_LENGTH } from '../../interface/packed'
import {
  POSTGRES_AT,
  POSTGRES_BOOLEAN,
  POSTGRES_BYTES,
  POSTGRES_COLUMN,
  POSTGRES_COLUMN_BYTES,
  POSTGRES_DATA,
  POSTGRES_DATE,
  POSTGRES_DECIMAL64,
  POSTGRES_DECIMAL128,
  POSTGRES_FULL,
  POSTGRES_INFINITE,
  POSTGRES_ELEMENT,
  POSTGRES_KIND,
  POSTGRES_LIST,
  POSTGRES_MALFORMED,
  POSTGRES_MORE,
  POSTGRES_NEEDED,
  POSTGRES_NESTED,
  POSTGRES_OTHER,
  POSTGRES_SLOT_BYTES,
  POSTGRES_SLOT_VALUE,
  POSTGRES_STATUS,
  POSTGRES_TIME,
  POSTGRES_TIMESTAMP,
  POSTGRES_TOO_LARGE,
  POSTGRES_TYPE,
  POSTGRES_VALIDITY,
  POSTGRES_WORD2,
  POSTGRES_WORD4,
  POSTGRES_WORD8,
} from '../../interface/postgres'
import { slotsAllocate, slotsPack } from '../nested/packed-slots'
import { readDecimal, word2 } from './postgres-decimal'

/** The tag of a message with a row, and what goes before its content: the tag and its length, which counts itself. */
const ROW: u8 = 0x64
const HEAD: usize = 5
/** The first two bytes of the signature before the first row: no row has so many columns. */
const SIGNATURE: u16 = 0x4750
const SIGNATURE_BYTES: usize = 19
const TRAILER: u16 = 0xffff
/** From 1970-01-01, as which days and microseconds are counted here, to 2000-01-01. */
const DAYS: i32 = 10957
const MICROS: i64 = 946684800000000
const NANOS_PER_MICRO: i64 = 1000
/** Before the elements of an array: how many dimensions, whether there are NULLs, the type, and of the one dimension how many elements and its first index. */
const LIST_HEAD: usize = 12
const DIMENSION: usize = 8
const MOST_DIMENSIONS: i32 = 6

@inline
function word4(at: usize): u32 {
  return bswap<u32>(load<u32>(at))
}

@inline
function word8(at: usize): u64 {
  return bswap<u64>(load<u64>(at))
}

/**
 * Reads rows into columns, from the row `first` on until there are `most`. Returns how many there are then; `outcome` tells the rest.
 */
export function postgresRows(
  columns: usize,
  count: i32,
  from: usize,
  until: usize,
  first: i32,
  most: i32,
  outcome: usize,
): i32 {
  let row = first
  let status: u32 = POSTGRES_FULL
  store<u32>(outcome, 0, POSTGRES_NEEDED)
  while (row < most) {
    if (until - from < HEAD) {
      status = from < until && load<u8>(from) != ROW ? POSTGRES_OTHER : POSTGRES_MORE
      break
    }
    if (load<u8>(from) != ROW) {
      status = POSTGRES_OTHER
      break
    }
    const length: usize = word4(from + 1)
    if (length > <usize>i32.MAX_VALUE || length < 4) {
      status = POSTGRES_MALFORMED
      break
    }
    if (until - from <= length) {
      status = POSTGRES_MORE
      store<u32>(outcome, <u32>length + 1, POSTGRES_NEEDED)
      break
    }
    const next = from + 1 + length
    const begin = rowIn(from + HEAD, next)
    if (begin != 0) {
      status = readRow(columns, count, begin, next, row, outcome)
      if (status != POSTGRES_FULL) break
      row++
    }
    from = next
  }
  store<u32>(outcome, <u32>from, POSTGRES_AT)
  store<u32>(outcome, status, POSTGRES_STATUS)
  return row
}

/** Where the row of a message begins, behind the signature that the first may have; 0 when there is none in it. */
function rowIn(at: usize, end: usize): usize {
  if (end - at >= SIGNATURE_BYTES && load<u16>(at) == SIGNATURE) {
    const more: usize = word4(at + SIGNATURE_BYTES - 4)
    if (more > end - at - SIGNATURE_BYTES) return at
    at += SIGNATURE_BYTES + more
  }
  if (at == end || (end - at == 2 && load<u16>(at) == TRAILER)) return 0
  return at
}

function readRow(columns: usize, count: i32, at: usize, end: usize, row: i32, outcome: usize): u32 {
  if (end - at < 2 || <i32>word2(at) != count) return POSTGRES_MALFORMED
  at += 2
  for (let i = 0; i < count; i++, columns += POSTGRES_COLUMN_BYTES) {
    if (end - at < 4) return POSTGRES_MALFORMED
    const length = <i32>word4(at)
    at += 4
    const isPresent = length >= 0
    store<u8>(<usize>load<u32>(columns, POSTGRES_VALIDITY) + row, isPresent ? 1 : 0)
    if (!isPresent) {
      if (length != -1) return POSTGRES_MALFORMED
      const kind = load<u32>(columns, POSTGRES_KIND)
      if (kind == POSTGRES_BYTES || kind == POSTGRES_LIST) store<u64>(<usize>load<u32>(columns, POSTGRES_DATA) + (<usize>row << 3), 0)
      continue
    }
    if (<usize>length > end - at) return POSTGRES_MALFORMED
    const status = readValue(columns, at, length, row)
    if (status != POSTGRES_FULL) {
      store<u32>(outcome, <u32>i, POSTGRES_COLUMN)
      return status
    }
    at += length
  }
  return at == end ? POSTGRES_FULL : POSTGRES_MALFORMED
}

function readValue(column: usize, at: usize, length: i32, row: i32): u32 {
  const data: usize = load<u32>(column, POSTGRES_DATA)
  const index = <usize>row
  switch (load<u32>(column, POSTGRES_KIND)) {
    case POSTGRES_BOOLEAN:
      if (length != 1) return POSTGRES_MALFORMED
      store<u8>(data + index, load<u8>(at) == 0 ? 0 : 1)
      return POSTGRES_FULL
    case POSTGRES_WORD2:
      if (length != 2) return POSTGRES_MALFORMED
      store<u16>(data + (index << 1), word2(at))
      return POSTGRES_FULL
    case POSTGRES_WORD4:
      if (length != 4) return POSTGRES_MALFORMED
      store<u32>(data + (index << 2), word4(at))
      return POSTGRES_FULL
    case POSTGRES_WORD8:
      if (length != 8) return POSTGRES_MALFORMED
      store<u64>(data + (index << 3), word8(at))
      return POSTGRES_FULL
    case POSTGRES_BYTES:
      store<u32>(data + (index << 3), <u32>at)
      store<u32>(data + (index << 3), <u32>length, SLOT_LENGTH)
      return POSTGRES_FULL
    case POSTGRES_LIST:
      return readList(column, data + (index << 3), at, length)
    case POSTGRES_DATE:
      return readDate(data + (index << 2), at, length)
    case POSTGRES_TIMESTAMP:
      return readTimestamp(data + (index << 3), at, length)
    case POSTGRES_TIME:
      if (length != 8) return POSTGRES_MALFORMED
      store<i64>(data + (index << 3), <i64>word8(at) * NANOS_PER_MICRO)
      return POSTGRES_FULL
    case POSTGRES_DECIMAL64:
      return readDecimal(column, data + (index << 3), at, length, false)
    case POSTGRES_DECIMAL128:
      return readDecimal(column, data + (index << 4), at, length, true)
    default:
      return POSTGRES_MALFORMED
  }
}

function readDate(to: usize, at: usize, length: i32): u32 {
  if (length != 4) return POSTGRES_MALFORMED
  const days = <i32>word4(at)
  if (days == i32.MAX_VALUE || days == i32.MIN_VALUE) return POSTGRES_INFINITE
  if (days > i32.MAX_VALUE - DAYS) return POSTGRES_TOO_LARGE
  store<i32>(to, days + DAYS)
  return POSTGRES_FULL
}

function readTimestamp(to: usize, at: usize, length: i32): u32 {
  if (length != 8) return POSTGRES_MALFORMED
  const micros = <i64>word8(at)
  if (micros == i64.MAX_VALUE || micros == i64.MIN_VALUE) return POSTGRES_INFINITE
  if (micros > i64.MAX_VALUE - MICROS) return POSTGRES_TOO_LARGE
  store<i64>(to, micros + MICROS)
  return POSTGRES_FULL
}

/** An array of one dimension: its elements go into slots of the arena, which are packed. */
function readList(column: usize, to: usize, at: usize, length: i32): u32 {
  if (<usize>length < LIST_HEAD) return POSTGRES_MALFORMED
  const end = at + length
  const dimensions = <i32>word4(at)
  at += LIST_HEAD
  let count = 0
  if (dimensions != 0) {
    if (dimensions < 0 || dimensions > MOST_DIMENSIONS) return POSTGRES_MALFORMED
    if (dimensions > 1) return POSTGRES_NESTED
    if (end - at < DIMENSION) return POSTGRES_MALFORMED
    count = <i32>word4(at)
    at += DIMENSION
    // Each element has its length at least.
    if (count < 0 || <usize>count > (end - at) >> 2) return POSTGRES_MALFORMED
  }
  const slotBytes = load<i32>(column, POSTGRES_SLOT_BYTES)
  const slots = slotsAllocate(count, slotBytes)
  memory.fill(slots, 0, <usize>count * slotBytes)
  for (let i = 0; i < count; i++) {
    if (end - at < 4) return POSTGRES_MALFORMED
    const bytes = <i32>word4(at)
    at += 4
    const slot = slots + <usize>i * slotBytes
    if (bytes < 0) {
      if (bytes != -1) return POSTGRES_MALFORMED
      store<u8>(slot, 1)
      continue
    }
    if (<usize>bytes > end - at) return POSTGRES_MALFORMED
    const element: usize = load<u32>(column, POSTGRES_ELEMENT)
    store<u32>(element, <u32>slot + load<u32>(column, POSTGRES_SLOT_VALUE), POSTGRES_DATA)
    const status = readValue(element, at, bytes, 0)
    if (status != POSTGRES_FULL) return status
    at += bytes
  }
  if (at != end) return POSTGRES_MALFORMED
  slotsPack(load<u32>(column, POSTGRES_TYPE), slots, count, slotBytes, to)
  return POSTGRES_FULL
}
