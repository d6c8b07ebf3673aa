// Arrays and maps of Parquet, of which every leaf has levels and values (Dremel's encoding), as packed values (columnar/packed-writer.ts).
// Vectors are written one after the other, each by going on in the leaves below it, so that a leaf is read once from its begin to its end, but for its levels, which every
// array above reads as well. Levels are not trusted: leaves that do not have the same elements are found, and what is written is never more than `parquetNestedBytes`.
import {
  LEAF_AT,
  LEAF_DEFINITIONS,
  LEAF_ENTRIES,
  LEAF_MOST,
  LEAF_REPETITIONS,
  LEAF_VALUES,
  NESTED_BOOLEAN,
  NESTED_BYTES,
  NESTED_FIXED,
  NESTED_LEVEL,
  NESTED_LIST,
  NESTED_MALFORMED,
  NESTED_NULL_KEY,
  NESTED_REPEATED,
  NESTED_REPETITION,
  NESTED_STRUCT,
  NESTED_WIDTH,
} from '../../interface/parquet-nested'
import { PACKED_COUNT_BYTES, PACKED_OFFSET_BYTES } from '../../interface/packed'
import { bitAt, bitmapBytes, fillOnes, setBit } from '../nested/packed'
import { allBytesAre } from './parquet-levels'
import { childAt, childrenOf, kindOf, leafOf } from './parquet-nested-bytes'
import { copyFixed } from '../nested/packed-slots'
import { copyBytes } from '../rows/row-store'

/** What is wrong with the rows that are being assembled, or 0. */
let fault: i32 = 0

@inline
function definitionsAt(leaf: usize, entry: i32): usize {
  return <usize>load<u32>(leaf, LEAF_DEFINITIONS) + <usize>entry
}

@inline
function repetitionsAt(leaf: usize, entry: i32): usize {
  return <usize>load<u32>(leaf, LEAF_REPETITIONS) + <usize>entry
}

/**
 * Assembles so many rows of a column at `to`. Writes where each one lies (a ref), and the definition level of each row's first entry.
 * Returns how many rows are not NULL, or what is wrong.
 */
export function parquetNested(column: usize, rows: i32, levels: usize, refs: usize, to: usize): i32 {
  const leaf = leafOf(column)
  const level = load<u32>(column, NESTED_LEVEL)
  const entries = load<i32>(leaf, LEAF_ENTRIES)
  let present = 0
  fault = 0
  for (let row = 0; row < rows; row++) {
    const at = load<i32>(leaf, LEAF_AT)
    if (at >= entries) return NESTED_MALFORMED
    const own = load<u8>(definitionsAt(leaf, at))
    const ref = refs + (<usize>row << 3)
    store<u8>(levels + <usize>row, own)
    store<u64>(ref, 0)
    if (<u32>own < level) skip(column, level)
    else {
      present++
      const end = writeList(column, to)
      store<u32>(ref, <u32>to)
      store<u32>(ref, <u32>(end - to), 4)
      to = end
    }
    if (fault != 0) return fault
  }
  return isAtEnd(column) ? present : NESTED_MALFORMED
}

/** Passes over the entry that says of each leaf that there is nothing. */
function skip(node: usize, below: u32): void {
  const leaf = leafOf(node)
  if (leaf == 0) return
  if (kindOf(node) >= NESTED_STRUCT) {
    for (let i = 0; i < childrenOf(node); i++) skip(childAt(node, i), below)
    return
  }
  const at = load<i32>(leaf, LEAF_AT)
  if (at >= load<i32>(leaf, LEAF_ENTRIES) || <u32>load<u8>(definitionsAt(leaf, at)) >= below) fault = NESTED_MALFORMED
  else store<i32>(leaf, at + 1, LEAF_AT)
}

function isAtEnd(node: usize): bool {
  const leaf = leafOf(node)
  if (leaf == 0) return true
  if (kindOf(node) < NESTED_STRUCT) return load<i32>(leaf, LEAF_AT) == load<i32>(leaf, LEAF_ENTRIES)
  for (let i = 0; i < childrenOf(node); i++) if (!isAtEnd(childAt(node, i))) return false
  return true
}

/** Writes an array or map that is not NULL; returns where it ends. */
function writeList(list: usize, to: usize): usize {
  const leaf = leafOf(list)
  const at = load<i32>(leaf, LEAF_AT)
  if (at >= load<i32>(leaf, LEAF_ENTRIES)) {
    fault = NESTED_MALFORMED
    return to
  }
  const repeated = load<u32>(list, NESTED_REPEATED)
  const repetition = load<u32>(list, NESTED_REPETITION)
  const children = childrenOf(list)
  const count = <u32>load<u8>(definitionsAt(leaf, at)) < repeated ? 0 : countElements(leaf, at, repetition)
  store<i32>(to, count)
  let end = to + PACKED_COUNT_BYTES
  if (count == 0) skip(list, repeated)
  for (let i = 0; i < children && fault == 0; i++) {
    const vector = end
    end = writeVector(childAt(list, i), repetition, count, vector)
    if (i == 0 && children == 2 && !hasAll(vector, count)) fault = NESTED_NULL_KEY
  }
  return end
}

/** How many elements an array has that begins with an entry, one at least. */
function countElements(leaf: usize, entry: i32, repetition: u32): i32 {
  const end = repetitionsAt(leaf, load<i32>(leaf, LEAF_ENTRIES))
  let count = 1
  for (let at = repetitionsAt(leaf, entry + 1); at < end; at++) {
    const own = <u32>load<u8>(at)
    if (own < repetition) break
    count += i32(own == repetition)
  }
  return count
}

function hasAll(bitmap: usize, count: i32): bool {
  for (let i = 0; i < count; i++) if (!bitAt(bitmap, i)) return false
  return true
}

/** Writes a vector of so many elements, the ones that come next; returns where it ends. */
function writeVector(node: usize, repetition: u32, count: i32, to: usize): usize {
  const kind = kindOf(node)
  const leaf = leafOf(node)
  if (leaf == 0 || count == 0) return writeNulls(node, count, to)
  if (kind < NESTED_STRUCT) return writeLeaf(node, leaf, repetition, count, to)
  let at = to + bitmapBytes(count)
  if (!writeBits(leaf, repetition, load<u32>(node, NESTED_LEVEL), count, to)) {
    fault = NESTED_MALFORMED
    return to
  }
  if (kind == NESTED_LIST) return writeLists(node, to, count, at)
  for (let i = 0; i < childrenOf(node) && fault == 0; i++) at = writeVector(childAt(node, i), repetition, count, at)
  return at
}

/** Of a field that the file lacks, and of no elements. */
function writeNulls(node: usize, count: i32, to: usize): usize {
  const kind = kindOf(node)
  let at = to + bitmapBytes(count)
  if (kind == NESTED_STRUCT) {
    memory.fill(to, 0, at - to)
    for (let i = 0; i < childrenOf(node); i++) at = writeNulls(childAt(node, i), count, at)
    return at
  }
  if (kind == NESTED_BOOLEAN) at += bitmapBytes(count)
  else if (kind == NESTED_FIXED) at += <usize>count * load<u32>(node, NESTED_WIDTH)
  else at += (<usize>count + 1) * PACKED_OFFSET_BYTES
  memory.fill(to, 0, at - to)
  return at
}

/** Writes which of the next elements reach a level; false when the next ones are not so many of one array. */
function writeBits(leaf: usize, repetition: u32, level: u32, count: i32, to: usize): bool {
  memory.fill(to, 0, bitmapBytes(count))
  const entries = load<i32>(leaf, LEAF_ENTRIES)
  let at = load<i32>(leaf, LEAF_AT)
  for (let i = 0; i < count; i++, at++) {
    while (i > 0 && at < entries && <u32>load<u8>(repetitionsAt(leaf, at)) > repetition) at++
    if (at >= entries) return false
    const own = <u32>load<u8>(repetitionsAt(leaf, at))
    if (i == 0 ? own >= repetition : own != repetition) return false
    if (<u32>load<u8>(definitionsAt(leaf, at)) >= level) setBit(to, i)
  }
  return true
}

function writeLists(list: usize, bitmap: usize, count: i32, offsets: usize): usize {
  const level = load<u32>(list, NESTED_LEVEL)
  const bytes = offsets + (<usize>count + 1) * PACKED_OFFSET_BYTES
  let end = bytes
  store<u32>(offsets, 0)
  for (let i = 0; i < count && fault == 0; i++) {
    if (bitAt(bitmap, i)) end = writeList(list, end)
    else skip(list, level)
    offsets += PACKED_OFFSET_BYTES
    store<u32>(offsets, <u32>(end - bytes))
  }
  return end
}

function writeLeaf(node: usize, leaf: usize, repetition: u32, count: i32, to: usize): usize {
  const at = load<i32>(leaf, LEAF_AT)
  const isWhole = count <= load<i32>(leaf, LEAF_ENTRIES) - at
  if (!isWhole || <u32>load<u8>(repetitionsAt(leaf, at)) >= repetition || !allBytesAre(repetitionsAt(leaf, at + 1), count - 1, repetition)) {
    fault = NESTED_MALFORMED
    return to
  }
  store<i32>(leaf, at + count, LEAF_AT)
  const definitions = definitionsAt(leaf, at)
  const most = load<u32>(leaf, LEAF_MOST)
  const bytes = bitmapBytes(count)
  const isFull = allBytesAre(definitions, count, most)
  if (isFull) fillOnes(to, count)
  else {
    memory.fill(to, 0, bytes)
    for (let i = 0; i < count; i++) if (<u32>load<u8>(definitions + <usize>i) == most) setBit(to, i)
  }
  const kind = kindOf(node)
  if (kind == NESTED_BYTES) return writeBytes(leaf, to, count)
  if (kind == NESTED_BOOLEAN) return writeBooleans(leaf, to, count)
  return writeFixed(leaf, to, count, load<i32>(node, NESTED_WIDTH), isFull)
}

function writeFixed(leaf: usize, bitmap: usize, count: i32, width: i32, isFull: bool): usize {
  const to = bitmap + bitmapBytes(count)
  const end = to + <usize>count * width
  let value: usize = load<u32>(leaf, LEAF_VALUES)
  if (isFull) {
    memory.copy(to, value, end - to)
    value += end - to
  } else {
    memory.fill(to, 0, end - to)
    for (let i = 0, at = to; i < count; i++, at += width) {
      if (!bitAt(bitmap, i)) continue
      copyFixed(at, value, width)
      value += width
    }
  }
  store<u32>(leaf, <u32>value, LEAF_VALUES)
  return end
}

function writeBooleans(leaf: usize, bitmap: usize, count: i32): usize {
  const to = bitmap + bitmapBytes(count)
  let value: usize = load<u32>(leaf, LEAF_VALUES)
  memory.fill(to, 0, bitmapBytes(count))
  for (let i = 0; i < count; i++) if (bitAt(bitmap, i) && load<u8>(value++)) setBit(to, i)
  store<u32>(leaf, <u32>value, LEAF_VALUES)
  return to + bitmapBytes(count)
}

function writeBytes(leaf: usize, bitmap: usize, count: i32): usize {
  let offset = bitmap + bitmapBytes(count)
  const bytes = offset + (<usize>count + 1) * PACKED_OFFSET_BYTES
  let value: usize = load<u32>(leaf, LEAF_VALUES)
  let end = bytes
  store<u32>(offset, 0)
  for (let i = 0; i < count; i++) {
    if (bitAt(bitmap, i)) {
      const length: usize = load<u32>(value, 4)
      copyBytes(end, load<u32>(value), length)
      end += length
      value += 8
    }
    offset += PACKED_OFFSET_BYTES
    store<u32>(offset, <u32>(end - bytes))
  }
  store<u32>(leaf, <u32>value, LEAF_VALUES)
  return end
}
