import type { Partitioning } from './plan.js'

/** Into how many partitions rows are divided. */
export const partitionCount = (partitioning: Partitioning): number =>
  partitioning.kind === 'single' ? 1 : partitioning.partitions
