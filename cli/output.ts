import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { DataFrame } from '../api/index.js'
import { cellText, jsonRow } from '../api/show/cell-text.js'
import { showTable } from '../api/show/show.js'
import type { Block } from '../columnar/block.js'
import { streamArrow } from '../columnar/ipc-stream.js'
import { tuplesFromBlock } from '../columnar/rows.js'
import type { DataType, Schema } from '../columnar/types.js'
import type { Value } from '../columnar/value-reader.js'

export const FORMATS = ['table', 'json', 'csv', 'arrow'] as const
export type OutputFormat = (typeof FORMATS)[number]

/** Where results go. `isTTY` as the streams of a process tell it. */
export type OutputStream = NodeJS.WritableStream & { readonly isTTY?: boolean }

/** Writes the result of a query: a table of what fits, or all of it as JSON lines, CSV with a header, or an Arrow IPC stream. */
export async function writeResult(
  df: DataFrame,
  format: OutputFormat,
  stream: OutputStream,
  signal?: AbortSignal,
): Promise<void> {
  const { engine } = df.session
  const { timeZone } = engine
  const { schema, blocks } = await engine.execute(df.plan)
  // A statement without columns gives nothing to write, but must run to its end.
  if (schema.fields.length === 0) for await (const _block of blocks);
  else
    await writeChunks(RENDER[format](schema, blocks, { isTerminal: stream.isTTY === true, timeZone }), stream, signal)
}

/** Writes a text as fast as the stream takes it. */
export const writeText = (text: string, stream: OutputStream): Promise<void> => writeChunks([text], stream)

/**
 * Writes chunks as fast as the stream takes them. `pipeline` leaves listeners on a stream that it does not end, so it gets one that passes
 * on what it is given and ends each time.
 */
function writeChunks(chunks: Chunks | Iterable<string>, stream: OutputStream, signal?: AbortSignal): Promise<void> {
  const passOn = new Writable({
    write: (chunk, _, done) => void stream.write(chunk, (error) => done(error)),
  })
  return pipeline(Readable.from(chunks), passOn, signal ? { signal } : {})
}

type Chunks = AsyncIterable<string | Uint8Array>
type Render = (schema: Schema, blocks: AsyncIterable<Block>, target: Target) => Chunks

interface Target {
  readonly isTerminal: boolean
  /** That of the session. */
  readonly timeZone: string
}

/** The rows of a table on a terminal, and elsewhere. Of more, the first and the last are shown; the other formats give all. */
const MOST_ROWS = { terminal: 40, elsewhere: 1000 }

/** Rows go out block by block, so that a result may be larger than memory; a table shows what fits. */
const RENDER: Readonly<Record<OutputFormat, Render>> = {
  table: async function* (schema, blocks, { isTerminal, timeZone }) {
    yield await boundedTable(schema, blocks, isTerminal ? MOST_ROWS.terminal : MOST_ROWS.elsewhere, timeZone)
  },
  json: async function* (schema, blocks) {
    for await (const block of blocks) {
      yield tuplesFromBlock(schema, block)
        .map((row) => `${jsonRow(schema, row)}\n`)
        .join('')
    }
  },
  csv: async function* (schema, blocks, { timeZone }) {
    const cell = (value: Value, type: DataType): string => (value === null ? '' : cellText(value, type, timeZone))
    yield csvLine(schema.fields.map((f) => f.name))
    for await (const block of blocks) {
      yield tuplesFromBlock(schema, block)
        .map((row) => csvLine(row.map((value, i) => cell(value, schema.fields[i]!.type))))
        .join('')
    }
  },
  arrow: streamArrow,
}

/** All rows as a table, or the first and the last of them and how many there are. Holds only blocks with rows that are shown. */
export async function boundedTable(
  schema: Schema,
  blocks: AsyncIterable<Block>,
  mostRows: number,
  timeZone = 'UTC',
): Promise<string> {
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
  if (rows <= mostRows) return showTable(schema, first, { truncate: false, hasMore: false, timeZone })
  const gapAfter = mostRows - tailRows
  const tail = last.flatMap((block) => tuplesFromBlock(schema, block)).slice(-tailRows)
  const shown = [...first.slice(0, gapAfter), ...tail]
  const table = showTable(schema, shown, { truncate: false, hasMore: false, gapAfter, timeZone })
  return `${table}${rows} rows (${shown.length} shown)\n`
}

const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\n`
const csvCell = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
