import { type FileHandle, open } from 'node:fs/promises'
import { failedWrite } from '../../files/file-errors.js'
import type { OutputFile } from '../../files/task-writer.js'
import { Compressor } from './compressor.js'
import type { LineBytes } from './line-bytes.js'
import type { LineOutput } from './output-options.js'

/** One file of lines being written. */
export class TextOutputFile implements OutputFile<LineBytes> {
  readonly #path: string
  readonly #handle: FileHandle
  readonly #compressor: Compressor | undefined

  private constructor(path: string, handle: FileHandle, { compression }: LineOutput) {
    this.#path = path
    this.#handle = handle
    this.#compressor = compression === 'none' ? undefined : new Compressor(compression)
  }

  /** @throws FAILED_WRITE_FILE */
  static async create(path: string, output: LineOutput): Promise<TextOutputFile> {
    const file = new TextOutputFile(path, await newFile(path), output)
    try {
      await file.#append(Buffer.from(output.header))
    } catch (error) {
      await file.close()
      throw failedWrite(path, error)
    }
    return file
  }

  async write(lines: LineBytes, from: number, until: number): Promise<void> {
    try {
      await this.#append(lines(from, until))
    } catch (error) {
      throw failedWrite(this.#path, error)
    }
  }

  async finish(): Promise<void> {
    try {
      for (const chunk of (await this.#compressor?.finish()) ?? []) await this.#store(chunk)
      await this.#handle.sync()
      await this.#handle.close()
    } catch (error) {
      throw failedWrite(this.#path, error)
    }
  }

  async close(): Promise<void> {
    this.#compressor?.close()
    await this.#handle.close()
  }

  async #append(bytes: Uint8Array): Promise<void> {
    if (!this.#compressor) return await this.#store(bytes)
    for (const chunk of await this.#compressor.compress(bytes)) await this.#store(chunk)
  }

  async #store(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) done += (await this.#handle.write(bytes, done)).bytesWritten
  }
}

async function newFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx')
  } catch (error) {
    throw failedWrite(path, error)
  }
}
