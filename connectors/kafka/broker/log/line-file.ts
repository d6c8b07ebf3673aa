import { readFile } from 'node:fs/promises'
import { MillraceError } from '../../../../common/errors/millrace-error.js'
import { AppendFile } from './append-file.js'
import type { OpenFiles } from './open-files.js'
import { replaceFile } from './replace-file.js'

/** How much may be added before the file is written anew, besides as much as it had then. */
const MIN_GROWTH_BYTES = 8 * 1024 * 1024

/** A table that a file holds as lines, one for each change. */
export interface LineTable<T> {
  /** Takes in a line, of the file or one that has just been written to it. */
  note(line: T): void
  /** Lines that make the same table; older ones are not needed. */
  live(): readonly T[]
}

/**
 * A file of JSON lines, from which a table is made again after a restart. Lines count once they are in the file: an append that fails
 * changes nothing and does not hinder the next one. Changes run one after another.
 */
export class LineFile<T> {
  readonly #path: string
  readonly #files: OpenFiles
  readonly #table: LineTable<T>
  #file!: AppendFile
  #rewriteAtBytes = 0
  /** Whether the file may have other lines than the table: it got its name, and then it could not be made sure that it keeps it. */
  #isAhead = false
  #tail: Promise<unknown> = Promise.resolve()

  private constructor(path: string, files: OpenFiles, table: LineTable<T>) {
    this.#path = path
    this.#files = files
    this.#table = table
  }

  /** @throws CORRUPT_RECORD when more is damaged than the last line, which a crash may have torn */
  static async open<T>(path: string, files: OpenFiles, table: LineTable<T>): Promise<LineFile<T>> {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      return ''
    })
    const lines = text.split('\n')
    for (const [i, line] of lines.entries()) {
      const parsed = parseLine<T>(line)
      if (parsed !== undefined) table.note(parsed)
      else if (i < lines.length - 1) throw damaged(path, i + 1)
    }
    const file = new LineFile(path, files, table)
    await file.#writeAnew()
    return file
  }

  append(lines: readonly T[]): Promise<void> {
    return this.#change(async () => {
      if (this.#isAhead || this.#file.bytes > this.#rewriteAtBytes) await this.#writeAnew()
      await this.#file.append(Buffer.from(textOf(lines)))
      for (const line of lines) this.#table.note(line)
    })
  }

  /**
   * Writes the file anew without lines of the table, which `drop` takes out of it then. As an append, it changes nothing when it fails: when
   * only the flush of the folder does, the lines are written back with the next change, or by `close`.
   */
  rewrite(isKept: (line: T) => boolean, drop: () => void): Promise<void> {
    return this.#change(async () => {
      await this.#writeAnew(this.#table.live().filter(isKept))
      drop()
    })
  }

  async close(): Promise<void> {
    await this.#change(async () => {
      if (this.#isAhead) await this.#writeAnew()
      await this.#file.close()
    })
  }

  #change(body: () => Promise<void>): Promise<void> {
    const done = this.#tail.then(body)
    this.#tail = done.catch(() => undefined)
    return done
  }

  /** The file before stays as it is, and goes on, until the new one is whole and nothing but the rename and its flush is left to fail. */
  async #writeAnew(lines = this.#table.live()): Promise<void> {
    const text = textOf(lines)
    await replaceFile(this.#path, text, async () => {
      await this.#files.close(this.#path)
      this.#isAhead = true
    })
    this.#isAhead = false
    this.#file = AppendFile.ofSize(this.#files, this.#path, Buffer.byteLength(text))
    this.#rewriteAtBytes = 2 * this.#file.bytes + MIN_GROWTH_BYTES
  }
}

const textOf = (lines: readonly unknown[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('')

function parseLine<T>(line: string): T | undefined {
  try {
    return JSON.parse(line) as T
  } catch {
    return undefined
  }
}

const damaged = (path: string, line: number): MillraceError =>
  new MillraceError('CORRUPT_RECORD', {
    provider: 'kafka broker',
    position: `${path}, line ${line}`,
    reason: 'it is no JSON',
  })
