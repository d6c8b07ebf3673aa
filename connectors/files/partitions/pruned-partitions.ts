import { type DataType, sameType } from '../../../columnar/types.js'
import type { PartitionValue, ScanFilter, ScanRequest } from '../../api.js'
import { inBuckets } from '../bucket-files.js'

/** The values that a file's folder is named after, by column. */
export type FolderValues = ReadonlyMap<string, PartitionValue>

export interface PrunedPartitions {
  /** The files that may have rows which pass the filters on partitions. */
  readonly wanted: readonly string[]
  readonly valuesOf: (path: string) => FolderValues
  /** Filters on other columns. */
  readonly filters: readonly ScanFilter[]
}

const NO_VALUES: FolderValues = new Map()

/** Leaves out files by what their folders are named after, and by their buckets. @throws INVALID_BUCKET_FILE */
export function prunedPartitions({ source, filters, buckets }: ScanRequest): PrunedPartitions {
  const { partitions, paths } = source
  const isInBucket = inBuckets(source, buckets)
  if (partitions === undefined) return { wanted: paths.filter(isInBucket), valuesOf: () => NO_VALUES, filters }
  const at = new Map(partitions.columns.map(({ name }, i) => [name, i]))
  const own = filters.filter(({ column }) => at.has(column))
  const isWanted = partitions.values.map((values) =>
    own.every((filter) => {
      const i = at.get(filter.column)!
      return mayPass(filter, values[i]!, partitions.columns[i]!.type)
    }),
  )
  const folders = partitions.values.map(
    (values) => new Map(partitions.columns.map(({ name }, i) => [name, values[i]!] as const)),
  )
  const ofPath = new Map(paths.map((path, i) => [path, folders[partitions.ofPaths[i]!]!]))
  return {
    wanted: paths.filter((path, i) => isWanted[partitions.ofPaths[i]!] && isInBucket(path)),
    valuesOf: (path) => ofPath.get(path)!,
    filters: filters.filter(({ column }) => !at.has(column)),
  }
}

/** Whether a value of a type may pass; when in doubt it may. */
export function mayPass(filter: ScanFilter, value: PartitionValue, type: DataType): boolean {
  // No filter passes NULL.
  if (value === null) return false
  if (filter.op === 'isNotNull') return true
  // Numbers that are no numbers are compared by rules of their own, and bytes are not their texts.
  if (!sameType(type, filter.type) || UNCOMPARED.has(type.kind)) return true
  if (filter.op === 'in') return filter.values.some((one) => compare(value, one) === 0)
  const order = compare(value, filter.value)
  switch (filter.op) {
    case 'eq':
      return order === 0
    case 'lt':
      return order < 0
    case 'le':
      return order <= 0
    case 'gt':
      return order > 0
    case 'ge':
      return order >= 0
  }
}

const UNCOMPARED: ReadonlySet<string> = new Set(['float', 'double', 'binary'])

/** Texts by their bytes, everything else as numbers. */
function compare(a: NonNullable<PartitionValue>, b: NonNullable<PartitionValue>): number {
  if (typeof a === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(String(b)))
  const [one, other] = [BigInt(a), BigInt(b)]
  return one < other ? -1 : one > other ? 1 : 0
}
