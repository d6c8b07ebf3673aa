import { failedRead } from './file-errors.js'
import type { OpenFile } from './systems/open-file.js'

/** The bytes of a file between two positions: at once where there is nothing to fetch. @throws FAILED_READ_FILE */
export async function readRange(file: OpenFile, start: number, end: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(end - start)
  const coming = file.fetch([{ position: start, bytes: bytes.length }])
  if (coming) await coming
  readInto(file, bytes, 0, start, end)
  return bytes
}

/** Fills a part of some bytes with what was fetched of a file. @throws FAILED_READ_FILE */
export function readInto(file: OpenFile, target: Uint8Array, offset: number, start: number, end: number): void {
  for (let done = 0; done < end - start; ) {
    const count = file.readSome(target, offset + done, end - start - done, start + done)
    if (count === 0) throw failedRead(file.path, 'it became shorter while it was read')
    done += count
  }
}
