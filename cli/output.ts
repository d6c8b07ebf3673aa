import type { DataFrame } from '../api/index.js'
import { cellText, showTable } from '../api/show.js'
import type { Block } from '../columnar/block.js'
import { encodeArrowStream } from '../columnar/ipc-stream.js'
import { rowsFromBlock, tuplesFromBlock } from '../columnar/rows.js'
import type { Schema } from '../columnar/types.js'

export const FORMATS = ['table', 'json', 'csv', 'arrow'] as const
export type OutputFormat = (typeof FORMATS)[number]

/** Writes the whole result of a query: a table, JSON lines, CSV with a header, or an Arrow IPC stream. */
export async function writeResult(df: DataFrame, format: OutputFormat, stream: NodeJS.WritableStream): Promise<void> {
  const { schema, blocks } = await df.session.engine.execute(df.plan)
  const all: Block[] = []
  for await (const block of blocks) all.push(block)
  if (schema.fields.length > 0) stream.write(RENDER[format](schema, all))
}

const RENDER: Readonly<Record<OutputFormat, (schema: Schema, blocks: readonly Block[]) => string | Uint8Array>> = {
  table: (schema, blocks) => showTable(schema, tuplesOf(schema, blocks), { truncate: false, hasMore: false }),
  json: (schema, blocks) =>
    blocks
      .flatMap((block) => rowsFromBlock(schema, block))
      .map((row) => `${JSON.stringify(row, jsonValue)}\n`)
      .join(''),
  csv: (schema, blocks) =>
    [
      schema.fields.map((f) => f.name),
      ...tuplesOf(schema, blocks).map((row) =>
        row.map((value, i) => (value === null ? '' : cellText(value, schema.fields[i]!.type))),
      ),
    ]
      .map((cells) => `${cells.map(csvCell).join(',')}\n`)
      .join(''),
  arrow: (schema, blocks) => encodeArrowStream(schema, blocks),
}

const tuplesOf = (schema: Schema, blocks: readonly Block[]) => blocks.flatMap((block) => tuplesFromBlock(schema, block))

/** Integers beyond what JSON numbers hold exactly become text; bytes base64. */
function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value
}

const csvCell = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
