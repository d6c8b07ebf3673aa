import { appendFile, readFile, rename, writeFile } from 'node:fs/promises'

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
  readonly #groups = new Map<string, Map<string, Line>>()
  #lines = 0
  #tail: Promise<void> = Promise.resolve()

  private constructor(path: string) {
    this.#path = path
  }

  static async open(path: string): Promise<OffsetStore> {
    const store = new OffsetStore(path)
    const text = await readFile(path, 'utf8').catch(() => '')
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

  commit(lines: readonly Line[]): Promise<void> {
    for (const line of lines) this.#remember(line)
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
    this.#tail = this.#tail.then(() =>
      this.#lines > COMPACT_AT_LINES ? this.#compact() : appendFile(this.#path, text),
    )
    return this.#tail
  }

  #remember(line: Line): void {
    const group = this.#groups.get(line.group) ?? new Map<string, Line>()
    this.#groups.set(line.group, group.set(keyOf(line.topic, line.partition), line))
    this.#lines++
  }

  async #compact(): Promise<void> {
    const lines = [...this.#groups.values()].flatMap((group) => [...group.values()])
    await writeFile(`${this.#path}.tmp`, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    await rename(`${this.#path}.tmp`, this.#path)
    this.#lines = lines.length
  }
}

const keyOf = (topic: string, partition: number): string => `${topic}-${partition}`

/** A line torn by a crash is left out. */
function parseLine(line: string): Line | undefined {
  try {
    return line === '' ? undefined : (JSON.parse(line) as Line)
  } catch {
    return undefined
  }
}
