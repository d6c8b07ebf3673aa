import type { Block } from '../../columnar/block.js'
import { leafCount, leavesOf } from '../../columnar/leaves.js'
import type { Field } from '../../columnar/types.js'
import type { Batch, BatchColumn, LeafRange, ReaderProvider } from '../../connectors/api.js'
import { MAX_BATCH_ROWS } from '../../connectors/api.js'
import type {
  PhysicalCachedScan,
  PhysicalRange,
  PhysicalScan,
  Stage,
  TaskInputs,
} from '../../planner/plan/physical/plan.js'
import { BlockBatches, type WantedLeaf } from '../memory/block-batches.js'
import type { LinearMemory } from '../memory/linear-memory.js'
import type { CachedBatch, CachedColumns } from './cached-columns.js'
import type { SourceNode } from './codegen/compiled-stage.js'
import { type KeptLeaf, keepLeaf, LeafWidener, type NarrowedLeaf } from './kept-leaf.js'
import type { TaskEnvironment } from './task.js'

/** What a source's batches are read for and with. */
interface SourceContext {
  /** Columns that are read. */
  readonly used: ReadonlySet<number>
  /** Leaves that may be left out of a batch until some of its rows are selected. */
  readonly deferred: ReadonlySet<number>
  /** The first test of rows, where it is a range. */
  readonly range: LeafRange | undefined
  readonly inputs: TaskInputs
  readonly tasks: Stage['tasks']
  readonly environment: TaskEnvironment
  readonly memory: LinearMemory
  /** What is kept of cached relations. */
  readonly cachedColumns: CachedColumns
}

/** The batches of a stage's source. A batch is valid until the next is asked for. */
export function batchesOf(node: SourceNode, context: SourceContext): AsyncIterable<Batch> | Iterable<Batch> {
  const { used, inputs, environment, memory } = context
  switch (node.kind) {
    case 'scan':
      return scanned(node, context)
    case 'oneRow':
      return [{ rows: 1, columns: [] }]
    case 'range':
      return counted(shareOfRange(node, inputs.partition, context.tasks), memory)
    case 'local':
      return fromBlocks(environment.localBlocks(node.id), memory, node.attributes, used)
    case 'shuffleRead':
      return fromBlocks(environment.shuffleBlocks(node.stageId), memory, node.attributes, used)
    case 'broadcastRead':
      return fromBlocks(environment.broadcastBlocks(node.stageId), memory, node.attributes, used)
    case 'cachedScan':
      return cached(node, context)
  }
}

async function* scanned(
  node: PhysicalScan,
  { inputs, environment, memory, deferred }: SourceContext,
): AsyncGenerator<Batch> {
  const { signal } = environment
  const splits = inputs.splits[node.scanId] ?? []
  const provider: ReaderProvider = await environment.reader(node.source.provider)
  const request = { source: node.source, columns: node.columns, filters: node.filters, parallelism: 1 }
  for (const data of splits) {
    const open = await provider.openReader(request, { data }, { memory, kernels: memory.exports, signal, deferred })
    try {
      for (;;) {
        signal.throwIfAborted()
        const next = open.next()
        const batch = next instanceof Promise ? await next : next
        if (!batch) break
        yield batch
      }
    } finally {
      await open.close()
    }
  }
}

/** The leaves of a relation that stand for columns of which only some are used: position by position, undefined for what is not. */
function wantedLeaves(
  relation: readonly Field[],
  positions: readonly number[],
  used: ReadonlySet<number>,
): readonly WantedLeaf[] {
  const all = leavesOf({ fields: relation })
  const firstLeaf = relation.map((_, i) => relation.slice(0, i).reduce((sum, x) => sum + leafCount(x.type), 0))
  return positions.flatMap((position, ordinal) => {
    const first = firstLeaf[position]!
    return Array.from({ length: leafCount(relation[position]!.type) }, (_, i): WantedLeaf => {
      return used.has(ordinal) ? { leaf: all[first + i]!, index: first + i } : undefined
    })
  })
}

/** The batches of blocks; columns that nobody reads are not loaded. */
export async function* fromBlocks(
  blocks: AsyncIterable<Block>,
  memory: LinearMemory,
  relation: readonly Field[],
  used: ReadonlySet<number>,
): AsyncGenerator<Batch> {
  const wanted = wantedLeaves(relation, [...relation.keys()], used)
  const batches = new BlockBatches(memory, leavesOf({ fields: relation }), wanted)
  try {
    for await (const block of blocks) yield* batches.of(block)
  } finally {
    batches.release()
  }
}

/** The share of a task's memory that may hold columns of cached relations between tasks. */
const CACHED_COLUMNS_SHARE = 0.25
const NOT_USED: BatchColumn = { data: 0, validity: 0 }

/** A partition of a cached relation: columns that the thread has kept, and the others from its blocks, to be kept as well. */
async function* cached(
  node: PhysicalCachedScan,
  { used, deferred, range, inputs, environment, memory, cachedColumns }: SourceContext,
): AsyncGenerator<Batch> {
  const { cacheId, relation } = node
  const wanted = wantedLeaves(relation, node.columns, used)
  const partition = cachedColumns.partition(cacheId, inputs.partition, environment.cacheVersion(cacheId))
  const needed = new Map(wanted.flatMap((x) => (x ? [[x.index, x] as const] : [])))
  const missing = [...needed.values()].filter(({ index }) => !partition.has(index))
  const widener = new LeafWidener(memory)
  try {
    if (partition.isRead && missing.length === 0) {
      for (const { rows, leaves } of partition.batches) yield keptBatch(rows, leaves, wanted, deferred, range, widener)
      return
    }
    const leaves = missing.map(({ index }) => index)
    const loader = new BlockBatches(memory, leavesOf({ fields: relation }), missing)
    const load = cachedColumns.load(partition, leaves, environment.memoryBudget * CACHED_COLUMNS_SHARE)
    const known = partition.isRead ? partition.batches : []
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
      load.close()
      loader.release()
    }
  } finally {
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

type Range = Pick<PhysicalRange, 'start' | 'end' | 'step'>

/** The contiguous part of a range that falls to one of the stage's tasks. */
function shareOfRange({ start, end, step }: PhysicalRange, partition: number, tasks: Stage['tasks']): Range {
  const count = BigInt(tasks.kind === 'fixed' ? tasks.count : 1)
  const span = step > 0n ? end - start : start - end
  const size = step > 0n ? step : -step
  const values = span > 0n ? (span + size - 1n) / size : 0n
  const at = (share: bigint): bigint => start + ((values * share) / count) * step
  return { start: at(BigInt(partition)), end: at(BigInt(partition) + 1n), step }
}

function* counted({ start, end, step }: Range, memory: LinearMemory): Generator<Batch> {
  const address = memory.allocate(MAX_BATCH_ROWS * 8)
  try {
    const isWithin = (value: bigint) => (step > 0n ? value < end : value > end)
    let next = start
    while (isWithin(next)) {
      const { view } = memory
      let rows = 0
      for (; rows < MAX_BATCH_ROWS && isWithin(next); rows++, next += step) {
        view.setBigInt64(address + rows * 8, next, true)
      }
      yield { rows, columns: [{ data: address, validity: 0 }] }
    }
  } finally {
    memory.release(address)
  }
}
