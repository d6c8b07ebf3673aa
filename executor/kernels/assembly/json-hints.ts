// Which member of objects comes behind another one: mostly that which came last time, so that its name need only be compared.
import {
  JSON_FIELD_BYTES,
  JSON_FIELD_HEAD,
  JSON_FIELD_LENGTH,
  JSON_FIELD_NAME,
  JSON_FIELD_PLAIN,
  JSON_NODE_BYTES,
} from '../interface/json-spec'
import { sameBytes } from './json-leaves'

const HEAD_BYTES: i32 = 8
/** Places for the fields and nodes of a few specs; those that share one only guess worse. */
const PLACES: usize = 1024
const HINTS: usize = memory.data(2048, 16)

/** Behind a field, or at the beginning of a node, of which this is the address. */
@inline
function placeOf(before: usize): usize {
  return HINTS + (((before >> 3) & (PLACES - 1)) << 1)
}

/** The index of the field that is likely next. It may be any number. */
@inline
export function likelyNext(before: usize): i32 {
  return load<u16>(placeOf(before))
}

@inline
export function keepNext(before: usize, index: i32): void {
  store<u16>(placeOf(before), <u16>index)
}

/** Where what is behind the name of a field and its colon begins, if these stand at `p` without white space between them; otherwise 0. */
@inline
export function behindName(spec: usize, node: usize, index: i32, p: usize, end: usize): usize {
  const field = node + JSON_NODE_BYTES + <usize>index * JSON_FIELD_BYTES
  const length = load<i32>(field, JSON_FIELD_LENGTH)
  const close = p + 1 + <usize>length
  if (close + 1 >= end || load<u8>(p) != 0x22 || load<u16>(close) != 0x3a22 || load<u32>(field, JSON_FIELD_PLAIN) == 0) return 0
  const head = load<u64>(p, 1)
  const known = load<u64>(field, JSON_FIELD_HEAD)
  if (length < HEAD_BYTES) return ((head ^ known) << <u64>((HEAD_BYTES - length) << 3)) == 0 || length == 0 ? close + 2 : 0
  if (head != known) return 0
  return sameBytes(p + 9, spec + load<u32>(field, JSON_FIELD_NAME) + 8, length - HEAD_BYTES) ? close + 2 : 0
}
