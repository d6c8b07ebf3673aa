import { basename } from 'node:path'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { ScanRequest, SourceDescription } from '../api.js'

/** Where the name of a file tells its bucket, as Spark has it: `part-00001-…_00003.c000.snappy.parquet`. */
const BUCKET = /^.*_(\d+)(?:\..*)?$/
const DIGITS = 5

/** What the name of a file of a bucket has before its ending. */
export const bucketMark = (bucket: number): string => `_${String(bucket).padStart(DIGITS, '0')}`

/** The number of the bucket that a file is of. @throws INVALID_BUCKET_FILE for one whose name tells none that the table has */
function bucketOf(path: string, count: number): number {
  const bucket = Number(BUCKET.exec(basename(path))?.[1])
  // NaN of a name without one.
  if (!(bucket < count)) throw new MillraceError('INVALID_BUCKET_FILE', { path })
  return bucket
}

/** What there is of a source in each of its buckets. @throws INVALID_BUCKET_FILE */
export function sourcesByBucket(source: SourceDescription): readonly SourceDescription[] {
  const { paths, partitions, buckets } = source
  const count = buckets?.count ?? 0
  const places: number[][] = Array.from({ length: count }, () => [])
  for (const [place, path] of paths.entries()) places[bucketOf(path, count)]!.push(place)
  return places.map((own) => ({
    ...source,
    paths: own.map((place) => paths[place]!),
    ...(partitions ? { partitions: { ...partitions, ofPaths: own.map((place) => partitions.ofPaths[place]!) } } : {}),
  }))
}

/** Tells of files whether their bucket is wanted; without any wish all are. @throws INVALID_BUCKET_FILE for one whose name tells none that the table has */
export function inBuckets({ buckets }: SourceDescription, wanted: ScanRequest['buckets']): (path: string) => boolean {
  if (wanted === undefined || buckets === undefined) return () => true
  const numbers = new Set(wanted)
  return (path) => numbers.has(bucketOf(path, buckets.count))
}
