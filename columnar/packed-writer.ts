import type { MillraceError } from '../common/errors/millrace-error.js'
import { storageOf } from './leaves.js'
import type { Encoded } from './records/record.js'
import { memberOf, rowKeys } from './row-keys.js'
import { writeInteger } from './stored-integer.js'
import { type ArrayType, type DataType, type Field, type MapType, quotedTypeName } from './types.js'

/*
 * The value of an array or map is bytes in one canonical form, so that everything which keeps, moves and compares strings does so for
 * it too. They are the number of elements (i32), then a *vector* of these: of the elements of an array, or of the keys of a map and one of its values.
 *
 * A vector of n elements is a bitmap (n bits in whole bytes, 1 for what is no NULL, the lowest first, always there), then
 * - of booleans a second bitmap, of numbers and dates n values of their width,
 * - of strings, binaries, arrays and maps n + 1 offsets (u32, from 0) and their bytes,
 * - of structs a vector for each field, each of n elements; the fields of a NULL are NULL.
 *
 * Nothing is aligned. What lies under a NULL, and the rest of the last byte of a bitmap, is zero, so that equal values have equal bytes, but for
 * the several NaN and zeros of floating point numbers.
 */

/** Gives a value that is not NULL as it is stored. @throws INVALID_ROW_VALUE, by `refuse`, when it is not of the type */
export type EncodeValue = (type: DataType, value: unknown) => Encoded

/** Packs an array or a map, whose values `encode` encodes; undefined for what is neither. @throws INVALID_ROW_VALUE */
export function packed(
  type: ArrayType | MapType,
  value: unknown,
  encode: EncodeValue,
  refuse: (value: unknown, reason: string) => MillraceError,
): Uint8Array | undefined {
  const vector = (of: DataType, nullable: boolean, values: readonly unknown[]): readonly Uint8Array[] => {
    if (!nullable && values.some(isAbsent)) throw refuse('NULL', 'the element may not be NULL')
    return vectorBytes(of, values, vector, (x) => {
      const encoded = encode(of, x)
      if (encoded === undefined) throw refuse(x, `it is no ${quotedTypeName(of)}`)
      return encoded
    })
  }
  if (type.kind === 'array') {
    if (!Array.isArray(value)) return undefined
    return Buffer.concat([countBytes(value.length), ...vector(type.element, type.containsNull, value)])
  }
  const entries = entriesOf(value)
  if (!entries) return undefined
  const keys = entries.map(([key]) => key)
  const values = entries.map(([, x]) => x)
  return Buffer.concat([
    countBytes(entries.length),
    ...vector(type.key, false, keys),
    ...vector(type.value, type.valueContainsNull, values),
  ])
}

const isAbsent = (value: unknown): boolean => value === undefined || value === null

function entriesOf(value: unknown): readonly (readonly [unknown, unknown])[] | undefined {
  if (value instanceof Map) return [...value]
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return Object.entries(value)
}

function countBytes(count: number): Uint8Array {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(count)
  return bytes
}

type Vector = (of: DataType, nullable: boolean, values: readonly unknown[]) => readonly Uint8Array[]

function vectorBytes(
  type: DataType,
  values: readonly unknown[],
  vector: Vector,
  encode: (value: unknown) => Encoded,
): readonly Uint8Array[] {
  const validity = bitmap(values, (value) => !isAbsent(value))
  if (type.kind === 'struct') return [validity, ...fieldVectors(type.fields, values, vector)]
  const encoded = values.map((value) => (isAbsent(value) ? undefined : encode(value)))
  const storage = storageOf(type)
  switch (storage.kind) {
    case 'none':
      return [validity]
    case 'boolean':
      return [validity, bitmap(encoded, (value) => value === true)]
    case 'fixed':
      return [validity, fixedBytes(encoded, storage.bytes)]
    case 'variable':
      return [validity, ...variableBytes(encoded)]
  }
}

function fieldVectors(fields: readonly Field[], values: readonly unknown[], vector: Vector): readonly Uint8Array[] {
  const keys = rowKeys(fields)
  const hasNull = values.some(isAbsent)
  return fields.flatMap(({ type, nullable }, i) =>
    vector(
      type,
      nullable || hasNull,
      values.map((value) => (typeof value === 'object' && value !== null ? memberOf(value, keys[i]!) : undefined)),
    ),
  )
}

function bitmap<T>(values: readonly T[], isSet: (value: T) => boolean): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(values.length / 8))
  values.forEach((value, i) => {
    if (isSet(value)) bytes[i >> 3]! |= 1 << (i & 7)
  })
  return bytes
}

function fixedBytes(values: readonly Encoded[], width: number): Uint8Array {
  const bytes = new Uint8Array(values.length * width)
  const view = new DataView(bytes.buffer)
  values.forEach((value, i) => {
    const at = i * width
    if (typeof value === 'bigint') writeInteger(view, at, width, value)
    else if (typeof value === 'number') {
      if (width === 4) view.setFloat32(at, value, true)
      else view.setFloat64(at, value, true)
    }
  })
  return bytes
}

function variableBytes(values: readonly Encoded[]): readonly Uint8Array[] {
  const offsets = Buffer.alloc((values.length + 1) * 4)
  const chunks = values.map((value) => (value instanceof Uint8Array ? value : new Uint8Array()))
  let end = 0
  chunks.forEach(({ length }, i) => {
    end += length
    offsets.writeUInt32LE(end, (i + 1) * 4)
  })
  return [offsets, ...chunks]
}
