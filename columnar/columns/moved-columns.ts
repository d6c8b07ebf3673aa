import { storageOf } from '../leaves.js'
import type { DataType } from '../types.js'
import { bitmapBytes, copyBits, isSet } from './bits.js'
import { bytesOf, type Column, columnOf, validityOf, voidColumn, wordsOf } from './column.js'
import { checkedBytes, gatheredBytes } from './variable.js'

/* Stored columns that are made of others. */

/** A column of nothing but NULL. */
export function nullColumn(type: DataType, rows: number): Column {
  if (type.kind === 'void') return voidColumn(rows)
  const none = new Uint8Array(bitmapBytes(rows))
  const children = type.kind === 'struct' ? type.fields.map((field) => nullColumn(field.type, rows)) : []
  const storage = storageOf(type)
  switch (storage.kind) {
    case 'none':
      return columnOf(rows, none, [], children)
    case 'boolean':
      return columnOf(rows, none, [none])
    case 'fixed':
      return columnOf(rows, none, [new Uint8Array(rows * storage.bytes)])
    case 'variable':
      return columnOf(rows, none, [new Uint8Array((rows + 1) * 4), new Uint8Array()])
  }
}

/** The rows of several columns one after the other. */
export function joinedColumns(type: DataType, columns: readonly Column[]): Column {
  const [only] = columns
  if (columns.length === 1) return only!
  const rows = columns.reduce((sum, column) => sum + column.rows, 0)
  if (type.kind === 'void') return voidColumn(rows)
  const bits = (bitmap: (column: Column) => Uint8Array | undefined): Uint8Array => {
    const all = new Uint8Array(bitmapBytes(rows))
    let at = 0
    for (const column of columns) {
      copyBits(bitmap(column), 0, column.rows, all, at)
      at += column.rows
    }
    return all
  }
  const children =
    type.kind === 'struct'
      ? type.fields.map((field, i) =>
          joinedColumns(
            field.type,
            columns.map((column) => column.children[i]!),
          ),
        )
      : []
  const buffer = (i: number): Uint8Array => Buffer.concat(columns.map(({ buffers }) => buffers[i]!))
  const values = (): readonly Uint8Array[] => {
    switch (storageOf(type).kind) {
      case 'none':
        return []
      case 'boolean':
        return [bits(({ buffers }) => buffers[1])]
      case 'fixed':
        return [buffer(1)]
      case 'variable':
        return [bytesOf(joinedOffsets(rows, columns)), buffer(2)]
    }
  }
  return columnOf(rows, bits(validityOf), values(), children)
}

function joinedOffsets(rows: number, columns: readonly Column[]): Int32Array {
  const offsets = new Int32Array(rows + 1)
  let at = 0
  let end = 0
  for (const { rows: count, buffers } of columns) {
    const own = wordsOf(buffers[1]!)
    for (let row = 1; row <= count; row++) offsets[at + row] = end + own[row]!
    at += count
    end = checkedBytes(end + own[count]!)
  }
  return offsets
}

/** The rows of a column that have such numbers; NULL for what is below 0. */
export function pickedRows(type: DataType, column: Column, picked: Int32Array): Column {
  const rows = picked.length
  if (type.kind === 'void') return voidColumn(rows)
  const own = validityOf(column)
  const isThere = (row: number): boolean => picked[row]! >= 0 && (!own || isSet(own, picked[row]!))
  const validity = new Uint8Array(bitmapBytes(rows))
  for (let row = 0; row < rows; row++) if (isThere(row)) validity[row >> 3]! |= 1 << (row & 7)
  const children =
    type.kind === 'struct' ? type.fields.map((field, i) => pickedRows(field.type, column.children[i]!, picked)) : []
  const [, values, bytes] = column.buffers
  const storage = storageOf(type)
  switch (storage.kind) {
    case 'none':
      return columnOf(rows, validity, [], children)
    case 'boolean': {
      const bits = new Uint8Array(bitmapBytes(rows))
      for (let row = 0; row < rows; row++) if (isThere(row)) copyBits(values, picked[row]!, 1, bits, row)
      return columnOf(rows, validity, [bits])
    }
    case 'fixed':
      return columnOf(rows, validity, [pickedValues(values!, storage.bytes, picked)])
    case 'variable': {
      const offsets = wordsOf(values!)
      const size = (row: number): number => (isThere(row) ? offsets[picked[row]! + 1]! - offsets[picked[row]!]! : 0)
      const place = (row: number): Uint8Array => bytes!.subarray(offsets[picked[row]!]!, offsets[picked[row]! + 1]!)
      return columnOf(rows, validity, gatheredBytes(rows, size, place))
    }
  }
}

function pickedValues(values: Uint8Array, width: number, picked: Int32Array): Uint8Array {
  const target = new Uint8Array(picked.length * width)
  const isWords = width % 4 === 0
  const [from, to] = isWords ? [wordsOf(values), wordsOf(target)] : [values, target]
  const units = isWords ? width / 4 : width
  for (let row = 0; row < picked.length; row++) {
    const at = picked[row]!
    if (at < 0) continue
    for (let i = 0; i < units; i++) to[row * units + i] = from[at * units + i]!
  }
  return target
}
