import { randomUUID } from 'node:crypto'
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolders } from '../../../../common/make-folders.js'
import { unlessMissing } from '../../../../common/system-errors.js'
import { OpenFiles } from './open-files.js'
import { PartitionLog } from './partition-log.js'

/** Names as Kafka allows them: letters, digits, `.`, `_` and `-`, at most 249, and neither `.` nor `..`. */
export function isValidTopicName(name: string): boolean {
  return /^[a-zA-Z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..'
}

export interface Topic {
  /** Sixteen bytes that no other topic has, not even a later one of the same name (KIP-516). */
  readonly id: Buffer
  readonly partitions: readonly PartitionLog[]
}

const DIRECTORY = /^(.+)-(\d+)$/
/** No topic's name holds this sign. */
const DELETED = '~deleted-'
const LOG = '00000000000000000000.log'
const METADATA = 'partition.metadata'
/** Descriptors for logs, so that more partitions than that fit into a process; most systems allow 256 or 1024 in all. */
const MAX_OPEN_LOGS = 100

/** The topics of a broker, each partition a directory `topic-partition` with one log file and the topic's id, as Kafka lays them out. */
export class TopicStore {
  readonly #root: string
  readonly #files: OpenFiles
  readonly #topics = new Map<string, Topic>()
  /** Topics are created, grown and deleted one after another. */
  #tail: Promise<unknown> = Promise.resolve()

  private constructor(root: string, files: OpenFiles) {
    this.#root = root
    this.#files = files
  }

  static async open(root: string, files = new OpenFiles(MAX_OPEN_LOGS)): Promise<TopicStore> {
    await makeFolders(root)
    const store = new TopicStore(root, files)
    try {
      await store.#openTopics()
    } catch (error) {
      await store.close()
      throw error
    }
    return store
  }

  topics(): ReadonlyMap<string, Topic> {
    return this.#topics
  }

  nameOf(id: Buffer): string | undefined {
    return [...this.#topics].find(([, topic]) => topic.id.equals(id))?.[0]
  }

  partition(topic: string, partition: number): PartitionLog | undefined {
    return this.#topics.get(topic)?.partitions[partition]
  }

  /** Creates a topic, or gives the one there is. A topic that cannot be created whole is not there at all. */
  create(topic: string, partitions: number): Promise<Topic> {
    return this.#change(async () => {
      const existing = this.#topics.get(topic)
      if (existing) return existing
      const id = newId()
      const created = { id, partitions: await this.#addLogs(topic, id, 0, partitions) }
      this.#topics.set(topic, created)
      return created
    })
  }

  /** Adds partitions up to `total`. */
  grow(topic: string, total: number): Promise<void> {
    return this.#change(async () => {
      const known = this.#topics.get(topic)
      if (known === undefined) return
      const { id, partitions } = known
      const added = await this.#addLogs(topic, id, partitions.length, total)
      this.#topics.set(topic, { id, partitions: [...partitions, ...added] })
    })
  }

  delete(topic: string): Promise<void> {
    return this.#change(async () => {
      const logs = this.#topics.get(topic)?.partitions ?? []
      this.#topics.delete(topic)
      for (const log of logs) await log.close()
      await this.#remove(topic, 0, logs.length)
    })
  }

  async close(): Promise<void> {
    await this.#tail
    for (const { partitions } of this.#topics.values()) for (const log of partitions) await log.close()
    this.#topics.clear()
  }

  #change<T>(body: () => Promise<T>): Promise<T> {
    const done = this.#tail.then(body)
    this.#tail = done.catch(() => undefined)
    return done
  }

  async #openTopics(): Promise<void> {
    const counts = new Map<string, number>()
    const entries = await readdir(this.#root)
    const deleted = entries.filter((entry) => entry.startsWith(DELETED))
    for (const entry of deleted) await rm(join(this.#root, entry), { recursive: true, force: true })
    for (const entry of entries.filter((each) => !deleted.includes(each))) {
      const [, topic, partition] = DIRECTORY.exec(entry) ?? []
      if (topic !== undefined) counts.set(topic, Math.max(counts.get(topic) ?? 0, Number(partition) + 1))
    }
    for (const [topic, count] of counts) {
      const id = (await readId(this.#directory(topic, 0))) ?? newId()
      this.#topics.set(topic, { id, partitions: await this.#openLogs(topic, id, 0, count) })
    }
  }

  #directory = (topic: string, partition: number): string => join(this.#root, `${topic}-${partition}`)

  /** Partitions that were not there before: when one fails, none stays. */
  async #addLogs(topic: string, id: Buffer, from: number, until: number): Promise<readonly PartitionLog[]> {
    try {
      return await this.#openLogs(topic, id, from, until)
    } catch (error) {
      await this.#remove(topic, from, until)
      throw error
    }
  }

  /** All of them: when one cannot be opened, the others are closed again. */
  async #openLogs(topic: string, id: Buffer, from: number, until: number): Promise<readonly PartitionLog[]> {
    const logs: PartitionLog[] = []
    try {
      for (let partition = from; partition < until; partition++) {
        const directory = this.#directory(topic, partition)
        const isNew = (await makeFolders(directory)) !== undefined
        if (isNew || (await readId(directory)) === undefined) await writeId(directory, id)
        logs.push(await PartitionLog.open(this.#files, join(directory, LOG)))
      }
    } catch (error) {
      for (const log of logs) await log.close()
      throw error
    }
    return logs
  }

  /** The last partition first, so that a crash leaves the topic with fewer ones; renamed first, so that none is left half. */
  async #remove(topic: string, from: number, until: number): Promise<void> {
    for (let partition = until - 1; partition >= from; partition--) {
      const doomed = join(this.#root, `${DELETED}${randomUUID()}`)
      await rename(this.#directory(topic, partition), doomed).catch(unlessMissing)
      await rm(doomed, { recursive: true, force: true })
    }
  }
}

const newId = (): Buffer => Buffer.from(randomUUID().replaceAll('-', ''), 'hex')

async function readId(directory: string): Promise<Buffer | undefined> {
  const text = await readFile(join(directory, METADATA), 'utf8').catch(unlessMissing)
  const id = /^topic_id: (\S+)$/m.exec(text ?? '')?.[1]
  return id === undefined ? undefined : Buffer.from(id, 'base64url')
}

const writeId = (directory: string, id: Buffer): Promise<void> =>
  writeFile(join(directory, METADATA), `version: 0\ntopic_id: ${id.toString('base64url')}\n`)
