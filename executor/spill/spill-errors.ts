import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { MillraceError } from '../../common/errors/millrace-error.js'

/** A name for a file of what does not fit into memory. It is removed as soon as it is open, so that it is gone with the process. */
export const spillPath = (directory: string): string => join(directory, `millrace-spill-${randomUUID()}`)

/** Conditions are told as they are. */
export const failedSpill = (path: string, cause: unknown): MillraceError =>
  MillraceError.is(cause) ? cause : new MillraceError('FAILED_WRITE_FILE', { path, reason: reasonOf(cause) }, { cause })

/** Why a piece is refused that was encrypted, and changed since. */
export const NOT_ENCRYPTED = 'it is not what was encrypted'

export const damagedSpill = (path: string, cause: unknown): MillraceError =>
  new MillraceError('BLOCK_CORRUPT', { place: path, reason: reasonOf(cause) }, { cause })

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))
