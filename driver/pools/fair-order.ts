/** What one of those who share slots has of them, and is to have. */
export interface Share {
  readonly running: number
  readonly weight: number
  readonly minShare: number
}

/**
 * Who gets the next slot: negative when it is `a`, 0 when both have the same right to it. As in Spark, those come first that have fewer slots than they must have, by the part of
 * these that they have; then those with the fewest for their weight.
 */
export function compareShares(a: Share, b: Share): number {
  const [aLacks, bLacks] = [a.running < a.minShare, b.running < b.minShare]
  if (aLacks !== bLacks) return aLacks ? -1 : 1
  return aLacks ? a.running / a.minShare - b.running / b.minShare : a.running / a.weight - b.running / b.weight
}
