import { leavesOf } from '../../../columnar/leaves.js'
import type { Batch, BatchColumn, LeafRange } from '../../../connectors/api.js'
import type { PhysicalCachedScan } from '../../../planner/plan/physical/plan.js'
import { BlockBatches, type WantedLeaf } from '../../memory/block-batches.js'
import type { CachedBatch } from '../cached-columns.js'
import { type KeptLeaf, keepLeaf, LeafWidener, type NarrowedLeaf } from '../kept-leaf.js'
import type { Batches } from '../step.js'
import { wantedLeaves } from './block-batches.js'
import type { ExecutableSource, SourceContext } from './operator.js'

export const cachedScan: ExecutableSource<PhysicalCachedScan> = { batches: cached }

/** The share of a task's memory that may hold columns of cached relations between tasks. */
const CACHED_COLUMNS_SHARE = 0.25
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

interface Reading {
  readonly partition: ReturnType<SourceContext['cachedColumns']['partition']>
  readonly needed: ReadonlySet<number>
  readonly wanted: readonly WantedLeaf[]
  /** Those needed that are not kept. */
  readonly missing: readonly NonNullable<WantedLeaf>[]
}

function* keptBatches(
  { partition, needed, wanted }: Reading,
  { deferred, range, memory }: SourceContext,
): Generator<Batch> {
  const widener = new LeafWidener(memory)
  partition.beginRead(needed)
  try {
    for (const { rows, leaves } of partition.batches) yield keptBatch(rows, leaves, wanted, deferred, range, widener)
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
        load.keep(rows, loader.bytes, (i) => keepLeaf(memory, loader, i, missing[i]!.leaf, loaded[i]!, rows))
      }
    }
    load.finish()
  } finally {
    partition.endRead()
    load.close()
    loader.release()
    widener.release()
  }
}

/** A batch of which all columns are kept; those that may be left out first are widened when they are wanted. */
function keptBatch(
  rows: number,
  kept: CachedBatch['leaves'],
  wanted: readonly WantedLeaf[],
  deferred: ReadonlySet<number>,
  range: LeafRange | undefined,
  widener: LeafWidener,
): Batch {
  const keptAt = (i: number): KeptLeaf | undefined => {
    const x = wanted[i]
    return x && kept.get(x.index)
  }
  const columns = wanted.map((x, i) => {
    const leaf = keptAt(i)
    const isLeftOut = deferred.has(i) || (leaf?.kind === 'narrowed' && i === range?.leaf)
    return leaf && !isLeftOut ? widener.columnOf(x!.index, leaf, rows) : NOT_USED
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
        if (leaf) columns[i] = widener.columnOf(wanted[i]!.index, leaf, rows, selected)
      }
      return columns
    },
  }
}
