// Patterns of LIKE that are not known before they are matched.
import { LIKE_ANY, LIKE_ESCAPE_AT_END, LIKE_ESCAPE_OF_OTHER, LIKE_ONE, RESULT_ADDRESS, RESULT_LENGTH } from '../../interface/text'
import { beginText, endText } from './text'

const PERCENT: u8 = 0x25
const UNDERSCORE: u8 = 0x5f

function startsAt(at: usize, left: i32, text: usize, size: i32): bool {
  return left >= size && memory.compare(at, text, size) == 0
}

/**
 * Writes a pattern as `likeMatch` takes it. Returns 0, or why it is none: the escape character stands at the end, or before a character that
 * needs no escape, whose address and length are written then.
 */
export function likeCompile(pattern: usize, size: i32, escapeAt: usize, escapeSize: i32, out: usize): i32 {
  const start = beginText(size)
  let end = start
  for (let i = 0; i < size; ) {
    const isEscaped = startsAt(pattern + i, size - i, escapeAt, escapeSize)
    if (isEscaped) i += escapeSize
    if (i == size) return LIKE_ESCAPE_AT_END
    const byte = load<u8>(pattern + i)
    const bytes = min(byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4, size - i)
    const isWildcard = byte == PERCENT || byte == UNDERSCORE
    if (isEscaped && !isWildcard && !startsAt(pattern + i, size - i, escapeAt, escapeSize)) {
      store<u32>(out, <u32>(pattern + i), RESULT_ADDRESS)
      store<u32>(out, bytes, RESULT_LENGTH)
      return LIKE_ESCAPE_OF_OTHER
    }
    if (isWildcard && !isEscaped) store<u8>(end, byte == PERCENT ? LIKE_ANY : LIKE_ONE)
    else memory.copy(end, pattern + i, bytes)
    end += bytes
    i += bytes
  }
  endText(start, end, out)
  return 0
}
