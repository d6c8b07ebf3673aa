import type { WriteContext } from '../../api.js'
import type { OutputFile } from '../../files/commit/task-writer.js'
import { NewFile } from '../../files/new-file.js'
import { type LineCompressor, ZlibCompressor } from './compressor.js'
import { KernelCompressor } from './kernel-compressor.js'
import type { LineBytes } from './line-bytes.js'
import type { LineOutput } from './output-options.js'
import { HADOOP_CODECS, storedByHadoop } from './stored-by-hadoop.js'
import { storedByZstd } from './stored-by-zstd.js'

/** One file of lines being written. */
export class TextOutputFile implements OutputFile<LineBytes> {
  readonly #file: NewFile
  readonly #compressor: LineCompressor | undefined

  private constructor(file: NewFile, compressor: LineCompressor | undefined) {
    this.#file = file
    this.#compressor = compressor
  }

  /** @param context of a file that gets rows. @throws FAILED_WRITE_FILE */
  static create(path: string, output: LineOutput, context?: WriteContext): Promise<TextOutputFile> {
    return NewFile.create(path, async (file) => {
      const compressor = compressorOf(output, context)
      const written = new TextOutputFile(file, compressor)
      try {
        await written.#append(Buffer.from(output.header))
      } catch (error) {
        compressor?.close()
        throw error
      }
      return written
    })
  }

  write(lines: LineBytes, from: number, until: number): Promise<void> {
    return this.#append(lines(from, until))
  }

  async finish(): Promise<void> {
    for (const chunk of (await this.#compressor?.finish()) ?? []) await this.#file.append(chunk)
    await this.#file.finish()
  }

  async close(): Promise<void> {
    this.#compressor?.close()
    await this.#file.close()
  }

  async #append(bytes: Uint8Array): Promise<void> {
    if (!this.#compressor) return await this.#file.append(bytes)
    for (const chunk of await this.#compressor.compress(bytes)) await this.#file.append(chunk)
  }
}

function compressorOf({ compression }: LineOutput, context: WriteContext | undefined): LineCompressor | undefined {
  switch (compression) {
    case 'none':
      return undefined
    case 'gzip':
    case 'deflate':
      return new ZlibCompressor(compression)
    case 'lz4':
    case 'snappy':
      return new KernelCompressor(HADOOP_CODECS[compression], (bytes) => storedByHadoop(compression, bytes), context)
    case 'zstd':
      return new KernelCompressor('zstd', storedByZstd, context)
  }
}
