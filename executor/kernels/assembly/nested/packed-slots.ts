// Packs elements that generated code left in slots, one after the other, into an array or a map.
import { RESULT_ADDRESS, RESULT_LENGTH } from '../../interface/text'
import {
  PACKED_COUNT_BYTES,
  PACKED_OFFSET_BYTES,
  SLOT_ADDRESS,
  SLOT_LENGTH,
  TYPE_BOOLEAN,
  TYPE_FLAG,
  TYPE_STRUCT,
  TYPE_VALUE,
  TYPE_VOID,
} from '../../interface/packed'
import { roomFor } from '../arena'
import { bitmapBytes, childCount, childOf, fillOnes, fillZeros, isVariable, kindOf, setBit, widthOf } from './packed'
import { copyBytes } from '../rows/row-store'

/** Room for so many slots. */
export function slotsAllocate(count: i32, slotBytes: i32): usize {
  return roomFor(<u64>count * <u64>slotBytes)
}

/** The slots in a place for twice as many. */
export function slotsDoubled(slots: usize, count: i32, slotBytes: i32): usize {
  const moved = slotsAllocate(count * 2, slotBytes)
  memory.copy(moved, slots, <usize>count * slotBytes)
  return moved
}

/** Packs so many slots; writes address and length of the array or map. */
export function slotsPack(type: usize, slots: usize, count: i32, slotBytes: i32, out: usize): void {
  const children = childCount(type)
  let bytes: u64 = PACKED_COUNT_BYTES
  for (let i = 0; i < children; i++) {
    const child = childOf(type, type, i)
    nullFields(type, child, slots, count, slotBytes)
    bytes += vectorBytes(type, child, slots, count, slotBytes)
  }
  const start = roomFor(bytes)
  clearRoom(start, <usize>bytes)
  store<i32>(start, count)
  let at = start + PACKED_COUNT_BYTES
  for (let i = 0; i < children; i++) at = writeVector(type, childOf(type, type, i), slots, count, slotBytes, at)
  store<u32>(out, <u32>start, RESULT_ADDRESS)
  store<u32>(out, <u32>bytes, RESULT_LENGTH)
}

/** Most arrays are short, for which a call of what fills memory costs more than it does. */
const FEW_BYTES: usize = 128

/** Clears what was got from the arena, whose pieces are whole words. */
@inline
function clearRoom(start: usize, bytes: usize): void {
  if (bytes > FEW_BYTES) memory.fill(start, 0, bytes)
  else for (let at: usize = 0; at < bytes; at += 8) store<u64>(start + at, 0)
}

/** An array of so many elements of a width, which are yet to be written; returns where they begin, behind a bitmap of ones. */
export function valuesAllocate(count: i32, width: i32): usize {
  const bits = bitmapBytes(count)
  const start = roomFor(PACKED_COUNT_BYTES + <u64>bits + <u64>count * <u64>width)
  store<i32>(start, count)
  const bitmap = start + PACKED_COUNT_BYTES
  fillOnes(bitmap, count)
  return bitmap + bits
}

/** Makes an element of these NULL, under which there is zero. */
export function valuesSetNull(values: usize, index: i32, most: i32, width: i32): void {
  const byte = values - bitmapBytes(most) + (index >> 3)
  store<u8>(byte, load<u8>(byte) & ~(<u8>1 << <u8>(index & 7)))
  fillZeros(values + <usize>index * width, width)
}

/** Makes an array of the first so many of at most so many; writes address and length. */
export function valuesPack(values: usize, count: i32, most: i32, width: i32, out: usize): void {
  const bits = bitmapBytes(count)
  const bitmap = values - bits
  if (count < most) {
    const spare = bitmapBytes(most) - bits
    for (let i = bits - 1; i >= 0 && spare > 0; i--) store<u8>(bitmap + i, load<u8>(bitmap + i - spare))
    if (count & 7) store<u8>(values - 1, load<u8>(values - 1) & ((<u8>1 << <u8>(count & 7)) - 1))
  }
  const start = bitmap - PACKED_COUNT_BYTES
  const end = values + <usize>count * width
  store<i32>(start, count)
  store<u32>(out, <u32>start, RESULT_ADDRESS)
  store<u32>(out, <u32>(end - start), RESULT_LENGTH)
}

@inline
function flagOf(node: usize): usize {
  return load<u32>(node, TYPE_FLAG)
}
@inline
function valueOf(node: usize): usize {
  return load<u32>(node, TYPE_VALUE)
}

/** Makes the fields of structs NULL that are NULL themselves. */
function nullFields(type: usize, node: usize, slots: usize, count: i32, slotBytes: i32): void {
  if (kindOf(node) != TYPE_STRUCT) return
  const fields = childCount(node)
  for (let i = 0; i < fields; i++) {
    const field = childOf(type, node, i)
    for (let row = 0; row < count; row++) {
      const slot = slots + <usize>row * slotBytes
      if (load<u8>(slot + flagOf(node))) store<u8>(slot + flagOf(field), 1)
    }
    nullFields(type, field, slots, count, slotBytes)
  }
}

function vectorBytes(type: usize, node: usize, slots: usize, count: i32, slotBytes: i32): u64 {
  const kind = kindOf(node)
  let bytes: u64 = bitmapBytes(count)
  if (kind == TYPE_STRUCT) {
    const fields = childCount(node)
    for (let i = 0; i < fields; i++) bytes += vectorBytes(type, childOf(type, node, i), slots, count, slotBytes)
    return bytes
  }
  if (kind == TYPE_BOOLEAN) return bytes + bitmapBytes(count)
  if (!isVariable(kind)) return bytes + <u64>count * <u64>widthOf(node)
  bytes += (<u64>count + 1) * PACKED_OFFSET_BYTES
  for (let row = 0; row < count; row++) {
    const slot = slots + <usize>row * slotBytes
    if (!load<u8>(slot + flagOf(node))) bytes += load<u32>(slot + valueOf(node), SLOT_LENGTH)
  }
  return bytes
}

/** Writes a vector where all is zero; returns where it ends. */
function writeVector(type: usize, node: usize, slots: usize, count: i32, slotBytes: i32, to: usize): usize {
  const kind = kindOf(node)
  const flags = slots + flagOf(node)
  for (let row = 0; row < count; row += 8) {
    let bits: u32 = 0
    const some = min(8, count - row)
    for (let i = 0; i < some; i++) bits |= u32(load<u8>(flags + <usize>(row + i) * slotBytes) == 0) << i
    store<u8>(to + (<usize>row >> 3), bits)
  }
  let at = to + bitmapBytes(count)
  if (kind == TYPE_STRUCT) {
    const fields = childCount(node)
    for (let i = 0; i < fields; i++) at = writeVector(type, childOf(type, node, i), slots, count, slotBytes, at)
    return at
  }
  if (isVariable(kind)) return writeBytes(node, slots, count, slotBytes, at)
  if (kind == TYPE_VOID) return at
  const values = slots + valueOf(node)
  if (kind == TYPE_BOOLEAN) {
    for (let row = 0; row < count; row++) {
      const slot = <usize>row * slotBytes
      if (!load<u8>(flags + slot) && load<i32>(values + slot)) setBit(at, row)
    }
    return at + bitmapBytes(count)
  }
  const width = widthOf(node)
  for (let row = 0; row < count; row++, at += width) {
    const slot = <usize>row * slotBytes
    if (!load<u8>(flags + slot)) copyFixed(at, values + slot, width)
  }
  return at
}

/** Copies a value of 1, 2, 4, 8 or 16 bytes. */
@inline
export function copyFixed(to: usize, value: usize, width: i32): void {
  if (width == 4) store<u32>(to, load<u32>(value))
  else if (width == 8) store<u64>(to, load<u64>(value))
  else if (width == 1) store<u8>(to, load<u8>(value))
  else if (width == 2) store<u16>(to, load<u16>(value))
  else {
    store<u64>(to, load<u64>(value))
    store<u64>(to, load<u64>(value, 8), 8)
  }
}

function writeBytes(node: usize, slots: usize, count: i32, slotBytes: i32, offsets: usize): usize {
  const bytes = offsets + (<usize>count + 1) * PACKED_OFFSET_BYTES
  let end: usize = 0
  for (let row = 0; row < count; row++) {
    const slot = slots + <usize>row * slotBytes
    if (!load<u8>(slot + flagOf(node))) {
      const value = slot + valueOf(node)
      const length: usize = load<u32>(value, SLOT_LENGTH)
      copyBytes(bytes + end, load<u32>(value, SLOT_ADDRESS), length)
      end += length
    }
    offsets += PACKED_OFFSET_BYTES
    store<u32>(offsets, <u32>end)
  }
  return bytes + end
}
