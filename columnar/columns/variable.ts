import { MillraceError } from '../../common/errors/millrace-error.js'
import { isSet } from './bits.js'
import { bytesOf, MOST_BYTES } from './column.js'

/** @throws UNSUPPORTED_FEATURE for more bytes than the values of a column have in a batch */
export function checkedBytes(bytes: number): number {
  if (bytes <= MOST_BYTES) return bytes
  const feature = `a batch of rows with ${bytes} bytes in one column`
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature })
}

/** Offsets, and bytes from where they begin, as the values of a stored column: NULL has no bytes. */
export function variableValues(
  rows: number,
  validity: Uint8Array | undefined,
  offsets: Int32Array,
  bytes: Uint8Array,
): readonly [Uint8Array, Uint8Array] {
  const length = offsets[rows]!
  let hidden = 0
  if (validity)
    for (let row = 0; row < rows; row++) if (!isSet(validity, row)) hidden += offsets[row + 1]! - offsets[row]!
  if (hidden === 0) return [bytesOf(offsets), bytes.subarray(0, length)]
  return gatheredBytes(
    rows,
    (row) => (isSet(validity!, row) ? offsets[row + 1]! - offsets[row]! : 0),
    (row) => bytes.subarray(offsets[row]!, offsets[row + 1]!),
  )
}

/** The values of a column whose bytes are somewhere; `place` is asked for those that have some. @throws UNSUPPORTED_FEATURE */
export function gatheredBytes(
  rows: number,
  size: (row: number) => number,
  place: (row: number) => Uint8Array,
): readonly [Uint8Array, Uint8Array] {
  const ends = new Int32Array(rows + 1)
  let total = 0
  for (let row = 0; row < rows; row++) {
    total = checkedBytes(total + size(row))
    ends[row + 1] = total
  }
  const bytes = new Uint8Array(total)
  for (let row = 0; row < rows; row++) if (ends[row + 1]! > ends[row]!) bytes.set(place(row), ends[row])
  return [bytesOf(ends), bytes]
}

/** Offsets so that the first is 0, and what they were moved by. */
export function rebased(offsets: Int32Array, from: number, rows: number): readonly [Int32Array, number] {
  const first = offsets[from]!
  return [offsets.subarray(from, from + rows + 1).map((offset) => offset - first), first]
}
