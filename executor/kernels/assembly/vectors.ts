// Arrays of floats as vectors: norms, products and distances, and the totals of aggregates. Sums are of floats, in Spark's order, for the same last digit.
import { PACKED_COUNT_BYTES } from '../interface/packed'
import { RESULT_ADDRESS, RESULT_LENGTH, RESULT_LOW, ROUTINE_ERROR, ROUTINE_NULL, ROUTINE_VALUE } from '../interface/text'
import { arenaAllocate } from './arena'
import { formatDouble } from './numbers/doubles'
import { valuesOf } from './nested/packed'
import { beginText, endText, writeDigits } from './text/text'

const FLOAT_SHIFT: usize = 2
/** So many terms are added up before the total gets them. */
const TERMS = 8

const PRODUCT = 0
const SQUARED_DISTANCE = 1
const MAGNITUDE = 2

@inline
function floatAt(values: usize, i: i32): f32 {
  return load<f32>(values + (<usize>i << FLOAT_SHIFT))
}

@inline
function term(kind: i32, a: usize, b: usize, i: i32): f32 {
  const x = floatAt(a, i)
  if (kind == MAGNITUDE) return abs(x)
  const y = floatAt(b, i)
  if (kind == PRODUCT) return x * y
  const distance = x - y
  return distance * distance
}

@inline
function total(kind: i32, a: usize, b: usize, count: i32): f32 {
  let sum: f32 = 0
  let i = 0
  for (; i + TERMS <= count; i += TERMS) {
    let part = term(kind, a, b, i)
    for (let next = 1; next < TERMS; next++) part += term(kind, a, b, i + next)
    sum += part
  }
  for (; i < count; i++) sum += term(kind, a, b, i)
  return sum
}

@inline
function vectorOf(at: usize): usize {
  return at + PACKED_COUNT_BYTES
}
@inline
function floatsOf(at: usize): usize {
  return valuesOf(vectorOf(at), load<i32>(at))
}

/** Whether some element is NULL. */
function hasNulls(at: usize): bool {
  const count = load<i32>(at)
  const whole = count >> 3
  for (let i = 0; i < whole; i++) if (load<u8>(vectorOf(at) + i) != 0xff) return true
  const last = <u32>(1 << (count & 7)) - 1
  return last != 0 && (load<u8>(vectorOf(at) + whole) & last) != last
}

/** Leaves the dimensions of both as the text of an error. */
function refuseDimensions(a: i32, b: i32, out: usize): i32 {
  const start = beginText(21)
  const end = writeDigits(start, a, 1)
  store<u8>(end, 0x0a)
  endText(start, writeDigits(end + 1, b, 1), out)
  return ROUTINE_ERROR
}

/** What there is to say of a pair before anything is computed: VALUE for nothing. */
function pairStatus(a: usize, b: usize, out: usize): i32 {
  if (load<i32>(a) != load<i32>(b)) return refuseDimensions(load<i32>(a), load<i32>(b), out)
  return hasNulls(a) || hasNulls(b) ? ROUTINE_NULL : ROUTINE_VALUE
}

@inline
function give(value: f32, out: usize): i32 {
  store<f32>(out, value, RESULT_LOW)
  return ROUTINE_VALUE
}

/** The sum of the products of elements with the same number. */
export function vectorProduct(a: usize, aLength: i32, b: usize, bLength: i32, out: usize): i32 {
  const status = pairStatus(a, b, out)
  return status == ROUTINE_VALUE ? give(total(PRODUCT, floatsOf(a), floatsOf(b), load<i32>(a)), out) : status
}

export function vectorDistance(a: usize, aLength: i32, b: usize, bLength: i32, out: usize): i32 {
  const status = pairStatus(a, b, out)
  if (status != ROUTINE_VALUE) return status
  return give(sqrt(total(SQUARED_DISTANCE, floatsOf(a), floatsOf(b), load<i32>(a))), out)
}

/** The cosine of the angle between two vectors; NULL where one has no length. */
export function vectorCosine(a: usize, aLength: i32, b: usize, bLength: i32, out: usize): i32 {
  const status = pairStatus(a, b, out)
  if (status != ROUTINE_VALUE) return status
  const count = load<i32>(a)
  const x = floatsOf(a)
  const y = floatsOf(b)
  const lengths = sqrt(total(PRODUCT, x, x, count) * total(PRODUCT, y, y, count))
  return lengths == 0 ? ROUTINE_NULL : give(total(PRODUCT, x, y, count) / lengths, out)
}

function greatest(values: usize, count: i32): f32 {
  let most: f32 = 0
  for (let i = 0; i < count; i++) most = max(most, abs(floatAt(values, i)))
  return most
}

/** The norm that `normStatus` computed. */
let norm: f32 = 0

function normStatus(at: usize, degree: f32, out: usize): i32 {
  if (degree != 1 && degree != 2 && degree != f32.POSITIVE_INFINITY) {
    formatDouble(degree, 1, out)
    return ROUTINE_ERROR
  }
  if (hasNulls(at)) return ROUTINE_NULL
  const count = load<i32>(at)
  const values = floatsOf(at)
  if (degree == 1) norm = total(MAGNITUDE, values, values, count)
  else if (degree == 2) norm = sqrt(total(PRODUCT, values, values, count))
  else norm = greatest(values, count)
  return ROUTINE_VALUE
}

/** The norm of degree 1, 2 or infinity. */
export function vectorNorm(at: usize, length: i32, degree: f32, out: usize): i32 {
  const status = normStatus(at, degree, out)
  return status == ROUTINE_VALUE ? give(norm, out) : status
}

/** The vector divided by its norm; NULL where that is 0. */
export function vectorNormalized(at: usize, length: i32, degree: f32, out: usize): i32 {
  const status = normStatus(at, degree, out)
  if (status != ROUTINE_VALUE) return status
  const count = load<i32>(at)
  if (norm == 0 && count > 0) return ROUTINE_NULL
  const result = arenaAllocate(length)
  const values = floatsOf(at)
  memory.copy(result, at, length)
  for (let i = 0; i < count; i++) setFloat(floatsOf(result), i, floatAt(values, i) / norm)
  store<u32>(out, <u32>result, RESULT_ADDRESS)
  store<u32>(out, length, RESULT_LENGTH)
  return ROUTINE_VALUE
}

@inline
function setFloat(values: usize, i: i32, value: f32): void {
  store<f32>(values + (<usize>i << FLOAT_SHIFT), value)
}

/** The state of an aggregate of vectors: how many there were (i64), and their sum or average, an array; no bytes before the first one. */
const STATE_COUNT: usize = 0
const STATE_ARRAY: usize = 8

@inline
function giveState(state: usize, length: i32, out: usize): i32 {
  store<u32>(out, <u32>state, RESULT_ADDRESS)
  store<u32>(out, length, RESULT_LENGTH)
  return ROUTINE_VALUE
}

/** The state with a vector; one with NULLs does not count. The bytes of a state that is there are changed in their place. */
function withVector(state: usize, stateLength: i32, at: usize, length: i32, isAverage: bool, out: usize): i32 {
  if (hasNulls(at)) return giveState(state, stateLength, out)
  if (stateLength == 0) {
    const first = arenaAllocate(STATE_ARRAY + length)
    store<i64>(first, 1, STATE_COUNT)
    memory.copy(first + STATE_ARRAY, at, length)
    return giveState(first, <i32>STATE_ARRAY + length, out)
  }
  const own = state + STATE_ARRAY
  const count = load<i32>(own)
  if (load<i32>(at) != count) return refuseDimensions(count, load<i32>(at), out)
  const vectors = load<i64>(state, STATE_COUNT) + 1
  store<i64>(state, vectors, STATE_COUNT)
  const totals = floatsOf(own)
  const values = floatsOf(at)
  const share: f32 = 1 / <f32>vectors
  for (let i = 0; i < count; i++) {
    const before = floatAt(totals, i)
    const value = floatAt(values, i)
    setFloat(totals, i, isAverage ? before + (value - before) * share : before + value)
  }
  return giveState(state, stateLength, out)
}

export function vectorSumAdded(state: usize, stateLength: i32, at: usize, length: i32, out: usize): i32 {
  return withVector(state, stateLength, at, length, false, out)
}

export function vectorAverageAdded(state: usize, stateLength: i32, at: usize, length: i32, out: usize): i32 {
  return withVector(state, stateLength, at, length, true, out)
}

/** The state of both; that of the first is changed in its place. */
function withState(state: usize, stateLength: i32, other: usize, otherLength: i32, isAverage: bool, out: usize): i32 {
  if (stateLength == 0) return giveState(other, otherLength, out)
  if (otherLength == 0) return giveState(state, stateLength, out)
  const own = state + STATE_ARRAY
  const count = load<i32>(own)
  const otherCount = load<i32>(other + STATE_ARRAY)
  if (otherCount != count) return refuseDimensions(count, otherCount, out)
  const before = load<i64>(state, STATE_COUNT)
  const added = load<i64>(other, STATE_COUNT)
  store<i64>(state, before + added, STATE_COUNT)
  const ownShare: f32 = isAverage ? <f32>before / <f32>(before + added) : 1
  const otherShare: f32 = isAverage ? <f32>added / <f32>(before + added) : 1
  const totals = floatsOf(own)
  const values = floatsOf(other + STATE_ARRAY)
  for (let i = 0; i < count; i++) setFloat(totals, i, floatAt(totals, i) * ownShare + floatAt(values, i) * otherShare)
  return giveState(state, stateLength, out)
}

export function vectorSumMerged(state: usize, stateLength: i32, other: usize, otherLength: i32, out: usize): i32 {
  return withState(state, stateLength, other, otherLength, false, out)
}

export function vectorAverageMerged(state: usize, stateLength: i32, other: usize, otherLength: i32, out: usize): i32 {
  return withState(state, stateLength, other, otherLength, true, out)
}

/** The array of a state; NULL without vectors. */
export function vectorTotal(state: usize, stateLength: i32, out: usize): i32 {
  if (stateLength == 0) return ROUTINE_NULL
  return giveState(state + STATE_ARRAY, stateLength - <i32>STATE_ARRAY, out)
}
