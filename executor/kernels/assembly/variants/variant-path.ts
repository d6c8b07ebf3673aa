// What lies in a variant at a path: `$.a[0]["b"]`.
import { ROUTINE_NULL, ROUTINE_VALUE } from '../../interface/text'
import { IS_ARRAY, IS_OBJECT, VARIANT_BAD_PATH, VARIANT_METADATA } from '../../interface/variant'
import { arenaAllocate } from '../arena'
import { bytesFrom, keyAt, keyLength, kind, metadataAt, metadataBytes, openVariant, readVariant, tellBytes, variantFault } from './variant'
import { compareKeys } from './variant-keys'
import { keepMembers, memberAt, memberCount, readMemberKey } from './variant-frames'
import { variantVerdict } from './variant-json'

const DOT: u32 = 0x2e
const OPEN: u32 = 0x5b
const CLOSE: u32 = 0x5d
/** From so many members on one is looked for by halves, as they are in order. */
const MANY = 32
const NO_KEY = -1

// The step of the path read last: a key, or the number of an element.
let stepAt: usize = 0
let stepLength = NO_KEY
let stepIndex: i64 = 0

/** To after a step; 0 when it is none. */
function readStep(p: usize, end: usize): usize {
  const c = <u32>load<u8>(p)
  p++
  if (c == DOT) return readName(p, end)
  if (c != OPEN || p >= end) return 0
  const quote = <u32>load<u8>(p)
  return quote == 0x22 || quote == 0x27 ? readQuoted(p + 1, end, quote) : readIndex(p, end)
}

function readName(p: usize, end: usize): usize {
  stepAt = p
  while (p < end && <u32>load<u8>(p) != DOT && <u32>load<u8>(p) != OPEN) p++
  stepLength = <i32>(p - stepAt)
  return stepLength > 0 ? p : 0
}

function readQuoted(p: usize, end: usize, quote: u32): usize {
  stepAt = p
  while (p < end && <u32>load<u8>(p) != quote) p++
  stepLength = <i32>(p - stepAt)
  return p + 1 < end && <u32>load<u8>(p, 1) == CLOSE ? p + 2 : 0
}

function readIndex(p: usize, end: usize): usize {
  const start = p
  stepLength = NO_KEY
  stepIndex = 0
  for (; p < end && <u32>load<u8>(p) - 48 < 10; p++) {
    stepIndex = stepIndex * 10 + <i64>load<u8>(p) - 48
    if (stepIndex > i32.MAX_VALUE) return 0
  }
  return p > start && p < end && <u32>load<u8>(p) == CLOSE ? p + 1 : 0
}

/** Whether a text is a path: all of it is looked at, also where its beginning finds nothing. */
function isPath(path: usize, length: i32): bool {
  const end = path + <usize>length
  if (length == 0 || load<u8>(path) != 0x24) return false
  let p = path + 1
  while (p != 0 && p < end) p = readStep(p, end)
  return p != 0
}

/** The member that the step asks for of the value read last; 0 when there is none. */
function stepInto(): usize {
  if (stepLength == NO_KEY) {
    if (kind != IS_ARRAY) return 0
    const list = keepMembers(0)
    return stepIndex < memberCount(list) ? memberAt(list, <i32>stepIndex) : 0
  }
  if (kind != IS_OBJECT) return 0
  const frame = keepMembers(0)
  const count = memberCount(frame)
  if (count >= MANY) return memberByHalves(frame, count)
  for (let i = 0; i < count; i++) {
    if (!readMemberKey(frame, i)) return 0
    if (keyLength == stepLength && memory.compare(keyAt, stepAt, keyLength) == 0) return memberAt(frame, i)
  }
  return 0
}

function memberByHalves(frame: usize, count: i32): usize {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (!readMemberKey(frame, middle)) return 0
    const order = compareKeys(keyAt, keyLength, stepAt, stepLength)
    if (order == 0) return memberAt(frame, middle)
    if (order < 0) low = middle + 1
    else high = middle
  }
  return 0
}

/** Writes address and length of what lies at a path, with all of the keys; NULL when there is nothing. */
export function variantAt(at: usize, length: i32, path: usize, pathLength: i32, out: usize): i32 {
  if (!isPath(path, pathLength)) {
    tellBytes(path, pathLength, out)
    return VARIANT_BAD_PATH
  }
  let value = openVariant(at, length)
  const end = path + <usize>pathLength
  let p = path + 1
  while (value != 0 && readVariant(value) && p < end) {
    p = readStep(p, end)
    value = stepInto()
  }
  if (variantFault != 0) return variantVerdict(out)
  if (value == 0) return ROUTINE_NULL
  tellVariant(value, out)
  return variantVerdict(out)
}

/** Puts the value read last, which lies at a place, with all of the keys into the arena; writes address and length. */
export function tellVariant(value: usize, out: usize): void {
  const metadata = metadataBytes()
  const bytes = bytesFrom(value)
  if (variantFault != 0) return
  const start = arenaAllocate(<usize>VARIANT_METADATA + metadata + bytes)
  store<u32>(start, metadata)
  memory.copy(start + VARIANT_METADATA, metadataAt(), metadata)
  memory.copy(start + VARIANT_METADATA + metadata, value, bytes)
  tellBytes(start, <i32>(VARIANT_METADATA + metadata + bytes), out)
}
