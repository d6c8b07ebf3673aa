// Rows of Avro into columns, as a tree of nodes says (interface/avro.ts). Nothing that is read is trusted: what does not end within the bytes, a branch
// or symbol that there is not, and a number that has no room are faults of the whole block.
import {
  AVRO_ARRAY,
  AVRO_BOOLEAN,
  AVRO_BYTES,
  AVRO_DECIMAL_BYTES,
  AVRO_DECIMAL_FIXED,
  AVRO_DETAIL,
  AVRO_DOUBLE,
  AVRO_ENUM,
  AVRO_FIXED,
  AVRO_FLAG,
  AVRO_FLAG_STEP,
  AVRO_FLOAT,
  AVRO_FLOAT_AS_DOUBLE,
  AVRO_INT,
  AVRO_INTEGER_AS_DOUBLE,
  AVRO_INTEGER_AS_FLOAT,
  AVRO_LONG,
  AVRO_MAP,
  AVRO_NULL,
  AVRO_PRESENT,
  AVRO_RECORD,
  AVRO_SIZE,
  AVRO_SLOT_BYTES,
  AVRO_SLOT_FLAGS,
  AVRO_UNION,
  AVRO_VALUE,
  AVRO_VALUE_STEP,
  AVRO_WIDTH,
} from '../../interface/avro'
import { SLOT_LENGTH } from '../../interface/packed'
import { ROUTINE_ERROR, ROUTINE_VALUE } from '../../interface/text'
import { childCount, childOf, detailOf, isWanted, kindOf } from './avro-nodes'
import { decimalExceeds } from '../numbers/decimal'
import { slotsAllocate, slotsDoubled, slotsPack } from '../nested/packed-slots'

/** So many elements of a row may take no bytes at all, in all its lists together. */
const MOST_EMPTY: u64 = 1 << 20
const FIRST_SLOTS: i32 = 16

/** Where the next byte is, and where the block ends. */
let at: usize = 0
let end: usize = 0
let isMalformed: bool = false
/** Elements without bytes that the row may have still. */
let emptyLeft: u64 = 0

/** Reads so many rows from `from` on, for the columns from the row `first` on. Returns where the next row begins, 0 when they are malformed. */
export function avroRows(root: usize, from: usize, until: usize, first: i32, rows: i32): usize {
  at = from
  end = until
  isMalformed = false
  for (let row = first; row < first + rows && !isMalformed; row++) {
    emptyLeft = MOST_EMPTY
    read(root, 0, row)
  }
  return isMalformed ? 0 : at
}

/** Reads one value as an array of it, as the tree of an array says; what follows it in the bytes does not count. Says whether there is one. */
export function avroValue(bytes: usize, length: i32, tree: usize, treeBytes: i32, out: usize): i32 {
  at = bytes
  end = bytes + length
  isMalformed = false
  emptyLeft = MOST_EMPTY
  const slotBytes = load<i32>(tree, AVRO_SLOT_BYTES)
  const slot = slotsAllocate(1, slotBytes)
  readElement(tree, slot, 0, slotBytes, true)
  if (isMalformed) return ROUTINE_ERROR
  slotsPack(detailOf(tree), slot, 1, slotBytes, out)
  return ROUTINE_VALUE
}

/** Reads the next value; into its place, the one of the number `index` behind a base, unless nobody wants it. */
function read(node: usize, base: usize, index: i32): void {
  switch (kindOf(node)) {
    case AVRO_NULL:
      return
    case AVRO_BOOLEAN:
      return readBoolean(node, base, index)
    case AVRO_INT:
    case AVRO_LONG:
      return readInteger(node, base, index)
    case AVRO_INTEGER_AS_FLOAT: {
      const value = readLong()
      if (isWanted(node)) store<f32>(place(node, base, index), <f32>value)
      return
    }
    case AVRO_INTEGER_AS_DOUBLE: {
      const value = readLong()
      if (isWanted(node)) store<f64>(place(node, base, index), <f64>value)
      return
    }
    case AVRO_FLOAT: {
      const value = take(4)
      if (value != 0 && isWanted(node)) store<u32>(place(node, base, index), load<u32>(value))
      return
    }
    case AVRO_FLOAT_AS_DOUBLE: {
      const value = take(4)
      if (value != 0 && isWanted(node)) store<f64>(place(node, base, index), <f64>load<f32>(value))
      return
    }
    case AVRO_DOUBLE: {
      const value = take(8)
      if (value != 0 && isWanted(node)) store<u64>(place(node, base, index), load<u64>(value))
      return
    }
    case AVRO_BYTES:
      return readBytes(node, base, index, readLong())
    case AVRO_FIXED:
      return readBytes(node, base, index, load<u32>(node, AVRO_SIZE))
    case AVRO_DECIMAL_BYTES:
      return readDecimal(node, base, index, readLong())
    case AVRO_DECIMAL_FIXED:
      return readDecimal(node, base, index, load<u32>(node, AVRO_SIZE))
    case AVRO_ENUM:
      return readEnum(node, base, index)
    case AVRO_RECORD: {
      if (isWanted(node)) markPresent(node, base, index)
      const fields = childCount(node)
      for (let i: u32 = 0; i < fields && !isMalformed; i++) read(childOf(node, i), base, index)
      return
    }
    case AVRO_UNION: {
      const branch = <u64>readLong()
      if (branch >= childCount(node)) return fail()
      const child = childOf(node, <u32>branch)
      if (kindOf(child) != AVRO_NULL && isWanted(node)) markPresent(node, base, index)
      return read(child, base, index)
    }
    case AVRO_ARRAY:
    case AVRO_MAP:
      return readList(node, base, index)
    default:
      return fail()
  }
}

function fail(): void {
  isMalformed = true
}

function markPresent(node: usize, base: usize, index: i32): void {
  const flag = base + load<u32>(node, AVRO_FLAG) + <usize>index * load<u32>(node, AVRO_FLAG_STEP)
  store<u8>(flag, load<u8>(node, AVRO_PRESENT))
}

/** Where a value goes, which is not NULL then. */
function place(node: usize, base: usize, index: i32): usize {
  markPresent(node, base, index)
  return base + load<u32>(node, AVRO_VALUE) + <usize>index * load<u32>(node, AVRO_VALUE_STEP)
}

/** Where the next bytes are; 0 when there are not so many. */
function take(bytes: u64): usize {
  if (isMalformed || bytes > <u64>(end - at)) {
    isMalformed = true
    return 0
  }
  const taken = at
  at += <usize>bytes
  return taken
}

/** A whole number: seven bits a byte, the lowest first, negative ones between the others. */
function readLong(): i64 {
  let value: u64 = 0
  for (let shift: u64 = 0; shift < 70; shift += 7) {
    if (at >= end) break
    const byte: u64 = load<u8>(at++)
    value |= (byte & 0x7f) << shift
    if (byte < 0x80) return <i64>(value >> 1) ^ -(<i64>(value & 1))
  }
  isMalformed = true
  return 0
}

function readBoolean(node: usize, base: usize, index: i32): void {
  const value = take(1)
  if (value == 0) return
  if (load<u8>(value) > 1) return fail()
  if (isWanted(node)) store<u8>(place(node, base, index), load<u8>(value))
}

function readInteger(node: usize, base: usize, index: i32): void {
  let value = readLong()
  if (kindOf(node) == AVRO_INT && value != <i64>(<i32>value)) return fail()
  if (!isWanted(node) || isMalformed) return
  const width = load<u32>(node, AVRO_WIDTH)
  const factor = <i64>load<u32>(node, AVRO_SIZE)
  if (factor > 1) {
    const most = i64.MAX_VALUE / factor
    if (value > most || value < -most) return fail()
    value *= factor
  }
  if (width == 8) store<i64>(place(node, base, index), value)
  else if (value != <i64>(<i32>value)) fail()
  else store<i32>(place(node, base, index), <i32>value)
}

function readBytes(node: usize, base: usize, index: i32, length: i64): void {
  const value = take(<u64>length)
  if (value == 0 || !isWanted(node)) return
  const ref = place(node, base, index)
  store<u32>(ref, <u32>value)
  store<u32>(ref, <u32>length, SLOT_LENGTH)
}

/** A number of the highest byte first, of which signs may fill up more bytes than it has here. */
function readDecimal(node: usize, base: usize, index: i32, length: i64): void {
  const value = take(<u64>length)
  if (value == 0 || !isWanted(node)) return
  const size = <i32>length
  const width = load<i32>(node, AVRO_WIDTH)
  const sign: u8 = size > 0 && load<i8>(value) < 0 ? 0xff : 0
  let first = 0
  for (; size - first > width; first++) if (load<u8>(value + first) != sign) return fail()
  if (size == first + width && size > 0 && ((load<u8>(value + first) ^ sign) & 0x80) != 0) return fail()
  const to = place(node, base, index)
  for (let i = 0; i < width; i++) {
    const from = size - 1 - i
    store<u8>(to + i, from >= first ? load<u8>(value + from) : sign)
  }
  const high = width > 8 ? load<i64>(to, 8) : load<i64>(to) >> 63
  if (decimalExceeds(load<i64>(to), high, load<i32>(node, AVRO_DETAIL)) != 0) fail()
}

function readEnum(node: usize, base: usize, index: i32): void {
  const symbol = <u64>readLong()
  if (symbol >= load<u32>(node, AVRO_SIZE)) return fail()
  if (!isWanted(node) || isMalformed) return
  const known = detailOf(node) + (<usize>symbol << 3)
  const ref = place(node, base, index)
  store<u32>(ref, <u32>(known + load<u32>(known)))
  store<u32>(ref, load<u32>(known, SLOT_LENGTH), SLOT_LENGTH)
}

/** An array or a map, which comes in blocks, each with the number of its elements before it. */
function readList(node: usize, base: usize, index: i32): void {
  const slotBytes = load<i32>(node, AVRO_SLOT_BYTES)
  const isKept = isWanted(node)
  let capacity = FIRST_SLOTS
  let slots: usize = isKept ? slotsAllocate(capacity, slotBytes) : 0
  let count: u64 = 0
  for (;;) {
    let more = readLong()
    if (more == 0 || isMalformed) break
    if (more < 0) {
      more = -more
      const bytes = readLong()
      if (!isKept) {
        take(<u64>bytes)
        continue
      }
    }
    if (!hasRoom(node, <u64>more)) return fail()
    for (; more > 0 && !isMalformed; more--, count++) {
      if (isKept && <i32>count == capacity) {
        slots = slotsDoubled(slots, capacity, slotBytes)
        capacity *= 2
      }
      readElement(node, slots, <i32>count, slotBytes, isKept)
    }
  }
  if (isKept && !isMalformed) {
    slotsPack(detailOf(node), slots, <i32>count, slotBytes, place(node, base, index))
  }
}

/** Whether so many more elements may follow. */
function hasRoom(node: usize, more: u64): bool {
  const least: u64 = load<u32>(node, AVRO_SIZE)
  if (least > 0) return more <= <u64>(end - at) / least
  if (more > emptyLeft) return false
  emptyLeft -= more
  return true
}

function readElement(node: usize, slots: usize, index: i32, slotBytes: i32, isKept: bool): void {
  if (isKept) {
    const slot = slots + <usize>index * slotBytes
    const flags = load<i32>(node, AVRO_SLOT_FLAGS)
    memory.fill(slot, 1, flags)
    memory.fill(slot + flags, 0, slotBytes - flags)
  }
  const parts = childCount(node)
  for (let i: u32 = 0; i < parts && !isMalformed; i++) read(childOf(node, i), slots, index)
}
