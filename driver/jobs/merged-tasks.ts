/** Partitions of what a task reads: from one until another, which is not among them. */
export interface PartitionRange {
  readonly from: number
  readonly until: number
}

/** How many tasks a stage has that read so many bytes, if each should read no fewer than so many. */
export const tasksFor = (bytes: number, leastBytes: number, partitions: number): number =>
  Math.max(1, Math.min(partitions, Math.floor(bytes / leastBytes)))

/** The partitions that one of fewer tasks reads. */
export const rangeOf = (task: number, tasks: number, partitions: number): PartitionRange => ({
  from: Math.floor((partitions * task) / tasks),
  until: Math.floor((partitions * (task + 1)) / tasks),
})
