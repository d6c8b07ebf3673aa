import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { PartitionLog } from './partition-log.js'

/** Names as Kafka allows them: letters, digits, `.`, `_` and `-`, at most 249, and neither `.` nor `..`. */
export function isValidTopicName(name: string): boolean {
  return /^[a-zA-Z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..'
}

const DIRECTORY = /^(.+)-(\d+)$/

/** The topics of a broker, each partition a directory `topic-partition` with one log file, as Kafka lays them out. */
export class TopicStore {
  readonly #root: string
  readonly #topics = new Map<string, readonly PartitionLog[]>()
  readonly #creating = new Map<string, Promise<readonly PartitionLog[]>>()

  private constructor(root: string) {
    this.#root = root
  }

  static async open(root: string): Promise<TopicStore> {
    await mkdir(root, { recursive: true })
    const store = new TopicStore(root)
    const counts = new Map<string, number>()
    for (const entry of await readdir(root)) {
      const [, topic, partition] = DIRECTORY.exec(entry) ?? []
      if (topic !== undefined) counts.set(topic, Math.max(counts.get(topic) ?? 0, Number(partition) + 1))
    }
    for (const [topic, partitions] of counts) store.#topics.set(topic, await store.#openLogs(topic, 0, partitions))
    return store
  }

  topics(): ReadonlyMap<string, readonly PartitionLog[]> {
    return this.#topics
  }

  partition(topic: string, partition: number): PartitionLog | undefined {
    return this.#topics.get(topic)?.[partition]
  }

  /** Creates a topic, or gives the one there is. */
  async create(topic: string, partitions: number): Promise<readonly PartitionLog[]> {
    const existing = this.#topics.get(topic) ?? this.#creating.get(topic)
    if (existing) return existing
    const opening = this.#openLogs(topic, 0, partitions)
    this.#creating.set(topic, opening)
    try {
      const logs = await opening
      this.#topics.set(topic, logs)
      return logs
    } finally {
      this.#creating.delete(topic)
    }
  }

  /** Adds partitions up to `total`. */
  async grow(topic: string, total: number): Promise<void> {
    const logs = this.#topics.get(topic) ?? []
    this.#topics.set(topic, [...logs, ...(await this.#openLogs(topic, logs.length, total))])
  }

  async delete(topic: string): Promise<void> {
    const logs = this.#topics.get(topic) ?? []
    this.#topics.delete(topic)
    for (const [partition, log] of logs.entries()) {
      await log.close()
      await rm(join(this.#root, `${topic}-${partition}`), { recursive: true, force: true })
    }
  }

  async close(): Promise<void> {
    for (const logs of this.#topics.values()) for (const log of logs) await log.close()
    this.#topics.clear()
  }

  async #openLogs(topic: string, from: number, until: number): Promise<readonly PartitionLog[]> {
    const logs: PartitionLog[] = []
    for (let partition = from; partition < until; partition++) {
      const directory = join(this.#root, `${topic}-${partition}`)
      await mkdir(directory, { recursive: true })
      logs.push(await PartitionLog.open(join(directory, '00000000000000000000.log')))
    }
    return logs
  }
}
