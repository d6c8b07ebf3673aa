import { MillraceError } from '../../common/errors/millrace-error.js'

export const failedWrite = (path: string, cause: unknown): MillraceError =>
  new MillraceError('FAILED_WRITE_FILE', { path, reason: messageOf(cause) }, { cause })

export const failedRead = (path: string, cause: unknown): MillraceError =>
  new MillraceError('FAILED_READ_FILE', { path, reason: messageOf(cause) }, { cause })

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
