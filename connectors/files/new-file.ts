import { type FileHandle, open } from 'node:fs/promises'
import { failedWrite } from './file-errors.js'

/** A file that is being written: nobody else writes it, and what it has is on the disk when it is finished. */
export class NewFile {
  readonly path: string
  readonly #handle: FileHandle
  #position = 0

  private constructor(path: string, handle: FileHandle) {
    this.path = path
    this.#handle = handle
  }

  /** Makes a file, and what writes it: when that cannot begin, the file is closed again. @throws FAILED_WRITE_FILE also when there is such a file */
  static async create<T>(path: string, begin: (file: NewFile) => T | Promise<T>): Promise<T> {
    const handle = await open(path, 'wx').catch((error: unknown) => {
      throw failedWrite(path, error)
    })
    try {
      return await begin(new NewFile(path, handle))
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  /** How many bytes it has. */
  get position(): number {
    return this.#position
  }

  /** The bytes may be reused when it resolves. @throws FAILED_WRITE_FILE */
  async append(bytes: Uint8Array): Promise<void> {
    try {
      for (let done = 0; done < bytes.length; ) done += (await this.#handle.write(bytes, done)).bytesWritten
    } catch (error) {
      throw failedWrite(this.path, error)
    }
    this.#position += bytes.length
  }

  /** Flushes it to the disk, and closes it also when that fails. @throws FAILED_WRITE_FILE */
  async finish(): Promise<void> {
    try {
      await this.#handle.sync().finally(() => this.#handle.close())
    } catch (error) {
      throw failedWrite(this.path, error)
    }
  }

  /** Lets go of it as it is; may be called again. */
  async close(): Promise<void> {
    await this.#handle.close()
  }
}
