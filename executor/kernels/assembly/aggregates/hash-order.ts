// The order in which Spark's maps of the values of a group give them: by their hashes in Java, in a table that doubles.
import { RESULT_ADDRESS, RESULT_LENGTH, ROUTINE_NULL, ROUTINE_VALUE } from '../../interface/text'
import { behind, LENGTH_BYTES, rowsIn } from './collected'
import { murmurInt } from '../rows/hash-functions'
import { allocate, release } from '../memory'
import { intOfKey } from '../rows/order-keys'

/** What is known of a value: where its text is, its hash, and how often it is there (u32 each). */
const ENTRY_BYTES: usize = 12
const ENTRY_HASH: usize = 4
const ENTRY_COUNT: usize = 8
const FIRST_CAPACITY = 64
/** The states that Spark makes of a group: of a task, as it is sent, and of all tasks. */
const COPIES = 3

/** A table of entries by their numbers from 1 on. */
let slots: usize = 0
let capacity = 0
let used = 0
let entries: usize = 0

function beginTable(): void {
  capacity = FIRST_CAPACITY
  slots = emptySlots(capacity)
  used = 0
}

function emptySlots(count: i32): usize {
  const at = allocate(<usize>count << 2)
  memory.fill(at, 0, <usize>count << 2)
  return at
}

@inline
function entryAt(number: i32): usize {
  return entries + <usize>(number - 1) * ENTRY_BYTES
}

/** Puts an entry that is not there yet. */
function put(number: i32): void {
  putInto(slots, capacity, number)
  if (++used <= capacity * 7 / 10) return
  const larger = emptySlots(capacity << 1)
  for (let i = 0; i < capacity; i++) {
    const moved = load<i32>(slots + (<usize>i << 2))
    if (moved != 0) putInto(larger, capacity << 1, moved)
  }
  release(slots)
  slots = larger
  capacity <<= 1
}

function putInto(table: usize, size: i32, number: i32): void {
  let slot = load<i32>(entryAt(number), ENTRY_HASH) & (size - 1)
  for (let step = 1; load<i32>(table + (<usize>slot << 2)) != 0; step++) slot = (slot + step) & (size - 1)
  store<i32>(table + (<usize>slot << 2), number)
}

/** The entry with a hash and a text; 0 where there is none. */
function find(hash: i32, text: usize): i32 {
  let slot = hash & (capacity - 1)
  let number = load<i32>(slots + (<usize>slot << 2))
  for (let step = 1; number != 0 && !isOf(entryAt(number), hash, text); step++) {
    slot = (slot + step) & (capacity - 1)
    number = load<i32>(slots + (<usize>slot << 2))
  }
  return number
}

function isOf(entry: usize, hash: i32, text: usize): bool {
  const other: usize = load<u32>(entry)
  return (
    load<i32>(entry, ENTRY_HASH) == hash &&
    memory.compare(other, text, LENGTH_BYTES) == 0 &&
    memory.compare(other + LENGTH_BYTES, text + LENGTH_BYTES, load<u32>(text)) == 0
  )
}

/** The same entries in a new table, in the order of this one. */
function copyTable(): void {
  const before = slots
  const count = capacity
  beginTable()
  for (let i = 0; i < count; i++) {
    const number = load<i32>(before + (<usize>i << 2))
    if (number != 0) put(number)
  }
  release(before)
}

/** Of rows with the key of a hash and a text, the text that is there most often; of several the one that comes first in Spark. */
export function mostFrequentByHash(at: usize, length: i32, out: usize): i32 {
  const count = rowsIn(at, length, 2)
  if (count == 0) return ROUTINE_NULL
  entries = allocate(<usize>count * ENTRY_BYTES)
  beginTable()
  const end = at + length
  for (let row = at; row < end; ) {
    const hash = murmurInt(intOfKey(row + LENGTH_BYTES, load<i32>(row)), 0, 0)
    const text = behind(row)
    const known = find(hash, text)
    const entry = entryAt(known == 0 ? used + 1 : known)
    if (known == 0) {
      store<u32>(entry, <u32>text)
      store<i32>(entry, hash, ENTRY_HASH)
      store<i32>(entry, 0, ENTRY_COUNT)
      put(used + 1)
    }
    store<i32>(entry, load<i32>(entry, ENTRY_COUNT) + 1, ENTRY_COUNT)
    row = behind(text)
  }
  for (let copy = 1; copy < COPIES; copy++) copyTable()
  const best: usize = load<u32>(firstMost())
  release(slots)
  release(entries)
  store<u32>(out, <u32>(best + LENGTH_BYTES), RESULT_ADDRESS)
  store<u32>(out, load<u32>(best), RESULT_LENGTH)
  return ROUTINE_VALUE
}

function firstMost(): usize {
  let best: usize = 0
  for (let i = 0; i < capacity; i++) {
    const number = load<i32>(slots + (<usize>i << 2))
    if (number == 0) continue
    const entry = entryAt(number)
    if (best == 0 || load<i32>(entry, ENTRY_COUNT) > load<i32>(best, ENTRY_COUNT)) best = entry
  }
  return best
}
