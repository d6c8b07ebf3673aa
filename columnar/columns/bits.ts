/* Bitmaps as Arrow has them: a bit a row, the lowest of the first byte first. */

export const bitmapBytes = (rows: number): number => Math.ceil(rows / 8)

export const isSet = (bits: Uint8Array, row: number): boolean => ((bits[row >> 3]! >> (row & 7)) & 1) === 1

/** Some bits of a bitmap as one of their own, whose bits behind the last are zero. */
export function bitsAt(bitmap: Uint8Array, from: number, rows: number): Uint8Array {
  const bits = new Uint8Array(bitmapBytes(rows))
  const first = from >> 3
  const shift = from & 7
  if (shift === 0) bits.set(bitmap.subarray(first, first + bits.length))
  else
    for (let i = 0; i < bits.length; i++)
      bits[i] = (bitmap[first + i]! >> shift) | ((bitmap[first + i + 1] ?? 0) << (8 - shift))
  clearRest(bits, rows)
  return bits
}

function clearRest(bits: Uint8Array, rows: number): void {
  if ((rows & 7) !== 0) bits[bits.length - 1]! &= (1 << (rows & 7)) - 1
}

/** The bits that are set in both. */
export const commonBits = (a: Uint8Array, b: Uint8Array): Uint8Array => a.map((byte, i) => byte & b[i]!)

export function countBits(bits: Uint8Array): number {
  let count = 0
  for (const byte of bits) {
    const pairs = byte - ((byte >> 1) & 0x55)
    const fours = (pairs & 0x33) + ((pairs >> 2) & 0x33)
    count += (fours + (fours >> 4)) & 0x0f
  }
  return count
}

/**
 * Sets those bits of a bitmap that are set in a part of another; `source` is left out where all of the part are. Bitmaps may begin
 * at any byte: those of long lists lie where bits could not be counted in 32 bits.
 */
export function copyBits(
  source: Uint8Array | undefined,
  from: number,
  rows: number,
  target: Uint8Array,
  at: number,
  sourceByte = 0,
  targetByte = 0,
): void {
  for (let i = 0; i < rows; i++) {
    const bit = from + i
    if (source && ((source[sourceByte + (bit >> 3)]! >> (bit & 7)) & 1) === 0) continue
    target[targetByte + ((at + i) >> 3)]! |= 1 << ((at + i) & 7)
  }
}
