// What a pattern finds in a text, or leaves between what it finds, as an array of texts.
import { PACKED_COUNT_BYTES, PACKED_OFFSET_BYTES } from '../../interface/packed'
import { RESULT_ADDRESS, RESULT_LENGTH, ROUTINE_VALUE } from '../../interface/text'
import { arenaAllocate } from '../arena'
import { allocate, release } from '../memory'
import { bytesEqual } from '../bytes'
import { bitmapBytes, fillOnes } from '../nested/packed'
import { patternBegin, patternEnd, patternFind, patternSlot } from './pattern'
import { finish, programInUse, programOf, refuseGroup, searchOn } from './pattern-functions'
import { copyBytes } from '../rows/row-store'

/** Where parts of a text begin and end (i32 each), on the heap. */
let parts: usize = 0
let room = 0
let count = 0

function addPart(from: i32, to: i32): void {
  if (count == room) {
    const more = max(room * 2, 16)
    const fresh = allocate(<usize>more << 3)
    if (room > 0) {
      memory.copy(fresh, parts, <usize>count << 3)
      release(parts)
    }
    parts = fresh
    room = more
  }
  store<i32>(parts + (<usize>count << 3), from)
  store<i32>(parts + (<usize>count << 3), to, 4)
  count++
}

/** Writes the parts as an array; writes address and length. */
function giveParts(at: usize, out: usize): void {
  let bytes: usize = 0
  for (let i = 0; i < count; i++) bytes += load<i32>(parts + (<usize>i << 3), 4) - load<i32>(parts + (<usize>i << 3))
  const bits: usize = bitmapBytes(count)
  const start: usize = arenaAllocate(<usize>PACKED_COUNT_BYTES + bits + (<usize>count + 1) * PACKED_OFFSET_BYTES + bytes)
  store<i32>(start, count)
  fillOnes(start + PACKED_COUNT_BYTES, count)
  let offset = start + PACKED_COUNT_BYTES + bits
  const texts = offset + (<usize>count + 1) * PACKED_OFFSET_BYTES
  let end: usize = 0
  store<u32>(offset, 0)
  for (let i = 0; i < count; i++) {
    const from = load<i32>(parts + (<usize>i << 3))
    const size: usize = load<i32>(parts + (<usize>i << 3), 4) - from
    copyBytes(texts + end, at + from, size)
    end += size
    offset += PACKED_OFFSET_BYTES
    store<u32>(offset, <u32>end)
  }
  store<u32>(out, <u32>start, RESULT_ADDRESS)
  store<u32>(out, <u32>(texts + end - start), RESULT_LENGTH)
}

/** The characters, the last part with those that are too many. */
function splitCharacters(at: usize, length: i32, limit: i32): void {
  let from = 0
  while (from < length && (limit <= 0 || count < limit - 1)) {
    let next = from + 1
    while (next < length && (load<u8>(at + next) & 0xc0) == 0x80) next++
    addPart(from, next)
    from = next
  }
  if (from < length || length == 0) addPart(from, length)
}

/** What lies between matches, in at most so many parts where the limit is positive; writes address and length, returns a status. */
export function patternSplit(at: usize, length: i32, pattern: usize, patternLength: i32, limit: i32, out: usize): i32 {
  count = 0
  if (patternLength == 0) {
    splitCharacters(at, length, limit)
    giveParts(at, out)
    return ROUTINE_VALUE
  }
  const status = programOf(pattern, patternLength, 0, out)
  if (status != ROUTINE_VALUE) return status
  patternBegin(at, length, programInUse(), 0)
  let begin = 0
  for (let from = 0; from <= length && (limit <= 0 || count < limit - 1) && patternFind(from); from = searchOn(at, length)) {
    // An empty match at the beginning divides nothing.
    if (patternSlot(1) == 0) continue
    addPart(begin, patternSlot(0))
    begin = patternSlot(1)
  }
  addPart(begin, length)
  giveParts(at, out)
  return finish(pattern, patternLength, out)
}

/** What lies between occurrences of a text, which is not empty; as `patternSplit`. */
export function textSplit(at: usize, length: i32, by: usize, byLength: i32, limit: i32, out: usize): void {
  count = 0
  const most = limit > 0 ? limit - 1 : i32.MAX_VALUE
  const last = byLength - 1
  // Sixteen places at a time by first and last byte, as `bytesFind`.
  const first = v128.splat<u8>(load<u8>(by))
  const final = v128.splat<u8>(load<u8>(by + last))
  const places = length - last
  let begin = 0
  for (let i = 0; i < places && count < most; i += 16) {
    const equal = v128.and(v128.eq<u8>(v128.load(at + i), first), v128.eq<u8>(v128.load(at + i + last), final))
    let mask = i8x16.bitmask(equal)
    if (places - i < 16) mask &= (1 << (places - i)) - 1
    for (; mask != 0 && count < most; mask &= mask - 1) {
      const place = i + <i32>ctz<i32>(mask)
      if (place < begin || (byLength > 2 && !bytesEqual(at + place, by, byLength))) continue
      addPart(begin, place)
      begin = place + byLength
    }
  }
  addPart(begin, length)
  giveParts(at, out)
}

/** What a group of each match has, empty where it takes no part; writes address and length, returns a status. */
export function patternGroups(at: usize, length: i32, pattern: usize, patternLength: i32, group: i32, out: usize): i32 {
  const status = programOf(pattern, patternLength, i32(group != 0), out)
  if (status != ROUTINE_VALUE) return status
  count = 0
  const most = load<i32>(programInUse()) / 2 - 1
  patternBegin(at, length, programInUse(), 0)
  for (let from = 0; from <= length && patternFind(from); from = searchOn(at, length)) {
    if (group < 0 || group > most) {
      patternEnd()
      return refuseGroup(most, group, out)
    }
    const begin = patternSlot(group << 1)
    addPart(max(begin, 0), begin < 0 ? 0 : patternSlot((group << 1) + 1))
  }
  giveParts(at, out)
  return finish(pattern, patternLength, out)
}
