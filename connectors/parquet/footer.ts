import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import { failedRead, reasonOf } from '../files/file-errors.js'
import type { FileFaults } from '../files/file-faults.js'
import { readRange } from '../files/read-range.js'
import { fileSystemOf, openFile } from '../files/systems/file-systems.js'
import type { OpenFile, PlannedFile } from '../files/systems/open-file.js'
import { MalformedThrift } from './compact-reader.js'
import type { FileMetadata, SchemaNode } from './metadata.js'
import { parseFileMetadata } from './thrift.js'

/** A file as it was when its footer was read. */
export interface ParquetFile extends PlannedFile {
  readonly footerBytes: number
  readonly metadata: FileMetadata
}

const MAGIC = 0x31524150 // "PAR1"
const ENCRYPTED_MAGIC = 0x45524150 // "PARE"
const TAIL_BYTES = 8
const FIRST_READ_BYTES = 64 * 1024
/** About what Spark and Arrow take. */
const MAX_FOOTER_BYTES = 128 * 1024 * 1024
/** What is made of a footer takes up to ten times its bytes. */
const MAX_CACHED_FILES = 256
const MAX_CACHED_FOOTER_BYTES = 16 * 1024 * 1024

const cache = new Map<string, ParquetFile>()
let cachedFooterBytes = 0

/** Footers of many files, in order; those of files that did not change are kept per process. @throws PATH_NOT_FOUND, FAILED_READ_FILE */
export const readFooters = (paths: readonly string[], faults: FileFaults): Promise<readonly ParquetFile[]> =>
  faults.ofEach(paths, readFooter)

/** Of a file of this machine all is done before it returns: in a fresh process the hops through Node's thread pool take thirty times as long as the reads. */
async function readFooter(path: string): Promise<ParquetFile> {
  const stated = fileSystemOf(path).stat(path)
  const planned = stated instanceof Promise ? await stated : stated
  const known = cache.get(path)
  if (known !== undefined && isUnchanged(known, planned)) return known
  const open = openFile(planned)
  try {
    const file = { ...planned, ...(await parseFooter(open, planned.size)) }
    keep(file)
    return file
  } catch (error) {
    if (MillraceError.is(error)) throw error
    throw failedRead(path, reasonOf(error), error)
  } finally {
    open.close()
  }
}

/** What does not tell its versions is read again. */
const isUnchanged = (known: PlannedFile, { size, version, isUndivided }: PlannedFile): boolean =>
  version !== '' && known.size === size && known.version === version && known.isUndivided === isUndivided

function keep(file: ParquetFile): void {
  forget(file.path)
  cache.set(file.path, file)
  cachedFooterBytes += file.footerBytes
  for (const oldest of cache.keys()) {
    if (cache.size <= MAX_CACHED_FILES && cachedFooterBytes <= MAX_CACHED_FOOTER_BYTES) break
    forget(oldest)
  }
}

function forget(path: string): void {
  cachedFooterBytes -= cache.get(path)?.footerBytes ?? 0
  cache.delete(path)
}

async function parseFooter(file: OpenFile, size: number): Promise<Pick<ParquetFile, 'footerBytes' | 'metadata'>> {
  const { path } = file
  if (size < TAIL_BYTES + 4) throw failedRead(path, `it has ${size} bytes and is not a Parquet file`)
  let tail = await readRange(file, Math.max(0, size - FIRST_READ_BYTES), size)
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength)
  const magic = view.getUint32(tail.length - 4, true)
  if (magic === ENCRYPTED_MAGIC) {
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `encrypted Parquet files (${path})` })
  }
  if (magic !== MAGIC) throw failedRead(path, 'it is not a Parquet file, or it was cut short: no PAR1 at its end')
  const footerBytes = view.getUint32(tail.length - TAIL_BYTES, true)
  const start = size - TAIL_BYTES - footerBytes
  if (start < 4) throw failedRead(path, `could not read the footer: ${footerBytes} bytes do not fit a file of ${size}`)
  if (footerBytes > MAX_FOOTER_BYTES) {
    throw failedRead(path, `its footer has ${footerBytes} bytes, more than the ${MAX_FOOTER_BYTES} that are read`)
  }
  if (footerBytes + TAIL_BYTES > tail.length) tail = await readRange(file, start, size)
  const footer = tail.subarray(tail.length - TAIL_BYTES - footerBytes, tail.length - TAIL_BYTES)
  try {
    const metadata = parseFileMetadata(footer)
    refuseRepeatedNames(metadata.root)
    return { footerBytes, metadata }
  } catch (error) {
    if (error instanceof MalformedThrift) throw failedRead(path, `could not read the footer: ${error.message}`, error)
    throw error
  }
}

/** Names are told apart without regard to case, as Spark's default is. @throws COLUMN_ALREADY_EXISTS */
function refuseRepeatedNames({ children }: SchemaNode): void {
  const names = new Set<string>()
  for (const child of children) {
    const folded = child.name.toLowerCase()
    if (names.has(folded)) throw new MillraceError('COLUMN_ALREADY_EXISTS', { columnName: quotedName(folded) })
    names.add(folded)
    refuseRepeatedNames(child)
  }
}
