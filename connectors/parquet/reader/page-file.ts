import type { Memory } from '../../api.js'
import { failedRead } from '../../files/file-errors.js'
import { OpenFile, type PlannedFile } from '../../files/open-file.js'

/** A file of which pages are read. */
export class PageFile extends OpenFile {
  /** Whether pages are compared with their checksums. */
  readonly verifiesChecksums: boolean

  constructor(planned: PlannedFile, verifiesChecksums: boolean) {
    super(planned)
    this.verifiesChecksums = verifiesChecksums
  }

  /** Reads exactly so many bytes into linear memory. */
  read(memory: Memory, address: number, bytes: number, position: number): void {
    const target = memory.bytes
    let done = 0
    while (done < bytes) {
      const count = this.readSome(target, address + done, bytes - done, position + done)
      if (count === 0) throw failedRead(this.path, `it ends at ${position + done}, before a page that should be there`)
      done += count
    }
  }
}
