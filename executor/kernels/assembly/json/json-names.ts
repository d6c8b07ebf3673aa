// Names of members of JSON objects.
import { blank, escaped, isQuote, skipQuoted } from './json-scan'
import { plainAt, plainLength, unescape } from './json-strings'

/** The name read last, without escapes. */
export let nameAt: usize = 0
export let nameLength: i32 = 0

/** Reads a name and the colon behind it; returns where its value begins, 0 when malformed. */
@inline
export function readName(p: usize, end: usize): usize {
  p = blank(p, end)
  if (p >= end || !isQuote(load<u8>(p))) return 0
  nameAt = p + 1
  p = skipQuoted(load<u8>(p), nameAt, end)
  if (p == 0) return 0
  nameLength = <i32>(p - 1 - nameAt)
  if (escaped) {
    unescape(nameAt, p - 1)
    nameAt = plainAt
    nameLength = plainLength
  }
  p = blank(p, end)
  return p < end && load<u8>(p) == 0x3a ? blank(p + 1, end) : 0
}
