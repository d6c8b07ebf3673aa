import type { Block } from '../../columnar/block.js'
import { blockFromRows } from '../../columnar/block-from-rows.js'
import { leavesOf } from '../../columnar/leaves.js'
import { type Field, field } from '../../columnar/types.js'
import { type ValueReader, valueReaders } from '../../columnar/value-reader.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Batch } from '../../connectors/api.js'
import { BlockBatches, everyLeaf } from '../memory/block-batches.js'
import type { LinearMemory } from '../memory/linear-memory.js'
import { calling, type ReadyCall, signatureOf } from './evaluation.js'
import { invalidResult } from './failure.js'

/**
 * The batches of blocks with the results of calls behind their columns; the arguments of the calls come first in the blocks. For values that are made
 * of several, or that users have as objects.
 */
export function* evaluatedBlocks(
  memory: LinearMemory,
  calls: readonly ReadyCall[],
  fields: readonly Field[],
  blocks: readonly Block[],
): Generator<Batch> {
  const results = calls.map(({ result }, i) => field(`result${i}`, result))
  const [given, made] = [batchesOf(memory, fields), batchesOf(memory, results)]
  try {
    for (const block of blocks) {
      const evaluated = made.of(resultsOf(block, calls, fields, results))
      for (const batch of given.of(block)) {
        const { columns } = evaluated.next().value as Batch
        yield { rows: batch.rows, columns: [...batch.columns, ...columns] }
      }
    }
  } finally {
    given.release()
    made.release()
  }
}

function batchesOf(memory: LinearMemory, fields: readonly Field[]): BlockBatches {
  const leaves = leavesOf({ fields })
  return new BlockBatches(memory, leaves, everyLeaf(leaves))
}

function resultsOf(
  block: Block,
  calls: readonly ReadyCall[],
  fields: readonly Field[],
  results: readonly Field[],
): Block {
  const readers = valueReaders({ fields }, block)
  let first = 0
  const columns = calls.map((call) => {
    const args = readers.slice(first, first + call.arguments.length)
    first += args.length
    return calling(call, () => called(call, args, block.rows))
  })
  const rows = Array.from({ length: block.rows }, (_, row) =>
    Object.fromEntries(columns.map((values, i) => [results[i]!.name, values[row]])),
  )
  try {
    return blockFromRows({ fields: results }, rows)
  } catch (error) {
    throw ofResult(error, calls, columns)
  }
}

const called = ({ fn }: ReadyCall, args: readonly ValueReader[], rows: number): readonly unknown[] =>
  Array.from({ length: rows }, (_, row) => fn(...args.map((read) => read(row))))

/** A result that is no value of its type, told as one of the function. */
function ofResult(error: unknown, calls: readonly ReadyCall[], columns: readonly (readonly unknown[])[]): unknown {
  if (!MillraceError.is(error) || error.condition !== 'INVALID_ROW_VALUE') return error
  const { column = '', row } = error.parameters
  const at = Number(/^result(\d+)/.exec(column)?.[1] ?? 0)
  return invalidResult(signatureOf(calls[at]!), columns[at]![Number(row)])
}
