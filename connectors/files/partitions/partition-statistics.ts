import type { PartitionedPaths, SourceDescription } from '../../api.js'

type Statistics = NonNullable<SourceDescription['statistics']>

/** What the folders tell of the columns they are named after. */
export function partitionStatistics(partitions: PartitionedPaths | undefined): Pick<Statistics, 'ranges' | 'distinct'> {
  // Without a prototype: a column may be called `constructor`.
  const ranges = Object.create(null) as Record<string, readonly [number, number]>
  const distinct = Object.create(null) as Record<string, number>
  for (const [i, { name }] of (partitions?.columns ?? []).entries()) {
    const values = new Set(partitions!.values.flatMap((one) => one[i] ?? []))
    distinct[name] = values.size
    let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (const value of values) {
      if (typeof value !== 'number' && typeof value !== 'bigint') continue
      least = Math.min(least, Number(value))
      greatest = Math.max(greatest, Number(value))
    }
    if (least <= greatest) ranges[name] = [least, greatest]
  }
  return { ranges, distinct }
}
