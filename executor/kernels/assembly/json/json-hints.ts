// Which member of objects comes behind another one: mostly that which came last time, so that its name need only be compared.
import { JSON_FIELD_NAME, JSON_FIELD_QUOTED, JSON_FIELD_QUOTED_LENGTH, JSON_QUOTED_BYTES } from '../../interface/json-spec'
import { sameBytes } from './json-leaves'

/** As many ones as zeros: from within it as many ones as are wanted. */
const ONES: usize = memory.data<u64>([-1, -1, 0, 0], 16)
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

/**
 * Where what is behind the name of a field and its colon begins, if these stand at `p` without white space between them; otherwise 0. Up to 15 bytes behind
 * the text are loaded and do not count.
 */
@inline
export function behindName(spec: usize, field: usize, p: usize, end: usize): usize {
  const length = <usize>load<u32>(field, JSON_FIELD_QUOTED_LENGTH)
  if (end - p < length) return 0
  const differs = v128.xor(v128.load(p), v128.load(field, JSON_FIELD_QUOTED))
  if (length > <usize>JSON_QUOTED_BYTES) return v128.any_true(differs) || !isRest(spec, field, p, length) ? 0 : p + length
  return v128.any_true(v128.and(differs, v128.load(ONES + JSON_QUOTED_BYTES - length))) ? 0 : p + length
}

/** Whether a name goes on as it should behind those of its bytes that the field holds. */
function isRest(spec: usize, field: usize, p: usize, length: usize): bool {
  const close = p + length - 2
  const from = p + JSON_QUOTED_BYTES
  if (load<u16>(close) != 0x3a22) return false
  return from >= close || sameBytes(from, spec + load<u32>(field, JSON_FIELD_NAME) + JSON_QUOTED_BYTES - 1, close - from)
}
