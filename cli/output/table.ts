import { cellText } from '../../api/show/cell-text.js'
import { escaped } from '../../api/show/show.js'
import type { Block } from '../../columnar/blocks/block.js'
import { tuplesFromBlock } from '../../columnar/rows.js'
import type { Schema } from '../../columnar/types.js'
import type { Value } from '../../columnar/value-reader.js'
import { isNumeric } from '../../planner/analyze/types/common-types.js'
import { columnsThatFit } from './column-widths.js'
import type { OutputFormat, Target } from './output-format.js'
import { fitted, padded, textWidth } from './text-width.js'

const DOTS = '...'

/** A table of what fits. */
export const table: OutputFormat = {
  isBinary: false,
  async *render(schema, blocks, target) {
    yield await boundedTable(schema, blocks, target)
  },
}

/** All rows as a table, or the first and the last of them and how many there are. Holds only blocks with rows that are shown. */
export async function boundedTable(schema: Schema, blocks: AsyncIterable<Block>, target: Target): Promise<string> {
  const { mostRows } = target
  const first: Value[][] = []
  const tailRows = Math.floor(mostRows / 2)
  const last: Block[] = []
  let heldRows = 0
  let rows = 0
  for await (const block of blocks) {
    for (const row of tuplesFromBlock(schema, block, mostRows - first.length)) first.push(row)
    rows += block.rows
    last.push(block)
    heldRows += block.rows
    while (heldRows - last[0]!.rows >= tailRows) heldRows -= last.shift()!.rows
  }
  if (rows <= mostRows) return tableText(schema, first, target)
  const gapAfter = mostRows - tailRows
  const tail = last.flatMap((block) => tuplesFromBlock(schema, block)).slice(-tailRows)
  const shown = [...first.slice(0, gapAfter), ...tail]
  return `${tableText(schema, shown, target, gapAfter)}${rows} rows (${shown.length} shown)\n`
}

/** Rows as a table that fits the window: numbers to the right, wide columns cut, some left out when there are too many. */
function tableText(
  { fields }: Schema,
  rows: readonly (readonly Value[])[],
  { timeZone, columns = Number.POSITIVE_INFINITY }: Target,
  gapAfter?: number,
): string {
  const header = fields.map(({ name }) => escaped(name))
  const cells = rows.map((row) => row.map((value, i) => escaped(cellText(value, fields[i]!.type, timeZone))))
  if (gapAfter !== undefined)
    cells.splice(
      gapAfter,
      0,
      header.map(() => DOTS),
    )
  const wanted = header.map((name, i) =>
    cells.reduce((width, row) => Math.max(width, textWidth(row[i]!)), textWidth(name)),
  )
  const { widths, gapAt, leftOut } = columnsThatFit(wanted, columns)
  const laidOut = (texts: readonly string[]): readonly string[] => {
    const kept = texts.map((text, i) =>
      padded(fitted(text, widths[i]!), widths[i]!, isNumeric(fields[i]!.type) ? 'right' : 'left'),
    )
    return leftOut === 0 ? kept : [...kept.slice(0, gapAt), DOTS, ...kept.slice(gapAt + leftOut)]
  }
  const line = (texts: readonly string[]): string => `|${laidOut(texts).join('|')}|`
  const rule = line(header.map(() => ''))
    .replaceAll(/[ .]/g, '-')
    .replaceAll('|', '+')
  const text = [rule, line(header), rule, ...cells.map(line), rule].join('\n')
  return leftOut === 0 ? `${text}\n` : `${text}\n${fields.length} columns (${fields.length - leftOut} shown)\n`
}
