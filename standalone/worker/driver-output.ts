import { createWriteStream, renameSync, type WriteStream } from 'node:fs'
import { Writable } from 'node:stream'

const MAX_FILE_BYTES = 16 * 1024 ** 2

/** A file that a driver's output goes to: when it is full it becomes `….old`, in place of the one before. What cannot be written is dropped. */
export function driverOutput(path: string): Writable {
  let file = opened(path)
  let bytes = 0
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (bytes + chunk.length > MAX_FILE_BYTES) {
        file.end()
        renameIfThere(path)
        file = opened(path)
        bytes = 0
      }
      bytes += chunk.length
      file.write(chunk, () => done())
    },
    final(done) {
      file.end(() => done())
    },
  })
}

/** A disk that is full must not end the driver. */
const opened = (path: string): WriteStream => createWriteStream(path, { mode: 0o600 }).on('error', () => undefined)

function renameIfThere(path: string): void {
  try {
    renameSync(path, `${path}.old`)
  } catch {
    // It could not be made: then there is nothing to keep.
  }
}
