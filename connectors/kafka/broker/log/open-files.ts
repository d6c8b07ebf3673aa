import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

interface OpenFile {
  readonly handle: Promise<FileHandle>
  users: number
}

/**
 * Files that are read and written again and again, of which only so many are open at a time: a broker may have more partitions than
 * a process may have descriptors. The one used longest ago is closed first; one in use stays open.
 */
export class OpenFiles {
  readonly #limit: number
  /** In the order of their last use. */
  readonly #files = new Map<string, OpenFile>()
  readonly #waiting: (() => void)[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Runs `body` with the file at `path` open for reading and writing; it is created when it is missing. Calls must not nest. */
  async use<T>(path: string, body: (handle: FileHandle) => Promise<T>): Promise<T> {
    while (!this.#files.has(path) && this.#files.size >= this.#limit) await this.#makeRoom()
    const file = this.#files.get(path) ?? { handle: open(path, constants.O_RDWR | constants.O_CREAT), users: 0 }
    this.#files.delete(path)
    this.#files.set(path, file)
    file.users++
    try {
      return await body(await file.handle)
    } catch (error) {
      // A file that could not be opened is tried again by the next who wants it.
      await file.handle.catch(() => this.#files.delete(path))
      throw error
    } finally {
      file.users--
      this.#waiting.shift()?.()
    }
  }

  /** Closes a file nobody uses. */
  async close(path: string): Promise<void> {
    const file = this.#files.get(path)
    this.#files.delete(path)
    await (await file?.handle.catch(() => undefined))?.close()
  }

  /** Closes the file that nobody has used for longest, or waits until one is used no more. */
  async #makeRoom(): Promise<void> {
    const oldest = [...this.#files].find(([, { users }]) => users === 0)
    if (oldest !== undefined) await this.close(oldest[0])
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }
}
