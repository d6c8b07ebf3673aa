// What lines were found to be: nodes for columns, fields and elements, which are kept until the task ends (interface/text-shapes.ts).
import {
  SAMPLE_COLUMNS,
  SHAPE_DECIMAL,
  SHAPE_FIRST,
  SHAPE_KINDS,
  SHAPE_LAST,
  SHAPE_NAME,
  SHAPE_NAME_LENGTH,
  SHAPE_NEXT,
  SHAPE_NODE_BYTES,
  SHAPE_PARENT,
  SHAPE_QUOTED_LENGTH,
  SHAPE_SCALE,
  SHAPE_STRING,
  SHAPE_DOUBLE,
  SHAPE_WHOLE,
  SHAPES_BYTES,
  SHAPES_CHUNK,
  SHAPES_DRAW,
  SHAPES_END,
  SHAPES_FREE,
  SHAPES_DAMAGED,
  SHAPES_DAMAGED_LENGTH,
  SHAPES_NAMES,
  SHAPES_NEGATIVE_SCALE,
  SHAPES_ROOT,
  SHAPES_TABLE,
  SHAPES_TABLE_SIZE,
} from '../../interface/text-shapes'
import { drawBegin } from '../numbers/draws'
import { allocate, release } from '../memory'

const CHUNK_BYTES: usize = 1 << 14
const FIRST_TABLE: u32 = 64
const MOST_PRECISION: i32 = 38
/** Spark draws lines by this seed. */
const SEED: i64 = 1

/** Begins to find what the lines of a task are: nothing is known of its columns, which rows of CSV have one behind the other. */
export function shapesBegin(spec: usize, task: i32): usize {
  const state = allocate(SHAPES_BYTES)
  memory.fill(state, 0, SHAPES_BYTES)
  drawBegin(state + SHAPES_DRAW, SEED, task)
  const columns = load<u32>(spec, SAMPLE_COLUMNS)
  if (columns == 0) return state
  const first = room(state, columns * SHAPE_NODE_BYTES)
  memory.fill(first, 0, columns * SHAPE_NODE_BYTES)
  for (let i: u32 = 1; i < columns; i++) {
    const node = first + i * SHAPE_NODE_BYTES
    store<u32>(node - SHAPE_NODE_BYTES, <u32>node, SHAPE_NEXT)
  }
  store<u32>(state, <u32>first, SHAPES_ROOT + SHAPE_FIRST)
  return state
}

export function shapesRelease(state: usize): void {
  let chunk: usize = load<u32>(state, SHAPES_CHUNK)
  while (chunk != 0) {
    const before: usize = load<u32>(chunk)
    release(chunk)
    chunk = before
  }
  const table: usize = load<u32>(state, SHAPES_TABLE)
  if (table != 0) release(table)
  release(state)
}

/** Room that is kept, in chunks that begin with the address of the one before. */
function room(state: usize, bytes: usize): usize {
  const needed = (bytes + 15) & ~15
  let free: usize = load<u32>(state, SHAPES_FREE)
  if (free == 0 || needed > <usize>load<u32>(state, SHAPES_END) - free) {
    const size = max(CHUNK_BYTES, needed + 16)
    const chunk = allocate(size)
    store<u32>(chunk, load<u32>(state, SHAPES_CHUNK))
    store<u32>(state, <u32>chunk, SHAPES_CHUNK)
    store<u32>(state, <u32>(chunk + size), SHAPES_END)
    free = chunk + 16
  }
  store<u32>(state, <u32>(free + needed), SHAPES_FREE)
  return free
}

/** A node of which nothing is known. */
export function newNode(state: usize): usize {
  const node = room(state, SHAPE_NODE_BYTES)
  memory.fill(node, 0, SHAPE_NODE_BYTES)
  return node
}

@inline
export function isNamed(node: usize, name: usize, length: i32): bool {
  return load<i32>(node, SHAPE_NAME_LENGTH) == length && memory.compare(load<u32>(node, SHAPE_NAME), name, length) == 0
}

function hashOf(parent: usize, name: usize, length: i32): u32 {
  let hash: u32 = 0x811c9dc5 ^ <u32>parent
  for (let i = 0; i < length; i++) hash = (hash ^ <u32>load<u8>(name + i)) * 0x01000193
  return hash ^ (hash >> 15)
}

/** Where in the table a field is, or would be. */
function placeOf(state: usize, parent: usize, name: usize, length: i32): usize {
  const table: usize = load<u32>(state, SHAPES_TABLE)
  const mask = load<u32>(state, SHAPES_TABLE_SIZE) - 1
  let at = hashOf(parent, name, length) & mask
  while (true) {
    const place = table + (<usize>at << 2)
    const node: usize = load<u32>(place)
    if (node == 0 || (<usize>load<u32>(node, SHAPE_PARENT) == parent && isNamed(node, name, length))) return place
    at = (at + 1) & mask
  }
}

/** The field of that name, looked for first where it mostly is; 0 for none. */
@inline
export function fieldOf(state: usize, parent: usize, name: usize, length: i32, expected: usize): usize {
  if (expected != 0 && isNamed(expected, name, length)) return expected
  return load<u32>(state, SHAPES_TABLE) == 0 ? 0 : load<u32>(placeOf(state, parent, name, length))
}

export function newField(state: usize, parent: usize, name: usize, length: i32): usize {
  const names = load<u32>(state, SHAPES_NAMES) + 1
  store<u32>(state, names, SHAPES_NAMES)
  if (names * 2 > load<u32>(state, SHAPES_TABLE_SIZE)) growTable(state)
  const node = newNode(state)
  keepName(state, node, name, length)
  store<u32>(node, <u32>parent, SHAPE_PARENT)
  store<u32>(placeOf(state, parent, name, length), <u32>node)
  const last: usize = load<u32>(parent, SHAPE_LAST)
  if (last == 0) store<u32>(parent, <u32>node, SHAPE_FIRST)
  else store<u32>(last, <u32>node, SHAPE_NEXT)
  store<u32>(parent, <u32>node, SHAPE_LAST)
  return node
}

/** Keeps a name as members of objects mostly have it: then it need only be compared (json-shapes.ts). */
function keepName(state: usize, node: usize, name: usize, length: i32): void {
  const quoted = room(state, <usize>length + 3)
  const kept = quoted + 1
  memory.copy(kept, name, length)
  store<u8>(quoted, 0x22)
  store<u16>(kept + <usize>length, 0x3a22)
  store<u32>(node, <u32>kept, SHAPE_NAME)
  store<i32>(node, length, SHAPE_NAME_LENGTH)
  for (let p = kept; p < kept + <usize>length; p++) {
    const byte = load<u8>(p)
    if (byte < 0x20 || byte == 0x22 || byte == 0x5c) return
  }
  store<i32>(node, length + 3, SHAPE_QUOTED_LENGTH)
}

function growTable(state: usize): void {
  const old: usize = load<u32>(state, SHAPES_TABLE)
  const before = load<u32>(state, SHAPES_TABLE_SIZE)
  const size = before == 0 ? FIRST_TABLE : before * 2
  const table = allocate(<usize>size << 2)
  memory.fill(table, 0, <usize>size << 2)
  store<u32>(state, <u32>table, SHAPES_TABLE)
  store<u32>(state, size, SHAPES_TABLE_SIZE)
  for (let i: u32 = 0; i < before; i++) {
    const node: usize = load<u32>(old + (<usize>i << 2))
    if (node == 0) continue
    const place = placeOf(state, load<u32>(node, SHAPE_PARENT), load<u32>(node, SHAPE_NAME), load<i32>(node, SHAPE_NAME_LENGTH))
    store<u32>(place, <u32>node)
  }
  if (old != 0) release(old)
}

/** Keeps the first line that is no row. */
export function keepDamaged(state: usize, line: usize, length: i32): void {
  if (load<u32>(state, SHAPES_DAMAGED) != 0) return
  const kept = room(state, <usize>length + 1)
  memory.copy(kept, line, length)
  store<u32>(state, <u32>kept, SHAPES_DAMAGED)
  store<i32>(state, length, SHAPES_DAMAGED_LENGTH)
}

// The decimal measured last: its digits before the point, at least those that its precision has beside the scale, and behind it.
export let decimalWhole = 0
export let decimalScale = 0

/** Measures a number as Java's BigDecimal does; false when a text is none. One may have a sign, a point and an exponent. */
export function measureDecimal(at: usize, length: i32): bool {
  const end = at + <usize>length
  let p = at
  if (p < end && (load<u8>(p) == 0x2b || load<u8>(p) == 0x2d)) p++
  let digits = 0
  let significant = 0
  let fraction = -1
  for (; p < end; p++) {
    const c = <u32>load<u8>(p)
    if (c == 0x2e && fraction < 0) fraction = 0
    else if (c - 0x30 > 9) break
    else {
      digits++
      if (significant > 0 || c != 0x30) significant++
      if (fraction >= 0) fraction++
    }
  }
  if (digits == 0) return false
  let exponent: i64 = 0
  if (p < end) {
    if ((load<u8>(p) | 0x20) != 0x65) return false
    p++
    const isNegative = p < end && load<u8>(p) == 0x2d
    if (p < end && (load<u8>(p) == 0x2b || isNegative)) p++
    if (p == end) return false
    for (; p < end; p++) {
      const digit = <u32>load<u8>(p) - 0x30
      if (digit > 9) return false
      exponent = min<i64>(exponent * 10 + <i64>digit, 1 << 30)
    }
    if (isNegative) exponent = -exponent
  }
  decimalScale = <i32>(<i64>max(fraction, 0) - exponent)
  decimalWhole = max(max(significant, 1) - decimalScale, 0)
  return true
}

/** Whether the decimal measured last has no more digits than one may have. */
export function isDecimalHeld(): bool {
  return <i64>decimalWhole + <i64>decimalScale <= <i64>MOST_PRECISION
}

@inline
export function addKind(node: usize, kind: u32): void {
  store<u32>(node, load<u32>(node, SHAPE_KINDS) | kind, SHAPE_KINDS)
}

/** Adds the decimal that was measured last, which is a double when it is too long. */
export function addDecimal(state: usize, node: usize): void {
  if (!isDecimalHeld()) return addKind(node, SHAPE_DOUBLE)
  if (decimalScale < 0 && load<i32>(state, SHAPES_NEGATIVE_SCALE) == 0) store<i32>(state, decimalScale, SHAPES_NEGATIVE_SCALE)
  addKind(node, SHAPE_DECIMAL)
  store<i32>(node, max(load<i32>(node, SHAPE_WHOLE), decimalWhole), SHAPE_WHOLE)
  store<i32>(node, max(load<i32>(node, SHAPE_SCALE), decimalScale), SHAPE_SCALE)
}

/** Whether nothing can be learned of a node any more, as it is a text. */
@inline
export function isText(node: usize): bool {
  return (load<u32>(node, SHAPE_KINDS) & SHAPE_STRING) != 0
}
