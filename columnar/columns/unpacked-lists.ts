import { storageOf } from '../leaves.js'
import type { ArrayType, DataType, MapType } from '../types.js'
import { bitmapBytes, copyBits, isSet } from './bits.js'
import { bytesOf, type Column, columnOf, validityOf, voidColumn, wordsOf } from './column.js'
import { type Lists, vectorFields } from './packed-lists.js'
import { checkedBytes, gatheredBytes } from './variable.js'

/** Packed lists, how many elements each has, and where in its bytes the next vector of it begins. */
interface Source {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly offsets: Int32Array
  readonly places: Int32Array
}

/** The elements of a stored column of lists. */
export function unpackedLists(type: ArrayType | MapType, column: Column): Lists {
  const { rows } = column
  const validity = validityOf(column)
  const places = wordsOf(column.buffers[1]!).slice(0, rows)
  const bytes = column.buffers[2]!
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const offsets = new Int32Array(rows + 1)
  let total = 0
  for (let row = 0; row < rows; row++) {
    if (!validity || isSet(validity, row)) {
      total = checkedBytes(total + view.getInt32(places[row]!, true))
      places[row]! += 4
    }
    offsets[row + 1] = total
  }
  const source = { bytes, view, offsets, places }
  return { offsets, vectors: vectorFields(type).map((part) => vectorOf(part.type, source)) }
}

/** Calls for each list that has elements, and moves its place to what the call returns. */
function ofEachList({ offsets, places }: Source, read: (place: number, first: number, count: number) => number): void {
  for (let row = 0; row < places.length; row++) {
    const first = offsets[row]!
    const count = offsets[row + 1]! - first
    if (count > 0) places[row] = read(places[row]!, first, count)
  }
}

function vectorOf(type: DataType, source: Source): Column {
  const rows = source.offsets.at(-1)!
  const validity = bitsOf(source, rows)
  if (type.kind === 'void') return voidColumn(rows)
  if (type.kind === 'struct') {
    const children = type.fields.map((field) => vectorOf(field.type, source))
    return columnOf(rows, validity, [], children)
  }
  const storage = storageOf(type)
  switch (storage.kind) {
    case 'none':
      return columnOf(rows, validity, [])
    case 'boolean':
      return columnOf(rows, validity, [bitsOf(source, rows)])
    case 'fixed':
      return columnOf(rows, validity, [fixedOf(source, rows, storage.bytes)])
    case 'variable':
      return columnOf(rows, validity, variableOf(source, rows))
  }
}

function bitsOf(source: Source, rows: number): Uint8Array {
  const bits = new Uint8Array(bitmapBytes(rows))
  ofEachList(source, (place, first, count) => {
    copyBits(source.bytes, 0, count, bits, first, place)
    return place + bitmapBytes(count)
  })
  return bits
}

function fixedOf(source: Source, rows: number, width: number): Uint8Array {
  const values = new Uint8Array(rows * width)
  ofEachList(source, (place, first, count) => {
    const end = place + count * width
    for (let from = place, at = first * width; from < end; ) values[at++] = source.bytes[from++]!
    return end
  })
  return values
}

/** The bytes of the elements of a list lie together, as those of all lists will. */
function variableOf(source: Source, rows: number): readonly Uint8Array[] {
  const { view } = source
  const offsets = new Int32Array(rows + 1)
  const froms = new Int32Array(source.places.length)
  let total = 0
  let list = 0
  const sizes: number[] = []
  ofEachList(source, (place, first, count) => {
    for (let i = 1; i <= count; i++) offsets[first + i] = total + view.getInt32(place + i * 4, true)
    froms[list++] = place + (count + 1) * 4
    const size = view.getInt32(place + count * 4, true)
    sizes.push(size)
    total = checkedBytes(total + size)
    return place + (count + 1) * 4 + size
  })
  const [, bytes] = gatheredBytes(
    list,
    (i) => sizes[i]!,
    (i) => source.bytes.subarray(froms[i]!, froms[i]! + sizes[i]!),
  )
  return [bytesOf(offsets), bytes]
}
