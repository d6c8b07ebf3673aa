/** Values of a column as the package keeps them. */
export type Values = ArrayLike<number> | BigInt64Array | BigUint64Array

/** A two's complement number of so many words of 32 bits, the lowest first. */
export function wordsAt(words: ArrayLike<number>, row: number, count: number): bigint {
  let value = 0n
  for (let i = count - 1; i >= 0; i--) value = (value << 32n) | BigInt(words[row * count + i]! >>> 0)
  return BigInt.asIntN(count * 32, value)
}

/** A 64-bit number, which the package keeps as such or as two halves. */
export const longAt = (values: Values, row: number): bigint =>
  values instanceof BigInt64Array ? values[row]! : wordsAt(values as ArrayLike<number>, row, 2)

export const floorDivide = (a: bigint, b: bigint): bigint => (a - (((a % b) + b) % b)) / b
