import { MillraceError } from '../../common/errors/millrace-error.js'

export function failedRead(path: string, reason: string, cause?: unknown): MillraceError {
  return new MillraceError('FAILED_READ_FILE', { path, reason }, cause === undefined ? {} : { cause })
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
