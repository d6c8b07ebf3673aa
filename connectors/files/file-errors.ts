import { MillraceError } from '../../common/errors/millrace-error.js'
import { hasCode } from '../../common/system-errors.js'

export function failedRead(path: string, reason: string, cause?: unknown): MillraceError {
  return new MillraceError('FAILED_READ_FILE', { path, reason }, cause === undefined ? {} : { cause })
}

/** Errors of files that may well hold what they should. */
const ofSoundFiles = new WeakSet<MillraceError>()

/** A file that cannot be read now though nothing is known of what it holds: it may not be, or it is another one than the query was planned with. */
export function refusedRead(path: string, reason: string, cause?: unknown): MillraceError {
  const error = failedRead(path, reason, cause)
  ofSoundFiles.add(error)
  return error
}

/** Whether an error is what `refusedRead` gives. */
export const isSound = (error: MillraceError): boolean => ofSoundFiles.has(error)

export const changedSincePlanned = (path: string): MillraceError =>
  refusedRead(path, 'it was changed after the query was planned')

/** @param error what the system raised of a file that is read */
export function failedBySystem(path: string, error: unknown): MillraceError {
  if (hasCode(error, 'ENOENT')) return new MillraceError('PATH_NOT_FOUND', { path })
  return (hasCode(error, 'EACCES', 'EPERM') ? refusedRead : failedRead)(path, reasonOf(error), error)
}

/** @param error what the system raised, or the reason in words */
export function failedWrite(path: string, error: unknown): MillraceError {
  return new MillraceError('FAILED_WRITE_FILE', { path, reason: reasonOf(error) }, { cause: error })
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
