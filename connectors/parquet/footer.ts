import { closeSync, readSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { failedRead, reasonOf } from '../files/file-errors.js'
import { openDescriptor } from '../files/open-descriptor.js'
import { MalformedThrift } from './compact-reader.js'
import type { FileMetadata } from './metadata.js'
import { parseFileMetadata } from './thrift.js'

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
/** A footer and what was made of it takes some tens to hundreds of KiB. */
const MAX_CACHED_FILES = 256
/** After so many footers other work of the process gets its turn. */
const FILES_AT_A_TIME = 16

const cache = new Map<string, ParquetFile>()

/** Footers of many files, in order; those of files that did not change are kept per process. @throws PATH_NOT_FOUND, FAILED_READ_FILE */
export async function readFooters(paths: readonly string[]): Promise<readonly ParquetFile[]> {
  const files: ParquetFile[] = []
  for (const path of paths) {
    if (files.length > 0 && files.length % FILES_AT_A_TIME === 0) await setImmediate()
    files.push(readFooter(path))
  }
  return files
}

/** Synchronous: in a fresh process the hops through Node's thread pool take thirty times as long as the reads. */
function readFooter(path: string): ParquetFile {
  const { descriptor, stats } = openDescriptor(path)
  try {
    const { size, mtimeMs } = stats
    const known = cache.get(path)
    if (known !== undefined && known.size === size && known.modifiedMs === mtimeMs) return known
    const file = { path, size, modifiedMs: mtimeMs, metadata: parseFooter(descriptor, path, size) }
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
    closeSync(descriptor)
  }
}

function parseFooter(descriptor: number, path: string, size: number): FileMetadata {
  if (size < TAIL_BYTES + 4) throw failedRead(path, `it has ${size} bytes and is not a Parquet file`)
  let tail = readRange(descriptor, path, size - Math.min(size, FIRST_READ_BYTES), size)
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
  if (footerBytes + TAIL_BYTES > tail.length) tail = readRange(descriptor, path, start, size)
  const footer = tail.subarray(tail.length - TAIL_BYTES - footerBytes, tail.length - TAIL_BYTES)
  try {
    return parseFileMetadata(footer)
  } catch (error) {
    if (error instanceof MalformedThrift) throw failedRead(path, `could not read the footer: ${error.message}`, error)
    throw error
  }
}

function readRange(descriptor: number, path: string, start: number, end: number): Uint8Array {
  const bytes = new Uint8Array(end - start)
  let filled = 0
  while (filled < bytes.length) {
    const count = readSync(descriptor, bytes, filled, bytes.length - filled, start + filled)
    if (count === 0) throw failedRead(path, 'it became shorter while it was read')
    filled += count
  }
  return bytes
}
