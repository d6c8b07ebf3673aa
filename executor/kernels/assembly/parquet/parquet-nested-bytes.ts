// The nodes of a column that is assembled from Parquet's leaves, and the room that its values need.
import {
  LEAF_DEFINITIONS,
  LEAF_ENTRIES,
  LEAF_MOST,
  LEAF_REPETITIONS,
  LEAF_VALUES,
  NESTED_BOOLEAN,
  NESTED_CHILDREN,
  NESTED_FIXED,
  NESTED_KIND,
  NESTED_LEAF,
  NESTED_LIST,
  NESTED_NODE_BYTES,
  NESTED_REPETITION,
  NESTED_STRUCT,
  NESTED_WIDTH,
} from '../../interface/parquet-nested'
import { PACKED_COUNT_BYTES, PACKED_OFFSET_BYTES } from '../../interface/packed'
import { parquetLevelsUpTo } from './parquet-levels'

@inline
export function kindOf(node: usize): i32 {
  return load<i32>(node, NESTED_KIND)
}
@inline
export function childrenOf(node: usize): i32 {
  return load<i32>(node, NESTED_CHILDREN)
}
@inline
export function childAt(node: usize, index: i32): usize {
  return load<u32>(node + (<usize>index << 2), NESTED_NODE_BYTES)
}
@inline
export function leafOf(node: usize): usize {
  return load<u32>(node, NESTED_LEAF)
}

/** The most bytes that so many rows of a column take. */
export function parquetNestedBytes(column: usize, rows: i32): f64 {
  return <f64>elementsBytes(column, rows) + <f64>rows * PACKED_COUNT_BYTES
}

/** Of what so many arrays hold. */
function elementsBytes(list: usize, arrays: u64): u64 {
  const elements = elementsIn(list, load<u32>(list, NESTED_REPETITION))
  let bytes: u64 = 0
  for (let i = 0; i < childrenOf(list); i++) bytes += vectorsBytes(childAt(list, i), elements, arrays)
  return bytes
}

function elementsIn(node: usize, repetition: u32): u64 {
  const leaf = leafOf(node)
  return <u64>parquetLevelsUpTo(load<u32>(leaf, LEAF_REPETITIONS), load<i32>(leaf, LEAF_ENTRIES), repetition)
}

/** Of so many vectors with so many elements in all. */
function vectorsBytes(node: usize, elements: u64, vectors: u64): u64 {
  const kind = kindOf(node)
  const bits = (elements >> 3) + vectors
  if (kind == NESTED_STRUCT) {
    let bytes = bits
    for (let i = 0; i < childrenOf(node); i++) bytes += vectorsBytes(childAt(node, i), elements, vectors)
    return bytes
  }
  if (kind == NESTED_BOOLEAN) return bits << 1
  if (kind == NESTED_FIXED) return bits + elements * <u64>load<u32>(node, NESTED_WIDTH)
  const bytes = bits + (elements + vectors) * PACKED_OFFSET_BYTES
  if (leafOf(node) == 0) return bytes
  if (kind == NESTED_LIST) return bytes + elements * PACKED_COUNT_BYTES + elementsBytes(node, elements)
  return bytes + lengths(leafOf(node))
}

/** The bytes of all values of a leaf. */
function lengths(leaf: usize): u64 {
  const definitions = load<u32>(leaf, LEAF_DEFINITIONS)
  const entries = load<i32>(leaf, LEAF_ENTRIES)
  const present = entries - parquetLevelsUpTo(definitions, entries, load<u32>(leaf, LEAF_MOST) - 1)
  let bytes: u64 = 0
  let value: usize = load<u32>(leaf, LEAF_VALUES)
  for (let i = 0; i < present; i++, value += 8) bytes += <u64>load<u32>(value, 4)
  return bytes
}
