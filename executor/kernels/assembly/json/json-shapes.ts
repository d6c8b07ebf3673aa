// What columns the objects of JSON make. Most lines tell nothing new, and one that is malformed counts for nothing: so a line is looked at first, and looked
// at again when it is to be added. The text comes from outside: nothing beyond its end is read, and its depth is bounded.
import { JSON_DIALECT, JSON_NO_SPECIAL_NUMBERS } from '../../interface/json-spec'
import {
  SAMPLE_FLAGS,
  SAMPLE_FORMATS,
  SAMPLE_JSON_FLAGS,
  SAMPLE_ONLY_STRINGS,
  SAMPLE_PREFERS_DECIMALS,
  SAMPLE_TIMES,
  SAMPLE_WITHOUT_ZONE,
  SHAPE_ARRAY,
  SHAPE_BIGINT,
  SHAPE_BOOLEAN,
  SHAPE_DECIMAL,
  SHAPE_DOUBLE,
  SHAPE_ELEMENT,
  SHAPE_FIRST,
  SHAPE_KINDS,
  SHAPE_NAME,
  SHAPE_NEXT,
  SHAPE_QUOTED_LENGTH,
  SHAPE_SCALE,
  SHAPE_SEEN,
  SHAPE_STRING,
  SHAPE_STRUCT,
  SHAPE_TIMESTAMP,
  SHAPE_TIMESTAMP_NTZ,
  SHAPE_TWICE,
  SHAPE_WHOLE,
  SHAPES_LISTED,
  SHAPES_ROOT,
} from '../../interface/text-shapes'
import { plainAt as dialectAt, plainEnd as dialectEnd, withoutDialect } from './json-dialect'
import { nameAt, nameLength, readName } from './json-names'
import { digitCount, digits, integral, negative, skipNumber } from './json-numbers'
import { blank, escaped, isQuote, MAX_DEPTH, skipQuoted, skipValue, stopFrom, takeSpecialNumbers } from './json-scan'
import { plainAt, plainLength, unescape } from './json-strings'
import { behindUsualNumber, hasFraction } from './json-usual'
import { addDecimal, addKind, decimalScale, decimalWhole, fieldOf, isDecimalHeld, keepDamaged, measureDecimal, newField, newNode } from '../shapes/shapes'
import { readFormattedTime } from '../times/time-formats'

const QUOTE: u32 = 0x22

const scratch: usize = memory.data(16, 16)

let spec: usize = 0
let state: usize = 0
let flags: u32 = 0
/** Whether what is new is added, and whether there was something. */
let adds = false
let isNew = false
/** The kinds of values that a list of rows has which are no objects. */
let hasOthers = false
/** Whether what is told is one value, of whose objects fields of the same name count each; those of rows are columns. */
let isAlone = false
/** Numbers objects, to notice names that one has twice. */
let objects: u32 = 0

function tellKind(node: usize, kind: u32): void {
  if (adds) addKind(node, kind)
  else if ((load<u32>(node, SHAPE_KINDS) & kind) == 0) isNew = true
}

function tellDecimal(node: usize): void {
  if (adds) return addDecimal(state, node)
  if (!isDecimalHeld()) return tellKind(node, SHAPE_DOUBLE)
  if (decimalWhole > load<i32>(node, SHAPE_WHOLE) || decimalScale > load<i32>(node, SHAPE_SCALE)) isNew = true
  tellKind(node, SHAPE_DECIMAL)
}

function tellNumber(node: usize, p: usize, after: usize): void {
  if (flags & SAMPLE_ONLY_STRINGS) return tellKind(node, SHAPE_STRING)
  if (!integral) {
    if ((flags & SAMPLE_PREFERS_DECIMALS) == 0) return tellKind(node, SHAPE_DOUBLE)
  } else if (digitCount < 19 || (digitCount == 19 && digits <= <u64>i64.MAX_VALUE + <u64>negative)) return tellKind(node, SHAPE_BIGINT)
  measureDecimal(p, <i32>(after - p))
  tellDecimal(node)
}

/** A string between its quotes; one without anything in it tells nothing. */
function tellString(node: usize, from: usize, to: usize): void {
  if (from == to) return
  if ((flags & (SAMPLE_PREFERS_DECIMALS | SAMPLE_TIMES)) == 0) return tellKind(node, SHAPE_STRING)
  let at = from
  let length = <i32>(to - from)
  if (escaped) {
    unescape(from, to)
    at = plainAt
    length = plainLength
  }
  if ((flags & SAMPLE_PREFERS_DECIMALS) != 0 && measureDecimal(at, length) && decimalScale >= 0 && isDecimalHeld()) return tellDecimal(node)
  if (flags & SAMPLE_TIMES) {
    const formats = spec + load<u32>(spec, SAMPLE_FORMATS)
    if ((flags & SAMPLE_WITHOUT_ZONE) != 0 && readFormattedTime(formats, false, at, length, scratch)) return tellKind(node, SHAPE_TIMESTAMP_NTZ)
    if (readFormattedTime(formats, true, at, length, scratch)) return tellKind(node, SHAPE_TIMESTAMP)
  }
  tellKind(node, SHAPE_STRING)
}

/** As many ones as zeros: from within it as many ones as are wanted. */
const ONES: usize = memory.data<u64>([-1, -1, 0, 0], 16)

/** Where what is behind the name of a node begins, if it stands at `p` with its colon; otherwise 0. Up to 15 bytes behind the text are loaded and do not count. */
@inline
function behindName(node: usize, p: usize, end: usize): usize {
  const length: usize = load<u32>(node, SHAPE_QUOTED_LENGTH)
  if (length == 0 || end - p < length) return 0
  const quoted: usize = load<u32>(node, SHAPE_NAME) - 1
  const counts = v128.load(ONES + 16 - min<usize>(length, 16))
  if (v128.any_true(v128.and(v128.xor(v128.load(p), v128.load(quoted)), counts))) return 0
  return length <= 16 || memory.compare(p + 16, quoted + 16, length - 16) == 0 ? p + length : 0
}

/** Where a usual value ends that tells a node nothing new: a short text without escapes, a number of few digits; 0 for any other. */
@inline
function behindKnown(node: usize, p: usize, end: usize): usize {
  if (p >= end) return 0
  const kinds = load<u32>(node, SHAPE_KINDS)
  const first = load<u8>(p)
  if (first == QUOTE) {
    if ((kinds & SHAPE_STRING) == 0 || (flags & (SAMPLE_PREFERS_DECIMALS | SAMPLE_TIMES)) != 0) return 0
    const stop = stopFrom(p + 1, end)
    return stop < end && load<u8>(stop) == QUOTE ? stop + 1 : 0
  }
  const behind = behindUsualNumber(p, end)
  if (behind == 0 || (flags & (SAMPLE_ONLY_STRINGS | SAMPLE_PREFERS_DECIMALS)) != 0) return 0
  return (kinds & (hasFraction ? SHAPE_DOUBLE : SHAPE_BIGINT)) != 0 ? behind : 0
}

/** Tells of a value to the node of its column; returns where it ends, 0 when malformed. */
function tellValue(node: usize, p: usize, end: usize, depth: i32): usize {
  if (p >= end) return 0
  const c = <u32>load<u8>(p)
  if (isQuote(c)) {
    const after = skipQuoted(c, p + 1, end)
    if (after != 0) tellString(node, p + 1, after - 1)
    return after
  }
  if (c == 0x7b) return tellObject(node, p + 1, end, depth + 1)
  if (c == 0x5b) return tellArray(node, p + 1, end, depth + 1)
  if (c - 0x30 < 10 || (c == 0x2d && p + 1 < end && <u32>load<u8>(p, 1) - 0x30 < 10)) {
    const after = skipNumber(p, end)
    if (after != 0) tellNumber(node, p, after)
    return after
  }
  const after = skipValue(p, end, depth)
  if (after == 0 || c == 0x6e) return after
  const kind = c == 0x74 || c == 0x66 ? SHAPE_BOOLEAN : SHAPE_DOUBLE
  tellKind(node, flags & SAMPLE_ONLY_STRINGS ? SHAPE_STRING : kind)
  return after
}

function tellObject(node: usize, p: usize, end: usize, depth: i32): usize {
  if (depth > MAX_DEPTH) return 0
  tellKind(node, SHAPE_STRUCT)
  const object = ++objects
  p = blank(p, end)
  if (p < end && load<u8>(p) == 0x7d) return p + 1
  let expected: usize = load<u32>(node, SHAPE_FIRST)
  while (true) {
    p = blank(p, end)
    let field = expected
    const behind = expected == 0 ? <usize>0 : behindName(expected, p, end)
    if (behind != 0) p = blank(behind, end)
    else {
      p = readName(p, end)
      if (p == 0) return 0
      field = fieldOf(state, node, nameAt, nameLength, expected)
      if (field == 0 && adds) field = newField(state, node, nameAt, nameLength)
    }
    if (field == 0) {
      isNew = true
      p = skipValue(p, end, depth)
    } else {
      if (load<u32>(field, SHAPE_SEEN) == object) {
        if (isAlone) field = newField(state, node, nameAt, nameLength)
        else store<u32>(field, 1, SHAPE_TWICE)
      }
      expected = load<u32>(field, SHAPE_NEXT)
      store<u32>(field, object, SHAPE_SEEN)
      const after = behindKnown(field, p, end)
      p = after != 0 ? after : tellValue(field, p, end, depth)
    }
    if (p == 0) return 0
    p = blank(p, end)
    if (p >= end) return 0
    const c = load<u8>(p++)
    if (c == 0x7d) return p
    if (c != 0x2c) return 0
  }
}

/** The node of the elements of arrays; 0 as long as there is none. */
function elementOf(node: usize): usize {
  const known: usize = load<u32>(node, SHAPE_ELEMENT)
  if (known != 0 || !adds) return known
  const element = newNode(state)
  store<u32>(node, <u32>element, SHAPE_ELEMENT)
  return element
}

function tellArray(node: usize, p: usize, end: usize, depth: i32): usize {
  tellKind(node, SHAPE_ARRAY)
  return tellElements(elementOf(node), p, end, depth, false)
}

/** @param ofRows whether elements that are no objects are noted instead */
function tellElements(element: usize, p: usize, end: usize, depth: i32, ofRows: bool): usize {
  if (depth > MAX_DEPTH) return 0
  p = blank(p, end)
  if (p < end && load<u8>(p) == 0x5d) return p + 1
  while (true) {
    p = blank(p, end)
    if (ofRows && p < end && load<u8>(p) != 0x7b) {
      if (load<u8>(p) != 0x6e) hasOthers = true
      p = skipValue(p, end, depth)
    } else if (element == 0) {
      isNew = true
      p = skipValue(p, end, depth)
    } else {
      const after = behindKnown(element, p, end)
      p = after != 0 ? after : tellValue(element, p, end, depth)
    }
    if (p == 0) return 0
    p = blank(p, end)
    if (p >= end) return 0
    const c = load<u8>(p++)
    if (c == 0x5d) return p
    if (c != 0x2c) return 0
  }
}

/** Tells of a row, or of a list of rows. */
function tellRows(p: usize, end: usize): usize {
  const root = state + SHAPES_ROOT
  return load<u8>(p) == 0x7b ? tellObject(root, p + 1, end, 1) : tellElements(root, p + 1, end, 1, true)
}

// Where the text that is looked at begins and ends.
let from: usize = 0
let to: usize = 0

function begin(told: usize, text: usize, size: i32, into: usize): void {
  spec = told
  state = into
  flags = load<u32>(spec, SAMPLE_FLAGS)
  const json = load<u32>(spec, SAMPLE_JSON_FLAGS)
  // What is no number cannot be a decimal.
  const areDecimals = (flags & (SAMPLE_PREFERS_DECIMALS | SAMPLE_ONLY_STRINGS)) == SAMPLE_PREFERS_DECIMALS
  takeSpecialNumbers((json & JSON_NO_SPECIAL_NUMBERS) == 0 && !areDecimals)
  from = text
  to = text + <usize>size
  if (json & JSON_DIALECT) {
    withoutDialect(text, size, json)
    from = dialectAt
    to = dialectEnd
  }
  from = blank(from, to)
}

/** Adds what a value tells, whatever it is; what follows it is not looked at. Nothing is kept of one that is malformed but that it is. */
export function addJsonValue(told: usize, text: usize, size: i32, into: usize): void {
  begin(told, text, size, into)
  if (from == to) return
  adds = true
  isAlone = true
  if (tellValue(state + SHAPES_ROOT, from, to, 0) == 0) keepDamaged(state, text, size)
}

/** Adds what a line tells of the columns of its row, or of its rows. */
export function addJsonRow(told: usize, line: usize, size: i32, into: usize): void {
  begin(told, line, size, into)
  if (from == to) return
  const c = load<u8>(from)
  if (c != 0x7b && c != 0x5b) {
    if (c != 0x6e || skipValue(from, to, 0) == 0) keepDamaged(state, line, size)
    return
  }
  adds = false
  isAlone = false
  isNew = false
  hasOthers = false
  if (tellRows(from, to) == 0) return keepDamaged(state, line, size)
  if (c == 0x5b) store<u32>(state, 1, SHAPES_LISTED)
  if (hasOthers) return keepDamaged(state, line, size)
  adds = true
  if (isNew) tellRows(from, to)
}
