import { closeSync, readSync } from 'node:fs'
import type { Memory } from '../../api.js'
import { failedRead, reasonOf } from '../../files/file-errors.js'
import { openDescriptor } from '../../files/open-descriptor.js'
import type { FileSplit } from '../split.js'

/** A file that is being read. Reads are synchronous: a worker thread has nothing else to do, and the page cache answers most. */
export class OpenFile {
  readonly path: string
  /** Whether pages are compared with their checksums. */
  readonly verifiesChecksums: boolean
  readonly #descriptor: number

  /** @throws PATH_NOT_FOUND, FAILED_READ_FILE also when the file is not the one that was planned */
  constructor({ path, size, modifiedMs }: FileSplit, verifiesChecksums: boolean) {
    this.path = path
    this.verifiesChecksums = verifiesChecksums
    const { descriptor, stats: now } = openDescriptor(path)
    this.#descriptor = descriptor
    if (now.size !== size || now.mtimeMs !== modifiedMs) {
      this.close()
      throw failedRead(path, 'it was changed after the query was planned')
    }
  }

  /** Reads exactly so many bytes into linear memory. */
  read(memory: Memory, address: number, bytes: number, position: number): void {
    const target = memory.bytes
    let done = 0
    while (done < bytes) {
      const count = this.#readSome(target, address + done, bytes - done, position + done)
      if (count === 0) throw failedRead(this.path, `it ends at ${position + done}, before a page that should be there`)
      done += count
    }
  }

  #readSome(target: Uint8Array, offset: number, length: number, position: number): number {
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
