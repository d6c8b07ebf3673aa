// Whether bytes are UTF-8, and what stands in the place of those that are not.
import { RESULT_ADDRESS, RESULT_LENGTH, ROUTINE_ERROR, ROUTINE_VALUE } from '../../interface/text'
import { arenaAllocate } from '../arena'
import { endText } from './text'

/** The bytes of the code point that begins here; less than 0 when it is none: how many bytes belong together to what is not. */
function validBytes(at: usize, left: i32): i32 {
  const first = <u32>load<u8>(at)
  if (first < 0x80) return 1
  const size = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0
  if (size == 0) return -1
  let low: u32 = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80
  let high: u32 = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf
  for (let i = 1; i < size; i++) {
    if (i >= left) return -i
    const byte = <u32>load<u8>(at + i)
    if (byte < low || byte > high) return -i
    low = 0x80
    high = 0xbf
  }
  return size
}

export function utf8IsValid(at: usize, length: i32): i32 {
  let i = 0
  while (i < length) {
    if (i + 8 <= length && (load<u64>(at + i) & 0x8080808080808080) == 0) {
      i += 8
      continue
    }
    const size = validBytes(at + i, length - i)
    if (size < 0) return 0
    i += size
  }
  return 1
}

const HEX: usize = memory.data<u8>([
  0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46,
])

/** A text that is UTF-8; of another one its bytes are told. */
export function utf8Validate(at: usize, length: i32, out: usize): i32 {
  if (utf8IsValid(at, length)) {
    store<u32>(out, <u32>at, RESULT_ADDRESS)
    store<u32>(out, length, RESULT_LENGTH)
    return ROUTINE_VALUE
  }
  const start = arenaAllocate(<usize>length * 4)
  for (let i = 0; i < length; i++) {
    const to = start + (<usize>i << 2)
    store<u16>(to, 0x785c)
    store<u8>(to, load<u8>(HEX + (load<u8>(at + i) >> 4)), 2)
    store<u8>(to, load<u8>(HEX + (load<u8>(at + i) & 15)), 3)
  }
  endText(start, start + (<usize>length << 2), out)
  return ROUTINE_ERROR
}

/** A text with U+FFFD in the place of what is no UTF-8. */
export function utf8Repaired(at: usize, length: i32, out: usize): void {
  if (utf8IsValid(at, length)) {
    store<u32>(out, <u32>at, RESULT_ADDRESS)
    store<u32>(out, length, RESULT_LENGTH)
    return
  }
  const start = arenaAllocate(<usize>length * 3)
  let end = start
  for (let i = 0; i < length; ) {
    const size = validBytes(at + i, length - i)
    if (size > 0) {
      memory.copy(end, at + i, size)
      end += size
      i += size
    } else {
      store<u16>(end, 0xbfef)
      store<u8>(end, 0xbd, 2)
      end += 3
      i -= size
    }
  }
  endText(start, end, out)
}
