// Values of JSON text by a path: `$`, `.name`, `['name']`, `[0]` and `[*]`, read and written as Spark does with Jackson.
import { RESULT_ADDRESS, RESULT_LENGTH, ROUTINE_NULL, ROUTINE_VALUE } from '../interface/text'
import { arenaShrink } from './arena'
import { beginCopy, copyAny, copyPlain, copyTo, setCopyTo } from './json-copy'
import { blank, escaped, isQuote, MAX_DEPTH, skipQuoted, skipValue, takeSpecialNumbers } from './json-scan'
import { plainAt, plainLength, unescape } from './json-strings'

/** What is left of the text, 0 where it is malformed, and its end. */
let cursor: usize = 0
let end: usize = 0

// The step of a path read last.
const STEP_NONE = 0
const STEP_NAME = 1
const STEP_INDEX = 2
const STEP_ALL = 3
const STEP_WRONG = 4
let step = 0
let name: usize = 0
let nameLength = 0
let index: i64 = 0
let rest: usize = 0
let pathEnd: usize = 0

/** How values are written: strings without quotes, into one array with those around them, or as JSON. */
const PLAIN = 0
const FLAT = 1
const AS_JSON = 2

/** Whether an array is being written, and whether it is still empty. */
let isInArray = false
let isFirst = true

function readStep(p: usize): void {
  step = STEP_WRONG
  if (p == pathEnd) {
    step = STEP_NONE
    return
  }
  const sign = load<u8>(p++)
  if (sign == 0x2e) return readName(p)
  if (sign != 0x5b || p >= pathEnd) return
  if (load<u8>(p) == 0x27) return readQuotedName(p + 1)
  if (load<u8>(p) == 0x2a) {
    p++
    step = STEP_ALL
  } else {
    index = 0
    const from = p
    while (p < pathEnd && <u32>load<u8>(p) - 48 < 10) index = min<i64>(index * 10 + load<u8>(p++) - 48, i32.MAX_VALUE)
    step = p > from ? STEP_INDEX : STEP_WRONG
  }
  if (p >= pathEnd || load<u8>(p) != 0x5d) step = STEP_WRONG
  rest = p + 1
}

function readName(p: usize): void {
  name = p
  while (p < pathEnd && load<u8>(p) != 0x2e && load<u8>(p) != 0x5b) p++
  nameLength = <i32>(p - name)
  rest = p
  step = nameLength > 0 ? STEP_NAME : STEP_WRONG
}

function readQuotedName(p: usize): void {
  name = p
  while (p < pathEnd && load<u8>(p) != 0x27 && load<u8>(p) != 0x3f) p++
  nameLength = <i32>(p - name)
  rest = p + 2
  const isClosed = rest <= pathEnd && load<u8>(p) == 0x27 && load<u8>(p, 1) == 0x5d
  step = nameLength > 0 && isClosed ? STEP_NAME : STEP_WRONG
}

function isPath(at: usize, length: i32): bool {
  pathEnd = at + length
  if (length == 0 || load<u8>(at) != 0x24) return false
  let p = at + 1
  for (readStep(p); step != STEP_NONE; readStep(p)) {
    if (step == STEP_WRONG) return false
    p = rest
  }
  return true
}

function skip(depth: i32): bool {
  if (cursor != 0) cursor = skipValue(cursor, end, depth)
  return false
}

function put(byte: u32): void {
  store<u8>(copyTo(), byte)
  setCopyTo(copyTo() + 1)
}

/** A comma between the values of an array. */
function beginValue(): void {
  if (isInArray && !isFirst) put(0x2c)
  isFirst = false
}

/** To the next member or element: false at the end of the object or array, which is passed. */
function hasNext(close: u32, isBegin: bool): bool {
  if (cursor == 0) return false
  cursor = blank(cursor, end)
  if (cursor >= end) {
    cursor = 0
    return false
  }
  const c = load<u8>(cursor)
  if (c == close) {
    // No comma stands before the end.
    cursor++
    return false
  }
  if (isBegin) return true
  if (c != 0x2c) {
    cursor = 0
    return false
  }
  cursor = blank(cursor + 1, end)
  if (cursor < end && load<u8>(cursor) != close) return true
  cursor = 0
  return false
}

/** Writes the values of a path within the value at the cursor, and passes that; whether there was any. */
function evaluate(path: usize, style: i32, depth: i32): bool {
  cursor = cursor == 0 ? 0 : blank(cursor, end)
  if (cursor == 0 || cursor >= end || depth > MAX_DEPTH) {
    cursor = 0
    return false
  }
  const c = load<u8>(cursor)
  readStep(path)
  if (step == STEP_NONE) return writeWhole(path, style, c, depth)
  if (c == 0x7b && step == STEP_NAME) return ofMember(name, nameLength, rest, style, depth)
  if (c != 0x5b) return skip(depth)
  if (step == STEP_INDEX) return ofElement(<i32>index, rest, style, depth)
  return step == STEP_ALL ? ofElements(rest, style, depth) : skip(depth)
}

function writeWhole(path: usize, style: i32, c: u32, depth: i32): bool {
  if (style == FLAT && c == 0x5b) return eachElement(path, FLAT, depth) > 0
  const from = cursor
  const after = skipValue(from, end, depth)
  cursor = after
  if (after == 0) return false
  beginValue()
  if (style == PLAIN && isQuote(c)) copyPlain(from, after)
  else copyAny(from, after)
  return true
}

/** How many elements of the array at the cursor had values. */
function eachElement(path: usize, style: i32, depth: i32): i32 {
  let found = 0
  cursor++
  for (let isBegin = true; hasNext(0x5d, isBegin); isBegin = false) found += i32(evaluate(path, style, depth + 1))
  return found
}

/** Only the first of equal names counts, unless it has no value. */
function ofMember(key: usize, length: i32, path: usize, style: i32, depth: i32): bool {
  let isFound = false
  cursor++
  for (let isBegin = true; hasNext(0x7d, isBegin); isBegin = false) {
    if (!isQuote(load<u8>(cursor))) {
      cursor = 0
      break
    }
    const at = cursor + 1
    cursor = skipQuoted(load<u8>(cursor), at, end)
    if (cursor == 0) break
    const isSame = !isFound && isKey(at, cursor - 1, key, length)
    cursor = blank(cursor, end)
    if (cursor >= end || load<u8>(cursor) != 0x3a) {
      cursor = 0
      break
    }
    cursor = blank(cursor + 1, end)
    if (isSame && cursor < end && load<u8>(cursor) != 0x6e) isFound = evaluate(path, style, depth + 1)
    else skip(depth + 1)
  }
  return isFound
}

function isKey(at: usize, stop: usize, key: usize, length: i32): bool {
  if (escaped) {
    unescape(at, stop)
    return plainLength == length && memory.compare(plainAt, key, length) == 0
  }
  return <i32>(stop - at) == length && memory.compare(at, key, length) == 0
}

function ofElement(wanted: i32, path: usize, style: i32, depth: i32): bool {
  readStep(path)
  const inner = step == STEP_ALL ? AS_JSON : style
  let isFound = false
  let i = 0
  cursor++
  for (let isBegin = true; hasNext(0x5d, isBegin); isBegin = false) {
    if (i++ == wanted) isFound = evaluate(path, inner, depth + 1)
    else skip(depth + 1)
  }
  return isFound
}

/** All elements: as an array; but one value alone is written without it, unless JSON is asked for. */
function ofElements(path: usize, style: i32, depth: i32): bool {
  readStep(path)
  const isTwice = step == STEP_ALL
  const wasInArray = isInArray
  const wasFirst = isFirst
  const before = copyTo()
  if (isInArray && !isFirst) put(0x2c)
  const begin = copyTo()
  put(0x5b)
  isInArray = true
  isFirst = true
  const inner = isTwice ? FLAT : style == PLAIN ? AS_JSON : style
  const found = eachElement(isTwice ? rest : path, inner, depth)
  put(0x5d)
  isInArray = wasInArray
  isFirst = false
  if (isTwice || style == AS_JSON) return found > 0
  if (found == 1) {
    memory.copy(begin, begin + 1, copyTo() - begin - 2)
    setCopyTo(copyTo() - 2)
  } else if (found == 0) {
    setCopyTo(before)
    isFirst = wasFirst
  }
  return found > 0
}

/** What a path finds in JSON text; NULL when it finds nothing, is no path, or the text is malformed. */
export function jsonPath(at: usize, length: i32, path: usize, pathLength: i32, out: usize): i32 {
  if (!isPath(path, pathLength)) return ROUTINE_NULL
  cursor = at
  end = at + length
  isInArray = false
  isFirst = true
  const start = beginCopy(length)
  takeSpecialNumbers(false)
  const isFound = evaluate(path + 1, PLAIN, 0)
  takeSpecialNumbers(true)
  arenaShrink(copyTo())
  store<u32>(out, <u32>start, RESULT_ADDRESS)
  store<u32>(out, <u32>(copyTo() - start), RESULT_LENGTH)
  return isFound && cursor != 0 ? ROUTINE_VALUE : ROUTINE_NULL
}

/** How many elements the outermost array has; NULL for what is none. */
export function jsonArrayLength(at: usize, length: i32, out: usize): i32 {
  end = at + length
  cursor = blank(at, end)
  if (cursor >= end || load<u8>(cursor) != 0x5b) return ROUTINE_NULL
  let count = 0
  cursor++
  takeSpecialNumbers(false)
  for (let isBegin = true; hasNext(0x5d, isBegin); isBegin = false) {
    skip(1)
    count++
  }
  takeSpecialNumbers(true)
  store<i32>(out, count)
  return cursor == 0 ? ROUTINE_NULL : ROUTINE_VALUE
}
