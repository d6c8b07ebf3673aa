import { MillraceError } from '../../common/errors/millrace-error.js'

export function failedRead(path: string, reason: string, cause?: unknown): MillraceError {
  return new MillraceError('FAILED_READ_FILE', { path, reason }, cause === undefined ? {} : { cause })
}

/** @param error what the system raised, or the reason in words */
export function failedWrite(path: string, error: unknown): MillraceError {
  return new MillraceError('FAILED_WRITE_FILE', { path, reason: reasonOf(error) }, { cause: error })
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Whether a call failed with one of these codes of the system. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException | undefined)?.code ?? '')
}
