import { MillraceError } from '../../common/errors/millrace-error.js'
import { storageOf } from '../leaves.js'
import { type ArrayType, type DataType, type Field, field, type MapType } from '../types.js'
import { bitmapBytes, copyBits, isSet } from './bits.js'
import { bytesOf, type Column, validityOf, wordsOf } from './column.js'
import { checkedBytes } from './variable.js'

/** The elements of lists, or the keys and values of maps, as stored columns: a row has those from its offset to the next one. */
export interface Lists {
  readonly offsets: Int32Array
  readonly vectors: readonly Column[]
}

/** What lists of a type consist of. */
export const vectorFields = (type: ArrayType | MapType): readonly Field[] =>
  type.kind === 'array'
    ? [field('element', type.element, type.containsNull)]
    : [field('key', type.key, false), field('value', type.value, type.valueContainsNull)]

const COUNT_BYTES = 4

/** Where lists are packed to. */
interface Target {
  readonly bytes: Uint8Array
  readonly view: DataView
}

/** Packs some elements of a column, as `packed-writer.ts` tells. */
interface VectorWriter {
  size(from: number, count: number): number
  /** @returns where it ends */
  write(target: Target, at: number, from: number, count: number): number
}

/** The values of a stored column of lists. @throws INVALID_ROW_VALUE, UNSUPPORTED_FEATURE */
export function packedLists(
  type: ArrayType | MapType,
  rows: number,
  validity: Uint8Array | undefined,
  { offsets, vectors }: Lists,
): readonly [Uint8Array, Uint8Array] {
  const writers = vectorFields(type).map((part, i) => vectorWriter(part, vectors[i]!))
  const ends = new Int32Array(rows + 1)
  let total = 0
  for (let row = 0; row < rows; row++) {
    if (!validity || isSet(validity, row)) {
      const from = offsets[row]!
      const count = offsets[row + 1]! - from
      total += COUNT_BYTES
      for (const writer of writers) total += writer.size(from, count)
      checkedBytes(total)
    }
    ends[row + 1] = total
  }
  const bytes = new Uint8Array(total)
  const target = { bytes, view: new DataView(bytes.buffer) }
  for (let row = 0; row < rows; row++) {
    let at = ends[row]!
    if (ends[row + 1] === at) continue
    const from = offsets[row]!
    const count = offsets[row + 1]! - from
    target.view.setInt32(at, count, true)
    at += COUNT_BYTES
    for (const writer of writers) at = writer.write(target, at, from, count)
  }
  return [bytesOf(ends), bytes]
}

function vectorWriter({ type, nullable }: Pick<Field, 'type' | 'nullable'>, column: Column): VectorWriter {
  const validity = validityOf(column)
  const values = valuesWriter(type, column, validity)
  return {
    size: (from, count) => bitmapBytes(count) + values.size(from, count),
    write(target, at, from, count) {
      if (validity && !nullable) refuseNull(validity, from, count)
      copyBits(validity, from, count, target.bytes, 0, 0, at)
      return values.write(target, at + bitmapBytes(count), from, count)
    },
  }
}

function refuseNull(validity: Uint8Array, from: number, count: number): void {
  for (let i = 0; i < count; i++) {
    if (isSet(validity, from + i)) continue
    const reason = 'the element may not be NULL'
    throw new MillraceError('INVALID_ROW_VALUE', { column: 'list', row: from + i, value: 'NULL', reason })
  }
}

function valuesWriter(type: DataType, column: Column, validity: Uint8Array | undefined): VectorWriter {
  if (type.kind === 'struct') return fieldsWriter(type.fields, column)
  const [, values, bytes] = column.buffers
  const storage = storageOf(type)
  switch (storage.kind) {
    case 'none':
      return { size: () => 0, write: (_, at) => at }
    case 'boolean':
      return {
        size: (_, count) => bitmapBytes(count),
        write(target, at, from, count) {
          for (let i = 0; i < count; i++)
            if (!validity || isSet(validity, from + i)) copyBits(values, from + i, 1, target.bytes, i, 0, at)
          return at + bitmapBytes(count)
        },
      }
    case 'fixed': {
      const width = storage.bytes
      const shown = validity ? withZeros(values!, width, validity) : values!
      return {
        size: (_, count) => count * width,
        write: (target, at, from, count) => copyBytes(shown, from * width, (from + count) * width, target.bytes, at),
      }
    }
    case 'variable':
      return variableWriter(wordsOf(values!), bytes!)
  }
}

/** The fields of a struct that is NULL are. */
function fieldsWriter(fields: readonly Field[], { nullCount, children }: Column): VectorWriter {
  const writers = fields.map(({ type, nullable }, i) =>
    vectorWriter({ type, nullable: nullable || nullCount > 0 }, children[i]!),
  )
  return {
    size: (from, count) => writers.reduce((sum, writer) => sum + writer.size(from, count), 0),
    write: (target, at, from, count) => writers.reduce((place, writer) => writer.write(target, place, from, count), at),
  }
}

function variableWriter(offsets: Int32Array, bytes: Uint8Array): VectorWriter {
  return {
    size: (from, count) => (count + 1) * 4 + offsets[from + count]! - offsets[from]!,
    write(target, at, from, count) {
      const first = offsets[from]!
      for (let i = 0; i <= count; i++) target.view.setInt32(at + i * 4, offsets[from + i]! - first, true)
      return copyBytes(bytes, first, offsets[from + count]!, target.bytes, at + (count + 1) * 4)
    },
  }
}

/** What lies under a NULL is zero. */
function withZeros(values: Uint8Array, width: number, validity: Uint8Array): Uint8Array {
  const all = new Uint8Array(values)
  for (let row = 0; row * width < all.length; row++)
    if (!isSet(validity, row)) all.fill(0, row * width, (row + 1) * width)
  return all
}

/** Few bytes are sooner copied one by one than by a view of them. */
const FEW_BYTES = 64

/** @returns where the copy ends */
function copyBytes(source: Uint8Array, from: number, until: number, target: Uint8Array, at: number): number {
  const length = until - from
  if (length > FEW_BYTES) target.set(source.subarray(from, until), at)
  else for (let i = 0; i < length; i++) target[at + i] = source[from + i]!
  return at + length
}
