// Reads variants (interface/variant.ts). They may come from outside: nothing beyond their bytes is read, and what is read of one is bounded by its length.
import { RESULT_ADDRESS, RESULT_LENGTH } from '../../interface/text'
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
  IS_WHOLE,
  VARIANT_ARRAY,
  VARIANT_BINARY,
  VARIANT_DATE,
  VARIANT_DECIMAL4,
  VARIANT_DECIMAL8,
  VARIANT_DECIMAL16,
  VARIANT_DOUBLE,
  VARIANT_FALSE,
  VARIANT_FAULT_BYTES,
  VARIANT_FAULT_TYPE,
  VARIANT_FLOAT,
  VARIANT_ID_WIDTH_SHIFT,
  VARIANT_INFO_SHIFT,
  VARIANT_INT1,
  VARIANT_INT2,
  VARIANT_INT4,
  VARIANT_INT8,
  VARIANT_LARGE_ARRAY,
  VARIANT_LARGE_OBJECT,
  VARIANT_LONG_STRING,
  VARIANT_METADATA,
  VARIANT_METADATA_WIDTH_SHIFT,
  VARIANT_NULL,
  VARIANT_OBJECT,
  VARIANT_PRIMITIVE,
  VARIANT_SHORT_STRING,
  VARIANT_TIMESTAMP,
  VARIANT_TIMESTAMP_NTZ,
  VARIANT_TRUE,
  VARIANT_UUID,
  VARIANT_VERSION,
  VARIANT_VERSION_MASK,
  VARIANT_WIDTH_MASK,
} from '../../interface/variant'
import { formatLong } from '../numbers/integers'

const UUID_BYTES = 16
const MOST_SCALE = 38

/** What is wrong with the variant that is being read: VARIANT_FAULT_*, or 0. */
export let variantFault = 0
let unknownType = 0
// The variant that is being read.
let metadata: usize = 0
let metadataEnd: usize = 0
let end: usize = 0
/** How many values it can have at most. */
let unread: i64 = 0
// Where the texts of keys are.
let keyCount: u32 = 0
let keyWidth: u32 = 0

// The value read last.
export let kind = IS_NULL
export let whole: i64 = 0
export let floating: f64 = 0
export let high: i64 = 0
export let scale = 0
/** Of a text, a binary and a UUID. */
export let bytes: usize = 0
/** How many bytes these have, or how many members an object or array. */
export let size = 0
// Of an object or array, as `variant-frames.ts` keeps it.
export let idWidth: u32 = 0
export let offsetWidth: u32 = 0
export let ids: usize = 0
export let offsets: usize = 0
export let members: usize = 0

export function malformed(): bool {
  if (variantFault == 0) variantFault = VARIANT_FAULT_BYTES
  return false
}

export function unsignedAt(at: usize, width: u32): u32 {
  let value: u32 = 0
  for (let i: u32 = 0; i < width; i++) value |= <u32>load<u8>(at + i) << (i << 3)
  return value
}

/** Begins to read a variant; its value, or 0 when its metadata is malformed. */
export function openVariant(at: usize, length: i32): usize {
  variantFault = 0
  end = at + <usize>length
  unread = length
  metadata = at + VARIANT_METADATA
  if (length < VARIANT_METADATA + 2) return malformed() ? 1 : 0
  const metadataLength = load<u32>(at)
  if (metadataLength == 0 || metadataLength >= <u32>length - VARIANT_METADATA) return malformed() ? 1 : 0
  metadataEnd = metadata + metadataLength
  const head = <u32>load<u8>(metadata)
  keyWidth = (head >> VARIANT_METADATA_WIDTH_SHIFT) + 1
  if ((head & VARIANT_VERSION_MASK) != VARIANT_VERSION || 1 + keyWidth > metadataLength) return malformed() ? 1 : 0
  keyCount = unsignedAt(metadata + 1, keyWidth)
  if (1 + (<u64>keyCount + 2) * keyWidth > metadataLength) return malformed() ? 1 : 0
  return metadataEnd
}

// The key read last.
export let keyAt: usize = 0
export let keyLength = 0

/** Reads the text of a key. */
export function readKeyOf(id: u32): bool {
  if (id >= keyCount) return malformed()
  const places = metadata + 1 + keyWidth
  const texts = places + (<usize>keyCount + 1) * keyWidth
  const from = unsignedAt(places + <usize>id * keyWidth, keyWidth)
  const to = unsignedAt(places + (<usize>id + 1) * keyWidth, keyWidth)
  if (to < from || texts + to > metadataEnd) return malformed()
  keyAt = texts + from
  keyLength = <i32>(to - from)
  return true
}

/** Where the metadata is that the variant read has, and how long it is. */
@inline
export function metadataAt(): usize {
  return metadata
}
@inline
export function metadataBytes(): u32 {
  return <u32>(metadataEnd - metadata)
}

/** Reads what a value is, of objects and arrays where their members are; false when it is malformed. */
export function readVariant(at: usize): bool {
  if (at >= end || --unread < 0) return malformed()
  const head = <u32>load<u8>(at)
  const info = head >> VARIANT_INFO_SHIFT
  switch (head & VARIANT_WIDTH_MASK) {
    case VARIANT_PRIMITIVE:
      return readPrimitive(at + 1, info)
    case VARIANT_SHORT_STRING:
      kind = IS_STRING
      return readBytes(at + 1, info)
    case VARIANT_OBJECT:
      kind = IS_OBJECT
      idWidth = ((info >> VARIANT_ID_WIDTH_SHIFT) & VARIANT_WIDTH_MASK) + 1
      return readMembers(at + 1, info, (info & VARIANT_LARGE_OBJECT) != 0)
    default:
      kind = IS_ARRAY
      idWidth = 0
      return readMembers(at + 1, info, (info & VARIANT_LARGE_ARRAY) != 0)
  }
}

function readMembers(at: usize, info: u32, isLarge: bool): bool {
  offsetWidth = (info & VARIANT_WIDTH_MASK) + 1
  const sizeWidth: u32 = isLarge ? 4 : 1
  if (at + sizeWidth > end) return malformed()
  const count = unsignedAt(at, sizeWidth)
  ids = at + sizeWidth
  const bytesOfIds = <u64>count * idWidth
  if (<u64>ids + bytesOfIds + (<u64>count + 1) * offsetWidth > <u64>end) return malformed()
  offsets = ids + <usize>bytesOfIds
  members = offsets + (<usize>count + 1) * offsetWidth
  size = <i32>count
  return true
}

function readBytes(at: usize, length: u32): bool {
  if (<u64>at + length > <u64>end) return malformed()
  bytes = at
  size = <i32>length
  return true
}

function readPrimitive(at: usize, type: u32): bool {
  switch (type) {
    case VARIANT_NULL:
      kind = IS_NULL
      return true
    case VARIANT_TRUE:
    case VARIANT_FALSE:
      kind = IS_BOOLEAN
      whole = i64(type == VARIANT_TRUE)
      return true
    case VARIANT_INT1:
      return readWhole(at, 1, IS_WHOLE)
    case VARIANT_INT2:
      return readWhole(at, 2, IS_WHOLE)
    case VARIANT_INT4:
      return readWhole(at, 4, IS_WHOLE)
    case VARIANT_INT8:
      return readWhole(at, 8, IS_WHOLE)
    case VARIANT_DATE:
      return readWhole(at, 4, IS_DATE)
    case VARIANT_TIMESTAMP:
      return readWhole(at, 8, IS_TIMESTAMP)
    case VARIANT_TIMESTAMP_NTZ:
      return readWhole(at, 8, IS_TIMESTAMP_NTZ)
    case VARIANT_DECIMAL4:
      return readDecimal(at, 4)
    case VARIANT_DECIMAL8:
      return readDecimal(at, 8)
    case VARIANT_DECIMAL16:
      return readDecimal(at, 16)
    case VARIANT_DOUBLE:
      kind = IS_DOUBLE
      if (at + 8 > end) return malformed()
      floating = load<f64>(at)
      return true
    case VARIANT_FLOAT:
      kind = IS_FLOAT
      if (at + 4 > end) return malformed()
      floating = load<f32>(at)
      return true
    case VARIANT_BINARY:
    case VARIANT_LONG_STRING:
      kind = type == VARIANT_BINARY ? IS_BINARY : IS_STRING
      return at + 4 > end ? malformed() : readBytes(at + 4, load<u32>(at))
    case VARIANT_UUID:
      kind = IS_UUID
      return readBytes(at, UUID_BYTES)
  }
  variantFault = VARIANT_FAULT_TYPE
  unknownType = type
  return false
}

function readWhole(at: usize, width: u32, type: i32): bool {
  if (at + width > end) return malformed()
  kind = type
  if (width == 1) whole = load<i8>(at)
  else if (width == 2) whole = load<i16>(at)
  else if (width == 4) whole = load<i32>(at)
  else whole = load<i64>(at)
  return true
}

function readDecimal(at: usize, width: u32): bool {
  if (at + 1 + width > end || <i32>load<u8>(at) > MOST_SCALE) return malformed()
  kind = IS_DECIMAL
  scale = load<u8>(at)
  if (width == 16) {
    whole = load<i64>(at + 1)
    high = load<i64>(at + 1, 8)
    return true
  }
  whole = width == 4 ? <i64>load<i32>(at + 1) : load<i64>(at + 1)
  high = whole >> 63
  return true
}

/** How many bytes the value read last has, which lies at a place. */
export function bytesFrom(at: usize): u32 {
  const head = <u32>load<u8>(at)
  const info = head >> VARIANT_INFO_SHIFT
  if (kind == IS_OBJECT || kind == IS_ARRAY) {
    const last = unsignedAt(offsets + <usize>size * offsetWidth, offsetWidth)
    if (<u64>members + last > <u64>end) malformed()
    return <u32>(members - at) + last
  }
  if (kind == IS_STRING || kind == IS_BINARY || kind == IS_UUID) return <u32>(bytes - at) + size
  if (kind == IS_NULL || kind == IS_BOOLEAN) return 1
  if (kind == IS_DECIMAL) return info == VARIANT_DECIMAL4 ? 6 : info == VARIANT_DECIMAL8 ? 10 : 18
  if (info == VARIANT_INT1) return 2
  if (info == VARIANT_INT2) return 3
  return info == VARIANT_INT4 || info == VARIANT_DATE || info == VARIANT_FLOAT ? 5 : 9
}

/** Tells the number of the type that is not known as a text. */
export function unknownVariantType(out: usize): void {
  formatLong(unknownType, out)
}

/** Writes the address and length of a text that lies in memory. */
export function tellBytes(at: usize, length: i32, out: usize): void {
  store<u32>(out, <u32>at, RESULT_ADDRESS)
  store<u32>(out, <u32>length, RESULT_LENGTH)
}
