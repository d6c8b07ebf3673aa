// The members of the outermost object of JSON text: all keys, or the value of one.
import { JSON_SLOT_BYTES, JSON_SLOT_VALIDITY, JSON_STRING } from '../../interface/json-spec'
import { SLOT_ADDRESS, SLOT_LENGTH, TYPE_FLAG, TYPE_VALUE } from '../../interface/packed'
import { RESULT_ADDRESS, ROUTINE_NULL, ROUTINE_VALUE } from '../../interface/text'
import { extractLeaf, takeTextsAsTheyAre } from './json-leaves'
import { nameAt, nameLength, readName } from './json-names'
import { blank, readByPaths, skipValue } from './json-scan'
import { childOf } from '../nested/packed'
import { slotsAllocate, slotsDoubled, slotsPack } from '../nested/packed-slots'

const FIRST_KEYS = 16
const TEXT_BYTES = 8
const SLOT: usize = memory.data(JSON_SLOT_BYTES, 16)

let end: usize = 0

/** To after the bracket of the object; 0 when the text begins otherwise. */
function openObject(text: usize, length: i32): usize {
  end = text + <usize>length
  const p = blank(text, end)
  return p < end && load<u8>(p) == 0x7b ? blank(p + 1, end) : 0
}

/** Whether another member follows a value; `nextAt` is where, 0 when malformed. */
let nextAt: usize = 0
function hasNext(p: usize): bool {
  nextAt = 0
  if (p == 0) return false
  p = blank(p, end)
  if (p >= end) return false
  const c = load<u8>(p)
  if (c == 0x2c || c == 0x7d) nextAt = p + 1
  return c == 0x2c
}

function isEmpty(p: usize): bool {
  return p < end && load<u8>(p) == 0x7d
}

/** The keys as an array of texts; NULL of what is no object or malformed. What follows the object is not looked at. */
export function jsonKeys(type: usize, text: usize, length: i32, out: usize): i32 {
  readByPaths(true)
  const status = keysOf(type, text, length, out)
  readByPaths(false)
  return status
}

function keysOf(type: usize, text: usize, length: i32, out: usize): i32 {
  const element = childOf(type, type, 0)
  const flag = <usize>load<u32>(element, TYPE_FLAG)
  const value = <usize>load<u32>(element, TYPE_VALUE)
  const width = <i32>value + TEXT_BYTES
  let room = FIRST_KEYS
  let slots = slotsAllocate(room, width)
  let count = 0
  let p = openObject(text, length)
  if (p == 0) return ROUTINE_NULL
  if (!isEmpty(p))
    do {
      p = readName(p, end)
      if (p == 0) return ROUTINE_NULL
      if (count == room) {
        slots = slotsDoubled(slots, count, width)
        room <<= 1
      }
      const slot = slots + <usize>count * width
      count++
      store<u8>(slot + flag, 0)
      store<u32>(slot + value, <u32>nameAt, SLOT_ADDRESS)
      store<u32>(slot + value, <u32>nameLength, SLOT_LENGTH)
      const isLast = !hasNext(skipValue(p, end, 1))
      if (nextAt == 0) return ROUTINE_NULL
      p = isLast ? 0 : nextAt
    } while (p != 0)
  slotsPack(type, slots, count, width, out)
  return ROUTINE_VALUE
}

/** The value of a member as a text, of equal keys that of the last; NULL when there is none, or the object is malformed. */
export function jsonMember(text: usize, length: i32, wanted: usize, wantedLength: i32, out: usize): i32 {
  let p = openObject(text, length)
  if (p == 0 || isEmpty(p)) return ROUTINE_NULL
  store<u8>(SLOT, 0, JSON_SLOT_VALIDITY)
  takeTextsAsTheyAre(false)
  do {
    p = readName(p, end)
    if (p == 0) return ROUTINE_NULL
    const isSame = nameLength == wantedLength && memory.compare(nameAt, wanted, wantedLength) == 0
    const after = isSame ? extractLeaf(JSON_STRING, 0, p, end, SLOT, 1) : skipValue(p, end, 1)
    const isLast = !hasNext(after)
    if (nextAt == 0) return ROUTINE_NULL
    p = isLast ? 0 : nextAt
  } while (p != 0)
  store<u64>(out, load<u64>(SLOT), RESULT_ADDRESS)
  return load<u8>(SLOT, JSON_SLOT_VALIDITY) ? ROUTINE_VALUE : ROUTINE_NULL
}
