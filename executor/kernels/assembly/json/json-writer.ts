// Writes what grows piece by piece in a buffer that is kept: JSON objects for to_json, of which generated code names the keys and values, and
// texts and keys of arrays.
import { RESULT_ADDRESS, RESULT_LENGTH } from '../../interface/text'
import { arenaAllocate, arenaShrink } from '../arena'
import { formatLong } from '../numbers/integers'
import { allocate, reallocate } from '../memory'
import { textBase64Line } from '../text/text-codes'
import { writeFormatted } from '../times/time-formats'

/** Where single values are told. */
const RESULT: usize = memory.data(8, 8)

/** A quotation mark. */
const QUOTE: usize = memory.data<u8>([0x22])

let buffer: usize = 0
let capacity: usize = 0
let cursor: usize = 0

function reserve(bytes: usize): void {
  if (cursor + bytes <= capacity) return
  capacity = max(max(capacity * 2, cursor + bytes), 1024)
  buffer = buffer == 0 ? allocate(capacity) : reallocate(buffer, capacity)
}

export function jsonBegin(): void {
  cursor = 0
}

/** How dates and times are told (interface/time-formats.ts), and whether fields that are NULL are. */
let formats: usize = 0
export let jsonKeepsNulls = false
export function jsonFormats(timeFormats: usize, keepsNulls: i32): void {
  formats = timeFormats
  jsonKeepsNulls = keepsNulls != 0
}

/** Room for so many bytes behind what was appended. */
export function jsonRoom(bytes: i32): usize {
  reserve(bytes)
  const at = buffer + cursor
  cursor += bytes
  return at
}

/** Appends text as it is. */
export function jsonRaw(at: usize, length: i32): void {
  reserve(length)
  memory.copy(buffer + cursor, at, length)
  cursor += length
}

/** Appends a key, already quoted and with its colon, after a comma unless it is the object's first. */
export function jsonKey(at: usize, length: i32): void {
  reserve(length + 1)
  if (cursor > 0 && load<u8>(buffer + cursor - 1) != 0x7b) store<u8>(buffer + cursor++, 0x2c)
  jsonRaw(at, length)
}

/** Bytes that are escaped at once, so that a long text does not reserve six times its length. */
const PIECE_BYTES = 1 << 16
const MOST_ESCAPED = 6

/** Appends a string in quotes, escaped as Jackson does. */
export function jsonText(at: usize, length: i32): void {
  jsonRaw(QUOTE, 1)
  for (let done = 0; done < length; done += PIECE_BYTES) escaped(at + done, min(PIECE_BYTES, length - done))
  jsonRaw(QUOTE, 1)
}

function escaped(at: usize, length: i32): void {
  reserve(<usize>length * MOST_ESCAPED)
  let out = buffer + cursor
  for (let i = 0; i < length; i++) {
    const byte = load<u8>(at + i)
    if (byte >= 0x20 && byte != 0x22 && byte != 0x5c) {
      store<u8>(out++, byte)
      continue
    }
    store<u8>(out++, 0x5c)
    if (byte == 0x22 || byte == 0x5c) store<u8>(out++, byte)
    else if (byte == 0x08) store<u8>(out++, 0x62)
    else if (byte == 0x09) store<u8>(out++, 0x74)
    else if (byte == 0x0a) store<u8>(out++, 0x6e)
    else if (byte == 0x0c) store<u8>(out++, 0x66)
    else if (byte == 0x0d) store<u8>(out++, 0x72)
    else {
      store<u32>(out, 0x30303075)
      const low = byte & 15
      store<u8>(out, 0x30 + (byte >> 4), 3)
      store<u8>(out, low < 10 ? 0x30 + low : 0x37 + low, 4)
      out += 5
    }
  }
  cursor = out - buffer
}

/** Appends what is told at RESULT, of which nothing else is needed. */
function appendResult(): void {
  jsonRaw(load<u32>(RESULT, RESULT_ADDRESS), load<i32>(RESULT, RESULT_LENGTH))
  arenaShrink(load<u32>(RESULT, RESULT_ADDRESS))
}

export function jsonLong(value: i64): void {
  formatLong(value, RESULT)
  appendResult()
}

/** Appends a date or a time of the kind at a place of the formats, as a string. */
export function jsonTime(place: i32, value: i64): void {
  writeFormatted(formats, place, value, RESULT)
  jsonText(load<u32>(RESULT, RESULT_ADDRESS), load<i32>(RESULT, RESULT_LENGTH))
  arenaShrink(load<u32>(RESULT, RESULT_ADDRESS))
}

/** Appends bytes as a string of base 64. */
export function jsonBase64(at: usize, length: i32): void {
  textBase64Line(at, length, RESULT)
  jsonText(load<u32>(RESULT, RESULT_ADDRESS), load<i32>(RESULT, RESULT_LENGTH))
  arenaShrink(load<u32>(RESULT, RESULT_ADDRESS))
}

/** Copies what was written to the arena; writes address and length. */
export function jsonFinish(out: usize): void {
  const at = arenaAllocate(cursor)
  memory.copy(at, buffer, cursor)
  store<u32>(out, <u32>at, RESULT_ADDRESS)
  store<u32>(out, <u32>cursor, RESULT_LENGTH)
}
