import type { Block } from '../../columnar/block.js'
import { leafCount, leavesOf } from '../../columnar/leaves.js'
import type { Field } from '../../columnar/types.js'
import type { Batch, BatchColumn, ReaderProvider } from '../../connectors/api.js'
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
import { keepLeaf, LeafWidener } from './kept-leaf.js'
import type { TaskEnvironment } from './task.js'

/** The batches of a stage's source, the columns `used` of it. A batch is valid until the next is asked for. `columns` are those kept of cached relations. */
export function batchesOf(
  node: SourceNode,
  used: ReadonlySet<number>,
  inputs: TaskInputs,
  tasks: Stage['tasks'],
  environment: TaskEnvironment,
  memory: LinearMemory,
  columns: CachedColumns,
): AsyncIterable<Batch> | Iterable<Batch> {
  switch (node.kind) {
    case 'scan':
      return scanned(node, inputs, environment, memory)
    case 'oneRow':
      return [{ rows: 1, columns: [] }]
    case 'range':
      return counted(shareOfRange(node, inputs.partition, tasks), memory)
    case 'local':
      return fromBlocks(environment.localBlocks(node.id), memory, node.attributes, used)
    case 'shuffleRead':
      return fromBlocks(environment.shuffleBlocks(node.stageId), memory, node.attributes, used)
    case 'broadcastRead':
      return fromBlocks(environment.broadcastBlocks(node.stageId), memory, node.attributes, used)
    case 'cachedScan':
      return cached(node, used, inputs.partition, environment, memory, columns)
  }
}

/** The batches of a scan. Columns that are not among the `early` ones may be left out until rows are selected. */
export async function* scanned(
  node: PhysicalScan,
  inputs: TaskInputs,
  environment: TaskEnvironment,
  memory: LinearMemory,
  early?: ReadonlySet<number>,
): AsyncGenerator<Batch> {
  const { signal } = environment
  const deferred = early && lateLeaves(node.attributes, early)
  const splits = inputs.splits[node.scanId] ?? []
  const provider: ReaderProvider = await environment.reader(node.source.provider)
  const request = { source: node.source, columns: node.columns, filters: node.filters, parallelism: 1 }
  for (const data of splits) {
    const open = await provider.openReader(
      request,
      { data },
      { memory, kernels: memory.exports, signal, ...(deferred && { deferred }) },
    )
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

/** The leaves of columns that are one leaf and not among the `early` ones. */
function lateLeaves(columns: readonly Field[], early: ReadonlySet<number>): ReadonlySet<number> {
  const late = new Set<number>()
  let leaf = 0
  columns.forEach(({ type }, ordinal) => {
    const count = leafCount(type)
    if (count === 1 && !early.has(ordinal)) late.add(leaf)
    leaf += count
  })
  return late
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
  used: ReadonlySet<number>,
  partitionNumber: number,
  environment: TaskEnvironment,
  memory: LinearMemory,
  columns: CachedColumns,
): AsyncGenerator<Batch> {
  const { cacheId, relation } = node
  const wanted = wantedLeaves(relation, node.columns, used)
  const partition = columns.partition(cacheId, partitionNumber, environment.cacheVersion(cacheId))
  const needed = new Map(wanted.flatMap((x) => (x ? [[x.index, x] as const] : [])))
  const missing = [...needed.values()].filter(({ index }) => !partition.has(index))
  const widener = new LeafWidener(memory)
  const batchOf = (
    rows: number,
    kept: CachedBatch['leaves'] | undefined,
    loaded: (leaf: number) => BatchColumn,
  ): Batch => {
    const columnOf = (leaf: number): BatchColumn => {
      const own = kept?.get(leaf)
      return own ? widener.columnOf(leaf, own, rows) : loaded(leaf)
    }
    return { rows, columns: wanted.map((x) => (x ? columnOf(x.index) : NOT_USED)) }
  }
  const leaves = missing.map(({ index }) => index)
  const loader = new BlockBatches(memory, leavesOf({ fields: relation }), missing)
  const load = columns.load(partition, leaves, environment.memoryBudget * CACHED_COLUMNS_SHARE)
  const known = partition.isRead ? partition.batches : []
  try {
    if (partition.isRead && missing.length === 0) {
      for (const batch of known) yield batchOf(batch.rows, batch.leaves, () => NOT_USED)
      return
    }
    let at = 0
    for await (const block of environment.cachedBlocks(cacheId)) {
      for (const { rows, columns: loaded } of loader.of(block)) {
        yield batchOf(rows, known[at++]?.leaves, (leaf) => loaded[leaves.indexOf(leaf)]!)
        load.keep(rows, loader.bytes, (i) => keepLeaf(memory, loader, i, missing[i]!.leaf, loaded[i]!, rows))
      }
    }
    load.finish()
  } finally {
    load.close()
    loader.release()
    widener.release()
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
