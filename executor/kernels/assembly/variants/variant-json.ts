// Variants as JSON text. It grows in the buffer of json-writer.ts.
import { RESULT_ADDRESS, RESULT_LENGTH, ROUTINE_VALUE } from '../../interface/text'
import {
  IS_ARRAY,
  IS_BINARY,
  IS_BOOLEAN,
  IS_DATE,
  IS_DECIMAL,
  IS_DOUBLE,
  IS_FLOAT,
  IS_NULL,
  IS_OBJECT,
  IS_STRING,
  IS_TIMESTAMP,
  IS_TIMESTAMP_NTZ,
  IS_UUID,
  VARIANT_FAULT_BYTES,
  VARIANT_MALFORMED,
  VARIANT_UNKNOWN_TYPE,
} from '../../interface/variant'
import { arenaShrink } from '../arena'
import { formatDouble } from '../numbers/doubles'
import { formatDecimal, formatLong } from '../numbers/integers'
import { jsonBase64, jsonRaw, jsonText } from '../json/json-writer'
import { writeDigits } from '../text/text'
import { formatDate, formatTimestamp } from '../times/times'
import { bytes, floating, high, keyAt, keyLength, kind, openVariant, readVariant, scale, size, unknownVariantType, variantFault, whole } from './variant'
import { keepMembers, memberAt, memberCount, readMemberKey } from './variant-frames'
import { zoneLocal } from '../times/zones'

const RESULT: usize = memory.data(8, 8)
const OFFSET: usize = memory.data(16, 8)
const UUID: usize = memory.data(40, 8)
const MICROS_PER_MINUTE: i64 = 60000000
/** `null`, `true`, `false`, brackets, a colon, quotes and a comma. */
const WORDS = memory.data<u8>([
  0x6e, 0x75, 0x6c, 0x6c, 0x74, 0x72, 0x75, 0x65, 0x66, 0x61, 0x6c, 0x73, 0x65, 0x5b, 0x5d, 0x7b, 0x7d, 0x3a, 0x22, 0x2c,
])
const TRUE = WORDS + 4
const FALSE = WORDS + 8
const OPEN_LIST = WORDS + 13
const CLOSE_LIST = WORDS + 14
const OPEN = WORDS + 15
const CLOSE = WORDS + 16
const COLON = WORDS + 17
const QUOTE = WORDS + 18
const COMMA = WORDS + 19
const UUID_DASHES: u32 = (1 << 4) | (1 << 6) | (1 << 8) | (1 << 10)

// The zone in which timestamps are told; UTC has no name.
let zone: usize = 0
let zoneLength = 0

/** What was wrong with the first variant that could not be written: what `variantVerdict` says. */
let verdict: i32 = ROUTINE_VALUE
const UNKNOWN: usize = memory.data(8, 8)

/** Begins to write variants, with what clocks of a zone show. */
export function variantsBegin(at: usize, length: i32): void {
  zone = at
  zoneLength = length
  verdict = ROUTINE_VALUE
}

/** Whether all variants could be written that were appended since then. */
export function variantsVerdict(out: usize): i32 {
  if (verdict != ROUTINE_VALUE) store<u64>(out, load<u64>(UNKNOWN))
  return verdict
}

@inline
export function localOf(micros: i64): i64 {
  return (zoneLength > 0 ? zoneLocal(micros, zone, zoneLength) : micros)
}
@inline
export function zoneAt(): usize {
  return zone
}
@inline
export function zoneBytes(): i32 {
  return zoneLength
}

/** Whether a variant could be read: ROUTINE_VALUE, or what is wrong with it, the number of an unknown type as a text. */
export function variantVerdict(out: usize): i32 {
  if (variantFault == 0) return ROUTINE_VALUE
  if (variantFault == VARIANT_FAULT_BYTES) return VARIANT_MALFORMED
  unknownVariantType(out)
  return VARIANT_UNKNOWN_TYPE
}

/** Appends a variant to the JSON that is being written. */
export function appendVariantJson(at: usize, length: i32): void {
  const value = openVariant(at, length)
  if (value != 0) valueJson(value, 0)
  if (variantFault != 0 && verdict == ROUTINE_VALUE) verdict = variantVerdict(UNKNOWN)
}

/** Appends a value of the variant that is open, which lies so deep in it; false when it is malformed. */
export function valueJson(at: usize, depth: i32): bool {
  if (!readVariant(at)) return false
  if (kind == IS_OBJECT || kind == IS_ARRAY) return membersJson(kind == IS_OBJECT, depth)
  if (kind == IS_NULL) jsonRaw(WORDS, 4)
  else if (kind == IS_STRING) jsonText(bytes, size)
  else if (kind == IS_BINARY) jsonBase64(bytes, size)
  else {
    const isQuoted = kind >= IS_DATE || ((kind == IS_DOUBLE || kind == IS_FLOAT) && floating - floating != 0)
    const isZoned = kind == IS_TIMESTAMP
    const micros = whole
    plainText(RESULT)
    if (isQuoted) jsonRaw(QUOTE, 1)
    jsonRaw(load<u32>(RESULT, RESULT_ADDRESS), load<i32>(RESULT, RESULT_LENGTH))
    if (isZoned) offsetJson(localOf(micros) - micros)
    if (isQuoted) jsonRaw(QUOTE, 1)
  }
  return true
}

function membersJson(isObject: bool, depth: i32): bool {
  const frame = keepMembers(depth)
  if (frame == 0) return false
  const count = memberCount(frame)
  jsonRaw(isObject ? OPEN : OPEN_LIST, 1)
  for (let i = 0; i < count; i++) {
    if (i > 0) jsonRaw(COMMA, 1)
    if (isObject) {
      if (!readMemberKey(frame, i)) return false
      jsonText(keyAt, keyLength)
      jsonRaw(COLON, 1)
    }
    if (!valueJson(memberAt(frame, i), depth + 1)) return false
  }
  jsonRaw(isObject ? CLOSE : CLOSE_LIST, 1)
  return true
}

/** The offset of a zone: +01:00. */
function offsetJson(micros: i64): void {
  const minutes = abs(micros) / MICROS_PER_MINUTE
  store<u8>(OFFSET, micros < 0 ? 0x2d : 0x2b)
  let at = writeDigits(OFFSET + 1, minutes / 60, 2)
  store<u8>(at++, 0x3a)
  at = writeDigits(at, minutes % 60, 2)
  jsonRaw(OFFSET, <i32>(at - OFFSET))
}

/** Tells the value read last as a text, which is no object and no array: as a cast does. */
export function plainText(out: usize): void {
  if (kind == IS_STRING || kind == IS_BINARY) {
    store<u32>(out, <u32>bytes, RESULT_ADDRESS)
    store<u32>(out, <u32>size, RESULT_LENGTH)
  } else if (kind == IS_BOOLEAN) {
    store<u32>(out, <u32>(whole ? TRUE : FALSE), RESULT_ADDRESS)
    store<u32>(out, whole ? 4 : 5, RESULT_LENGTH)
  } else if (kind == IS_DOUBLE) formatDouble(floating, 0, out)
  else if (kind == IS_FLOAT) formatDouble(floating, 1, out)
  else if (kind == IS_DECIMAL) decimalText(out)
  else if (kind == IS_DATE) formatDate(<i32>whole, out)
  else if (kind == IS_TIMESTAMP) formatTimestamp(localOf(whole), out)
  else if (kind == IS_TIMESTAMP_NTZ) formatTimestamp(whole, out)
  else if (kind == IS_UUID) uuidText(out)
  else formatLong(whole, out)
}

/** Without the zeros at its end. */
function decimalText(out: usize): void {
  formatDecimal(whole, high, scale, out)
  if (scale == 0) return
  let end = <usize>load<u32>(out, RESULT_ADDRESS) + load<u32>(out, RESULT_LENGTH)
  while (load<u8>(end - 1) == 0x30) end--
  if (load<u8>(end - 1) == 0x2e) end--
  store<u32>(out, <u32>(end - load<u32>(out, RESULT_ADDRESS)), RESULT_LENGTH)
  arenaShrink(end)
}

function uuidText(out: usize): void {
  let at = UUID
  for (let i = 0; i < 16; i++) {
    if ((UUID_DASHES >> i) & 1) store<u8>(at++, 0x2d)
    const byte = load<u8>(bytes + i)
    store<u8>(at++, hexDigit(byte >> 4))
    store<u8>(at++, hexDigit(byte & 15))
  }
  store<u32>(out, <u32>UUID, RESULT_ADDRESS)
  store<u32>(out, <u32>(at - UUID), RESULT_LENGTH)
}

@inline
function hexDigit(value: u32): u8 {
  return <u8>(value < 10 ? 0x30 + value : 0x57 + value)
}
