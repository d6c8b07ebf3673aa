import { constants } from 'node:fs'
import { link, mkdir, open, readdir, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { MillraceError } from '../../common/errors/millrace-error.js'

const VERSION = 'v1'

/**
 * A numbered log in a directory, one small file an entry, as in Spark's checkpoints: the first line is the format's
 * version, then come lines of text. An entry is written aside, made durable and then linked into place, so it is there whole or not
 * at all, and a second writer of the same entry is refused.
 */
export class CheckpointLog {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = directory
  }

  /** @throws CONCURRENT_STREAM_LOG_UPDATE when the entry exists, FAILED_WRITE_FILE */
  async add(id: number, lines: readonly string[]): Promise<void> {
    const path = join(this.#directory, String(id))
    const aside = join(this.#directory, `.${id}.${process.pid}.tmp`)
    try {
      await mkdir(this.#directory, { recursive: true })
      await writeDurably(aside, [VERSION, ...lines, ''].join('\n'))
      await link(aside, path)
      await syncDirectory(this.#directory)
    } catch (cause) {
      if (isCode(cause, 'EEXIST'))
        throw new MillraceError('CONCURRENT_STREAM_LOG_UPDATE', { batchId: id, path }, { cause })
      throw new MillraceError('FAILED_WRITE_FILE', { path, reason: messageOf(cause) }, { cause })
    } finally {
      await unlink(aside).catch(() => undefined)
    }
  }

  /** The lines of an entry after its version, or undefined when there is none. @throws STREAMING_CHECKPOINT_CORRUPT */
  async get(id: number): Promise<readonly string[] | undefined> {
    const path = join(this.#directory, String(id))
    const text = await readFile(path, 'utf8').catch((cause: unknown) => {
      if (isCode(cause, 'ENOENT')) return undefined
      throw new MillraceError('FAILED_READ_FILE', { path, reason: messageOf(cause) }, { cause })
    })
    if (text === undefined) return undefined
    const [version, ...lines] = text.split('\n')
    if (version !== VERSION || lines.pop() !== '') {
      throw new MillraceError('STREAMING_CHECKPOINT_CORRUPT', {
        path,
        reason: `it does not begin with ${VERSION} or is cut short`,
      })
    }
    return lines
  }

  /** The number of the newest entry, or undefined when the log is empty. */
  async latest(): Promise<number | undefined> {
    const ids = await this.#ids()
    return ids.length === 0 ? undefined : Math.max(...ids)
  }

  /** Removes the entries before `id`, which no restart needs. */
  async purgeBefore(id: number): Promise<void> {
    for (const old of await this.#ids()) if (old < id) await unlink(join(this.#directory, String(old)))
  }

  async #ids(): Promise<number[]> {
    const names = await readdir(this.#directory).catch((cause: unknown) => {
      if (isCode(cause, 'ENOENT')) return []
      throw new MillraceError('FAILED_READ_FILE', { path: this.#directory, reason: messageOf(cause) }, { cause })
    })
    return names.filter((name) => /^\d+$/.test(name)).map(Number)
  }
}

/** Writes a file and forces it to the disk before returning. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'w')
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY)
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
