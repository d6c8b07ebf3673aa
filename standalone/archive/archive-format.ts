import { MillraceError } from '../../common/errors/millrace-error.js'

/*
 * The code of an application as one file, compressed by gzip: for each entry the length of a header (four bytes), the header as JSON, and, of
 * a file, its bytes. Entries are in the order of their paths, without times and owners, so that the same code is the same archive.
 */
export type ArchiveEntry =
  | { readonly path: string; readonly bytes: number; readonly isExecutable: boolean }
  /** A symbolic link within the folder. */
  | { readonly path: string; readonly target: string }

export const LENGTH_BYTES = 4
export const MAX_HEADER_BYTES = 64 * 1024
export const MAX_ENTRIES = 100_000
/** Compressed. */
export const MAX_ARCHIVE_BYTES = 256 * 1024 ** 2
export const MAX_UNPACKED_BYTES = 1024 ** 3
/** So much of an archive is in one message. */
export const PART_BYTES = 1024 ** 2

export const refusedArchive = (reason: string, cause?: unknown): MillraceError =>
  new MillraceError('ARCHIVE_REFUSED', { reason }, { cause })

export const isDigest = (text: string): boolean => /^[0-9a-f]{64}$/.test(text)
