// What a variant consists of: its members as rows, and whether it is null or can be read.
import { ROUTINE_NULL, ROUTINE_VALUE } from '../../interface/text'
import { SLOT_ADDRESS, SLOT_LENGTH, TYPE_FLAG, TYPE_VALUE } from '../../interface/packed'
import { IS_ARRAY, IS_NULL, IS_OBJECT } from '../../interface/variant'
import { childOf } from '../nested/packed'
import { slotsAllocate, slotsPack } from '../nested/packed-slots'
import { keyAt, keyLength, kind, openVariant, readVariant, variantFault } from './variant'
import { keepMembers, memberAt, memberCount, readMemberKey } from './variant-frames'
import { variantVerdict } from './variant-json'
import { tellVariant } from './variant-path'

const MEMBER: usize = memory.data(8, 8)
/** The slots of an element: one value behind the other, as the type tells. */
const SLOT_BYTES = 64

@inline
function flagOf(node: usize): usize {
  return load<u32>(node, TYPE_FLAG)
}
@inline
function valueOf(node: usize): usize {
  return load<u32>(node, TYPE_VALUE)
}

/** The members of an object or array as an array of positions, keys and values; NULL of anything else. */
export function variantMembers(type: usize, at: usize, length: i32, out: usize): i32 {
  const value = openVariant(at, length)
  if (value == 0 || !readVariant(value)) return variantVerdict(out)
  if (kind != IS_OBJECT && kind != IS_ARRAY) return ROUTINE_NULL
  const isObject = kind == IS_OBJECT
  const frame = keepMembers(0)
  const count = memberCount(frame)
  const slots = slotsAllocate(count, SLOT_BYTES)
  const row = childOf(type, type, 0)
  const position = childOf(type, row, 0)
  const key = childOf(type, row, 1)
  const member = childOf(type, row, 2)
  memory.fill(slots, 0, <usize>count * SLOT_BYTES)
  for (let i = 0; i < count; i++) {
    const slot = slots + <usize>i * SLOT_BYTES
    store<i32>(slot + valueOf(position), i)
    store<u8>(slot + flagOf(key), u8(!isObject))
    if (isObject) {
      if (!readMemberKey(frame, i)) return variantVerdict(out)
      store<u32>(slot + valueOf(key), <u32>keyAt, SLOT_ADDRESS)
      store<u32>(slot + valueOf(key), <u32>keyLength, SLOT_LENGTH)
    }
    const at = memberAt(frame, i)
    if (readVariant(at)) tellVariant(at, MEMBER)
    if (variantFault != 0) return variantVerdict(out)
    store<u64>(slot + valueOf(member), load<u64>(MEMBER))
  }
  slotsPack(type, slots, count, SLOT_BYTES, out)
  return ROUTINE_VALUE
}

/** Whether the value is the null of variants, which is no NULL; 1 or 0. */
export function variantIsNull(at: usize, length: i32): i32 {
  const value = openVariant(at, length)
  return i32(value != 0 && readVariant(value) && kind == IS_NULL)
}

/** Whether all of a variant can be read, and its keys are in order; 1 or 0. */
export function variantIsValid(at: usize, length: i32): i32 {
  const value = openVariant(at, length)
  return i32(value != 0 && isReadable(value, 0))
}

function isReadable(value: usize, depth: i32): bool {
  if (!readVariant(value)) return false
  if (kind != IS_OBJECT && kind != IS_ARRAY) return true
  const isObject = kind == IS_OBJECT
  const frame = keepMembers(depth)
  if (frame == 0) return false
  const count = memberCount(frame)
  for (let i = 0; i < count; i++) {
    if (isObject && !readMemberKey(frame, i)) return false
    if (!isReadable(memberAt(frame, i), depth + 1)) return false
  }
  return true
}
