// The keys of maps: whether two are equal, and one of the two vectors as an array.
import { RESULT_ADDRESS, RESULT_LENGTH } from '../../interface/text'
import { PACKED_COUNT_BYTES } from '../../interface/packed'
import { arenaAllocate } from '../arena'
import { childOf, vectorEnd } from './packed'
import { equalElement } from './packed-hash'

/** The number of the first key of a map that equals one before it; -1 where all differ. */
export function packedEqualKey(type: usize, at: usize): i32 {
  return equalElement(type, childOf(type, type, 0), at + PACKED_COUNT_BYTES, load<i32>(at))
}

/** The keys (0) or the values (1) of a map as an array; writes address and length. */
export function packedMapPart(type: usize, at: usize, part: i32, out: usize): void {
  const count = load<i32>(at)
  const keys = at + PACKED_COUNT_BYTES
  const values = vectorEnd(type, childOf(type, type, 0), count, keys)
  const from = part == 0 ? keys : values
  const bytes = (part == 0 ? values : vectorEnd(type, childOf(type, type, 1), count, values)) - from
  const array = arenaAllocate(bytes + PACKED_COUNT_BYTES)
  store<i32>(array, count)
  memory.copy(array + PACKED_COUNT_BYTES, from, bytes)
  store<u32>(out, <u32>array, RESULT_ADDRESS)
  store<u32>(out, <u32>(bytes + PACKED_COUNT_BYTES), RESULT_LENGTH)
}
