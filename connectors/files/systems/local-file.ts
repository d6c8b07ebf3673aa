import { closeSync, readSync } from 'node:fs'
import { changedSincePlanned, failedRead, reasonOf } from '../file-errors.js'
import { openDescriptor } from './open-descriptor.js'
import type { OpenFile, PlannedFile } from './open-file.js'

/** A file of this machine. Reads are synchronous: a worker thread has nothing else to do, and the page cache answers most. */
export class LocalFile implements OpenFile {
  readonly path: string
  readonly #descriptor: number

  /** @throws PATH_NOT_FOUND, FAILED_READ_FILE also when the file is not the one that was planned */
  constructor({ path, size, version }: PlannedFile) {
    this.path = path
    const { descriptor, stats: now } = openDescriptor(path)
    this.#descriptor = descriptor
    if (now.size !== size || String(now.mtimeMs) !== version) {
      this.close()
      throw changedSincePlanned(path)
    }
  }

  fetch(): undefined {
    return undefined
  }

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
