import { readFile, rename, writeFile } from 'node:fs/promises'
import { AppendFile } from '../log/append-file.js'
import { OpenFiles } from '../log/open-files.js'

export interface CommittedOffset {
  readonly offset: string
  readonly metadata: string | null
}

interface Line extends CommittedOffset {
  readonly group: string
  readonly topic: string
  readonly partition: number
}

/** Lines beyond which the file is written anew with only the newest of each. */
const COMPACT_AT_LINES = 50_000

/** Committed offsets of all groups, kept in a file of JSON lines; the last line of a partition holds. */
export class OffsetStore {
  readonly #path: string
  readonly #files: OpenFiles
  readonly #groups = new Map<string, Map<string, Line>>()
  #file: AppendFile | undefined
  #lines = 0
  #tail: Promise<unknown> = Promise.resolve()

  private constructor(path: string, files: OpenFiles) {
    this.#path = path
    this.#files = files
  }

  static async open(path: string, files = new OpenFiles(1)): Promise<OffsetStore> {
    const store = new OffsetStore(path, files)
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      return ''
    })
    for (const line of text.split('\n')) {
      const parsed = parseLine(line)
      if (parsed) store.#remember(parsed)
    }
    await store.#compact()
    return store
  }

  groups(): readonly string[] {
    return [...this.#groups.keys()]
  }

  get(group: string, topic: string, partition: number): CommittedOffset | undefined {
    return this.#groups.get(group)?.get(keyOf(topic, partition))
  }

  all(group: string): readonly { readonly topic: string; readonly partition: number }[] {
    return [...(this.#groups.get(group)?.values() ?? [])]
  }

  /** Offsets hold once they are on disk; a commit that fails changes nothing and does not hinder the next one. */
  commit(lines: readonly Line[]): Promise<void> {
    const done = this.#tail.then(() => this.#commit(lines))
    this.#tail = done.catch(() => undefined)
    return done
  }

  /** Forgets what was committed for a topic that is deleted: it says nothing about a later one of that name. */
  forget(topic: string): Promise<void> {
    const done = this.#tail.then(async () => {
      for (const group of this.#groups.values()) {
        for (const [key, line] of group) if (line.topic === topic) group.delete(key)
      }
      await this.#compact()
    })
    this.#tail = done.catch(() => undefined)
    return done
  }

  async close(): Promise<void> {
    await this.#tail
    await this.#file?.close()
  }

  async #commit(lines: readonly Line[]): Promise<void> {
    if (this.#lines > COMPACT_AT_LINES) await this.#compact()
    this.#file ??= await AppendFile.open(this.#files, this.#path)
    await this.#file.append(Buffer.from(textOf(lines)))
    for (const line of lines) this.#remember(line)
  }

  #remember(line: Line): void {
    const group = this.#groups.get(line.group) ?? new Map<string, Line>()
    this.#groups.set(line.group, group.set(keyOf(line.topic, line.partition), line))
    this.#lines++
  }

  async #compact(): Promise<void> {
    await this.#file?.close()
    this.#file = undefined
    const lines = [...this.#groups.values()].flatMap((group) => [...group.values()])
    await writeFile(`${this.#path}.tmp`, textOf(lines))
    await rename(`${this.#path}.tmp`, this.#path)
    this.#lines = lines.length
  }
}

const keyOf = (topic: string, partition: number): string => `${topic}-${partition}`
const textOf = (lines: readonly Line[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('')

/** A line torn by a crash is left out. */
function parseLine(line: string): Line | undefined {
  try {
    return line === '' ? undefined : (JSON.parse(line) as Line)
  } catch {
    return undefined
  }
}
