import { pipeline } from 'node:stream'
import zlib from 'node:zlib'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Memory } from '../../api.js'
import { failedRead, reasonOf } from '../../files/file-errors.js'
import { FileStream } from '../../files/file-stream.js'
import type { FileReader, PlannedFile } from '../../files/systems/open-file.js'
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

function openEncoded(file: FileShare, from: number, decoding: Decoding): FileBytes {
  const compression = compressionOf(file.path)
  switch (compression) {
    case 'none':
      return new FileStream(file, from, decoding.reader, file.until)
    case 'gzip':
    case 'deflate':
      return new InflatedBytes(file, compression, decoding.reader)
    case 'lz4':
    case 'snappy':
      return new HadoopBlocks(file, compression, decoding)
    case 'bzip2':
      return new BzipBytes(file, decoding)
    case 'zstd':
      return new ZstdBytes(file, decoding)
  }
}

/** Whether a file has as many bytes as are read of it. */
export const isReadAsStored = ({ path }: PlannedFile, { encoding }: LineRules): boolean =>
  encoding === 'UTF-8' && compressionOf(path) === 'none'

/** So much is read at a time to be inflated. */
const PIECE_BYTES = 256 * 1024
/** So much is inflated between two hops of Node's thread pool. */
const INFLATED_BYTES = 512 * 1024

class InflatedBytes implements FileBytes {
  readonly #file: FileStream
  readonly #stream: zlib.Gunzip | zlib.Inflate
  readonly #chunks: AsyncIterator<Buffer>
  /** What was inflated and not read yet. */
  #rest: Buffer = Buffer.alloc(0)

  constructor(file: PlannedFile, compression: 'gzip' | 'deflate', reader: FileReader) {
    this.#file = new FileStream(file, 0, reader)
    const options = { chunkSize: INFLATED_BYTES }
    this.#stream = compression === 'gzip' ? zlib.createGunzip(options) : zlib.createInflate(options)
    // What goes wrong is raised where the chunks are asked for.
    pipeline(piecesOf(this.#file), this.#stream, () => undefined)
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
      throw MillraceError.is(error) ? error : failedRead(this.#file.path, reasonOf(error), error)
    }
  }

  close(): void {
    this.#stream.destroy()
    this.#file.close()
  }
}

async function* piecesOf(file: FileStream): AsyncGenerator<Buffer> {
  for (;;) {
    const bytes = Buffer.allocUnsafe(PIECE_BYTES)
    const count = await file.read({ bytes }, 0, PIECE_BYTES)
    if (count === 0) return
    yield bytes.subarray(0, count)
  }
}
