import { join } from 'node:path'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Json, WriteDescription } from '../api.js'
import { localPath } from './systems/local-path.js'

/** What a task made: files in the job's temporary folder, to be renamed into the directory, in folders of partitions there as here. */
export interface TaskOutput {
  readonly files: readonly string[]
  readonly rows: number
}

export const outputToJson = (output: TaskOutput): Json => output as unknown as Json
export const outputFromJson = (message: Json): TaskOutput => message as unknown as TaskOutput

export const TEMPORARY = '_temporary'

/** The directory that is written. @throws INVALID_OPTION */
export function targetDirectory(write: WriteDescription): string {
  const path = write.path ?? write.options['path']
  if (path === undefined || path === '') {
    throw new MillraceError('INVALID_OPTION', {
      option: 'path',
      provider: write.provider,
      value: '',
      reason: 'a directory to write to is needed',
    })
  }
  return localPath(path)
}

/** Where tasks of a job write before it is committed. No other run of a job has the same. */
export function jobFolder(write: WriteDescription): string {
  return join(targetDirectory(write), TEMPORARY, jobName(write))
}

/** A file name for a task, unique to the job and the attempt. */
export function partName(write: WriteDescription, partition: number, attempt: number, extension: string): string {
  return `part-${String(partition).padStart(5, '0')}-${jobName(write)}-${attempt}${extension}`
}

/** Job ids are unique to an attempt; that of a streaming query is led by query and batch, so that leftovers can be told. */
export function jobName({ jobId, streaming }: WriteDescription): string {
  const batch = streaming ? `${queryPrefix(streaming.queryId)}${streaming.batchId}-` : ''
  return `${batch}${safeName(jobId)}`
}

const queryPrefix = (queryId: string): string => `query-${safeName(queryId)}-`

/** The batch of a query to which a file or folder of an attempt belongs, or undefined when it is none of this query's. */
export function batchOfName(name: string, queryId: string): number | undefined {
  const prefix = queryPrefix(queryId)
  const at = name.indexOf(prefix)
  if (at !== 0 && !/^part-\d+-$/.test(name.slice(0, at))) return undefined
  const digits = /^\d{1,15}(?=-)/.exec(name.slice(at + prefix.length))?.[0]
  return digits === undefined ? undefined : Number(digits)
}

/** Identifiers as parts of file names. */
function safeName(id: string): string {
  return id.replace(/[^A-Za-z0-9_.-]/g, '_')
}
