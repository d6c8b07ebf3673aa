import type { Memory } from '../api.js'
import { openFile } from './systems/file-systems.js'
import type { FileReader, OpenFile, PlannedFile } from './systems/open-file.js'

/** So much is fetched at a time of a file that is not of this machine. */
const AHEAD_BYTES = 4 * 1024 ** 2

/** So much is read behind a share of a file, and ever more where that is not enough: there its last line ends. */
export const BEHIND_SHARE_BYTES = 64 * 1024

/** The bytes of a file as they are stored, from a position on. */
export class FileStream {
  readonly #file: OpenFile
  readonly #size: number
  readonly #until: number
  #at: number
  /** Up to where bytes are at hand. */
  #fetched: number

  /**
   * @param until where the share ends that is read, behind which less is fetched at a time
   * @throws PATH_NOT_FOUND, FAILED_READ_FILE
   */
  constructor(file: PlannedFile, from: number, reader: FileReader, until = file.size) {
    this.#file = openFile(file, reader)
    this.#size = file.size
    this.#until = until
    this.#at = from
    this.#fetched = from
  }

  get path(): string {
    return this.#file.path
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#size
  }

  /** Reads at most so many bytes, none only at the end; returns how many. @throws FAILED_READ_FILE */
  read(target: Pick<Memory, 'bytes'>, offset: number, length: number): number | Promise<number> {
    if (this.#at < this.#fetched) return this.#take(target, offset, length)
    // A line that goes on and on behind the share is fetched by ever more.
    const behind = Math.max(BEHIND_SHARE_BYTES, this.#at - this.#until)
    const wanted = Math.max(0, this.#until - this.#at) + behind
    const ahead = Math.min(AHEAD_BYTES, wanted, this.#size - this.#at)
    const coming = this.#file.fetch([{ position: this.#at, bytes: ahead }])
    if (coming === undefined) return this.#take(target, offset, length)
    return coming.then(() => {
      this.#fetched = this.#at + ahead
      return this.#take(target, offset, length)
    })
  }

  close(): void {
    this.#file.close()
  }

  #take({ bytes }: Pick<Memory, 'bytes'>, offset: number, length: number): number {
    const count = this.#file.readSome(bytes, offset, length, this.#at)
    this.#at += count
    return count
  }
}
