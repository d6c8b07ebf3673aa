// What kernels of arrays and maps share: descriptions of types (interface/packed.ts) and where vectors lie (columnar/packed-writer.ts).
import {
  PACKED_OFFSET_BYTES,
  TYPE_BOOLEAN,
  TYPE_WIDE,
  TYPE_VOID,
  TYPE_FLOAT,
  TYPE_DOUBLE,
  TYPE_ARRAY,
  TYPE_BINARY,
  TYPE_CHILD_BYTES,
  TYPE_CHILD_NODE,
  TYPE_CHILDREN,
  TYPE_KIND,
  TYPE_MAP,
  TYPE_NODE_BYTES,
  TYPE_STRING,
  TYPE_STRUCT,
  TYPE_VARIANT,
  TYPE_WIDTH,
} from '../../interface/packed'

@inline
export function kindOf(node: usize): u32 {
  return load<u32>(node, TYPE_KIND)
}
@inline
export function widthOf(node: usize): i32 {
  return load<i32>(node, TYPE_WIDTH)
}
@inline
export function childCount(node: usize): i32 {
  return load<i32>(node, TYPE_CHILDREN)
}

/** A child of a node. */
export function childOf(type: usize, node: usize, index: i32): usize {
  return type + <usize>load<u32>(node + <usize>index * TYPE_CHILD_BYTES, TYPE_NODE_BYTES + TYPE_CHILD_NODE)
}

/** Whether values are bytes with offsets. */
export function isVariable(kind: u32): bool {
  return kind == TYPE_STRING || kind == TYPE_BINARY || kind == TYPE_ARRAY || kind == TYPE_MAP || kind == TYPE_VARIANT
}

@inline
export function bitmapBytes(count: i32): i32 {
  return (count + 7) >> 3
}

/** Whether an element of a vector is NULL. */
export function isNullAt(vector: usize, index: i32): bool {
  return ((load<u8>(vector + (index >> 3)) >> <u8>(index & 7)) & 1) == 0
}

export function bitAt(bitmap: usize, index: i32): i32 {
  return (load<u8>(bitmap + (index >> 3)) >> <u8>(index & 7)) & 1
}

export function setBit(bitmap: usize, index: i32): void {
  const at = bitmap + (index >> 3)
  store<u8>(at, load<u8>(at) | (<u8>1 << <u8>(index & 7)))
}

/** Of so few bytes each is written here: to have them filled takes a call. */
const FEW_BYTES: usize = 32

/** Writes zeros. */
@inline
export function fillZeros(at: usize, bytes: usize): void {
  if (bytes > FEW_BYTES) memory.fill(at, 0, bytes)
  else for (const end = at + bytes; at < end; at++) store<u8>(at, 0)
}

/** Writes a bitmap of so many ones. What is left of its last byte is zero, so that equal arrays have equal bytes. */
export function fillOnes(bitmap: usize, count: i32): void {
  const whole = bitmap + (<usize>count >> 3)
  if (<usize>count > 8 * FEW_BYTES) memory.fill(bitmap, 0xff, whole - bitmap)
  else for (let at = bitmap; at < whole; at++) store<u8>(at, 0xff)
  if (count & 7) store<u8>(whole, (<u8>1 << <u8>(count & 7)) - 1)
}

/** Where the values of a vector begin, or its offsets. */
@inline
export function valuesOf(vector: usize, count: i32): usize {
  return vector + bitmapBytes(count)
}

/** Where the bytes of an element begin, in a vector that has offsets. */
export function bytesAt(vector: usize, count: i32, index: i32): usize {
  const offsets = valuesOf(vector, count)
  return offsets + <usize>(count + 1) * PACKED_OFFSET_BYTES + load<u32>(offsets + <usize>index * PACKED_OFFSET_BYTES)
}

/** How many bytes an element of such a vector has. */
export function lengthAt(vector: usize, count: i32, index: i32): i32 {
  const offset = valuesOf(vector, count) + <usize>index * PACKED_OFFSET_BYTES
  return load<i32>(offset, PACKED_OFFSET_BYTES) - load<i32>(offset)
}

/** Where a vector ends. */
export function vectorEnd(type: usize, node: usize, count: i32, vector: usize): usize {
  const kind = kindOf(node)
  let at = valuesOf(vector, count)
  if (kind == TYPE_STRUCT) {
    const fields = childCount(node)
    for (let i = 0; i < fields; i++) at = vectorEnd(type, childOf(type, node, i), count, at)
    return at
  }
  if (isVariable(kind)) return bytesAt(vector, count, count)
  if (kind == TYPE_BOOLEAN) return at + bitmapBytes(count)
  return at + <usize>count * widthOf(node)
}

/** Whether values are whole numbers of a fixed width of at most 8 bytes, which `integerAt` reads. */
export function isWhole(kind: u32): bool {
  return kind != TYPE_VOID && kind != TYPE_FLOAT && kind != TYPE_DOUBLE && kind != TYPE_WIDE && kind != TYPE_STRUCT && !isVariable(kind)
}

/** One of these values, sign-extended. */
export function integerAt(node: usize, vector: usize, count: i32, index: i32): i64 {
  const values = valuesOf(vector, count)
  if (kindOf(node) == TYPE_BOOLEAN) return bitAt(values, index)
  const width = widthOf(node)
  const at = values + <usize>index * width
  if (width == 1) return load<i8>(at)
  if (width == 2) return load<i16>(at)
  if (width == 4) return load<i32>(at)
  return load<i64>(at)
}
