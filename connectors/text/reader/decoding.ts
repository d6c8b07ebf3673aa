import type { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Memory, ReadContext } from '../../api.js'
import { failedRead } from '../../files/file-errors.js'
import { OpenFile, type PlannedFile } from '../../files/open-file.js'
import type { Region } from '../../files/region.js'

/** The bytes of a file, one after the other, without their compression. */
export interface FileBytes {
  /** Reads at most so many bytes into linear memory; returns how many, 0 only at the end. @throws FAILED_READ_FILE */
  read(memory: Memory, address: number, bytes: number): number | Promise<number>
  close(): void
}

/** What decoders work with. */
export type Decoding = Pick<ReadContext, 'memory' | 'kernels'>

/** @param path of a file whose bytes are not what its name says */
export const damaged = (path: string, codec: string): MillraceError =>
  failedRead(path, `it is cut or is not compressed as ${codec}`)

/** Reads all of a compressed file into memory. @throws PATH_NOT_FOUND, FAILED_READ_FILE */
export function compressedBytes(file: PlannedFile, region: Region, memory: Memory): void {
  const open = new OpenFile(file)
  try {
    const address = region.reserve(file.size)
    for (let at = 0; at < file.size; ) {
      const count = open.readSome(memory.bytes, address + at, file.size - at, at)
      if (count === 0) throw failedRead(file.path, 'it ends before its end')
      at += count
    }
  } finally {
    open.close()
  }
}
