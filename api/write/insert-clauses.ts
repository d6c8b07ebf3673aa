import type { PartitionSpec } from '../../planner/sql/partition-spec.js'

/** Which rows of the table go, and which of its columns get what. */
export interface InsertClauses {
  readonly overwrite: boolean
  readonly byName: boolean
  readonly columns?: readonly string[]
  readonly partition?: PartitionSpec
  /** Of an overwrite: whether nothing is done when the partition is there. */
  readonly ifNotExists?: boolean
  /** Of an overwrite: whether only partitions that get rows lose theirs; the session says it unless the statement does. */
  readonly overwriteMode?: 'static' | 'dynamic'
}
