const BITS = new DataView(new ArrayBuffer(4))
/** All floats, and the numbers halfway between two of them, are whole multiples of its inverse. */
const GRID_BITS = 150

/** The float nearest to a number as written that lies between the least and the greatest float; half to even. Rounding its double would round twice. */
export function nearestFloat(text: string): number {
  const double = Number(text)
  const float = Math.fround(double)
  if (float === double) return float
  const other = neighbour(float, Math.abs(double) > Math.abs(float) ? 1 : -1)
  // Only a double halfway between two floats does not tell which of them is nearer.
  if (double - float !== other - double) return float
  const difference = compareSizes(text, double)
  if (difference === 0) return float
  return difference > 0 === Math.abs(other) > Math.abs(float) ? other : float
}

/** The next float away from zero (1) or towards it (-1). */
function neighbour(float: number, step: 1 | -1): number {
  BITS.setFloat32(0, float)
  BITS.setUint32(0, BITS.getUint32(0) + step)
  return BITS.getFloat32(0)
}

/** Whether a number as written is larger than a multiple of the grid (1), smaller (-1) or the same (0), signs apart. */
function compareSizes(text: string, double: number): number {
  const [mantissa = '', exponent = '0'] = text.replace(/^-/, '').split(/[eE]/)
  const [whole = '', fraction = ''] = mantissa.split('.')
  const power = Number(exponent) - fraction.length
  let left = BigInt(`${whole}${fraction}`) << BigInt(GRID_BITS)
  let right = BigInt(Math.abs(double) * 2 ** GRID_BITS)
  if (power > 0) left *= 10n ** BigInt(power)
  else right *= 10n ** BigInt(-power)
  return left > right ? 1 : left < right ? -1 : 0
}
