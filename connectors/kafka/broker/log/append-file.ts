import type { OpenFiles } from './open-files.js'

/**
 * A file that grows by whole pieces: after an append that failed (a full disk) it ends where it did before, and the next one goes on
 * from there. Appends must not overlap; reads may.
 */
export class AppendFile {
  readonly #files: OpenFiles
  readonly #path: string
  #bytes: number
  /** Whether a part of a failed append may stand behind the end. */
  #isTorn = false

  private constructor(files: OpenFiles, path: string, bytes: number) {
    this.#files = files
    this.#path = path
    this.#bytes = bytes
  }

  static async open(files: OpenFiles, path: string): Promise<AppendFile> {
    const { size } = await files
      .use(path, (handle) => handle.stat())
      .catch(async (error: unknown) => {
        await files.close(path)
        throw error
      })
    return new AppendFile(files, path, size)
  }

  /** A file that has just been written, of so many bytes: there is nothing that could fail. */
  static ofSize(files: OpenFiles, path: string, bytes: number): AppendFile {
    return new AppendFile(files, path, bytes)
  }

  get path(): string {
    return this.#path
  }

  get bytes(): number {
    return this.#bytes
  }

  async append(piece: Buffer): Promise<void> {
    if (this.#isTorn) await this.truncate(this.#bytes)
    this.#isTorn = true
    await this.#files.use(this.#path, async (handle) => {
      for (let written = 0; written < piece.length; ) {
        const { bytesWritten } = await handle.write(piece, written, piece.length - written, this.#bytes + written)
        written += bytesWritten
      }
    })
    this.#isTorn = false
    this.#bytes += piece.length
  }

  /** Cuts off what stands behind `bytes`. */
  async truncate(bytes: number): Promise<void> {
    await this.#files.use(this.#path, (handle) => handle.truncate(bytes))
    this.#isTorn = false
    this.#bytes = bytes
  }

  /** At most `length` bytes; fewer at the end of the file. */
  async readAt(position: number, length: number): Promise<Buffer> {
    return await this.#files.use(this.#path, async (handle) => {
      const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, this.#bytes - position)))
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, position)
      return buffer.subarray(0, bytesRead)
    })
  }

  async close(): Promise<void> {
    await this.#files.close(this.#path)
  }
}
