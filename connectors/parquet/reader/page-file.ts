import type { Memory } from '../../api.js'
import { failedRead } from '../../files/file-errors.js'
import { openFile } from '../../files/systems/file-systems.js'
import type { ByteRange, FileReader, OpenFile, PlannedFile } from '../../files/systems/open-file.js'

/** A file of which pages are read. */
export class PageFile {
  readonly path: string
  /** Whether pages are compared with their checksums. */
  readonly verifiesChecksums: boolean
  readonly #file: OpenFile

  /** @throws PATH_NOT_FOUND, FAILED_READ_FILE */
  constructor(planned: PlannedFile, verifiesChecksums: boolean, reader: FileReader) {
    this.path = planned.path
    this.verifiesChecksums = verifiesChecksums
    this.#file = openFile(planned, reader)
  }

  /** Has column chunks at hand, whose pages are read then; undefined when there is nothing to wait for. */
  fetch(chunks: readonly ByteRange[]): Promise<void> | undefined {
    return this.#file.fetch(chunks)
  }

  close(): void {
    this.#file.close()
  }

  /** Reads exactly so many bytes into linear memory. */
  read(memory: Memory, address: number, bytes: number, position: number): void {
    const target = memory.bytes
    let done = 0
    while (done < bytes) {
      const count = this.#file.readSome(target, address + done, bytes - done, position + done)
      if (count === 0) throw failedRead(this.path, `it ends at ${position + done}, before a page that should be there`)
      done += count
    }
  }
}
