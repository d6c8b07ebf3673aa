import type { Block } from '../../columnar/blocks/block.js'
import { HeldResult } from '../../columnar/blocks/held-result.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { RowSink, RowSinkProvider, RowSinkRequest } from '../api.js'
import { refuseOptions } from './options.js'

/**
 * A view named like the query, with all rows so far, or those of the last batch in complete mode, within what the driver may hold. A batch that is run
 * again replaces itself.
 */
export const memorySink: RowSinkProvider = {
  name: 'memory',
  stream: { modes: ['append', 'update', 'complete'], guarantee: () => 'idempotent' },

  open({ options, outputMode, queryName, host }: RowSinkRequest): RowSink {
    refuseOptions(options, 'memory')
    if (queryName === undefined)
      throw new MillraceError('INVALID_API_USE', { reason: 'the memory sink needs queryName()' })
    const batches = new Map<number, readonly Block[]>()
    return async (rows, batchId) => {
      const held = new HeldResult(rows, 'blocks')
      if (outputMode === 'complete') batches.clear()
      batches.delete(batchId)
      for (const block of [...batches.values()].flat()) held.add(block)
      batches.set(batchId, await held.all(rows.blocks))
      host.replaceView(queryName, rows.schema, [...batches.values()].flat())
    }
  },
}
