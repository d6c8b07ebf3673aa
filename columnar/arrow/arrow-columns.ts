import type { Data, Vector } from 'apache-arrow'
import { bitsAt, commonBits, isSet } from '../columns/bits.js'
import { bytesOf, type Column, columnOf, validityOf, voidColumn, wordsOf } from '../columns/column.js'
import { joinedColumns, pickedRows } from '../columns/moved-columns.js'
import { packedLists } from '../columns/packed-lists.js'
import { checkedBytes, gatheredBytes, variableValues } from '../columns/variable.js'
import type { ArrayType, DataType, MapType } from '../types.js'
import { packVariant } from '../variant-parts.js'
import { packedInterval } from './arrow-intervals.js'
import { ARROW, VIEW } from './arrow-tags.js'
import { DICTIONARY, MONTH_DAY_NANO, partsOf, typeOfArrow, valuesOf } from './arrow-types.js'
import { fixedValues } from './arrow-values.js'
import { corrupt } from './flat-metadata.js'

/** Reads some rows of a column as stored ones. @param above which of them have a value in the struct that the column is in, if not all do */
export type ReadColumn = (from: number, rows: number, above?: Uint8Array) => Column

/** The buffers of some rows behind their validity. */
type ReadBuffers = (from: number, rows: number, validity: Uint8Array | undefined) => readonly Uint8Array[]

const INTERVAL_BYTES = 16

/** Reads a column of the package: its buffers become those of stored columns, without a value of JavaScript for each. */
export function arrowColumn(data: Data): ReadColumn {
  const { typeId } = partsOf(data.type)
  if (typeId === ARROW.null) return (_, rows) => voidColumn(rows)
  if (typeId === DICTIONARY) return codedColumn(data)
  const type = typeOfArrow(data.type, '')
  if (type.kind === 'struct') return structColumn(data)
  const read = buffersOf(data, type)
  return (from, rows, above) => {
    const validity = validityAt(data, from, rows, above)
    return columnOf(rows, validity, read(from, rows, validity))
  }
}

function validityAt(data: Data, from: number, rows: number, above: Uint8Array | undefined): Uint8Array | undefined {
  const { nullCount, nullBitmap, offset } = data
  if (nullCount === 0 || !nullBitmap || nullBitmap.length === 0) return above
  const own = bitsAt(nullBitmap, offset + from, rows)
  return above ? commonBits(own, above) : own
}

/** Under a struct that is NULL everything is. */
function structColumn(data: Data): ReadColumn {
  const children = data.children.map(arrowColumn)
  return (from, rows, above) => {
    const own = columnOf(rows, validityAt(data, from, rows, above), [])
    const validity = validityOf(own)
    return { ...own, children: children.map((read) => read(from, rows, validity)) }
  }
}

function codedColumn(data: Data): ReadColumn {
  const type = typeOfArrow(data.type, '')
  const codes = valuesOf(data)
  let values: Column | undefined
  return (from, rows, above) => {
    values ??= columnOfVector(type, data.dictionary as Vector)
    const validity = validityAt(data, from, rows, above)
    const picked = new Int32Array(rows).fill(-1)
    for (let row = 0; row < rows; row++) {
      if (validity && !isSet(validity, row)) continue
      const at = Number(codes[from + row])
      if (!(at >= 0 && at < values.rows)) throw corrupt('a value is not in its dictionary')
      picked[row] = at
    }
    return pickedRows(type, values, picked)
  }
}

/** All values of a vector, which may lie in several pieces. */
export const columnOfVector = (type: DataType, { data }: Pick<Vector, 'data'>): Column =>
  joinedColumns(
    type,
    data.map((piece) => arrowColumn(piece)(0, piece.length)),
  )

function buffersOf(data: Data, type: DataType): ReadBuffers {
  const values = valuesOf(data) as Uint8Array
  if (type.kind === 'array' || type.kind === 'map') return listBuffers(data, type)
  if (type.kind === 'variant') return variantBuffers(data)
  const { typeId, unit } = partsOf(data.type)
  switch (typeId) {
    case ARROW.bool:
      return (from, rows) => [bitsAt(values, data.offset + from, rows)]
    case ARROW.utf8:
    case ARROW.largeUtf8:
    case ARROW.binary:
    case ARROW.largeBinary:
    case ARROW.fixedSizeBinary:
      return (from, rows, validity) => {
        const [offsets, first] = offsetsAt(data, from, rows)
        return variableValues(rows, validity, offsets, values.subarray(first))
      }
    case ARROW.utf8View:
    case ARROW.binaryView:
      return viewBuffers(data)
    case ARROW.interval:
      if (unit === MONTH_DAY_NANO) return intervalBuffers(data)
  }
  const read = fixedValues(data)
  return (...some) => [read(...some)]
}

/** Where the values of some rows begin among all, and the offsets from there. */
function offsetsAt(data: Data, from: number, rows: number): readonly [Int32Array, number] {
  const all = data.valueOffsets as Int32Array | BigInt64Array | undefined
  const offsets = new Int32Array(rows + 1)
  if (rows === 0) return [offsets, 0]
  if (!all) {
    for (let row = 1; row <= rows; row++) offsets[row] = row * data.stride
    return [offsets, from * data.stride]
  }
  const isLarge = all instanceof BigInt64Array
  const words = wordsOf(bytesOf(all))
  // No buffer has so many bytes that the offsets that lie in it are more than a double holds.
  const at = isLarge
    ? (row: number): number => words[2 * row]! + (words[2 * row]! < 0 ? 2 ** 32 : 0) + words[2 * row + 1]! * 2 ** 32
    : (row: number): number => words[row]!
  const first = at(from)
  checkedBytes(at(from + rows) - first)
  for (let row = 1; row <= rows; row++) offsets[row] = at(from + row) - first
  return [offsets, first]
}

function listBuffers(data: Data, type: ArrayType | MapType): ReadBuffers {
  const [elements] = data.children
  const readers = (type.kind === 'map' ? elements!.children : [elements!]).map(arrowColumn)
  return (from, rows, validity) => {
    const [offsets, first] = offsetsAt(data, from, rows)
    const vectors = readers.map((read) => read(first, offsets[rows]!))
    return packedLists(type, rows, validity, { offsets, vectors })
  }
}

/** Texts and binaries that lie in views of 16 bytes if they are short, and in any of several buffers if not. */
function viewBuffers(data: Data): ReadBuffers {
  const views = bytesOf(valuesOf(data))
  const others = (data as unknown as { readonly variadicBuffers: readonly Uint8Array[] }).variadicBuffers
  const words = wordsOf(views)
  const wordsOfView = VIEW.bytes / 4
  return (from, rows, validity) => {
    const size = (row: number): number => (validity && !isSet(validity, row) ? 0 : words[(from + row) * wordsOfView]!)
    const place = (row: number): Uint8Array => {
      const at = (from + row) * wordsOfView
      const length = words[at]!
      if (length <= VIEW.most) return views.subarray(at * 4 + 4, at * 4 + 4 + length)
      const begin = words[at + 3]!
      return others[words[at + 2]!]!.subarray(begin, begin + length)
    }
    return gatheredBytes(rows, size, place)
  }
}

function intervalBuffers(data: Data): ReadBuffers {
  const words = valuesOf(data) as Int32Array
  return (from, rows, validity) =>
    gatheredBytes(
      rows,
      (row) => (validity && !isSet(validity, row) ? 0 : INTERVAL_BYTES),
      (row) => packedInterval(words, from + row),
    )
}

/** Variants as the engine keeps them: both of their buffers in one. */
function variantBuffers(data: Data): ReadBuffers {
  const { children } = partsOf(data.type)
  const reader = (name: string): ReadColumn =>
    arrowColumn(data.children[children.findIndex((child) => child.name === name)]!)
  const [value, metadata] = [reader('value'), reader('metadata')]
  return (from, rows, validity) => {
    const [values, keys] = [value(from, rows), metadata(from, rows)].map(chunksOf)
    const packed = Array.from({ length: rows }, (_, row) =>
      validity && !isSet(validity, row) ? undefined : packVariant({ value: values!(row), metadata: keys!(row) }),
    )
    return gatheredBytes(
      rows,
      (row) => packed[row]?.length ?? 0,
      (row) => packed[row]!,
    )
  }
}

/** The bytes of each row of a stored column. */
export function chunksOf({ buffers }: Column): (row: number) => Uint8Array {
  const offsets = wordsOf(buffers[1]!)
  return (row) => buffers[2]!.subarray(offsets[row]!, offsets[row + 1]!)
}
