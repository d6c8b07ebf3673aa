// Functions of texts and patterns, over programs that the host makes of patterns. The last ones are kept.
import { PATTERN_MADE, PATTERN_NAMES } from '../../interface/pattern'
import { RESULT_ADDRESS, RESULT_LENGTH, RESULT_LOW, ROUTINE_ERROR, ROUTINE_VALUE } from '../../interface/text'
import { arenaAllocate } from '../arena'
import { allocate, release } from '../memory'
import { patternBegin, patternEnd, patternFind, patternGaveUp, patternSlot } from './pattern'
import { utf8Length } from './strings'
import { endText, writeDigits } from './text'

/** Writes the program of a pattern, with its groups or without, allocated, and its size to `out`; what the host answers is told (PATTERN_*). */
@external("env", "makePattern")
declare function makePattern(at: usize, length: i32, keepsGroups: i32, out: usize): i32

const KEPT = 8
const ENTRY_BYTES: usize = 16
/** Of each: the text of the pattern and its length, its program, whether that keeps groups. */
const PROGRAMS: usize = memory.data(128, 8)
let replaced = 0
let current: usize = 0

/** The program that the last pattern was made. */
export function programInUse(): usize {
  return current
}

function isEntryOf(entry: usize, at: usize, length: i32, keepsGroups: i32): bool {
  if (load<u32>(entry, 8) == 0 || load<i32>(entry, 12) != keepsGroups) return false
  return load<i32>(entry, 4) == length && memory.compare(load<u32>(entry), at, length) == 0
}

/** Makes `current` the program of a pattern; a status. */
export function programOf(at: usize, length: i32, keepsGroups: i32, out: usize): i32 {
  for (let i = 0; i < KEPT; i++) {
    const entry = PROGRAMS + <usize>i * ENTRY_BYTES
    if (!isEntryOf(entry, at, length, keepsGroups)) continue
    current = load<u32>(entry, 8)
    return ROUTINE_VALUE
  }
  const outcome = makePattern(at, length, keepsGroups, out)
  if (outcome != PATTERN_MADE) return refuse(at, length, out, outcome - PATTERN_MADE - 1)
  const entry = PROGRAMS + <usize>replaced * ENTRY_BYTES
  replaced = (replaced + 1) % KEPT
  if (load<u32>(entry, 8) != 0) {
    release(load<u32>(entry))
    release(load<u32>(entry, 8))
  }
  current = load<u32>(out, RESULT_ADDRESS)
  const copy = allocate(length)
  memory.copy(copy, at, length)
  store<u32>(entry, <u32>copy)
  store<i32>(entry, length, 4)
  store<u32>(entry, <u32>current, 8)
  store<i32>(entry, keepsGroups, 12)
  return ROUTINE_VALUE
}

/** Tells what is at fault, and which of the conditions of a function it is: its pattern is malformed, not built, took too many steps, others. */
function refuse(at: usize, length: i32, out: usize, condition: i32): i32 {
  store<u32>(out, <u32>at, RESULT_ADDRESS)
  store<u32>(out, length, RESULT_LENGTH)
  return ROUTINE_ERROR + condition
}

const TOO_MANY_STEPS = 2
const OTHER_CONDITION = 3

/** Ends a function whose result was written, unless its search gave up. */
export function finish(pattern: usize, patternLength: i32, out: usize): i32 {
  const gaveUp = patternGaveUp
  patternEnd()
  return gaveUp ? refuse(pattern, patternLength, out, TOO_MANY_STEPS) : ROUTINE_VALUE
}

function giveNumber(value: i32, out: usize): void {
  store<i32>(out, value, RESULT_LOW)
}

function giveView(start: usize, length: i32, out: usize): void {
  store<u32>(out, <u32>start, RESULT_ADDRESS)
  store<u32>(out, length, RESULT_LENGTH)
}

/** Whether a pattern matches somewhere. */
export function patternOccurs(at: usize, length: i32, pattern: usize, patternLength: i32, out: usize): i32 {
  const status = programOf(pattern, patternLength, 0, out)
  if (status != ROUTINE_VALUE) return status
  patternBegin(at, length, current, 0)
  giveNumber(i32(patternFind(0)), out)
  return finish(pattern, patternLength, out)
}

/** Where to search on behind the last match; behind an empty one a character later. */
export function searchOn(at: usize, length: i32): i32 {
  let next = patternSlot(1)
  if (patternSlot(0) != next) return next
  do next++
  while (next < length && (load<u8>(at + next) & 0xc0) == 0x80)
  return next
}

/** How many matches there are one behind the other. */
export function patternCount(at: usize, length: i32, pattern: usize, patternLength: i32, out: usize): i32 {
  const status = programOf(pattern, patternLength, 0, out)
  if (status != ROUTINE_VALUE) return status
  patternBegin(at, length, current, 0)
  let count = 0
  for (let from = 0; from <= length && patternFind(from); from = searchOn(at, length)) count++
  giveNumber(count, out)
  return finish(pattern, patternLength, out)
}

/** The position, from 1, of the first match in code points; 0 when there is none. */
export function patternPosition(at: usize, length: i32, pattern: usize, patternLength: i32, out: usize): i32 {
  const status = programOf(pattern, patternLength, 0, out)
  if (status != ROUTINE_VALUE) return status
  patternBegin(at, length, current, 0)
  giveNumber(patternFind(0) ? utf8Length(at, patternSlot(0)) + 1 : 0, out)
  return finish(pattern, patternLength, out)
}

/** What a group of the first match has; empty without a match. A group that there is not is told with how many there are. */
export function patternGroup(at: usize, length: i32, pattern: usize, patternLength: i32, group: i32, out: usize): i32 {
  const status = programOf(pattern, patternLength, i32(group != 0), out)
  if (status != ROUTINE_VALUE) return status
  patternBegin(at, length, current, 0)
  const isFound = patternFind(0)
  const most = load<i32>(current) / 2 - 1
  giveView(at, 0, out)
  if (isFound && (group < 0 || group > most)) {
    patternEnd()
    return refuseGroup(most, group, out)
  }
  if (isFound && patternSlot(group << 1) >= 0) {
    const from = patternSlot(group << 1)
    giveView(at + from, patternSlot((group << 1) + 1) - from, out)
  }
  return finish(pattern, patternLength, out)
}

/** Tells how many groups there are, and which one was asked for. */
export function refuseGroup(most: i32, group: i32, out: usize): i32 {
  const start = arenaAllocate(32)
  let end = writeDigits(start, most, 1)
  store<u8>(end++, 10)
  if (group < 0) store<u8>(end++, 0x2d)
  end = writeDigits(end, <u64>abs<i64>(group), 1)
  endText(start, end, out)
  return ROUTINE_ERROR + OTHER_CONDITION
}

/** What was read of a replacement: the group it names, less than 0 for a text. */
let group = 0
let readTo = 0

function isDigit(byte: u32): bool {
  return byte - 0x30 < 10
}

function isLetter(byte: u32): bool {
  return (byte | 0x20) - 0x61 < 26
}

/** Reads `$1`, `${name}` behind the dollar; false when it is malformed. */
function readReference(by: usize, length: i32, at: i32): bool {
  const most = load<i32>(current) / 2 - 1
  if (at < length && load<u8>(by + at) == 0x7b) return readNamed(by, length, at + 1)
  if (at >= length || !isDigit(load<u8>(by + at))) return false
  group = <i32>load<u8>(by + at) - 0x30
  if (group > most) return false
  for (at++; at < length && isDigit(load<u8>(by + at)); at++) {
    const wider = group * 10 + <i32>load<u8>(by + at) - 0x30
    if (wider > most) break
    group = wider
  }
  readTo = at
  return true
}

function readNamed(by: usize, length: i32, from: i32): bool {
  let end = from
  while (end < length && (isLetter(load<u8>(by + end)) || isDigit(load<u8>(by + end)))) end++
  if (end == from || end == length || load<u8>(by + end) != 0x7d) return false
  const names = current + load<i32>(current, PATTERN_NAMES)
  for (let i = 0; i < load<i32>(names); i++) {
    const entry = names + 4 + <usize>i * 12
    if (load<i32>(entry, 4) != end - from) continue
    if (memory.compare(current + load<i32>(entry), by + from, end - from) != 0) continue
    group = load<i32>(entry, 8)
    readTo = end + 1
    return true
  }
  return false
}

/** A text that grows, on the heap until it is done. */
let target: usize = 0
let targetBytes: usize = 0
let written: usize = 0

function append(at: usize, length: i32): void {
  if (written + length > targetBytes) {
    const bytes = (written + length) * 2 + 64
    const fresh = allocate(bytes)
    if (target != 0) {
      memory.copy(fresh, target, written)
      release(target)
    }
    target = fresh
    targetBytes = bytes
  }
  memory.copy(target + written, at, length)
  written += length
}

function hasReference(by: usize, length: i32): i32 {
  for (let i = 0; i < length; i++) if (load<u8>(by + i) == 0x24) return 1
  return 0
}

/** Appends what stands in the place of the last match; false when the replacement is malformed. */
function appendReplacement(at: usize, by: usize, byLength: i32): bool {
  for (let i = 0; i < byLength; ) {
    const byte = load<u8>(by + i)
    if (byte == 0x5c) {
      if (++i == byLength) return false
      append(by + i, 1)
      i++
    } else if (byte == 0x24) {
      if (!readReference(by, byLength, i + 1)) return false
      i = readTo
      const from = patternSlot(group << 1)
      if (from >= 0) append(at + from, patternSlot((group << 1) + 1) - from)
    } else {
      let end = i + 1
      while (end < byLength && load<u8>(by + end) != 0x5c && load<u8>(by + end) != 0x24) end++
      append(by + i, end - i)
      i = end
    }
  }
  return true
}

/** Each match from a position on, counted in code points from 1, replaced; `$1` in what replaces it is a group. */
export function patternReplace(
  at: usize, length: i32, pattern: usize, patternLength: i32, by: usize, byLength: i32, position: i32, out: usize,
): i32 {
  const status = programOf(pattern, patternLength, hasReference(by, byLength), out)
  if (status != ROUTINE_VALUE) return status
  let begin = 0
  for (let points = position - 1; points > 0 && begin < length; points--) {
    do begin++
    while (begin < length && (load<u8>(at + begin) & 0xc0) == 0x80)
  }
  giveView(at, length, out)
  if (begin == length && position > 1) return ROUTINE_VALUE
  patternBegin(at, length, current, begin)
  written = 0
  let copied = 0
  let isAny = false
  for (let from = begin; from <= length && patternFind(from); from = searchOn(at, length)) {
    isAny = true
    append(at + copied, patternSlot(0) - copied)
    copied = patternSlot(1)
    if (!appendReplacement(at, by, byLength)) {
      patternEnd()
      return refuse(at, length, out, OTHER_CONDITION)
    }
  }
  if (isAny && !patternGaveUp) {
    append(at + copied, length - copied)
    const result = arenaAllocate(written)
    memory.copy(result, target, written)
    giveView(result, <i32>written, out)
  }
  if (targetBytes > 4096) {
    release(target)
    target = 0
    targetBytes = 0
  }
  return finish(pattern, patternLength, out)
}
