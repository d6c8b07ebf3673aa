/**
 * What of a stage is decided only when it is known how large that is which it reads. Stages are named by their ids in plans, and by their keys
 * where the driver decides.
 */
export interface StageAdaptivity {
  /** Stages of whose shuffles each task reads its own partition. */
  readonly shuffles: readonly number[]
  /** Present when a task may read several partitions. */
  readonly merge?: MergedPartitions
  /** Present when several tasks may share a partition. */
  readonly split?: SplitPartitions
  /** Present when the stage may read rows of a join's left side where they are made. */
  readonly broadcast?: LateBroadcast
  /** Present when the sides of a join may change places. */
  readonly swap?: LateSwap
}

/** Partitions that lie side by side are read by one task as long as it gets no more than an even share of all bytes, and that within limits. */
export interface MergedPartitions {
  /** Among how many tasks all bytes are shared out. */
  readonly tasks: number
  readonly leastBytes: number
  readonly mostBytes: number
}

/** A partition of one side of a join that is much larger than the others is shared by tasks, each of which reads what some tasks wrote of it, and the other side whole. */
export interface SplitPartitions {
  /** The shuffles that may be shared so. */
  readonly stages: readonly number[]
  /** How many times as large as the median it is; 0 for any. */
  readonly factor: number
  readonly leastBytes: number
  readonly partBytes: number
  /** Into how many parts at most. */
  readonly mostParts: number
}

/**
 * A shuffled join whose right side turns out to have at most so many bytes becomes one with a broadcast: the left side is not shuffled then, unless it
 * has so few tasks that slots would have nothing to do.
 */
export interface LateBroadcast {
  readonly left: number
  readonly right: number
  readonly mostBytes: number
  readonly leastTasks: number
}

/** The table of a join is made of the left side when the right one turns out to have so many times as many bytes. */
export interface LateSwap {
  readonly left: number
  readonly right: number
  readonly factor: number
}

/** The same of stages with other names. */
export function withStageNames(adaptive: StageAdaptivity, nameOf: (stage: number) => number): StageAdaptivity {
  const sides = <T extends { readonly left: number; readonly right: number }>(of: T): T => ({
    ...of,
    left: nameOf(of.left),
    right: nameOf(of.right),
  })
  const { shuffles, merge, split, broadcast, swap } = adaptive
  return {
    shuffles: shuffles.map(nameOf),
    ...(merge ? { merge } : {}),
    ...(split ? { split: { ...split, stages: split.stages.map(nameOf) } } : {}),
    ...(broadcast ? { broadcast: sides(broadcast) } : {}),
    ...(swap ? { swap: sides(swap) } : {}),
  }
}
