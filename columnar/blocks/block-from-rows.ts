import { MillraceError } from '../../common/errors/millrace-error.js'
import { type Leaf, leavesOf } from '../leaves.js'
import { packed } from '../packed-writer.js'
import type { Encoded } from '../records/record.js'
import { plainRecordOf } from '../records/records.js'
import { memberOf, rowKeys } from '../row-keys.js'
import { writeInteger } from '../stored-integer.js'
import { type DataType, type Field, quotedTypeName, type Schema } from '../types.js'
import type { Block } from './block.js'
import { bufferCount, type LeafContent, layoutBlock } from './block-codec.js'

/**
 * Builds a block from rows given by a user, each value checked against its column's type.
 * @throws INVALID_ROW_VALUE naming row and column when a value does not fit, or is NULL where it may not be
 */
export function blockFromRows(schema: Schema, rows: readonly object[]): Block {
  const leaves = leavesOf(schema)
  const keys = keyPaths(schema.fields, [])
  const columns = leaves.map((leaf, at) => encodedColumn(leaf, keys[at]!, rows))
  return blockFromColumns(leaves, rows.length, columns)
}

/** Builds a block from the encoded values of its leaves. */
export function blockFromColumns(
  leaves: readonly Leaf[],
  rows: number,
  columns: readonly (readonly Encoded[])[],
): Block {
  const contents = leaves.map((leaf, i) => contentOf(leaf, columns[i]!))
  const layout = layoutBlock(leaves, rows, contents)
  const bytes = new Uint8Array(new SharedArrayBuffer(layout.totalBytes))
  bytes.set(layout.header)
  const view = new DataView(bytes.buffer)
  let next = 0
  leaves.forEach((leaf, i) => {
    const buffers = layout.buffers.slice(next, next + bufferCount(leaf))
    next += buffers.length
    if (buffers.length > 0 && contents[i]!.nullCount > 0)
      writeBitmap(bytes, buffers[0]!.offset, columns[i]!, (v) => v !== undefined)
    writeValues(
      leaf,
      columns[i]!,
      view,
      bytes,
      buffers.slice(1).map((b) => b.offset),
    )
  })
  return { rows, bytes }
}

function contentOf(leaf: Leaf, values: readonly Encoded[]): LeafContent {
  const nullCount = values.reduce<number>((count, value) => count + (value === undefined ? 1 : 0), 0)
  if (leaf.storage.kind !== 'variable') return { nullCount }
  return {
    nullCount,
    variableBytes: values.reduce<number>((sum, v) => sum + (v instanceof Uint8Array ? v.length : 0), 0),
  }
}

function writeBitmap(
  bytes: Uint8Array,
  offset: number,
  values: readonly Encoded[],
  isSet: (value: Encoded) => boolean,
): void {
  values.forEach((value, row) => {
    if (isSet(value)) bytes[offset + (row >> 3)]! |= 1 << (row & 7)
  })
}

function writeValues(
  leaf: Leaf,
  values: readonly Encoded[],
  view: DataView,
  bytes: Uint8Array,
  offsets: readonly number[],
): void {
  const at = offsets[0] ?? 0
  if (leaf.storage.kind === 'boolean') return writeBitmap(bytes, at, values, (value) => value === true)
  if (leaf.storage.kind === 'variable') return writeVariable(values, view, bytes, at, offsets[1]!)
  if (leaf.storage.kind !== 'fixed') return
  const width = leaf.storage.bytes
  values.forEach((value, row) => {
    if (value === undefined) return
    const position = at + row * width
    if (typeof value === 'bigint') writeInteger(view, position, width, value)
    else if (width === 4) view.setFloat32(position, value as number, true)
    else view.setFloat64(position, value as number, true)
  })
}

function writeVariable(
  values: readonly Encoded[],
  view: DataView,
  bytes: Uint8Array,
  offsets: number,
  data: number,
): void {
  let end = 0
  values.forEach((value, row) => {
    view.setInt32(offsets + row * 4, end, true)
    if (!(value instanceof Uint8Array)) return
    bytes.set(value, data + end)
    end += value.length
  })
  view.setInt32(offsets + values.length * 4, end, true)
}

/** Where in an object the value of each leaf is. */
function keyPaths(fields: readonly Field[], above: readonly string[]): (readonly string[])[] {
  const keys = rowKeys(fields)
  return fields.flatMap(({ type }, i) => {
    const path = [...above, keys[i]!]
    return type.kind === 'struct' ? [path, ...keyPaths(type.fields, path)] : [path]
  })
}

function encodedColumn(leaf: Leaf, keys: readonly string[], rows: readonly object[]): readonly Encoded[] {
  let index = 0
  const refuse: Refuse = (given, reason) => invalid(leaf, index, String(given), reason)
  return rows.map((row, i) => {
    index = i
    return encodeAt(leaf, keys, row, refuse)
  })
}

function encodeAt(leaf: Leaf, keys: readonly string[], row: object, refuse: Refuse): Encoded {
  let value: unknown = row
  for (let depth = 0; depth < keys.length; depth++) {
    value = typeof value === 'object' && value !== null ? memberOf(value, keys[depth]!) : undefined
    if (value === undefined || value === null) {
      if (depth < keys.length - 1 || leaf.nullable) return undefined
      throw refuse('NULL', 'the column may not be NULL')
    }
  }
  const encoded = encodedValue(leaf.type, value, refuse)
  if (encoded === undefined) throw refuse(value, `it is no ${quotedTypeName(leaf.type)}`)
  return encoded
}

const invalid = (leaf: Leaf, row: number, value: string, reason: string): MillraceError =>
  new MillraceError('INVALID_ROW_VALUE', { column: leaf.path.join('.'), row, value, reason })

type Refuse = (value: unknown, reason: string) => MillraceError

/** A value of a user as it is stored, or undefined when it is not of the type. @param refuse for elements of arrays and maps */
export function encodedValue(type: DataType, value: unknown, refuse: Refuse): Encoded {
  if (type.kind === 'struct') return typeof value === 'object' ? true : undefined
  if (type.kind === 'array' || type.kind === 'map')
    return packed(type, value, (of, member) => encodedValue(of, member, refuse), refuse)
  return plainRecordOf(type).encodeUser(value, type)
}
