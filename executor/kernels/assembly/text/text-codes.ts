// Bytes as texts and back: hexadecimal digits, base 64, the escapes of URLs.
import { RESULT_ADDRESS, RESULT_LENGTH, ROUTINE_ERROR, ROUTINE_VALUE } from '../../interface/text'
import { arenaAllocate } from '../arena'
import { endText, hexDigit } from './text'

/** What is at fault is left for the condition. */
function refuse(at: usize, length: i32, out: usize): i32 {
  store<u32>(out, <u32>at, RESULT_ADDRESS)
  store<u32>(out, length, RESULT_LENGTH)
  return ROUTINE_ERROR
}

/** The value of a hexadecimal digit; -1 for any other byte. */
function digitOf(byte: u32): i32 {
  if (byte - 0x30 < 10) return <i32>byte - 0x30
  const letter = (byte | 0x20) - 0x61
  return letter < 6 ? <i32>letter + 10 : -1
}

/** The bytes that hexadecimal digits tell; the first of an odd number tells one alone. */
export function textUnhex(at: usize, length: i32, out: usize): i32 {
  const start = arenaAllocate((length + 1) >> 1)
  let end = start
  let high = length & 1 ? 0 : -1
  for (let i = 0; i < length; i++) {
    const digit = digitOf(load<u8>(at + i))
    if (digit < 0) return refuse(at, length, out)
    if (high < 0) high = digit
    else {
      store<u8>(end++, <u8>((high << 4) | digit))
      high = -1
    }
  }
  endText(start, end, out)
  return ROUTINE_VALUE
}

/** The sign of each six bits. */
const SIGNS: usize = memory.data<u8>([
  0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f, 0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56,
  0x57, 0x58, 0x59, 0x5a, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x70, 0x71, 0x72,
  0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x2b, 0x2f,
])

@inline
function sign64(value: u32): u32 {
  return load<u8>(SIGNS + value)
}

/** Signs of a line, as MIME has them, of so many bytes. */
const LINE_SIGNS = 76
const LINE_BYTES = LINE_SIGNS / 4 * 3
const PAD: u32 = 0x3d

/** Bytes in base 64, in lines of 76 signs with a carriage return and a line feed between them. */
export function textBase64(at: usize, length: i32, out: usize): void {
  const signs = (<usize>length + 2) / 3 * 4
  const start = arenaAllocate(signs + signs / LINE_SIGNS * 2)
  let end = start
  for (let i = 0; i < length; i += LINE_BYTES) {
    if (i > 0) {
      store<u16>(end, 0x0a0d)
      end += 2
    }
    end = line64(at + i, min(length - i, LINE_BYTES), end)
  }
  endText(start, end, out)
}

/** The same in one line. */
export function textBase64Line(at: usize, length: i32, out: usize): void {
  const start = arenaAllocate((<usize>length + 2) / 3 * 4)
  endText(start, line64(at, length, start), out)
}

/** Writes one line; where it ends. */
function line64(at: usize, length: i32, end: usize): usize {
  let i = 0
  for (; i + 3 <= length; i += 3, end += 4) {
    const word = (<u32>load<u8>(at + i) << 16) | (<u32>load<u8>(at + i, 1) << 8) | <u32>load<u8>(at + i, 2)
    const first = sign64(word >> 18) | (sign64((word >> 12) & 63) << 8)
    store<u32>(end, first | (sign64((word >> 6) & 63) << 16) | (sign64(word & 63) << 24))
  }
  const left = length - i
  if (left == 0) return end
  const word = (<u32>load<u8>(at + i) << 16) | (left > 1 ? <u32>load<u8>(at + i, 1) << 8 : 0)
  const third = left > 1 ? sign64((word >> 6) & 63) : PAD
  store<u32>(end, sign64(word >> 18) | (sign64((word >> 12) & 63) << 8) | (third << 16) | (PAD << 24))
  return end + 4
}

function value64(byte: u32): i32 {
  if (byte - 0x41 < 26) return <i32>byte - 0x41
  if (byte - 0x61 < 26) return <i32>byte - 0x61 + 26
  if (byte - 0x30 < 10) return <i32>byte - 0x30 + 52
  return byte == 0x2b ? 62 : byte == 0x2f ? 63 : -1
}

function isBlank(byte: u32): bool {
  return byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d
}

/** The bytes that base 64 tells; `isStrict` refuses every other sign but white space, which is otherwise passed over. */
export function textUnbase64(at: usize, length: i32, isStrict: i32, out: usize): i32 {
  const start = arenaAllocate((<usize>length * 3 >> 2) + 3)
  let end = start
  let word: u32 = 0
  let count = 0
  let i = 0
  for (; i < length; i++) {
    const byte = <u32>load<u8>(at + i)
    if (byte == PAD) break
    const value = value64(byte)
    if (value < 0) {
      if (isStrict && !isBlank(byte)) return refuse(at, length, out)
      continue
    }
    word = (word << 6) | value
    if (++count == 4) {
      store<u8>(end, <u8>(word >> 16))
      store<u8>(end, <u8>(word >> 8), 1)
      store<u8>(end, <u8>word, 2)
      end += 3
      word = 0
      count = 0
    }
  }
  if (count == 1 || (i < length && !isPaddingOf(at + i, length - i, count, isStrict))) return refuse(at, length, out)
  if (count > 1) store<u8>(end++, <u8>(word >> (count == 2 ? 4 : 10)))
  if (count > 2) store<u8>(end++, <u8>(word >> 2))
  endText(start, end, out)
  return ROUTINE_VALUE
}

/** Whether the signs that fill up the last four are as many as are missing, with nothing behind them. */
function isPaddingOf(at: usize, length: i32, count: i32, isStrict: i32): bool {
  let missing = count == 0 ? 0 : 4 - count
  if (missing == 0) return false
  let i = 0
  for (; i < length && missing > 0; i++) {
    const byte = <u32>load<u8>(at + i)
    if (byte == PAD) missing--
    else if (!(isStrict ? isBlank(byte) : value64(byte) < 0)) return false
  }
  for (; i < length; i++) {
    const byte = <u32>load<u8>(at + i)
    if (isStrict || byte == PAD || value64(byte) >= 0) return false
  }
  return missing == 0
}

function isPlain(byte: u32): bool {
  const letter = (byte | 0x20) - 0x61
  return letter < 26 || byte - 0x30 < 10 || byte == 0x2a || byte == 0x2d || byte == 0x2e || byte == 0x5f
}

/** A text as the value of a form in a URL. */
export function textUrlEncode(at: usize, length: i32, out: usize): void {
  const start = arenaAllocate(<usize>length * 3)
  let end = start
  for (let i = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i)
    if (isPlain(byte)) store<u8>(end++, <u8>byte)
    else if (byte == 0x20) store<u8>(end++, 0x2b)
    else {
      store<u8>(end, 0x25)
      store<u8>(end, hexDigit(byte >> 4), 1)
      store<u8>(end, hexDigit(byte & 15), 2)
      end += 3
    }
  }
  endText(start, end, out)
}

/** The text that the value of a form tells. */
export function textUrlDecode(at: usize, length: i32, out: usize): i32 {
  const start = arenaAllocate(length)
  let end = start
  for (let i = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i)
    if (byte == 0x2b) store<u8>(end++, 0x20)
    else if (byte != 0x25) store<u8>(end++, <u8>byte)
    else {
      const high = i + 2 < length ? digitOf(load<u8>(at + i, 1)) : -1
      const low = high < 0 ? -1 : digitOf(load<u8>(at + i, 2))
      if (low < 0) return refuse(at, length, out)
      store<u8>(end++, <u8>((high << 4) | low))
      i += 2
    }
  }
  endText(start, end, out)
  return ROUTINE_VALUE
}
