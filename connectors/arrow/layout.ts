import { type MessagePlace, Metadata } from '../../columnar/arrow/flat-metadata.js'
import { HEADER_RECORD_BATCH } from '../../columnar/blocks/block-codec.js'
import { messageHead } from '../../columnar/blocks/block-parser.js'
import { failedRead } from '../files/file-errors.js'
import { readRange } from '../files/read-range.js'
import { fileSystemOf, openFile } from '../files/systems/file-systems.js'
import type { ByteRange, OpenFile, PlannedFile } from '../files/systems/open-file.js'
import { HEADER_DICTIONARY, HEADER_SCHEMA } from './check-message.js'
import { damagedBy } from './damage.js'

/** Where the messages of a file are. */
export interface ArrowLayout {
  readonly file: PlannedFile
  /** Its dictionaries hold for all batches then. */
  readonly hasFooter: boolean
  readonly schema: ByteRange
  /** In the order of the file. */
  readonly dictionaries: readonly ByteRange[]
  readonly batches: readonly ByteRange[]
}

/** What a file with a footer begins and ends with. */
export const MAGIC = 'ARROW1'
/** Behind it, padded to eight bytes, the messages begin. */
export const HEAD_BYTES = 8
const TAIL_BYTES = 4 + MAGIC.length
const FEATHER_1 = 'FEA1'
const CONTINUATION = 0xffffffff
const PREFIX_BYTES = 8
/** More than any writer makes. */
const MAX_METADATA_BYTES = 64 * 1024 ** 2

/** Finds the messages of a file with a footer, or of a stream. @throws PATH_NOT_FOUND, FAILED_READ_FILE */
export async function arrowLayout(path: string): Promise<ArrowLayout> {
  const file = await fileSystemOf(path).stat(path)
  const open = openFile(file)
  try {
    const head = Buffer.from(await readRange(open, 0, Math.min(HEAD_BYTES, file.size))).toString('latin1')
    if (head.startsWith(FEATHER_1)) throw failedRead(path, 'it is of version 1 of Feather, which is not read')
    return head.startsWith(MAGIC) ? await byFooter(file, open) : await byMessages(file, open)
  } catch (error) {
    throw damagedBy(path, error)
  } finally {
    open.close()
  }
}

async function byFooter(file: PlannedFile, open: OpenFile): Promise<ArrowLayout> {
  const { path, size } = file
  if (size < HEAD_BYTES + TAIL_BYTES) throw failedRead(path, 'it is cut')
  const tail = Buffer.from(await readRange(open, size - TAIL_BYTES, size))
  if (tail.toString('latin1', 4) !== MAGIC) throw failedRead(path, 'it was cut short: no ARROW1 at its end')
  const footerBytes = tail.readUInt32LE(0)
  const end = size - TAIL_BYTES - footerBytes
  if (footerBytes > MAX_METADATA_BYTES || end < HEAD_BYTES) throw failedRead(path, 'its footer has no such length')
  const metadata = new Metadata(await readRange(open, end, end + footerBytes), 0, footerBytes)
  const root = metadata.root()
  const range = ({ position, metadataBytes, bodyBytes }: MessagePlace): ByteRange => {
    const bytes = metadataBytes + bodyBytes
    if (position < HEAD_BYTES || position + bytes > end) throw failedRead(path, 'a message lies beyond its end')
    return { position, bytes }
  }
  const dictionaries = metadata.places(root, 2).map(range)
  const batches = metadata.places(root, 3).map(range)
  const first = [...dictionaries, ...batches].reduce((least, { position }) => Math.min(least, position), end)
  return { file, hasFooter: true, schema: { position: HEAD_BYTES, bytes: first - HEAD_BYTES }, dictionaries, batches }
}

async function byMessages(file: PlannedFile, open: OpenFile): Promise<ArrowLayout> {
  const { path, size } = file
  const found: { readonly header: number; readonly range: ByteRange }[] = []
  for (let position = 0; position < size; ) {
    const prefix = Buffer.from(await readRange(open, position, Math.min(size, position + PREFIX_BYTES)))
    if (prefix.length < PREFIX_BYTES || prefix.readUInt32LE(0) !== CONTINUATION)
      throw failedRead(path, `no message of Arrow begins at ${position}`)
    const metadataBytes = prefix.readUInt32LE(4)
    if (metadataBytes === 0) break
    const body = position + PREFIX_BYTES + metadataBytes
    if (metadataBytes > MAX_METADATA_BYTES || body > size) throw failedRead(path, `it is cut at ${position}`)
    const { header, bodyBytes } = messageHead(await readRange(open, position + PREFIX_BYTES, body))
    if (body + bodyBytes > size) throw failedRead(path, `it is cut at ${position}`)
    found.push({ header, range: { position, bytes: body + bodyBytes - position } })
    position = body + bodyBytes
  }
  const of = (kind: number): readonly ByteRange[] =>
    found.filter(({ header }) => header === kind).map(({ range }) => range)
  if (found[0]?.header !== HEADER_SCHEMA) throw failedRead(path, 'it does not begin with a schema of Arrow')
  return {
    file,
    hasFooter: false,
    schema: found[0].range,
    dictionaries: of(HEADER_DICTIONARY),
    batches: of(HEADER_RECORD_BATCH),
  }
}
