import { MillraceError } from '../../common/errors/millrace-error.js'

/** What was met while a file was written; conditions are told as they are. */
export const failedWrite = (path: string, cause: unknown): MillraceError => failed('FAILED_WRITE_FILE', path, cause)

/** What was met while a file was read; conditions are told as they are. */
export const failedRead = (path: string, cause: unknown): MillraceError => failed('FAILED_READ_FILE', path, cause)

const failed = (condition: 'FAILED_WRITE_FILE' | 'FAILED_READ_FILE', path: string, cause: unknown): MillraceError =>
  MillraceError.is(cause) ? cause : new MillraceError(condition, { path, reason: messageOf(cause) }, { cause })

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
