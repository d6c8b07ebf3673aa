import type { OutputMode } from '../plan/physical/stateful.js'

/** What physical planning needs to know beside the query. */
export interface PhysicalOptions {
  /** Into how many partitions a shuffle divides. */
  readonly shufflePartitions: number
  /** Whether shuffles may divide into more where tables of joins are large. */
  readonly dividesLargeTables?: boolean
  /** Tasks for sources that have no splits of their own. */
  readonly parallelism: number
  /** A join side estimated at most this large is broadcast; negative for never. */
  readonly broadcastThresholdBytes: number
  /** Whether relations are filtered early by the keys of joins above them: where that seems to spare work, wherever it can be done, or nowhere. */
  readonly runtimeFilters: 'auto' | 'always' | 'never'
  /** A sort of the result estimated at so many rows is divided among the tasks. */
  readonly rangeSortRows: number
  /** Whether the executors know how to make a cached relation already. */
  isCached(cacheId: string): boolean
  /** Present for a streaming query. */
  readonly outputMode?: OutputMode
}
