import type { Block } from '../../../columnar/blocks/block.js'
import { leafCount, leavesOf } from '../../../columnar/leaves.js'
import type { Field } from '../../../columnar/types.js'
import type { Batch } from '../../../connectors/api.js'
import { BlockBatches, type WantedLeaf } from '../../memory/block-batches.js'
import type { LinearMemory } from '../../memory/linear-memory.js'

/** The batches of blocks; columns that nobody reads are not loaded. */
export async function* batchesOfBlocks(
  blocks: AsyncIterable<Block> | Iterable<Block>,
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

/** The leaves of a relation that stand for columns of which only some are used: position by position, undefined for what is not. */
export function wantedLeaves(
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
