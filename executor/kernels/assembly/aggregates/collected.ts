// What is made of the values that an aggregate collected: numbers of 8 bytes one behind the other, or texts behind their lengths (see
// `CollectedPart` of executor/pipelines/codegen/collected.ts).
import {
  RESULT_ADDRESS,
  RESULT_LENGTH,
  RESULT_LOW,
  ROUTINE_ERROR,
  ROUTINE_NULL,
  ROUTINE_VALUE,
} from '../../interface/text'
import { arenaAllocate, roomFor } from '../arena'
import { bytesCompare } from '../bytes'
import { formatLong } from '../numbers/integers'
import { allocate, release } from '../memory'

export const LENGTH_BYTES: usize = 4
const DOUBLE_SHIFT: usize = 3
const ADDRESS_SHIFT: usize = 2

/** Doubles as whole numbers in the same order, NaN as the greatest; and back. */
@inline
function ordered(bits: i64): i64 {
  return bits ^ ((bits >> 63) & i64.MAX_VALUE)
}

@inline
function numberAt(at: usize, i: i32): i64 {
  return load<i64>(at + (<usize>i << DOUBLE_SHIFT))
}

@inline
function setNumber(at: usize, i: i32, value: i64): void {
  store<i64>(at + (<usize>i << DOUBLE_SHIFT), value)
}

@inline
function middleOf(a: i64, b: i64, c: i64): i64 {
  return max(min(a, b), min(max(a, b), c))
}

/** The number that has so many lesser ones before it in their order. Moves numbers. */
export function selected(at: usize, count: i32, wanted: i32): i64 {
  let first = 0
  let last = count - 1
  while (first < last) {
    const pivot = middleOf(numberAt(at, first), numberAt(at, first + ((last - first) >> 1)), numberAt(at, last))
    let i = first - 1
    let j = last + 1
    while (true) {
      do i++
      while (numberAt(at, i) < pivot)
      do j--
      while (numberAt(at, j) > pivot)
      if (i >= j) break
      const moved = numberAt(at, i)
      setNumber(at, i, numberAt(at, j))
      setNumber(at, j, moved)
    }
    if (wanted <= j) last = j
    else first = j + 1
  }
  return numberAt(at, wanted)
}

/** A copy of doubles as ordered numbers, to be released. */
function orderedCopy(at: usize, count: i32): usize {
  const copy = allocate(max<usize>(<usize>count << DOUBLE_SHIFT, 8))
  for (let i = 0; i < count; i++) setNumber(copy, i, ordered(numberAt(at, i)))
  return copy
}

@inline
function doubleOf(number: i64): f64 {
  return reinterpret<f64>(ordered(number))
}

/** So large a part of the way from one value to another. */
@inline
function between(a: f64, b: f64, part: f64): f64 {
  return a == b ? a : a + (b - a) * part
}

/** The value of a position between the first (0) and the last of the values in their order: between two of them by how near it is to each. */
export function percentileBetween(at: usize, length: i32, percentage: f64, isDescending: i32, out: usize): i32 {
  if (length == 0) return ROUTINE_NULL
  const count = length >> <i32>DOUBLE_SHIFT
  const position = <f64>(count - 1) * percentage
  const lower = Math.floor(position)
  const higher = Math.ceil(position)
  const copy = orderedCopy(at, count)
  const below = <i32>lower
  const above = <i32>higher
  const a = selected(copy, count, isDescending ? count - 1 - below : below)
  const b = above == below ? a : selected(copy, count, isDescending ? count - 1 - above : above)
  release(copy)
  store<f64>(out, between(doubleOf(a), doubleOf(b), position - lower), RESULT_LOW)
  return ROUTINE_VALUE
}

/** The first value in their order that so large a part of the values does not come after. */
export function percentileAt(at: usize, length: i32, percentage: f64, isDescending: i32, out: usize): i32 {
  if (length == 0) return ROUTINE_NULL
  const count = length >> <i32>DOUBLE_SHIFT
  const rank = max(<i32>Math.ceil(percentage * <f64>count), 1) - 1
  const copy = orderedCopy(at, count)
  store<f64>(out, doubleOf(selected(copy, count, isDescending ? count - 1 - rank : rank)), RESULT_LOW)
  release(copy)
  return ROUTINE_VALUE
}

/** The same with the least and the greatest value for percentages that are no farther than 1 / accuracy from the ends. */
export function percentileNear(at: usize, length: i32, percentage: f64, accuracy: f64, out: usize): i32 {
  const error = 1 / accuracy
  const near = percentage <= error ? 0 : percentage >= 1 - error ? 1 : percentage
  return percentileAt(at, length, near, 0, out)
}

/** As `percentileBetween`, of values with how often each counts behind it (i64). */
export function percentileWeighted(at: usize, length: i32, percentage: f64, out: usize): i32 {
  const count = length >> <i32>(DOUBLE_SHIFT + 1)
  const pairs = allocate(max<usize>(<usize>length, 8))
  let total: i64 = 0
  for (let i = 0; i < count; i++) {
    const times = numberAt(at, 2 * i + 1)
    if (times < 0) {
      release(pairs)
      formatLong(times, out)
      return ROUTINE_ERROR
    }
    total += times
    setNumber(pairs, 2 * i, ordered(numberAt(at, 2 * i)))
    setNumber(pairs, 2 * i + 1, times)
  }
  if (total > 0) {
    sortPairs(pairs, count)
    const position = <f64>(total - 1) * percentage
    const lower = Math.floor(position)
    const higher = Math.ceil(position)
    const a = valueOfRank(pairs, <i64>lower)
    const b = valueOfRank(pairs, <i64>higher)
    store<f64>(out, between(doubleOf(a), doubleOf(b), position - lower), RESULT_LOW)
  }
  release(pairs)
  return total > 0 ? ROUTINE_VALUE : ROUTINE_NULL
}

function valueOfRank(pairs: usize, rank: i64): i64 {
  let i = 0
  for (let before: i64 = numberAt(pairs, 1); before <= rank; before += numberAt(pairs, 2 * i + 1)) i++
  return numberAt(pairs, 2 * i)
}

/** By the first of both: a heap of which the greatest goes to the end. */
function sortPairs(pairs: usize, count: i32): void {
  for (let i = (count >> 1) - 1; i >= 0; i--) sink(pairs, i, count)
  for (let end = count - 1; end > 0; end--) {
    swapPairs(pairs, 0, end)
    sink(pairs, 0, end)
  }
}

function sink(pairs: usize, from: i32, count: i32): void {
  let i = from
  while (2 * i + 1 < count) {
    let child = 2 * i + 1
    if (child + 1 < count && numberAt(pairs, 2 * child + 2) > numberAt(pairs, 2 * child)) child++
    if (numberAt(pairs, 2 * child) <= numberAt(pairs, 2 * i)) return
    swapPairs(pairs, i, child)
    i = child
  }
}

function swapPairs(pairs: usize, i: i32, j: i32): void {
  for (let word = 0; word < 2; word++) {
    const moved = numberAt(pairs, 2 * i + word)
    setNumber(pairs, 2 * i + word, numberAt(pairs, 2 * j + word))
    setNumber(pairs, 2 * j + word, moved)
  }
}

@inline
export function behind(text: usize): usize {
  return text + LENGTH_BYTES + <usize>load<u32>(text)
}

/** Of each row the first text, as addresses (u32), in the order of these texts; to be released. Rows of equal texts stay as they were. @param texts of a row */
function sortedRows(at: usize, length: i32, texts: i32, count: i32): usize {
  const half = max<usize>(<usize>count << ADDRESS_SHIFT, 8)
  let from = allocate(half << 1)
  const start = from
  let to = from + half
  let row = at
  for (let i = 0; i < count; i++) {
    store<u32>(from + (<usize>i << ADDRESS_SHIFT), <u32>row)
    for (let text = 0; text < texts; text++) row = behind(row)
  }
  for (let run = 1; run < count; run <<= 1) {
    for (let first = 0; first < count; first += run << 1)
      mergeRuns(from, to, first, min(first + run, count), min(first + (run << 1), count))
    const other = from
    from = to
    to = other
  }
  if (from != start) memory.copy(start, from, half)
  return start
}

function mergeRuns(from: usize, to: usize, first: i32, middle: i32, end: i32): void {
  let left = first
  let right = middle
  for (let i = first; i < end; i++) {
    const takesLeft = left < middle && (right >= end || compared(from, left, right) <= 0)
    const taken = takesLeft ? left++ : right++
    store<u32>(to + (<usize>i << ADDRESS_SHIFT), load<u32>(from + (<usize>taken << ADDRESS_SHIFT)))
  }
}

@inline
function compared(list: usize, i: i32, j: i32): i32 {
  const a: usize = load<u32>(list + (<usize>i << ADDRESS_SHIFT))
  const b: usize = load<u32>(list + (<usize>j << ADDRESS_SHIFT))
  return bytesCompare(a + LENGTH_BYTES, load<i32>(a), b + LENGTH_BYTES, load<i32>(b))
}

export function rowsIn(at: usize, length: i32, texts: i32): i32 {
  const end = at + length
  let count = 0
  for (let text = at; text < end; text = behind(text)) count++
  return count / texts
}

/** The text that is there most often; of several the least, or the greatest. */
export function mostFrequent(at: usize, length: i32, isGreatest: i32, out: usize): i32 {
  const count = rowsIn(at, length, 1)
  if (count == 0) return ROUTINE_NULL
  const list = sortedRows(at, length, 1, count)
  let best = 0
  let most = 0
  for (let first = 0; first < count; ) {
    let end = first + 1
    while (end < count && compared(list, first, end) == 0) end++
    if (end - first > most || (isGreatest && end - first == most)) {
      best = first
      most = end - first
    }
    first = end
  }
  const text: usize = load<u32>(list + (<usize>best << ADDRESS_SHIFT))
  release(list)
  store<u32>(out, <u32>(text + LENGTH_BYTES), RESULT_ADDRESS)
  store<u32>(out, load<u32>(text), RESULT_LENGTH)
  return ROUTINE_VALUE
}

/** Of rows with a key and a text the texts, behind their lengths, in the order of the keys. */
export function textsByKey(at: usize, length: i32, out: usize): void {
  const count = rowsIn(at, length, 2)
  const list = sortedRows(at, length, 2, count)
  const start = arenaAllocate(<usize>length)
  let to = start
  for (let i = 0; i < count; i++) {
    const text = behind(load<u32>(list + (<usize>i << ADDRESS_SHIFT)))
    const size = LENGTH_BYTES + <usize>load<u32>(text)
    memory.copy(to, text, size)
    to += size
  }
  release(list)
  store<u32>(out, <u32>start, RESULT_ADDRESS)
  store<u32>(out, <u32>(to - start), RESULT_LENGTH)
}

/** Texts one behind the other with another one between them; NULL where there are none. */
export function textsJoined(at: usize, length: i32, between: usize, betweenLength: i32, out: usize): i32 {
  if (length == 0) return ROUTINE_NULL
  const end = at + length
  const count = rowsIn(at, length, 1)
  const start = roomFor(<u64>length + <u64>count * <u64>betweenLength)
  let to = start
  for (let text = at; text < end; text = behind(text)) {
    if (text != at) {
      memory.copy(to, between, betweenLength)
      to += betweenLength
    }
    memory.copy(to, text + LENGTH_BYTES, load<u32>(text))
    to += load<u32>(text)
  }
  store<u32>(out, <u32>start, RESULT_ADDRESS)
  store<u32>(out, <u32>(to - start), RESULT_LENGTH)
  return ROUTINE_VALUE
}
