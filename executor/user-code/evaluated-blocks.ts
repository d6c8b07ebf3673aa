import { arrowTables } from '../../columnar/arrow/arrow-table.js'
import type { Block } from '../../columnar/blocks/block.js'
import { leavesOf } from '../../columnar/leaves.js'
import { type Field, field } from '../../columnar/types.js'
import { type ValueReader, valueReaders } from '../../columnar/value-reader.js'
import type { Batch } from '../../connectors/api.js'
import { BlockBatches, everyLeaf } from '../memory/block-batches.js'
import type { LinearMemory } from '../memory/linear-memory.js'
import { calling, type ReadyCall } from './evaluation.js'
import { blockOf } from './result-block.js'
import { vectorResults, vectorsOf } from './vector-call.js'

/**
 * The batches of blocks with the results of calls behind their columns; the arguments of the calls come first in the blocks. For values that are made
 * of several, or that users have as objects, and for functions of vectors.
 */
export async function* evaluatedBlocks(
  memory: LinearMemory,
  calls: readonly ReadyCall[],
  fields: readonly Field[],
  blocks: readonly Block[],
): AsyncGenerator<Batch> {
  const results = calls.map(({ result }) => field('result', result))
  const given = batchesOf(memory, fields)
  const made = results.map((one) => batchesOf(memory, [one]))
  const resultsOf = await evaluator(calls, fields)
  try {
    for (const block of blocks) {
      const evaluated = resultsOf(block).map((one, i) => made[i]!.of(one))
      for (const batch of given.of(block)) {
        const columns = evaluated.flatMap((one) => (one.next().value as Batch).columns)
        yield { rows: batch.rows, columns: [...batch.columns, ...columns] }
      }
    }
  } finally {
    for (const one of [given, ...made]) one.release()
  }
}

function batchesOf(memory: LinearMemory, fields: readonly Field[]): BlockBatches {
  const leaves = leavesOf({ fields })
  return new BlockBatches(memory, leaves, everyLeaf(leaves))
}

/** Makes of a block one with the results of each call. */
async function evaluator(calls: readonly ReadyCall[], fields: readonly Field[]) {
  const takesVectors = calls.some(({ user }) => user.form === 'vectors')
  const tableOf = takesVectors ? await arrowTables({ fields }) : undefined
  return (block: Block): readonly Block[] => {
    const readers = valueReaders({ fields }, block)
    const table = tableOf?.([block])
    let first = 0
    return calls.map((call) => {
      const at = first
      first += call.arguments.length
      if (call.user.form === 'vectors') return vectorResults(call, vectorsOf(table!, at, call), block.rows)
      const args = readers.slice(at, first)
      return blockOf(
        call,
        calling(call, () => called(call, args, block.rows)),
      )
    })
  }
}

const called = ({ fn }: ReadyCall, args: readonly ValueReader[], rows: number): readonly unknown[] =>
  Array.from({ length: rows }, (_, row) => fn(...args.map((read) => read(row))))
