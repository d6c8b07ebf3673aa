import type { Json } from '../api.js'

/** One task's share: exactly the records of a partition from `from` on and before `until`. */
export interface KafkaSplit {
  readonly topic: string
  readonly partition: number
  readonly from: bigint
  readonly until: bigint
}

export const splitToJson = (split: KafkaSplit): Json => ({ ...split })
export const splitFromJson = (data: Json): KafkaSplit => data as unknown as KafkaSplit
