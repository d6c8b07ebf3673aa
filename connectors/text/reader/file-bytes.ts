import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import zlib from 'node:zlib'
import type { Memory } from '../../api.js'
import { failedRead, reasonOf } from '../../files/file-errors.js'
import { OpenFile } from '../../files/open-file.js'
import { compressionOf } from '../compression.js'
import type { FileShare } from '../split.js'

/** The bytes of a file, one after the other, without their compression. */
export interface FileBytes {
  /** Reads at most so many bytes into linear memory; returns how many, 0 only at the end. @throws FAILED_READ_FILE */
  read(memory: Memory, address: number, bytes: number): number | Promise<number>
  close(): void
}

/** The bytes from a position on, or of compressed files all. @throws PATH_NOT_FOUND, FAILED_READ_FILE, UNSUPPORTED_FEATURE */
export function openBytes(file: FileShare, from: number): FileBytes {
  const compression = compressionOf(file.path)
  return compression === 'none' ? new PlainBytes(file, from) : new InflatedBytes(file, compression)
}

class PlainBytes implements FileBytes {
  readonly #file: OpenFile
  #at: number

  constructor(file: FileShare, from: number) {
    this.#file = new OpenFile(file)
    this.#at = from
  }

  read({ bytes: target }: Memory, address: number, bytes: number): number {
    const count = this.#file.readSome(target, address, bytes, this.#at)
    this.#at += count
    return count
  }

  close(): void {
    this.#file.close()
  }
}

class InflatedBytes implements FileBytes {
  readonly #path: string
  readonly #stream: zlib.Gunzip | zlib.Inflate
  readonly #chunks: AsyncIterator<Buffer>
  /** What was inflated and not read yet. */
  #rest: Buffer = Buffer.alloc(0)

  constructor(file: FileShare, compression: 'gzip' | 'deflate') {
    this.#path = file.path
    // Opened once to see that it is the file that was planned.
    new OpenFile(file).close()
    this.#stream = compression === 'gzip' ? zlib.createGunzip() : zlib.createInflate()
    // What goes wrong is raised where the chunks are asked for.
    pipeline(createReadStream(file.path), this.#stream, () => undefined)
    this.#chunks = this.#stream[Symbol.asyncIterator]()
  }

  async read(memory: Memory, address: number, bytes: number): Promise<number> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#nextChunk()
      if (done) return 0
      this.#rest = value
    }
    const some = this.#rest.subarray(0, bytes)
    memory.bytes.set(some, address)
    this.#rest = this.#rest.subarray(some.length)
    return some.length
  }

  async #nextChunk(): Promise<IteratorResult<Buffer>> {
    try {
      return await this.#chunks.next()
    } catch (error) {
      throw failedRead(this.#path, reasonOf(error), error)
    }
  }

  close(): void {
    this.#stream.destroy()
  }
}
