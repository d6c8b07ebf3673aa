import { leavesOf } from '../../../columnar/leaves.js'
import type { Batch, BatchColumn, RowSelection } from '../../../connectors/api.js'
import type { PhysicalCachedScan } from '../../../planner/plan/physical/plan.js'
import { MOST_GROUP_CODES } from '../../kernels/interface/table.js'
import { BlockBatches, type WantedLeaf } from '../../memory/block-batches.js'
import { TextCoder } from '../coded-texts.js'
import { dictionaryOf, type KeptLeaf, keepLeaf, LeafWidener, leafCoder, type NarrowedLeaf } from '../kept-leaf.js'
import type { Batches, WantedRows } from '../step.js'
import { wantedLeaves } from './block-batches.js'
import type { ExecutableSource, SourceContext } from './operator.js'

export const cachedScan: ExecutableSource<PhysicalCachedScan> = { batches: cached }

/** The share of a task's memory that may hold columns of cached relations between tasks. */
const CACHED_COLUMNS_SHARE = 0.25
const NO_LEAVES: ReadonlySet<number> = new Set()
const NOT_USED: BatchColumn = { data: 0, validity: 0 }

/** A partition of a cached relation: columns that the thread has kept, and the others from its blocks, to be kept as well. */
function cached(node: PhysicalCachedScan, context: SourceContext): Batches {
  const { used, inputs, environment, cachedColumns } = context
  const wanted = wantedLeaves(node.relation, node.columns, used)
  const partition = cachedColumns.partition(node.cacheId, inputs.partition, environment.cacheVersion(node.cacheId))
  const needed = new Map(wanted.flatMap((x) => (x ? [[x.index, x] as const] : [])))
  const missing = [...needed.values()].filter(({ index }) => !partition.has(index))
  // Nothing is waited for then, and a small batch takes less time than a promise for it.
  const reading = { partition, needed: new Set(needed.keys()), wanted, missing }
  return partition.isRead && missing.length === 0
    ? keptBatches(reading, context)
    : loadedBatches(node, context, reading)
}

/** What is kept of a batch, by the position among the leaves that are wanted. */
type KeptAt = (position: number) => KeptLeaf | undefined

interface Reading {
  readonly partition: ReturnType<SourceContext['cachedColumns']['partition']>
  readonly needed: ReadonlySet<number>
  readonly wanted: readonly WantedLeaf[]
  /** Those needed that are not kept. */
  readonly missing: readonly NonNullable<WantedLeaf>[]
}

function* keptBatches({ partition, needed, wanted }: Reading, context: SourceContext): Generator<Batch> {
  const widener = new LeafWidener(context.memory)
  const all = partition.batches.reduce((sum, { rows }) => sum + rows, 0)
  partition.beginRead(needed)
  try {
    for (const { rows, leaves } of partition.batches) {
      const keptAt: KeptAt = (i) => {
        const x = wanted[i]
        return x && leaves.get(x.index)
      }
      const coded = isWorthCodes(keptAt, context.coded, all) ? context.coded : NO_LEAVES
      yield keptBatch(rows, wanted.length, keptAt, { ...context, coded }, widener)
    }
  } finally {
    partition.endRead()
    widener.release()
  }
}

async function* loadedBatches(
  { cacheId, relation }: PhysicalCachedScan,
  { environment, memory, cachedColumns }: SourceContext,
  { partition, needed, wanted, missing }: Reading,
): AsyncGenerator<Batch> {
  const widener = new LeafWidener(memory)
  const leaves = missing.map(({ index }) => index)
  const loader = new BlockBatches(memory, leavesOf({ fields: relation }), missing)
  const coders = missing.map(({ leaf }) => leafCoder(memory, leaf))
  const load = cachedColumns.load(partition, leaves, environment.memory.share * CACHED_COLUMNS_SHARE)
  const known = partition.isRead ? partition.batches : []
  partition.beginRead(needed)
  try {
    let at = 0
    for await (const block of environment.cachedBlocks(cacheId)) {
      for (const { rows, columns: loaded } of loader.of(block)) {
        const kept = known[at++]?.leaves
        const columnOf = (leaf: number): BatchColumn => {
          const own = kept?.get(leaf)
          return own ? widener.columnOf(leaf, own, rows) : loaded[leaves.indexOf(leaf)]!
        }
        yield { rows, columns: wanted.map((x) => (x ? columnOf(x.index) : NOT_USED)) }
        load.keep(rows, loader.bytes, (i) => keepLeaf(memory, loader, i, missing[i]!.leaf, loaded[i]!, rows, coders[i]))
      }
    }
    load.finish(coders.map((coder) => () => coder?.finish() ?? []))
  } finally {
    partition.endRead()
    load.close()
    for (const coder of coders) if (coder instanceof TextCoder) coder.close()
    loader.release()
    widener.release()
  }
}

/**
 * Groups are found by codes where all of their keys have some and one of them is a text: where one has none, codes only cost, and integers alone are hashed as
 * fast. Nor are they worth it where the places of their combinations are too many, or more than the rows of the partition.
 */
function isWorthCodes(keptAt: KeptAt, coded: ReadonlySet<number>, rows: number): boolean {
  let places = 1
  for (const i of coded) places *= (dictionaryOf(keptAt(i))?.entries ?? Number.POSITIVE_INFINITY) + 1
  const hasText = [...coded].some((i) => keptAt(i)?.kind === 'coded')
  return hasText && places <= Math.min(MOST_GROUP_CODES, rows)
}

/** A batch of which all columns are kept; those that may be left out first are widened when they are wanted. */
function keptBatch(
  rows: number,
  leaves: number,
  keptAt: KeptAt,
  { deferred, coded, range }: WantedRows,
  widener: LeafWidener,
): Batch {
  // By their position among those wanted: a leaf that is wanted twice may be wanted as codes once.
  const columnOf = (i: number, leaf: KeptLeaf, selected?: RowSelection): BatchColumn =>
    widener.columnOf(i, leaf, rows, selected, coded.has(i))
  const columns = Array.from({ length: leaves }, (_, i) => {
    const leaf = keptAt(i)
    const isLeftOut = deferred.has(i) || (leaf?.kind === 'narrowed' && i === range?.leaf)
    return leaf && !isLeftOut ? columnOf(i, leaf) : NOT_USED
  })
  return {
    rows,
    columns,
    canSelect: (leaf) => keptAt(leaf)?.kind === 'narrowed',
    select: (ranges, list) =>
      widener.select(
        ranges.map((range) => [keptAt(range.leaf) as NarrowedLeaf, range]),
        rows,
        list,
      ),
    fill: (leaves, selected) => {
      for (const i of leaves) {
        const leaf = keptAt(i)
        if (leaf) columns[i] = columnOf(i, leaf, selected)
      }
      return columns
    },
  }
}
