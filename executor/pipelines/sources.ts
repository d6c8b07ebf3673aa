import type { Block } from '../../columnar/block.js'
import { leafCount, leavesOf } from '../../columnar/leaves.js'
import type { Field } from '../../columnar/types.js'
import type { Batch, ReaderProvider } from '../../connectors/api.js'
import { MAX_BATCH_ROWS } from '../../connectors/api.js'
import type { PhysicalRange, PhysicalScan, Stage, TaskInputs } from '../../planner/plan/physical/plan.js'
import { BlockBatches, type WantedLeaf } from '../memory/block-batches.js'
import type { LinearMemory } from '../memory/linear-memory.js'
import type { SourceNode } from './codegen/compiled-stage.js'
import type { TaskEnvironment } from './task.js'

/** The batches of a stage's source, the columns `used` of it. A batch is valid until the next is asked for. */
export function batchesOf(
  node: SourceNode,
  used: ReadonlySet<number>,
  inputs: TaskInputs,
  tasks: Stage['tasks'],
  environment: TaskEnvironment,
  memory: LinearMemory,
): AsyncIterable<Batch> | Iterable<Batch> {
  switch (node.kind) {
    case 'scan':
      return scanned(node, inputs, environment, memory)
    case 'oneRow':
      return [{ rows: 1, columns: [] }]
    case 'range':
      return counted(shareOfRange(node, inputs.partition, tasks), memory)
    case 'local':
      return fromBlocks(environment.localBlocks(node.id), memory, node.attributes, identity, used)
    case 'shuffleRead':
      return fromBlocks(environment.shuffleBlocks(node.stageId), memory, node.attributes, identity, used)
    case 'broadcastRead':
      return fromBlocks(environment.broadcastBlocks(node.stageId), memory, node.attributes, identity, used)
    case 'cachedScan':
      return fromBlocks(
        environment.cachedBlocks(node.cacheId),
        memory,
        node.relation,
        (i) => node.columns[i]!,
        used,
        node.columns.length,
      )
  }
}

async function* scanned(
  node: PhysicalScan,
  inputs: TaskInputs,
  environment: TaskEnvironment,
  memory: LinearMemory,
): AsyncGenerator<Batch> {
  const { signal } = environment
  const splits = inputs.splits[node.scanId] ?? []
  const provider: ReaderProvider = await environment.reader(node.source.provider)
  const request = { source: node.source, columns: node.columns, filters: node.filters, parallelism: 1 }
  for (const data of splits) {
    const open = await provider.openReader(request, { data }, { memory, kernels: memory.exports, signal })
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

export const identity = (ordinal: number): number => ordinal

/**
 * @param relation the columns of the blocks
 * @param positionOf where in them a column of the batches is
 * @param used the columns that anyone reads; others are not loaded
 */
export async function* fromBlocks(
  blocks: AsyncIterable<Block>,
  memory: LinearMemory,
  relation: readonly Field[],
  positionOf: (ordinal: number) => number,
  used: ReadonlySet<number>,
  columns = relation.length,
): AsyncGenerator<Batch> {
  const all = leavesOf({ fields: relation })
  const firstLeaf = relation.map((_, i) => relation.slice(0, i).reduce((sum, x) => sum + leafCount(x.type), 0))
  const wanted = Array.from({ length: columns }, (_, ordinal) => {
    const position = positionOf(ordinal)
    const first = firstLeaf[position]!
    return Array.from({ length: leafCount(relation[position]!.type) }, (_, i): WantedLeaf => {
      return used.has(ordinal) ? { leaf: all[first + i]!, index: first + i } : undefined
    })
  }).flat()
  const batches = new BlockBatches(memory, all, wanted)
  try {
    for await (const block of blocks) yield* batches.of(block)
  } finally {
    batches.release()
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
