import { type FileHandle, open } from 'node:fs/promises'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { FileMetadata } from './metadata.js'
import { MalformedThrift, parseFileMetadata } from './thrift.js'

/** A file as it was when its footer was read. */
export interface ParquetFile {
  readonly path: string
  readonly size: number
  readonly modifiedMs: number
  readonly metadata: FileMetadata
}

const MAGIC = 0x31524150 // "PAR1"
const ENCRYPTED_MAGIC = 0x45524150 // "PARE"
const TAIL_BYTES = 8
const FIRST_READ_BYTES = 64 * 1024
const MAX_FOOTER_BYTES = 512 * 1024 * 1024
const MAX_CACHED_FILES = 1024
const MAX_OPEN_FILES = 16

const cache = new Map<string, ParquetFile>()

/** Reads a file's footer; footers of files that did not change are kept per process. @throws PATH_NOT_FOUND, FAILED_READ_FILE */
export async function readFooter(path: string): Promise<ParquetFile> {
  const handle = await openFile(path)
  try {
    const { size, mtimeMs } = await handle.stat()
    const known = cache.get(path)
    if (known !== undefined && known.size === size && known.modifiedMs === mtimeMs) return known
    const file = { path, size, modifiedMs: mtimeMs, metadata: await parseFooter(handle, path, size) }
    cache.delete(path)
    cache.set(path, file)
    for (const oldest of cache.keys()) {
      if (cache.size <= MAX_CACHED_FILES) break
      cache.delete(oldest)
    }
    return file
  } catch (error) {
    if (MillraceError.is(error)) throw error
    throw failedRead(path, reasonOf(error), error)
  } finally {
    await handle.close()
  }
}

/** Footers of many files, in order, some at a time. */
export async function readFooters(paths: readonly string[]): Promise<readonly ParquetFile[]> {
  const files = new Array<ParquetFile>(paths.length)
  let next = 0
  const worker = async (): Promise<void> => {
    for (let i = next++; i < paths.length; i = next++) files[i] = await readFooter(paths[i]!)
  }
  await Promise.all(Array.from({ length: Math.min(MAX_OPEN_FILES, paths.length) }, worker))
  return files
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new MillraceError('PATH_NOT_FOUND', { path })
    throw failedRead(path, reasonOf(error), error)
  }
}

async function parseFooter(handle: FileHandle, path: string, size: number): Promise<FileMetadata> {
  if (size < TAIL_BYTES + 4) throw failedRead(path, `it has ${size} bytes and is not a Parquet file`)
  let tail = await readRange(handle, path, size - Math.min(size, FIRST_READ_BYTES), size)
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength)
  const magic = view.getUint32(tail.length - 4, true)
  if (magic === ENCRYPTED_MAGIC) {
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `encrypted Parquet files (${path})` })
  }
  if (magic !== MAGIC) throw failedRead(path, 'it is not a Parquet file, or it was cut short: no PAR1 at its end')
  const footerBytes = view.getUint32(tail.length - TAIL_BYTES, true)
  const start = size - TAIL_BYTES - footerBytes
  if (start < 4 || footerBytes > MAX_FOOTER_BYTES) {
    throw failedRead(path, `could not read the footer: ${footerBytes} bytes do not fit a file of ${size}`)
  }
  if (footerBytes + TAIL_BYTES > tail.length) tail = await readRange(handle, path, start, size)
  const footer = tail.subarray(tail.length - TAIL_BYTES - footerBytes, tail.length - TAIL_BYTES)
  try {
    return parseFileMetadata(footer)
  } catch (error) {
    if (error instanceof MalformedThrift) throw failedRead(path, `could not read the footer: ${error.message}`, error)
    throw error
  }
}

async function readRange(handle: FileHandle, path: string, start: number, end: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(end - start)
  let filled = 0
  while (filled < bytes.length) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled)
    if (bytesRead === 0) throw failedRead(path, 'it became shorter while it was read')
    filled += bytesRead
  }
  return bytes
}

export function failedRead(path: string, reason: string, cause?: unknown): MillraceError {
  return new MillraceError('FAILED_READ_FILE', { path, reason }, cause === undefined ? {} : { cause })
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
