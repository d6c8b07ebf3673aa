import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Json, Options, WriteDescription } from '../../api.js'
import { reasonOf } from '../failed-read.js'
import { localPath } from '../paths.js'

/** What a task made: a file in the job's temporary folder, to be renamed into the directory. No file when it had no rows. */
export interface TaskOutput {
  readonly file: string | null
  readonly rows: number
}

export const outputToJson = (output: TaskOutput): Json => output as unknown as Json
export const outputFromJson = (message: Json): TaskOutput => message as unknown as TaskOutput

export type OutputCodec = 'SNAPPY' | 'UNCOMPRESSED'

/** @throws INVALID_OPTION, UNSUPPORTED_FEATURE */
export function codecOfOptions(options: Options): OutputCodec {
  for (const key of Object.keys(options)) {
    if (key !== 'compression' && key !== 'path') {
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `the option ${key} of the data sink parquet` })
    }
  }
  const value = options['compression'] ?? 'snappy'
  switch (value.toLowerCase()) {
    case 'snappy':
      return 'SNAPPY'
    case 'none':
    case 'uncompressed':
      return 'UNCOMPRESSED'
    case 'gzip':
    case 'zstd':
    case 'lz4':
    case 'lz4_raw':
    case 'lzo':
    case 'brotli':
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `writing Parquet with the compression ${value}` })
    default:
      throw new MillraceError('INVALID_OPTION', {
        option: 'compression',
        provider: 'parquet',
        value,
        reason: 'known ones are snappy and none',
      })
  }
}

/** The directory that is written. @throws INVALID_OPTION */
export function targetDirectory(write: WriteDescription): string {
  const path = write.path ?? write.options['path']
  if (path === undefined || path === '') {
    throw new MillraceError('INVALID_OPTION', {
      option: 'path',
      provider: 'parquet',
      value: '',
      reason: 'a directory to write to is needed',
    })
  }
  return localPath(path)
}

export const TEMPORARY = '_temporary'

/** Where tasks of a job write before it is committed. */
export function jobFolder(write: WriteDescription): string {
  return join(targetDirectory(write), TEMPORARY, safeName(write.jobId))
}

/** A file name for a task. Unique by job and attempt; a streaming query's also names query and batch, so that leftovers can be told. */
export function partName(write: WriteDescription, partition: number, attempt: number): string {
  const codec = codecOfOptions(write.options) === 'SNAPPY' ? '.snappy' : ''
  const part = `part-${String(partition).padStart(5, '0')}`
  const batch = write.streaming ? `${streamingInfix(write.streaming.queryId)}${write.streaming.batchId}-` : ''
  return `${part}-${batch}${safeName(write.jobId)}-${attempt}${codec}.parquet`
}

export function streamingInfix(queryId: string): string {
  return `query-${safeName(queryId)}-`
}

/** Identifiers as parts of file names. */
function safeName(id: string): string {
  return id.replace(/[^A-Za-z0-9_.-]/g, '_')
}

export async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true })
  } catch (error) {
    throw failedWrite(path, error)
  }
}

export function failedWrite(path: string, error: unknown): MillraceError {
  return new MillraceError('FAILED_WRITE_FILE', { path, reason: reasonOf(error) }, { cause: error })
}
