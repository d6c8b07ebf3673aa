import { cellText } from '../../api/show/cell-text.js'
import { tuplesFromBlock } from '../../columnar/rows.js'
import type { DataType } from '../../columnar/types.js'
import type { Value } from '../../columnar/value-reader.js'
import type { OutputFormat } from './output-format.js'

/** CSV of RFC 4180 with a header; lines end with a line feed, as tools of Unix expect. NULL is nothing, an empty text stands in quotes. */
export const csv: OutputFormat = {
  isBinary: false,
  async *render(schema, blocks, { timeZone }) {
    const cell = (value: Value, type: DataType): string =>
      value === null ? '' : quoted(cellText(value, type, timeZone))
    yield lineOf(schema.fields.map(({ name }) => quoted(name)))
    for await (const block of blocks) {
      yield tuplesFromBlock(schema, block)
        .map((row) => lineOf(row.map((value, i) => cell(value, schema.fields[i]!.type))))
        .join('')
    }
  },
}

const lineOf = (cells: readonly string[]): string => `${cells.join(',')}\n`
const quoted = (text: string): string => (/[",\n\r]|^$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
