// Hashes of strings, for tables and partitions; the same on every thread and machine.
import { HASHED_WORD, WORD_LENGTH_SHIFT, WORD_STRING_BYTES } from '../../interface/text'

const MULTIPLIER: u64 = 0x9e3779b97f4a7c15

/** Up to seven bytes as a number: eight can be loaded wherever one can. */
@inline
function firstBytes(at: usize, length: usize): u64 {
  return load<u64>(at) & (((<u64>1) << (<u64>length << 3)) - 1)
}

/** Mixes eight bytes at a time, as generated code mixes numbers. */
export function hashBytes(at: usize, length: usize): u64 {
  let hash: u64 = length
  while (length >= 8) {
    hash = (hash ^ load<u64>(at)) * MULTIPLIER
    hash ^= hash >> 32
    at += 8
    length -= 8
  }
  if (length > 0) {
    hash = (hash ^ firstBytes(at, length)) * MULTIPLIER
    hash ^= hash >> 32
  }
  return hash
}

/** The word that stands for a string in hashes: up to seven bytes and their number on top; of a longer one, seven bytes of its hash. */
export function stringWord(at: usize, length: usize): u64 {
  if (length > <usize>WORD_STRING_BYTES) return (hashBytes(at, length) >> 8) | (<u64>HASHED_WORD << WORD_LENGTH_SHIFT)
  return firstBytes(at, length) | (<u64>length << WORD_LENGTH_SHIFT)
}
