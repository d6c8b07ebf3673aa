import { tuplesFromBlock } from '../../columnar/rows.js'
import type { Value } from '../../columnar/value-reader.js'
import type { RowSink, RowSinkProvider, RowSinkRequest } from '../api.js'
import { consoleOptions } from './console-options.js'
import { AT_LEAST_ONCE } from './options.js'

const RULE = '-'.repeat(43)

/** Prints the first rows of each batch. */
export const consoleSink: RowSinkProvider = {
  name: 'console',
  stream: AT_LEAST_ONCE,

  open({ options, host }: RowSinkRequest): RowSink {
    const { numRows, truncate } = consoleOptions(options)
    return async ({ schema, blocks }, batchId) => {
      const rows: Value[][] = []
      let total = 0
      for await (const block of blocks) {
        total += block.rows
        for (const row of tuplesFromBlock(schema, block, numRows - rows.length)) rows.push(row)
      }
      const table = host.tableOf(schema, rows, { truncate, hasMore: total > rows.length })
      host.print(`${RULE}\nBatch: ${batchId}\n${RULE}\n${table}`)
    }
  },
}
