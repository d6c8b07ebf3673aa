import { jsonRow } from '../../api/show/cell-text.js'
import { tuplesFromBlock } from '../../columnar/rows.js'
import type { OutputFormat } from './output-format.js'

/** An array of objects. */
export const json: OutputFormat = {
  isBinary: false,
  async *render(schema, blocks) {
    let before = '[\n'
    for await (const block of blocks) {
      if (block.rows === 0) continue
      const rows = tuplesFromBlock(schema, block).map((row) => jsonRow(schema, row))
      yield `${before}${rows.join(',\n')}`
      before = ',\n'
    }
    yield before === '[\n' ? '[]\n' : '\n]\n'
  },
}

/** An object a line. */
export const jsonLines: OutputFormat = {
  isBinary: false,
  async *render(schema, blocks) {
    for await (const block of blocks) {
      yield tuplesFromBlock(schema, block)
        .map((row) => `${jsonRow(schema, row)}\n`)
        .join('')
    }
  },
}
