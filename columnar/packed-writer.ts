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
  refuse: Refuse,
): Uint8Array | undefined {
  const isArray = type.kind === 'array'
  const parts = isArray ? Array.isArray(value) && [value] : entriesOf(value)
  if (!parts) return undefined
  const scratch = packing
  const start = scratch.length
  const write = (of: DataType, nullable: boolean, values: readonly unknown[]): void =>
    writeVector(scratch, of, nullable, values, { encode, refuse })
  try {
    scratch.integer(parts[0]!.length)
    write(isArray ? type.element : type.key, isArray && type.containsNull, parts[0]!)
    if (!isArray) write(type.value, type.valueContainsNull, parts[1]!)
    return scratch.taken(start)
  } finally {
    scratch.length = start
  }
}

type Refuse = (value: unknown, reason: string) => MillraceError
interface Rules {
  readonly encode: EncodeValue
  readonly refuse: Refuse
}

const isAbsent = (value: unknown): boolean => value === undefined || value === null

/** Keys and values. */
function entriesOf(value: unknown): readonly (readonly unknown[])[] | undefined {
  if (value instanceof Map) return [[...value.keys()], [...value.values()]]
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return [Object.keys(value), Object.values(value)]
}

/** More than this is not kept for the next value. */
const MOST_KEPT_BYTES = 1 << 20

/** Where values are packed, those within others behind what there is of these: for a value of a few bytes, parts of its own would cost more than all else. */
class Scratch {
  length = 0
  #bytes = Buffer.alloc(256)
  #view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset)

  get view(): DataView {
    return this.#view
  }

  /** Adds so many zeros. @returns where they begin */
  room(bytes: number): number {
    const at = this.length
    this.length += bytes
    if (this.length > this.#bytes.length) this.#resize(Math.max(this.length, this.#bytes.length * 2))
    this.#bytes.fill(0, at, this.length)
    return at
  }

  integer(value: number): void {
    const at = this.room(4)
    this.#view.setInt32(at, value, true)
  }

  write(bytes: Uint8Array, at: number): void {
    this.#bytes.set(bytes, at)
  }

  /** A copy of what came since. */
  taken(start: number): Uint8Array {
    const taken = Buffer.from(this.#bytes.subarray(start, this.length))
    if (start === 0 && this.#bytes.length > MOST_KEPT_BYTES) this.#resize(0)
    return taken
  }

  #resize(bytes: number): void {
    const larger = Buffer.alloc(bytes)
    this.#bytes.copy(larger)
    this.#bytes = larger
    this.#view = new DataView(larger.buffer, larger.byteOffset)
  }
}

const packing = new Scratch()

function writeVector(out: Scratch, type: DataType, nullable: boolean, values: readonly unknown[], rules: Rules): void {
  if (!nullable && values.some(isAbsent)) throw rules.refuse('NULL', 'the element may not be NULL')
  writeBitmap(out, values, (value) => !isAbsent(value))
  if (type.kind === 'struct') return writeFields(out, type.fields, values, rules)
  const encoded = values.map((value) => (isAbsent(value) ? undefined : encodedBy(rules, type, value)))
  const storage = storageOf(type)
  switch (storage.kind) {
    case 'none':
      return
    case 'boolean':
      return writeBitmap(out, encoded, (value) => value === true)
    case 'fixed':
      return writeFixed(out, encoded, storage.bytes)
    case 'variable':
      return writeVariable(out, encoded)
  }
}

function encodedBy({ encode, refuse }: Rules, type: DataType, value: unknown): Encoded {
  const encoded = encode(type, value)
  if (encoded === undefined) throw refuse(value, `it is no ${quotedTypeName(type)}`)
  return encoded
}

function writeFields(out: Scratch, fields: readonly Field[], values: readonly unknown[], rules: Rules): void {
  const keys = rowKeys(fields)
  const hasNull = values.some(isAbsent)
  for (const [i, { type, nullable }] of fields.entries()) {
    const key = keys[i]!
    const members = values.map((value) =>
      typeof value === 'object' && value !== null ? memberOf(value, key) : undefined,
    )
    writeVector(out, type, nullable || hasNull, members, rules)
  }
}

function writeBitmap<T>(out: Scratch, values: readonly T[], isSet: (value: T) => boolean): void {
  const at = out.room(Math.ceil(values.length / 8))
  const { view } = out
  for (let i = 0; i < values.length; i++) {
    const byte = at + (i >> 3)
    if (isSet(values[i]!)) view.setUint8(byte, view.getUint8(byte) | (1 << (i & 7)))
  }
}

function writeFixed(out: Scratch, values: readonly Encoded[], width: number): void {
  const start = out.room(values.length * width)
  const { view } = out
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    const at = start + i * width
    if (typeof value === 'bigint') writeInteger(view, at, width, value)
    else if (typeof value === 'number') {
      if (width === 4) view.setFloat32(at, value, true)
      else view.setFloat64(at, value, true)
    }
  }
}

function writeVariable(out: Scratch, values: readonly Encoded[]): void {
  const offsets = out.room((values.length + 1) * 4)
  let end = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (value instanceof Uint8Array) {
      out.write(value, out.room(value.length))
      end += value.length
    }
    out.view.setUint32(offsets + (i + 1) * 4, end, true)
  }
}
