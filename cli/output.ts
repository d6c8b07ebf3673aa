import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
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
  // A statement without columns gives nothing to write, but must run to its end.
  if (schema.fields.length === 0) for await (const _block of blocks);
  else await pipeline(Readable.from(RENDER[format](schema, blocks)), stream, { end: false })
}

type Chunks = AsyncIterable<string | Uint8Array>
type Render = (schema: Schema, blocks: AsyncIterable<Block>) => Chunks

/** Lines go out block by block, so that a result may be larger than memory; a table's widths need all rows. */
const RENDER: Readonly<Record<OutputFormat, Render>> = {
  table: async function* (schema, blocks) {
    const tuples = tuplesOf(schema, await collected(blocks))
    yield showTable(schema, tuples, { truncate: false, hasMore: false })
  },
  json: async function* (schema, blocks) {
    for await (const block of blocks)
      yield rowsFromBlock(schema, block)
        .map((row) => jsonLine(schema, row))
        .join('')
  },
  csv: async function* (schema, blocks) {
    yield csvLine(schema.fields.map((f) => f.name))
    for await (const block of blocks) {
      yield tuplesFromBlock(schema, block)
        .map((row) => csvLine(row.map((value, i) => (value === null ? '' : cellText(value, schema.fields[i]!.type)))))
        .join('')
    }
  },
  arrow: async function* (schema, blocks) {
    yield encodeArrowStream(schema, await collected(blocks))
  },
}

async function collected(blocks: AsyncIterable<Block>): Promise<readonly Block[]> {
  const all: Block[] = []
  for await (const block of blocks) all.push(block)
  return all
}

const tuplesOf = (schema: Schema, blocks: readonly Block[]) => blocks.flatMap((block) => tuplesFromBlock(schema, block))

/** A row as a line of JSON; a date is its day, without a time. */
function jsonLine(schema: Schema, row: Readonly<Record<string, unknown>>): string {
  const dates = schema.fields.filter(({ name, type }) => type.kind === 'date' && row[name] instanceof Date)
  const texts = dates.map(({ name, type }) => [name, cellText(row[name] as Date, type)])
  return `${JSON.stringify(texts.length === 0 ? row : { ...row, ...Object.fromEntries(texts) }, jsonValue)}\n`
}

/** Integers beyond what JSON numbers hold exactly become text; bytes base64. */
function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value
}

const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\n`
const csvCell = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
