// The members of the objects and arrays of the variant that is read.
import { VARIANT_MOST_DEPTH } from '../../interface/variant'
import { ids, idWidth, malformed, members, offsets, offsetWidth, readKeyOf, size, unsignedAt } from './variant'

// An object or array, to go on with when others were read: a place for each depth.
const FRAME_IDS = 0
const FRAME_OFFSETS = 4
const FRAME_MEMBERS = 8
const FRAME_COUNT = 12
const FRAME_ID_WIDTH = 16
const FRAME_OFFSET_WIDTH = 20
const FRAME_BYTES = 24
const FRAMES: usize = memory.data((VARIANT_MOST_DEPTH + 1) * FRAME_BYTES, 8)

/** Keeps the object or array read last, which lies so deep in others; 0 when that is too deep. */
export function keepMembers(depth: i32): usize {
  if (depth > VARIANT_MOST_DEPTH) return malformed() ? 1 : 0
  const frame = FRAMES + <usize>depth * FRAME_BYTES
  store<u32>(frame, <u32>ids, FRAME_IDS)
  store<u32>(frame, <u32>offsets, FRAME_OFFSETS)
  store<u32>(frame, <u32>members, FRAME_MEMBERS)
  store<i32>(frame, size, FRAME_COUNT)
  store<u32>(frame, idWidth, FRAME_ID_WIDTH)
  store<u32>(frame, offsetWidth, FRAME_OFFSET_WIDTH)
  return frame
}

@inline
export function memberCount(frame: usize): i32 {
  return load<i32>(frame, FRAME_COUNT)
}

/** Where a member lies; whoever reads it sees whether that is within the variant. */
export function memberAt(frame: usize, index: i32): usize {
  const width = load<u32>(frame, FRAME_OFFSET_WIDTH)
  return <usize>load<u32>(frame, FRAME_MEMBERS) + unsignedAt(<usize>load<u32>(frame, FRAME_OFFSETS) + <usize>index * width, width)
}

/** Reads the key of a member of an object. */
export function readMemberKey(frame: usize, index: i32): bool {
  const width = load<u32>(frame, FRAME_ID_WIDTH)
  return readKeyOf(unsignedAt(<usize>load<u32>(frame, FRAME_IDS) + <usize>index * width, width))
}
