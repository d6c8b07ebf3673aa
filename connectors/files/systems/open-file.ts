import type { CountedMemory, ReadContext } from '../../api.js'

/** A file as it was when the query was planned. */
export interface PlannedFile {
  readonly path: string
  readonly size: number
  /** Another one when the file was changed; empty where its server does not tell. */
  readonly version: string
  /** When it was changed last; 0 where its server does not tell. */
  readonly modifiedMs: number
  /** Its server gives only all of it at once. */
  readonly isUndivided?: true
}

export interface ByteRange {
  readonly position: number
  readonly bytes: number
}

/** Who reads a file: what ends it, and what counts the bytes that are held for it. */
export interface FileReader {
  readonly signal?: AbortSignal
  readonly held?: CountedMemory
}

/** A task as a reader of files. */
export const fileReader = ({ memory, signal }: Pick<ReadContext, 'memory' | 'signal'>): FileReader => ({
  signal,
  held: memory.count('fetched ranges of files'),
})

/**
 * A file that is being read. What will be read is fetched before, many ranges at once; reads themselves are synchronous, so that decoders need
 * not wait in the middle of a batch. For files of this machine there is nothing to fetch: the page cache answers most reads.
 */
export interface OpenFile {
  readonly path: string
  /** Has ranges at hand, instead of those asked for before; undefined when there is nothing to wait for. @throws FAILED_READ_FILE, PATH_NOT_FOUND */
  fetch(ranges: readonly ByteRange[]): Promise<void> | undefined
  /** Reads at most so many bytes of what was fetched, none only at the end of the file; returns how many. @throws FAILED_READ_FILE */
  readSome(target: Uint8Array, offset: number, length: number, position: number): number
  close(): void
}
