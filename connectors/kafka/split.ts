import type { Json, Split } from '../api.js'

/** What the user wants of the parts that a topic is read in. */
export interface SplitLimits {
  readonly minPartitions: number
  readonly maxRecordsPerPartition: bigint | undefined
}

/** A part of a topic that is read by one task: exactly the records of a partition from `from` on and before `until`. */
export interface KafkaSplit {
  readonly topic: string
  /** Where brokers give topics one: the records are read only of this one, not of another that got its name. */
  readonly topicId?: string
  readonly partition: number
  readonly from: bigint
  readonly until: bigint
}

export const asSplit = (split: KafkaSplit): Split => ({ data: { ...split }, rows: rowsOf(split) })

/** A part of a stream's batch: without wishes of the user few records need no more than one task. */
export const asSplitOfBatch =
  ({ minPartitions, maxRecordsPerPartition }: SplitLimits) =>
  (split: KafkaSplit): Split => ({
    ...asSplit(split),
    mayShareTask: minPartitions === 0 && maxRecordsPerPartition === undefined,
  })

const rowsOf = ({ from, until }: KafkaSplit): number => Number(until - from)
export const splitFromJson = (data: Json): KafkaSplit => data as unknown as KafkaSplit
