import { LineFile } from '../log/line-file.js'
import { OpenFiles } from '../log/open-files.js'

export interface CommittedOffset {
  readonly offset: string
  readonly metadata: string | null
}

/** An offset that a group commits for a partition. */
export interface OffsetOfGroup extends CommittedOffset {
  readonly group: string
  readonly topic: string
  readonly partition: number
}

/** Committed offsets of all groups; the last line of a partition holds. */
export class OffsetStore {
  readonly #groups = new Map<string, Map<string, OffsetOfGroup>>()
  #file!: LineFile<OffsetOfGroup>

  private constructor() {}

  static async open(path: string, files = new OpenFiles(1)): Promise<OffsetStore> {
    const store = new OffsetStore()
    store.#file = await LineFile.open(path, files, {
      note: (line: OffsetOfGroup) => store.#note(line),
      live: () => [...store.#groups.values()].flatMap((group) => [...group.values()]),
    })
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
  commit(lines: readonly OffsetOfGroup[]): Promise<void> {
    return this.#file.append(lines)
  }

  /** Forgets what was committed for a topic that is deleted: it says nothing about a later one of that name. */
  forget(topic: string): Promise<void> {
    return this.#file.rewrite(
      (line) => line.topic !== topic,
      () => {
        for (const [groupId, group] of this.#groups) {
          for (const [key, line] of group) if (line.topic === topic) group.delete(key)
          if (group.size === 0) this.#groups.delete(groupId)
        }
      },
    )
  }

  async close(): Promise<void> {
    await this.#file.close()
  }

  #note(line: OffsetOfGroup): void {
    const group = this.#groups.get(line.group) ?? new Map<string, OffsetOfGroup>()
    this.#groups.set(line.group, group.set(keyOf(line.topic, line.partition), line))
  }
}

const keyOf = (topic: string, partition: number): string => `${topic}-${partition}`
