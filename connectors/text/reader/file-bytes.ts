import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import zlib from 'node:zlib'
import type { Memory } from '../../api.js'
import { failedRead, reasonOf } from '../../files/file-errors.js'
import { OpenFile } from '../../files/open-file.js'
import { compressionOf } from '../compression.js'
import type { LineRules } from '../options.js'
import type { FileShare } from '../split.js'
import { BzipBytes } from './bzip-bytes.js'
import type { Decoding, FileBytes } from './decoding.js'
import { HadoopBlocks } from './hadoop-blocks.js'
import { TranscodedBytes } from './transcoded-bytes.js'
import { ZstdBytes } from './zstd-bytes.js'

/** The bytes from a position on, or of compressed files all. @throws PATH_NOT_FOUND, FAILED_READ_FILE, UNSUPPORTED_FEATURE */
export function openBytes(file: FileShare, from: number, { encoding }: LineRules, decoding: Decoding): FileBytes {
  const bytes = openEncoded(file, from, decoding)
  return encoding === 'UTF-8' ? bytes : new TranscodedBytes(bytes, encoding, decoding.memory)
}

function openEncoded(file: FileShare, from: number, { memory, kernels }: Decoding): FileBytes {
  const compression = compressionOf(file.path)
  switch (compression) {
    case 'none':
      return new PlainBytes(file, from)
    case 'gzip':
    case 'deflate':
      return new InflatedBytes(file, compression)
    case 'lz4':
    case 'snappy':
      return new HadoopBlocks(file, compression, { memory, kernels })
    case 'bzip2':
      return new BzipBytes(file, { memory, kernels })
    case 'zstd':
      return new ZstdBytes(file, { memory, kernels })
  }
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
