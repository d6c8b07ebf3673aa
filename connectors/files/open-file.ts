import { closeSync, readSync } from 'node:fs'
import { failedRead, reasonOf } from './file-errors.js'
import { openDescriptor } from './open-descriptor.js'

/** A file as it was when the query was planned. */
export interface PlannedFile {
  readonly path: string
  readonly size: number
  readonly modifiedMs: number
}

/** A file that is being read. Reads are synchronous: a worker thread has nothing else to do, and the page cache answers most. */
export class OpenFile {
  readonly path: string
  readonly #descriptor: number

  /** @throws PATH_NOT_FOUND, FAILED_READ_FILE also when the file is not the one that was planned */
  constructor({ path, size, modifiedMs }: PlannedFile) {
    this.path = path
    const { descriptor, stats: now } = openDescriptor(path)
    this.#descriptor = descriptor
    if (now.size !== size || now.mtimeMs !== modifiedMs) {
      this.close()
      throw failedRead(path, 'it was changed after the query was planned')
    }
  }

  /** Reads at most so many bytes, none only at the end; returns how many. */
  readSome(target: Uint8Array, offset: number, length: number, position: number): number {
    try {
      return readSync(this.#descriptor, target, offset, length, position)
    } catch (error) {
      throw failedRead(this.path, reasonOf(error), error)
    }
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}
