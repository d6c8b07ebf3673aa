import { cellText } from '../../api/show/cell-text.js'
import { tuplesFromBlock } from '../../columnar/rows.js'
import { isNumeric } from '../../planner/analyze/types/common-types.js'
import type { OutputFormat } from './output-format.js'

/** A table as GitHub shows it, numbers to the right. */
export const markdown: OutputFormat = {
  isBinary: false,
  async *render({ fields }, blocks, { timeZone }) {
    yield lineOf(fields.map(({ name }) => escaped(name)))
    yield lineOf(fields.map(({ type }) => (isNumeric(type) ? '---:' : '---')))
    for await (const block of blocks) {
      yield tuplesFromBlock({ fields }, block)
        .map((row) => lineOf(row.map((value, i) => escaped(cellText(value, fields[i]!.type, timeZone)))))
        .join('')
    }
  },
}

const lineOf = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`
const escaped = (text: string): string =>
  text
    .replaceAll(/[\\|]/g, '\\$&')
    .replaceAll('<', '&lt;')
    .replaceAll(/\r?\n|\r/g, '<br>')
