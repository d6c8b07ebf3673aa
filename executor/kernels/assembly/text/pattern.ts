// Runs the programs of patterns (executor/patterns/program.ts): ways that are open are tried in order, the newest first. A mark notes
// where a way came by without success, so that none is gone twice: the steps of a search are at most those of the program for each byte.
// What marks cannot tell (what is run apart, references to groups) has a bound of steps.
import * as P from '../../interface/pattern'
import { allocate, release } from '../memory'
import { base, before, behindMember, isPlace, searchText, size, text } from './pattern-text'

/** The program of the current search. */
let program: usize = 0
let slots: usize = 0
let slotCount = 0
let marks = 0
/** Open ways: a step and a place; or what a slot was, under a number less than 0. */
let stack: usize = 0
let stackBytes: usize = 0
let top: usize = 0
const FIRST_STACK_BYTES: usize = 4096
const MOST_STACK_BYTES: usize = 1 << 28

let markBits: usize = 0
let markBytes: usize = 0
const MOST_MARK_BYTES: u64 = 1 << 30
/** Behind the last place that has marks. */
let marked = 0

const MOST_STEPS: i64 = 1 << 24
let stepsLeft: i64 = 0

/** A search that took too many steps, or too much memory. */
export let patternGaveUp = false

let slotBytes: usize = 0

function reserve(address: usize, held: usize, bytes: usize): usize {
  const fresh = allocate(bytes)
  memory.fill(fresh, 0, bytes)
  if (address != 0) {
    memory.copy(fresh, address, held)
    release(address)
  }
  return fresh
}

/** Makes a text and a program those of the searches that follow. */
export function patternBegin(at: usize, length: i32, code: usize, from: i32): void {
  searchText(at, length, from)
  program = code
  slotCount = load<i32>(code, P.PATTERN_SLOTS)
  marks = load<i32>(code, P.PATTERN_MARKS)
  const wanted = <usize>(slotCount + load<i32>(code, P.PATTERN_REGISTERS)) << 2
  if (wanted > slotBytes) {
    if (slots != 0) release(slots)
    slots = reserve(0, 0, wanted)
    slotBytes = wanted
  }
  const bytes = (<u64>(length - from + 1) * marks >> 3) + 8
  patternGaveUp = bytes > MOST_MARK_BYTES
  if (bytes > markBytes && !patternGaveUp) {
    if (markBits != 0) release(markBits)
    markBits = reserve(0, 0, <usize>bytes)
    markBytes = <usize>bytes
  }
  if (stack == 0) {
    stack = reserve(0, 0, FIRST_STACK_BYTES)
    stackBytes = FIRST_STACK_BYTES
  }
}

/** Gives back what long texts needed. */
export function patternEnd(): void {
  if (markBytes > FIRST_STACK_BYTES) {
    release(markBits)
    markBits = 0
    markBytes = 0
  }
  if (stackBytes > FIRST_STACK_BYTES) {
    release(stack)
    stack = 0
  }
}

/** Where a group began (even) or ended (odd) in the last match; less than 0 when it was not in it. */
export function patternSlot(slot: i32): i32 {
  return load<i32>(slots + (<usize>slot << 2))
}

function push(step: i32, value: i32): void {
  if (top + 8 > stackBytes) {
    if (stackBytes >= MOST_STACK_BYTES) {
      patternGaveUp = true
      return
    }
    stack = reserve(stack, stackBytes, stackBytes * 2)
    stackBytes *= 2
  }
  store<i32>(stack + top, step)
  store<i32>(stack + top, value, 4)
  top += 8
}

/** Notes a value in a slot or a register, and what was there. */
function note(slot: i32, value: i32): void {
  const at = slots + (<usize>slot << 2)
  push(-1 - slot, load<i32>(at))
  store<i32>(at, value)
}

/** Whether a place is marked already; it is then. */
function isMarked(mark: i32, at: i32): bool {
  const bit = <u64>(at - base) * marks + mark
  const byte = markBits + <usize>(bit >> 3)
  const mask = <u8>1 << <u8>(bit & 7)
  if (at >= marked) marked = at + 1
  if (load<u8>(byte) & mask) return true
  store<u8>(byte, load<u8>(byte) | mask)
  return false
}

function forgetMarks(from: i32): void {
  if (marked > from) {
    const first = <usize>(<u64>(from - base) * marks >> 3)
    memory.fill(markBits + first, 0, <usize>((<u64>(marked - base) * marks + 7) >> 3) - first)
  }
  marked = base
}

/** As many characters of a set as there are; less than 0 when these are too few. */
function spanned(set: usize, fewest: i32, most: i32, at: i32): i32 {
  let count = 0
  while (count < most) {
    const next = behindMember(set, at)
    if (next < 0) break
    at = next
    count++
  }
  return count < fewest ? -1 : at
}

function behindSame(group: i32, at: i32): i32 {
  const from = patternSlot(group << 1)
  const bytes = patternSlot((group << 1) + 1) - from
  if (from < 0 || bytes < 0 || at + bytes > size) return -1
  return memory.compare(text + from, text + at, bytes) == 0 ? at + bytes : -1
}

/** Undoes what was noted since; ways that were open then stay. */
function undoTo(mark: usize): void {
  while (top > mark) {
    top -= 8
    const slot = load<i32>(stack + top)
    if (slot < 0) store<i32>(slots + (<usize>(-1 - slot) << 2), load<i32>(stack + top, 4))
  }
}

/** Closes the ways that were opened since, but keeps what was noted, for those before to undo. */
function closeTo(mark: usize): void {
  let kept = mark
  for (let at = mark; at < top; at += 8) {
    if (load<i32>(stack + at) >= 0) continue
    store<u64>(stack + kept, load<u64>(stack + at))
    kept += 8
  }
  top = kept
}

/** Runs what stands apart at a place; where it goes on, less than 0 when it does not. */
function runApart(step: usize, first: i32, at: i32, start: i32): i32 {
  const how = load<i32>(step, 4)
  const mark = top
  let found = -1
  if (how == P.APART_BEHIND || how == P.APART_NOT_BEHIND) {
    const lengths = load<i32>(step, 12)
    const most = lengths >> P.APART_MOST_SHIFT
    let from = at
    for (let count = 0; count <= most && found < 0; count++) {
      if (count >= (lengths & 0xffff)) found = run(first, from, start, at)
      if (from == base) break
      from = before(from)
    }
  } else found = run(first, at, start, -1)
  if (patternGaveUp) return -1
  const isNegated = how == P.APART_NOT_AHEAD || how == P.APART_NOT_BEHIND
  if (isNegated) {
    undoTo(mark)
    return found < 0 ? at : -1
  }
  if (found < 0) return -1
  closeTo(mark)
  return how == P.APART_ATOMIC ? found : at
}

/** Runs steps at a place until they match; where the match ends, which must be `target` unless that is less than 0. */
function run(first: i32, from: i32, start: i32, target: i32): i32 {
  const bottom = top
  let step = first
  let at = from
  while (!patternGaveUp) {
    const code = program + P.PATTERN_CODE + <usize>step * P.PATTERN_STEP_BYTES
    const a = load<i32>(code, 4)
    let next = at
    step++
    switch (load<i32>(code)) {
      case P.STEP_CHARACTER: {
        const bytes = load<i32>(code, 8)
        const same = at + bytes <= size && (bytes == 1 ? load<u8>(text + at) == <u8>a : memory.compare(text + at, code + 4, bytes) == 0)
        next = same ? at + bytes : -1
        break
      }
      case P.STEP_SET:
        next = behindMember(program + a, at)
        break
      case P.STEP_SPAN:
        next = spanned(program + a, load<i32>(code, 8), load<i32>(code, 12), at)
        break
      case P.STEP_SPLIT:
        push(load<i32>(code, 8), at)
        step = a
        break
      case P.STEP_JUMP:
        step = a
        break
      case P.STEP_SAVE:
        note(a, at)
        break
      case P.STEP_MARK:
        if (isMarked(a, at)) next = -1
        break
      case P.STEP_PLACE:
        if (!isPlace(load<i32>(code, 12), at, program + a, start)) next = -1
        break
      case P.STEP_SAME:
        next = behindSame(a, at)
        break
      case P.STEP_KEEP:
        note(slotCount + a, at)
        break
      case P.STEP_UNMOVED:
        if (patternSlot(slotCount + a) == at) step = load<i32>(code, 8)
        break
      case P.STEP_APART:
        next = runApart(code, step, at, start)
        step = load<i32>(code, 8)
        break
      default:
        if (target < 0 || at == target) return at
        next = -1
    }
    at = next
    if (next >= 0) continue
    if (--stepsLeft < 0) patternGaveUp = true
    // The newest way that is open.
    for (step = -1; step < 0 && top > bottom; ) {
      top -= 8
      step = load<i32>(stack + top)
      at = load<i32>(stack + top, 4)
      if (step < 0) store<i32>(slots + (<usize>(-1 - step) << 2), at)
    }
    if (step < 0) return -1
  }
  return -1
}

function mayBegin(byte: u32): bool {
  return ((load<u8>(program + P.PATTERN_FIRST + (byte >> 3)) >> <u8>(byte & 7)) & 1) != 0
}

/** Searches from a place on; the slots are those of the first match. */
export function patternFind(from: i32): bool {
  const last = load<i32>(program, P.PATTERN_ANCHORED) ? from : size
  const anyFirst = mayBegin(0xff)
  stepsLeft = MOST_STEPS + <i64>size * 64
  let found = -1
  for (let start = from; start <= last && found < 0 && !patternGaveUp; start++) {
    if (!anyFirst) {
      while (start < last && !mayBegin(load<u8>(text + start))) start++
      if (start == size) break
      if (!mayBegin(load<u8>(text + start))) break
    }
    if (start > from && start < size && (load<u8>(text + start) & 0xc0) == 0x80) continue
    memory.fill(slots, 0xff, <usize>slotCount << 2)
    top = 0
    found = run(0, start, from, -1)
  }
  if (marks > 0) forgetMarks(from)
  return found >= 0
}
