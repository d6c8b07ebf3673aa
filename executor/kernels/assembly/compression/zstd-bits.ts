// Streams of bits that zstandard reads from their ends: what is written last is read first.

let word: u64 = 0
let bits: u32 = 0
let out: usize = 0

export function beginBits(target: usize): void {
  word = 0
  bits = 0
  out = target
}

/** Writes up to 32 bits; the value has no others. */
@inline
export function putBits(value: u32, count: u32): void {
  word |= <u64>value << bits
  bits += count
  if (bits < 32) return
  store<u32>(out, <u32>word)
  out += 4
  word >>>= 32
  bits -= 32
}

/** Ends a stream by the bit that tells where it ends; returns where its bytes do. */
export function endBits(): usize {
  putBits(1, 1)
  store<u32>(out, <u32>word)
  return out + ((bits + 7) >>> 3)
}
