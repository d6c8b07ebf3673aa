import type { Data } from 'apache-arrow'
import { ARROW, VIEW } from '../../../columnar/arrow/arrow-tags.js'
import { corrupt } from '../../../columnar/arrow/flat-metadata.js'
import { wordsOf } from '../../../columnar/columns/column.js'

type Offsets = ArrayLike<number | bigint>

/** Checks what the library takes as it stands in a file: that values and offsets of a column are there, for so many rows. @throws BLOCK_CORRUPT */
export function checkColumn(data: Data, rows: number): void {
  if (data.length < rows) throw corrupt(`a column has ${data.length} of ${rows} rows`)
  if (data.nullCount > 0 && data.nullBitmap && data.nullBitmap.length < Math.ceil(rows / 8))
    throw corrupt('a column does not tell all of its NULLs')
  const { typeId } = data
  for (const part of data.dictionary?.data ?? []) checkColumn(part, part.length)
  if (typeId === ARROW.null) return
  if (typeId === ARROW.struct) {
    for (const child of data.children) checkColumn(child, rows)
    return
  }
  if (LISTS.includes(typeId)) {
    const child = data.children[0]
    if (!child) throw corrupt('a list has no column of elements')
    checkColumn(child, typeId === ARROW.fixedSizeList ? rows * strideOf(data) : checkOffsets(data.valueOffsets, rows))
    return
  }
  if (typeId === ARROW.utf8View || typeId === ARROW.binaryView) {
    checkViews(data, rows)
    return
  }
  const { values } = data as { readonly values?: { readonly length: number } }
  const have = values?.length ?? 0
  if (isText(typeId)) {
    if (checkOffsets(data.valueOffsets, rows) > have) throw corrupt('a text lies beyond its column')
  } else if (have < (typeId === ARROW.bool ? Math.ceil(rows / 8) : rows * strideOf(data)))
    throw corrupt('a column is shorter than its rows')
}

function strideOf({ stride }: Data): number {
  if (stride < 0) throw corrupt('values of a column have no length')
  return stride
}

const VIEW_WORDS = VIEW.bytes / 4

function checkViews(data: Data, rows: number): void {
  const { values, variadicBuffers } = data as Data & ViewBuffers
  if (values.length < rows * VIEW.bytes) throw corrupt('a column is shorter than its rows')
  const words = wordsOf(values)
  for (let row = 0; row < rows; row++) {
    if (!data.getValid(row)) continue
    const [length, , buffer, begin] = words.subarray(row * VIEW_WORDS, (row + 1) * VIEW_WORDS)
    if (length! < 0) throw corrupt('a text has no length')
    if (length! <= VIEW.most) continue
    const have = variadicBuffers[buffer!]?.length ?? 0
    if (begin! < 0 || begin! + length! > have) throw corrupt('a text lies beyond its column')
  }
}

interface ViewBuffers {
  readonly values: Uint8Array
  readonly variadicBuffers: readonly Uint8Array[]
}

const LISTS: readonly number[] = [ARROW.list, ARROW.largeList, ARROW.fixedSizeList, ARROW.map]
const TEXTS: readonly number[] = [ARROW.utf8, ARROW.largeUtf8, ARROW.binary, ARROW.largeBinary]
const isText = (typeId: number): boolean => TEXTS.includes(typeId)

/** Returns how many elements there must be. */
function checkOffsets(offsets: Offsets | undefined, rows: number): number {
  if (rows === 0) return 0
  if (!offsets || offsets.length <= rows) throw corrupt('a column does not tell where its values begin')
  let before = 0
  for (let row = 0; row <= rows; row++) {
    const at = Number(offsets[row])
    if (at < before) throw corrupt('a value ends before it begins')
    before = at
  }
  return before
}
