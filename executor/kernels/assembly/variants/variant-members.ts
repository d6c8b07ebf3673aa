// The members of the objects and arrays of a variant that are not finished, the innermost last: a stack of keys and places.
import { allocate, reallocate } from '../memory'
import { compareKeys, keyAddress, keySize } from './variant-keys'

const MEMBER_BYTES: usize = 8
const MEMBER_OFFSET = 0
const MEMBER_KEY = 4
const FIRST_MEMBERS = 256
/** Up to so many are put in order one by one. */
const FEW = 16

let stack: usize = 0
let room = 0
let top = 0

export function membersBegin(): void {
  top = 0
}

export function memberAllocate(offset: u32, key: i32): void {
  if (top == room) {
    room = room == 0 ? FIRST_MEMBERS : room * 2
    stack = top == 0 ? allocate(<usize>room * MEMBER_BYTES) : reallocate(stack, <usize>room * MEMBER_BYTES)
  }
  const at = stack + <usize>top * MEMBER_BYTES
  top++
  store<u32>(at, offset, MEMBER_OFFSET)
  store<i32>(at, key, MEMBER_KEY)
}

/** Takes away the last members. */
export function membersDrop(count: i32): void {
  top -= count
}

@inline
function memberIn(count: i32, index: i32): usize {
  return stack + <usize>(top - count + index) * MEMBER_BYTES
}

/** The key of one of the last `count` members, and where its value begins. */
@inline
export function memberKey(count: i32, index: i32): i32 {
  return load<i32>(memberIn(count, index), MEMBER_KEY)
}
@inline
export function memberOffset(count: i32, index: i32): u32 {
  return load<u32>(memberIn(count, index), MEMBER_OFFSET)
}

function isBefore(a: u64, b: u64): bool {
  const x = <i32>(a >> 32)
  const y = <i32>(b >> 32)
  return compareKeys(keyAddress(x), keySize(x), keyAddress(y), keySize(y)) < 0
}

/** Puts the last members in the order of their keys; a key that is there twice, or -1. */
export function membersSort(count: i32): i32 {
  const first = memberIn(count, 0)
  if (count <= FEW) sortFew(first, count)
  else sortMany(first, count)
  for (let i = 1; i < count; i++) if (memberKey(count, i) == memberKey(count, i - 1)) return memberKey(count, i)
  return -1
}

function sortFew(first: usize, count: i32): void {
  for (let i = 1; i < count; i++) {
    const member = load<u64>(first + (<usize>i << 3))
    let at = i
    for (; at > 0 && isBefore(member, load<u64>(first + (<usize>(at - 1) << 3))); at--)
      store<u64>(first + (<usize>at << 3), load<u64>(first + (<usize>(at - 1) << 3)))
    store<u64>(first + (<usize>at << 3), member)
  }
}

/** As a heap. */
function sortMany(first: usize, count: i32): void {
  for (let i = (count >> 1) - 1; i >= 0; i--) sink(first, i, count)
  for (let end = count - 1; end > 0; end--) {
    const last = load<u64>(first + (<usize>end << 3))
    store<u64>(first + (<usize>end << 3), load<u64>(first))
    store<u64>(first, last)
    sink(first, 0, end)
  }
}

function sink(first: usize, at: i32, count: i32): void {
  const member = load<u64>(first + (<usize>at << 3))
  while (true) {
    let child = at * 2 + 1
    if (child >= count) break
    const right = child + 1
    if (right < count && isBefore(load<u64>(first + (<usize>child << 3)), load<u64>(first + (<usize>right << 3)))) child = right
    const greater = load<u64>(first + (<usize>child << 3))
    if (!isBefore(member, greater)) break
    store<u64>(first + (<usize>at << 3), greater)
    at = child
  }
  store<u64>(first + (<usize>at << 3), member)
}
