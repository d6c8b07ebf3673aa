// The keys of the variant that is being made, each once, in the order in which they came.
import { allocate, reallocate } from '../memory'

const KEY_BYTES: usize = 12
const KEY_ADDRESS = 0
const KEY_LENGTH = 4
/** Where the table names it. */
const KEY_PLACE = 8
const FIRST_KEYS = 64

let keys: usize = 0
let room = 0
let count = 0
let bytes: u32 = 0
/** Numbers of keys from 1 on by the hashes of their texts; twice as many places as there is room for keys. */
let table: usize = 0

export function keysBegin(): void {
  for (let i = 0; i < count; i++) store<u32>(table + (<usize>load<u32>(keys + <usize>i * KEY_BYTES, KEY_PLACE) << 2), 0)
  count = 0
  bytes = 0
}

@inline
export function keyCount(): i32 {
  return count
}
/** How many bytes the texts of all keys have. */
@inline
export function keyBytes(): u32 {
  return bytes
}
@inline
export function keyAddress(id: i32): usize {
  return load<u32>(keys + <usize>id * KEY_BYTES, KEY_ADDRESS)
}
@inline
export function keySize(id: i32): i32 {
  return load<i32>(keys + <usize>id * KEY_BYTES, KEY_LENGTH)
}

function hashOf(at: usize, length: i32): u32 {
  let hash: u32 = 0x811c9dc5
  for (let i = 0; i < length; i++) hash = (hash ^ load<u8>(at + i)) * 0x01000193
  return hash ^ (hash >> 15)
}

/** The number of a key, whose text must stay where it is. */
export function keyOf(at: usize, length: i32): i32 {
  if (count == room) grow()
  const mask = <u32>(room * 2 - 1)
  let place = hashOf(at, length) & mask
  while (true) {
    const found = load<i32>(table + (<usize>place << 2)) - 1
    if (found < 0) break
    if (keySize(found) == length && memory.compare(keyAddress(found), at, length) == 0) return found
    place = (place + 1) & mask
  }
  const key = keys + <usize>count * KEY_BYTES
  store<u32>(key, <u32>at, KEY_ADDRESS)
  store<u32>(key, <u32>length, KEY_LENGTH)
  put(count, place)
  bytes += length
  return count++
}

function put(id: i32, place: u32): void {
  store<u32>(keys + <usize>id * KEY_BYTES, place, KEY_PLACE)
  store<i32>(table + (<usize>place << 2), id + 1)
}

function grow(): void {
  const before = room
  room = before == 0 ? FIRST_KEYS : before * 2
  keys = before == 0 ? allocate(<usize>room * KEY_BYTES) : reallocate(keys, <usize>room * KEY_BYTES)
  table = before == 0 ? allocate(<usize>room << 3) : reallocate(table, <usize>room << 3)
  memory.fill(table, 0, <usize>room << 3)
  const mask = <u32>(room * 2 - 1)
  for (let id = 0; id < count; id++) {
    let place = hashOf(keyAddress(id), keySize(id)) & mask
    while (load<i32>(table + (<usize>place << 2)) != 0) place = (place + 1) & mask
    put(id, place)
  }
}

/** How many bytes the metadata has, of numbers of so many bytes. */
@inline
export function keysLength(width: u32): u32 {
  return 1 + (<u32>count + 2) * width + bytes
}

/** Writes what of the metadata stands behind its first byte. */
export function keysWrite(at: usize, width: u32): void {
  at = writeNumber(at, count, width)
  let end: u32 = 0
  for (let id = 0; id <= count; id++) {
    at = writeNumber(at, end, width)
    if (id < count) end += keySize(id)
  }
  for (let id = 0; id < count; id++) {
    memory.copy(at, keyAddress(id), keySize(id))
    at += keySize(id)
  }
}

function writeNumber(at: usize, value: u32, width: u32): usize {
  for (let i: u32 = 0; i < width; i++) store<u8>(at + i, <u8>(value >> (i << 3)))
  return at + width
}

/** The order of keys, that of Java's strings: by units of UTF-16. */
export function compareKeys(a: usize, aLength: i32, b: usize, bLength: i32): i32 {
  const length = min(aLength, bLength)
  for (let i = 0; i < length; i++) {
    const x = <i32>load<u8>(a + i)
    const y = <i32>load<u8>(b + i)
    if (x == y) continue
    // Points beyond 16 bits begin with a surrogate there, which comes before the last points of 16 bits.
    if (x >= 0xee && y >= 0xee && (x >= 0xf0) != (y >= 0xf0)) return x >= 0xf0 ? -1 : 1
    return x - y
  }
  return aLength - bLength
}
