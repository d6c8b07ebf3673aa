import { basename } from 'node:path'
import type { StreamedFile } from './batch-files.js'
import type { FileStreamOptions } from './stream-options.js'

/** Which files a stream has read. Those that are much older than the newest one count as read and are forgotten, so that it does not grow for ever. */
export class ReadFiles {
  readonly #files = new Map<string, StreamedFile>()
  readonly #byName: boolean
  readonly #maxAgeMs: number
  #newestMs = Number.NEGATIVE_INFINITY
  /** Files from before count as read. */
  #oldestMs = Number.NEGATIVE_INFINITY

  constructor({ byName, maxAgeMs }: Pick<FileStreamOptions, 'byName' | 'maxAgeMs'>) {
    this.#byName = byName
    this.#maxAgeMs = maxAgeMs
  }

  has(file: StreamedFile): boolean {
    return file.modifiedMs < this.#oldestMs || this.hasPath(file.path)
  }

  /** Whether it is known by its path alone. */
  hasPath(path: string): boolean {
    return this.#files.has(this.#keyOf({ path }))
  }

  add(files: readonly StreamedFile[]): void {
    for (const file of files) {
      this.#files.set(this.#keyOf(file), file)
      this.#newestMs = Math.max(this.#newestMs, file.modifiedMs)
    }
    const oldestMs = this.#newestMs - this.#maxAgeMs
    if (!(oldestMs > this.#oldestMs)) return
    this.#oldestMs = oldestMs
    for (const [key, { modifiedMs }] of this.#files) if (modifiedMs < oldestMs) this.#files.delete(key)
  }

  get all(): readonly StreamedFile[] {
    return [...this.#files.values()]
  }

  #keyOf({ path }: Pick<StreamedFile, 'path'>): string {
    return this.#byName ? basename(path) : path
  }
}
