/** An unscaled decimal with another scale, rounded half up (away from zero) where digits are lost. */
export function rescale(value: bigint, from: number, to: number): bigint {
  if (to >= from) return value * 10n ** BigInt(to - from)
  const divisor = 10n ** BigInt(from - to)
  const half = divisor / 2n
  return (value < 0n ? value - half : value + half) / divisor
}
