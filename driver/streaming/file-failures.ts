import { isCode } from '../../common/checkpoint-files.js'
import { MillraceError } from '../../common/errors/millrace-error.js'

export const failedWrite = (path: string, cause: unknown): MillraceError =>
  new MillraceError('FAILED_WRITE_FILE', { path, reason: messageOf(cause) }, { cause })

export const failedRead = (path: string, cause: unknown): MillraceError =>
  new MillraceError('FAILED_READ_FILE', { path, reason: messageOf(cause) }, { cause })

export function unlessMissing(error: unknown): undefined {
  if (!isCode(error, 'ENOENT')) throw error
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
