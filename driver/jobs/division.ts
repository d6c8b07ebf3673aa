import type { StageAdaptivity } from '../../planner/plan/physical/adaptivity.js'
import type { OutputTable } from '../tasks/output-table.js'

/** Some of the things that are numbered: from one until another, which is not among them. */
export interface Run {
  readonly from: number
  readonly until: number
}

/** Which partitions of shuffles a task reads. */
export interface TaskReads extends Run {
  /** Stages of which it reads only what some tasks wrote. */
  readonly parts?: readonly StagePart[]
}

/** Some tasks of a stage. */
export interface StagePart extends Run {
  readonly stageKey: number
}

/** What each task of a stage reads, and how that came about. */
export interface Division {
  readonly reads: readonly TaskReads[]
  /** Tasks that read several partitions. */
  readonly merging: number
  /** Partitions that several tasks share. */
  readonly shared: number
}

/** A smaller rest than this part of a task's share goes to the task before. */
const LEAST_REST = 0.2

/** Divides what a stage reads among tasks by the sizes that are there. @param outputOf what a stage has written */
export function divide(
  adaptive: StageAdaptivity,
  outputOf: (stageKey: number) => OutputTable,
  partitions: number,
): Division {
  const { shuffles, merge, split } = adaptive
  const sizes = new Map(shuffles.map((key) => [key, outputOf(key).partitionSizes(partitions)]))
  const totals = Array.from({ length: partitions }, (_, i) => [...sizes.values()].reduce((sum, of) => sum + of[i]!, 0))
  const sum = totals.reduce((a, b) => a + b, 0)
  const share = merge ? Math.max(merge.leastBytes, Math.min(merge.mostBytes, Math.ceil(sum / merge.tasks))) : 0
  const medians = new Map(split?.stages.map((key) => [key, median(sizes.get(key)!)]))
  const sharedOf = (partition: number): readonly StagePart[][] =>
    (split?.stages ?? []).flatMap((stageKey) => {
      const own = sizes.get(stageKey)![partition]!
      if (own <= Math.max(split!.leastBytes, split!.factor * medians.get(stageKey)!)) return []
      // Each part reads the other side whole, so that a part should not be smaller than that, unless any is to be shared.
      const part = split!.factor === 0 ? split!.partBytes : Math.max(split!.partBytes, totals[partition]! - own)
      const pieces = Math.min(split!.mostParts, Math.ceil(own / part))
      const runs = runsOf(outputOf(stageKey).sizesOf(partition, partitions), pieces)
      return runs.length > 1 ? [runs.map((run) => ({ stageKey, ...run }))] : []
    })
  return allotted(totals, share, merge?.leastBytes ?? 0, sharedOf)
}

/**
 * Goes through partitions: those that are shared get tasks of their own, neighbours between them one together as long as its share lasts, or it
 * has less than the least size.
 */
function allotted(
  totals: readonly number[],
  share: number,
  leastBytes: number,
  sharedOf: (partition: number) => readonly StagePart[][],
): Division {
  const reads: TaskReads[] = []
  let shared = 0
  let open: { from: number; bytes: number } | undefined
  const close = (until: number): void => {
    if (!open) return
    const { from, bytes } = open
    const before = reads.at(-1)
    const isRest = bytes < share * LEAST_REST && before?.until === from && !before.parts
    if (isRest) reads[reads.length - 1] = { from: before.from, until }
    else reads.push({ from, until })
    open = undefined
  }
  totals.forEach((bytes, partition) => {
    const sides = sharedOf(partition)
    if (sides.length > 0) {
      close(partition)
      shared++
      for (const parts of combinations(sides)) reads.push({ from: partition, until: partition + 1, parts })
      return
    }
    if (open && open.bytes >= leastBytes && (open.bytes + bytes > share || !leastBytes)) close(partition)
    open = { from: open?.from ?? partition, bytes: (open?.bytes ?? 0) + bytes }
  })
  close(totals.length)
  return { reads, shared, merging: reads.filter(({ from, until }) => until - from > 1).length }
}

/** Neighbours together in so many pieces of about the same size, fewer where one is larger than that. */
function runsOf(sizes: readonly number[], pieces: number): readonly Run[] {
  const total = sizes.reduce((a, b) => a + b, 0)
  const runs: Run[] = []
  let before = 0
  let piece = 0
  let from = 0
  sizes.forEach((size, i) => {
    const own = Math.floor(((before + size / 2) * pieces) / total)
    if (own > piece && i > from) {
      runs.push({ from, until: i })
      from = i
    }
    piece = own
    before += size
  })
  return [...runs, { from, until: sizes.length }]
}

/** One of each. */
const combinations = (sides: readonly (readonly StagePart[])[]): readonly StagePart[][] =>
  sides.reduce<StagePart[][]>((all, side) => all.flatMap((one) => side.map((part) => [...one, part])), [[]])

/** The middle one; of two the smaller, so that of two partitions one may be large. */
const median = (sizes: readonly number[]): number => sizes.toSorted((a, b) => a - b)[(sizes.length - 1) >> 1]!
