import type { Json, Split } from '../api.js'

/** One task's share: exactly the records of a partition from `from` on and before `until`. */
export interface KafkaSplit {
  readonly topic: string
  /** Where brokers give topics one: the records are read only of this one, not of another that got its name. */
  readonly topicId?: string
  readonly partition: number
  readonly from: bigint
  readonly until: bigint
}

export const asSplit = (split: KafkaSplit): Split => ({ data: { ...split }, rows: Number(split.until - split.from) })
export const splitFromJson = (data: Json): KafkaSplit => data as unknown as KafkaSplit
