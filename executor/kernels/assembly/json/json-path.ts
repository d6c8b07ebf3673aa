// Values of JSON text by a path: `$`, `.name`, `['name']`, `[0]` and `[*]`, read and written as Spark does with Jackson.
import { RESULT_ADDRESS, RESULT_LENGTH, ROUTINE_NULL, ROUTINE_VALUE } from '../../interface/text'
import { arenaShrink } from '../arena'
import { bytesEqual } from '../bytes'
import { beginCopy, copyAny, copyPlain, copyTo, setCopyTo } from './json-copy'
import { knownKey, knownKeyLength } from './json-known-keys'
import { blank, escaped, isQuote, keyEnd, MAX_DEPTH, passKey, passValue, readByPaths, skipValue } from './json-scan'
import { kindOfStep, nameOfStep, numberOfStep, STEP_ALL, STEP_BYTES, STEP_END, STEP_INDEX, STEP_NAME, stepsOf } from './json-steps'
import { plainAt, plainLength, unescape } from './json-strings'

/** The end of the text. */
let end: usize = 0
/** Whether the steps walked last had a value. */
let isFound = false
/** A string that is the result as it stands in the text, and its length. */
let viewAt: usize = 0
let viewLength: i32 = 0

/** How values are written: strings without quotes, into one array with those around them, or as JSON. */
const PLAIN = 0
const FLAT = 1
const AS_JSON = 2

/** Whether an array is being written, and whether it is still empty. */
let isInArray = false
let isFirst = true

function put(byte: u32): void {
  store<u8>(copyTo(), byte)
  setCopyTo(copyTo() + 1)
}

/** A comma between the values of an array. */
function beginValue(): void {
  if (isInArray && !isFirst) put(0x2c)
  isFirst = false
}

/** To the next element from behind the one before: where it begins, or behind the end of the array with `isAtEnd`; 0 when malformed. */
let isAtEnd = false
function nextElement(p: usize, isBegin: bool): usize {
  isAtEnd = false
  p = blank(p, end)
  if (p >= end) return 0
  const c = load<u8>(p)
  if (c == 0x5d) {
    isAtEnd = true
    return p + 1
  }
  if (isBegin) return p
  if (c != 0x2c) return 0
  p = blank(p + 1, end)
  // No comma stands before the end.
  return p < end && load<u8>(p) != 0x5d ? p : 0
}

/** Passes a value, of which nothing is wanted; as `evaluate`. */
function skip(p: usize, depth: i32): usize {
  isFound = false
  return skipValue(p, end, depth)
}

/** Writes what steps find in the value at `p`, and tells whether they do. Returns where it ends, 0 when malformed. */
function evaluate(p: usize, step: usize, style: i32, depth: i32): usize {
  p = blank(p, end)
  if (p >= end || depth > MAX_DEPTH) return 0
  const c = load<u8>(p)
  const kind = kindOfStep(step)
  if (kind == STEP_END) return writeWhole(p, step, style, c, depth)
  if (c == 0x7b && kind == STEP_NAME) return ofMember(p, step, style, depth)
  if (c != 0x5b) return skip(p, depth)
  if (kind == STEP_INDEX) return ofElement(p, step, style, depth)
  return kind == STEP_ALL ? ofElements(p, step + STEP_BYTES, style, depth) : skip(p, depth)
}

function writeWhole(p: usize, step: usize, style: i32, c: u32, depth: i32): usize {
  if (style == FLAT && c == 0x5b) {
    const after = eachElement(p, step, FLAT, depth)
    isFound = elementsFound > 0
    return after
  }
  const after = skipValue(p, end, depth)
  isFound = after != 0
  if (after == 0) return 0
  beginValue()
  if (style != PLAIN || !isQuote(c)) copyAny(p, after)
  else if (escaped) copyPlain(p, after)
  else {
    viewAt = p + 1
    viewLength = <i32>(after - p) - 2
  }
  return after
}

/** How many elements of an array had values; as `evaluate` for each. */
let elementsFound = 0
function eachElement(p: usize, step: usize, style: i32, depth: i32): usize {
  let count = 0
  p = nextElement(p + 1, true)
  while (p != 0 && !isAtEnd) {
    p = evaluate(p, step, style, depth + 1)
    if (p == 0) return 0
    count += i32(isFound)
    p = nextElement(p, false)
  }
  elementsFound = count
  return p
}

/** Only the first of equal names counts, unless it has no value. */
function ofMember(p: usize, step: usize, style: i32, depth: i32): usize {
  const stop = end
  const key = nameOfStep(step)
  const length = numberOfStep(step)
  let hasValue = false
  p = blank(p + 1, stop)
  if (p < stop && load<u8>(p) == 0x7d) {
    isFound = false
    return p + 1
  }
  while (true) {
    const at = p + 1
    let isSame = false
    p = knownKey(p, stop)
    if (p != 0) isSame = !hasValue && knownKeyLength == length && bytesEqual(at, key, length) != 0
    else {
      p = passKey(at - 1, stop)
      if (p == 0) return 0
      isSame = !hasValue && isKey(at, keyEnd, key, length)
    }
    p = blank(p, stop)
    if (isSame && p < stop && load<u8>(p) != 0x6e) {
      p = evaluate(p, step + STEP_BYTES, style, depth + 1)
      hasValue = isFound
    } else p = passValue(p, stop, depth + 1)
    if (p == 0) return 0
    p = blank(p, stop)
    if (p >= stop) return 0
    const c = load<u8>(p++)
    if (c == 0x7d) {
      isFound = hasValue
      return p
    }
    if (c != 0x2c) return 0
    p = blank(p, stop)
  }
}

@inline
function isKey(at: usize, stop: usize, key: usize, length: i32): bool {
  if (escaped) {
    unescape(at, stop)
    return plainLength == length && bytesEqual(plainAt, key, length) != 0
  }
  return <i32>(stop - at) == length && bytesEqual(at, key, length) != 0
}

function ofElement(p: usize, step: usize, style: i32, depth: i32): usize {
  const wanted = numberOfStep(step)
  const next = step + STEP_BYTES
  const inner = kindOfStep(next) == STEP_ALL ? AS_JSON : style
  let hasValue = false
  p = nextElement(p + 1, true)
  for (let i = 0; p != 0 && !isAtEnd; i++) {
    if (i != wanted) p = passValue(p, end, depth + 1)
    else {
      p = evaluate(p, next, inner, depth + 1)
      hasValue = isFound
    }
    if (p == 0) return 0
    p = nextElement(p, false)
  }
  isFound = hasValue
  return p
}

/** All elements, as an array; but one value alone is written without it, unless JSON is asked for. `step` is the one behind. */
function ofElements(p: usize, step: usize, style: i32, depth: i32): usize {
  const isTwice = kindOfStep(step) == STEP_ALL
  const wasInArray = isInArray
  const wasFirst = isFirst
  const before = copyTo()
  if (isInArray && !isFirst) put(0x2c)
  const begin = copyTo()
  put(0x5b)
  isInArray = true
  isFirst = true
  const inner = isTwice ? FLAT : style == PLAIN ? AS_JSON : style
  p = eachElement(p, isTwice ? step + STEP_BYTES : step, inner, depth)
  if (p == 0) return 0
  const found = elementsFound
  put(0x5d)
  isInArray = wasInArray
  isFirst = false
  isFound = found > 0
  if (isTwice || style == AS_JSON) return p
  if (found == 1) {
    memory.copy(begin, begin + 1, copyTo() - begin - 2)
    setCopyTo(copyTo() - 2)
  } else if (found == 0) {
    setCopyTo(before)
    isFirst = wasFirst
  }
  return p
}

/** What a path finds in JSON text; NULL when it finds nothing, is no path, or the text is malformed. */
export function jsonPath(at: usize, length: i32, path: usize, pathLength: i32, out: usize): i32 {
  const steps = stepsOf(path, pathLength)
  if (steps == 0) return ROUTINE_NULL
  end = at + length
  isInArray = false
  isFirst = true
  viewAt = 0
  const start = beginCopy(length)
  readByPaths(true)
  const after = evaluate(at, steps, PLAIN, 0)
  readByPaths(false)
  const copied = copyTo()
  if (after == 0 || !isFound) {
    arenaShrink(start)
    return ROUTINE_NULL
  }
  arenaShrink(viewAt != 0 ? start : copied)
  store<u32>(out, <u32>(viewAt != 0 ? viewAt : start), RESULT_ADDRESS)
  store<i32>(out, viewAt != 0 ? viewLength : <i32>(copied - start), RESULT_LENGTH)
  return ROUTINE_VALUE
}

/** How many elements the outermost array has; NULL for what is none. */
export function jsonArrayLength(at: usize, length: i32, out: usize): i32 {
  end = at + length
  let p = blank(at, end)
  if (p >= end || load<u8>(p) != 0x5b) return ROUTINE_NULL
  let count = 0
  readByPaths(true)
  p = nextElement(p + 1, true)
  for (; p != 0 && !isAtEnd; count++) {
    p = skipValue(p, end, 1)
    if (p != 0) p = nextElement(p, false)
  }
  readByPaths(false)
  store<i32>(out, count)
  return p == 0 ? ROUTINE_NULL : ROUTINE_VALUE
}
