// The keys of JSON text as they followed each other in the text before: documents mostly have the same members in the same order, and to
// compare bytes takes less than to look for the end of a key, which whatever comes next would wait for.

/**
 * A key with its quotes, its colon and what is blank between, in so many bytes at most; then how many these are, how many of them are the key,
 * and a bit for each.
 */
const MOST_BYTES: usize = 16
const BYTES: usize = 16
const KEY_LENGTH: usize = 20
const MASK: usize = 24
const KEY_BYTES: usize = 32

/** So many keys of a text are known. */
const MOST_KEYS = 64
const KEYS: usize = memory.data(MOST_KEYS * 32, 16)
const KEYS_END: usize = KEYS + <usize>MOST_KEYS * KEY_BYTES

let next: usize = KEYS
/** The place of the key that was asked for last; 0 behind the last place. */
let place: usize = 0
/** The length of the key found last, without its quotes. */
export let knownKeyLength = 0

/** A text begins. */
export function beginKnownKeys(): void {
  next = KEYS
}

/**
 * To after the colon when the key at `p` is that of the text before; 0 when it is not. Up to 15 bytes behind the text are loaded and do not
 * count.
 */
@inline
export function knownKey(p: usize, end: usize): usize {
  place = 0
  if (next == KEYS_END) return 0
  place = next
  next += KEY_BYTES
  const bytes = load<u32>(place, BYTES)
  // No bytes are known at first.
  if (bytes - 1 >= <u32>(end - p)) return 0
  const others = i8x16.bitmask(i8x16.ne(v128.load(p), v128.load(place)))
  if (others & load<i32>(place, MASK)) return 0
  knownKeyLength = load<i32>(place, KEY_LENGTH)
  return p + <usize>bytes
}

/** Keeps the key at `p`, in double quotes and without escapes, which ends with its colon before `after`, if it is short. */
export function keepKey(p: usize, keyLength: i32, after: usize): void {
  const bytes = after - p
  if (place == 0 || bytes > MOST_BYTES) return
  v128.store(place, v128.load(p))
  store<u32>(place, <u32>bytes, BYTES)
  store<i32>(place, keyLength, KEY_LENGTH)
  store<i32>(place, (1 << <i32>bytes) - 1, MASK)
}
