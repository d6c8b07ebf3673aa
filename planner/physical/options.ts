import type { OutputMode } from '../plan/physical/stateful.js'

/** When stages are changed once it is known how large that is which they read. */
export interface AdaptiveOptions {
  /** Small partitions are read together by one task; in parallel: as long as no slot is without work. */
  readonly merge?: { readonly leastBytes: number; readonly mostBytes: number; readonly isParallel: boolean }
  /** Large partitions of joins are shared by several tasks: so many times as large as the median, and at least so many bytes. */
  readonly split?: { readonly factor: number; readonly leastBytes: number; readonly partBytes: number }
  /** A side of a shuffled join that turns out to have at most so many bytes is broadcast; negative for never. */
  readonly broadcastBytes: number
  /** The sides of a join change places when the one that the table would be made of has so many times as many bytes; 0 for never. */
  readonly swapFactor: number
}

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
  /** Whether tables in buckets are read as any others. */
  readonly ignoresBuckets?: boolean
  /** A sort of the result estimated at so many rows is divided among the tasks. */
  readonly rangeSortRows: number
  /** Whether the executors know how to make a cached relation already. */
  isCached(cacheId: string): boolean
  /** Present when stages may be changed while a query runs. */
  readonly adaptive?: AdaptiveOptions
  /** Whether what operators do is measured and told beside what was estimated. */
  readonly measures?: true
  /** Present for a streaming query. */
  readonly outputMode?: OutputMode
}
