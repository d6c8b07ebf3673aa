// Paths into JSON text as lists of steps. The one read last is kept: most queries ask each row for the same.
import { arenaAllocate } from '../arena'
import { bytesEqual } from '../bytes'

/** A step: what it is, where its name lies, and how long that is or which number it has. */
export const STEP_BYTES: usize = 16
const STEP_KIND: usize = 0
const STEP_NAME_AT: usize = 4
const STEP_NUMBER: usize = 8

export const STEP_END = 0
export const STEP_NAME = 1
export const STEP_INDEX = 2
export const STEP_ALL = 3
const STEP_WRONG = 4

@inline
export function kindOfStep(step: usize): i32 {
  return load<i32>(step, STEP_KIND)
}
@inline
export function nameOfStep(step: usize): usize {
  return load<u32>(step, STEP_NAME_AT)
}
@inline
export function numberOfStep(step: usize): i32 {
  return load<i32>(step, STEP_NUMBER)
}

/** The longest path that is kept, and its steps, of which there are no more than it has bytes. */
const MOST_KEPT = 128
const KEPT_PATH: usize = memory.data(MOST_KEPT)
const KEPT_STEPS: usize = memory.data((MOST_KEPT + 1) * 16, 8)
let keptLength = -1
let isKeptRight = false

// The step read last, and where the next one begins.
let kind = 0
let name: usize = 0
let number: i64 = 0
let rest: usize = 0
let pathEnd: usize = 0

function readStep(p: usize): void {
  kind = STEP_WRONG
  if (p == pathEnd) {
    kind = STEP_END
    return
  }
  const sign = load<u8>(p++)
  if (sign == 0x2e) return readName(p)
  if (sign != 0x5b || p >= pathEnd) return
  if (load<u8>(p) == 0x27) return readQuotedName(p + 1)
  if (load<u8>(p) == 0x2a) {
    p++
    kind = STEP_ALL
  } else {
    number = 0
    const from = p
    while (p < pathEnd && <u32>load<u8>(p) - 48 < 10) number = min<i64>(number * 10 + load<u8>(p++) - 48, i32.MAX_VALUE)
    kind = p > from ? STEP_INDEX : STEP_WRONG
  }
  if (p >= pathEnd || load<u8>(p) != 0x5d) kind = STEP_WRONG
  rest = p + 1
}

function readName(p: usize): void {
  name = p
  while (p < pathEnd && load<u8>(p) != 0x2e && load<u8>(p) != 0x5b) p++
  number = p - name
  rest = p
  kind = number > 0 ? STEP_NAME : STEP_WRONG
}

function readQuotedName(p: usize): void {
  name = p
  while (p < pathEnd && load<u8>(p) != 0x27 && load<u8>(p) != 0x3f) p++
  number = p - name
  rest = p + 2
  const isClosed = rest <= pathEnd && load<u8>(p) == 0x27 && load<u8>(p, 1) == 0x5d
  kind = number > 0 && isClosed ? STEP_NAME : STEP_WRONG
}

/** Writes the steps to `to`, unless that is 0; how many bytes they take, 0 where it is no path. */
function readSteps(path: usize, length: i32, to: usize): usize {
  pathEnd = path + length
  if (length == 0 || load<u8>(path) != 0x24) return 0
  let bytes: usize = 0
  rest = path + 1
  do {
    readStep(rest)
    if (kind == STEP_WRONG) return 0
    if (to != 0) {
      store<i32>(to + bytes, kind, STEP_KIND)
      store<u32>(to + bytes, <u32>name, STEP_NAME_AT)
      store<i32>(to + bytes, <i32>number, STEP_NUMBER)
    }
    bytes += STEP_BYTES
  } while (kind != STEP_END)
  return bytes
}

/** The steps of a path, the last one STEP_END; 0 for what is none. They are good until another path is read. */
export function stepsOf(path: usize, length: i32): usize {
  if (length > MOST_KEPT) {
    const bytes = readSteps(path, length, 0)
    if (bytes == 0) return 0
    const steps = arenaAllocate(bytes)
    readSteps(path, length, steps)
    return steps
  }
  if (length != keptLength || !bytesEqual(path, KEPT_PATH, length)) {
    memory.copy(KEPT_PATH, path, length)
    keptLength = length
    isKeptRight = readSteps(KEPT_PATH, length, KEPT_STEPS) > 0
  }
  return isKeptRight ? KEPT_STEPS : 0
}
