import { createHash } from 'node:crypto'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { fromTaggedJson, toTaggedJson } from '../../common/tagged-json.js'

/** The format of the files that are written. */
const VERSION = 'v6'
/** Formats that can be read; a checkpoint of another one is refused. In `v5` each commit is an entry of its own. */
const READABLE = ['v5', VERSION]
const DIGEST = 'sha256:'

/** What every entry of a checkpoint says before its own lines: where it belongs, and what it depends on. */
export interface EntryHeader {
  /** Its path in the checkpoint, such as `offsets/12`: an entry copied to another place is not taken for one of it. */
  readonly entry: string
  readonly queryId: string
  /** Which version of the query wrote it. */
  readonly version: number
  /** Of the start of the query that wrote it. */
  readonly epoch: number
  /** The digest of the entry written right before it, in whichever log; null for the first. */
  readonly previous: string | null
}

export interface LogEntry {
  readonly header: EntryHeader
  readonly lines: readonly unknown[]
  readonly digest: string
}

/** The text of an entry: its version, its header, a line of JSON for each value, and a digest of all of it. */
export function encodeEntry(header: EntryHeader, lines: readonly unknown[]): { text: string; digest: string } {
  const body = `${[VERSION, toTaggedJson(header), ...lines.map(toTaggedJson)].join('\n')}\n`
  const digest = digestOf(body)
  return { text: `${body}${DIGEST}${digest}\n`, digest }
}

/** @throws STREAMING_CHECKPOINT_CORRUPT with the path when the text was cut or changed */
export function decodeEntry(path: string, text: string): LogEntry {
  if (!READABLE.includes(text.slice(0, text.indexOf('\n'))))
    throw corrupt(path, `it does not begin with a version that can be read, ${READABLE.join(' or ')}`)
  const end = text.lastIndexOf(DIGEST)
  const body = text.slice(0, Math.max(0, end))
  const digest = digestOf(body)
  if (text !== `${body}${DIGEST}${digest}\n`) throw corrupt(path, 'its content does not belong to its digest')
  const [, header, ...lines] = body.split('\n').slice(0, -1).map(parseLine(path))
  if (!isHeader(header)) throw corrupt(path, 'it has no header')
  return { header, lines, digest }
}

export const corrupt = (path: string, reason: string, cause?: unknown): MillraceError =>
  new MillraceError('STREAMING_CHECKPOINT_CORRUPT', { path, reason }, { cause })

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex')

const parseLine =
  (path: string) =>
  (line: string, i: number): unknown => {
    if (i === 0) return line
    try {
      return fromTaggedJson(line)
    } catch (cause) {
      throw corrupt(path, 'a line is not JSON', cause)
    }
  }

function isHeader(value: unknown): value is EntryHeader {
  if (typeof value !== 'object' || value === null) return false
  const { entry, queryId, version, epoch, previous } = value as Partial<Record<keyof EntryHeader, unknown>>
  const isText = (x: unknown): boolean => typeof x === 'string'
  return (
    isText(entry) &&
    isText(queryId) &&
    Number.isInteger(version) &&
    Number.isInteger(epoch) &&
    (previous === null || isText(previous))
  )
}
