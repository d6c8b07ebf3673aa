import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { DataFrame } from '../../api/index.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { hasCode } from '../../common/system-errors.js'
import { FORMATS, type FormatName } from './formats.js'
import type { Chunks } from './output-format.js'

/** Where results go. The first two as the streams of a process tell them. */
export interface OutputStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean
  readonly columns?: number
  /** Of a file. */
  readonly path?: string | Buffer
}

/** Rows of a table on a terminal, and elsewhere. */
const MOST_ROWS = { terminal: 40, elsewhere: 1000 }

/** Writes the result of a query. @returns how many rows it has. @throws BINARY_ON_TERMINAL */
export async function writeResult(
  df: DataFrame,
  name: FormatName,
  stream: OutputStream,
  signal?: AbortSignal,
): Promise<number> {
  const format = FORMATS[name]
  const { isTTY = false, columns } = stream
  if (format.isBinary && isTTY) throw new MillraceError('BINARY_ON_TERMINAL', { format: name })
  const { engine } = df.session
  const { schema, blocks } = await engine.execute(df.plan)
  let rows = 0
  const counted = async function* () {
    for await (const block of blocks) {
      rows += block.rows
      yield block
    }
  }
  // A statement without columns gives nothing to write, but must run to its end.
  if (schema.fields.length === 0) {
    for await (const _block of blocks);
    return 0
  }
  const target = {
    mostRows: isTTY ? MOST_ROWS.terminal : MOST_ROWS.elsewhere,
    timeZone: engine.timeZone,
    ...(isTTY && columns !== undefined ? { columns } : {}),
  }
  await writeChunks(format.render(schema, counted(), target), stream, signal)
  return rows
}

/** Writes a text as fast as the stream takes it. */
export const writeText = (text: string, stream: OutputStream): Promise<void> => writeChunks([text], stream)

/** What went wrong with a stream, as a condition, but for a reader of a pipe that has seen enough. */
function unwritten({ path = 'standard output' }: OutputStream, error: Error): Error {
  if (hasCode(error, 'EPIPE')) return error
  return new MillraceError('FAILED_WRITE_FILE', { path: String(path), reason: error.message }, { cause: error })
}

/**
 * Writes chunks as fast as the stream takes them. `pipeline` leaves listeners on a stream that it does not end, so it gets one that passes
 * on what it is given and ends each time.
 */
function writeChunks(chunks: Chunks | Iterable<string>, stream: OutputStream, signal?: AbortSignal): Promise<void> {
  const passOn = new Writable({
    write: (chunk, _, done) => void stream.write(chunk, (error) => done(error && unwritten(stream, error))),
  })
  return pipeline(Readable.from(chunks), passOn, signal ? { signal } : {})
}
