// Values of a variant in another one, which has no more keys than it needs.
import { IS_ARRAY, IS_OBJECT } from '../../interface/variant'
import { bytesFrom, keyAt, keyLength, kind, openVariant, readVariant } from './variant'
import { keepMembers, memberAt, memberCount, readMemberKey } from './variant-frames'
import {
  appendEncoded,
  appendMember,
  finishArray,
  finishObject,
  variantBegin,
  variantCursor,
  variantFinish,
  variantKey,
} from './variant-builder'
import { variantVerdict } from './variant-json'

/** Appends a value of the variant that is open, which lies so deep in it, to the one that is being made; false when it is malformed. */
export function appendCopy(value: usize, depth: i32): bool {
  if (!readVariant(value)) return false
  if (kind != IS_OBJECT && kind != IS_ARRAY) {
    appendEncoded(value, bytesFrom(value))
    return true
  }
  const isObject = kind == IS_OBJECT
  const frame = keepMembers(depth)
  if (frame == 0) return false
  const count = memberCount(frame)
  const start = variantCursor()
  for (let i = 0; i < count; i++) {
    let key = 0
    if (isObject) {
      if (!readMemberKey(frame, i)) return false
      key = variantKey(keyAt, keyLength)
    }
    appendMember(start, key)
    if (!appendCopy(memberAt(frame, i), depth + 1)) return false
  }
  if (isObject) return finishObject(start, count)
  finishArray(start, count)
  return true
}

/** Makes a value of the variant that is open a variant of its own; writes address and length; false when it is malformed. */
export function rebuiltVariant(value: usize, depth: i32, out: usize): bool {
  variantBegin()
  if (!appendCopy(value, depth)) return false
  variantFinish(out)
  return true
}

/** A variant with the keys that it needs alone. */
export function variantRebuilt(at: usize, length: i32, out: usize): i32 {
  const value = openVariant(at, length)
  if (value != 0) rebuiltVariant(value, 0, out)
  return variantVerdict(out)
}
