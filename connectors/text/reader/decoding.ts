import type { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Memory, ReadContext } from '../../api.js'
import { failedRead } from '../../files/file-errors.js'
import type { Region } from '../../files/region.js'
import { openFile } from '../../files/systems/file-systems.js'
import type { FileReader, PlannedFile } from '../../files/systems/open-file.js'

/** The bytes of a file, one after the other, without their compression. */
export interface FileBytes {
  /** Reads at most so many bytes into linear memory; returns how many, 0 only at the end. @throws FAILED_READ_FILE */
  read(memory: Memory, address: number, bytes: number): number | Promise<number>
  /** Whether it is known that nothing follows; undefined where only a read tells. */
  readonly isAtEnd?: boolean
  close(): void
}

/** What decoders work with. */
export interface Decoding extends Pick<ReadContext, 'memory' | 'kernels'> {
  readonly reader: FileReader
}

/** @param path of a file whose bytes are not what its name says */
export const damaged = (path: string, codec: string): MillraceError =>
  failedRead(path, `it is cut or is not compressed as ${codec}`)

/** Reads all of a compressed file into memory. @throws PATH_NOT_FOUND, FAILED_READ_FILE */
export async function compressedBytes(file: PlannedFile, region: Region, { memory, reader }: Decoding): Promise<void> {
  const open = openFile(file, reader)
  try {
    const coming = open.fetch([{ position: 0, bytes: file.size }])
    if (coming) await coming
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
