import { randomUUID } from 'node:crypto'
import { link, mkdir, readdir, readFile, rename, rm, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isCode, syncFolder } from '../../common/checkpoint-files.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { failedWrite, unlessMissing, writeDurably } from './durable-files.js'

const OWNERS = 'owners'
const OWNER = /^\.?(\d+)$/
/** The entry about to be written. */
const NEXT = 'next'
/** Another name of the newest entry written. */
const HEAD = 'head'
/** Each round lost means that another start took the checkpoint in between. */
const MAX_ROUNDS = 100

/**
 * The start of a query that owns a checkpoint. Of several, the latest does: each start takes the next number, its epoch, as a folder
 * `owners/<epoch>/<run>`, and moves the folders of those before it away. An entry of a log is written in the own folder and linked from there,
 * so an earlier start cannot add anything from then on: its link finds no file. No clock and no live connection is needed for that,
 * and a process that was stopped at any point and goes on later is refused too.
 */
export class CheckpointOwner {
  readonly epoch: number
  readonly runId: string
  readonly #location: string
  readonly #folder: string

  private constructor(location: string, epoch: number, runId: string) {
    this.epoch = epoch
    this.runId = runId
    this.#location = location
    this.#folder = join(location, OWNERS, String(epoch), runId)
  }

  /** Whether any start took the checkpoint before. */
  static async isKnown(location: string): Promise<boolean> {
    return epochsOf((await readdir(join(location, OWNERS)).catch(unlessMissing)) ?? []).length > 0
  }

  /** Takes the checkpoint, which is created when it is missing. @throws CONCURRENT_STREAM_LOG_UPDATE, FAILED_WRITE_FILE */
  static async claim(location: string): Promise<CheckpointOwner> {
    const owners = join(location, OWNERS)
    try {
      await mkdir(owners, { recursive: true })
      const epoch = await nextEpoch(owners)
      const owner = new CheckpointOwner(location, epoch, randomUUID())
      await mkdir(owner.#folder).catch((error: unknown) => {
        throw isCode(error, 'ENOENT') ? concurrent(owners, String(epoch), error) : error
      })
      for (const name of await readdir(owners)) {
        if (!name.startsWith('.') && Number(name) < epoch) {
          await rename(join(owners, name), join(owners, `.${name}`)).catch(unlessMissing)
        }
      }
      await syncFolder(owners)
      await syncFolder(location)
      return owner
    } catch (cause) {
      throw MillraceError.is(cause) ? cause : failedWrite(owners, cause)
    }
  }

  /**
   * Adds a file to the checkpoint: there whole or not at all, on disk when this returns, and never in place of another.
   * @param entry its path in the checkpoint; its folder exists
   * @throws CONCURRENT_STREAM_LOG_UPDATE when a later start took the checkpoint, or the file exists; STREAMING_CHECKPOINT_REMOVED, FAILED_WRITE_FILE
   */
  async add(entry: string, text: string): Promise<void> {
    const path = join(this.#location, entry)
    const next = join(this.#folder, NEXT)
    try {
      await writeDurably(next, text)
      await link(next, path)
      await syncFolder(dirname(path))
      await rename(next, join(this.#folder, HEAD))
    } catch (cause) {
      await unlink(next).catch(() => undefined)
      if (isCode(cause, 'EEXIST')) throw concurrent(path, entry, cause)
      await this.assertOwned(entry)
      if (isCode(cause, 'ENOENT')) throw this.#removed(cause)
      throw failedWrite(path, cause)
    }
  }

  /** @throws CONCURRENT_STREAM_LOG_UPDATE when a later start took the checkpoint, STREAMING_CHECKPOINT_REMOVED */
  async assertOwned(entry: string): Promise<void> {
    if (await exists(this.#folder)) return
    const names = await readdir(join(this.#location, OWNERS)).catch(() => [])
    if (epochsOf(names).some((epoch) => epoch > this.epoch)) throw concurrent(this.#location, entry)
    throw this.#removed()
  }

  /** The newest entries that earlier starts wrote, as they wrote them; each must still be in its log. */
  async earlierHeads(): Promise<readonly { readonly path: string; readonly text: string }[]> {
    const heads: { path: string; text: string }[] = []
    for (const path of await this.#earlierFiles(HEAD)) {
      const text = await readFile(path, 'utf8').catch(unlessMissing)
      if (text !== undefined) heads.push({ path, text })
    }
    return heads
  }

  /**
   * Removes what earlier starts left, half-written entries among it. What is known of the newest entry passes to this one.
   * @throws CONCURRENT_STREAM_LOG_UPDATE when a later start does so, too
   */
  async forgetEarlier(entry: string): Promise<void> {
    try {
      for (const head of await this.#earlierFiles(HEAD)) {
        await link(head, join(this.#folder, HEAD)).catch((error: unknown) => {
          if (!isCode(error, 'ENOENT') && !isCode(error, 'EEXIST')) throw error
        })
      }
      await this.assertOwned(entry)
      for (const folder of await this.#earlier()) await rm(folder, { recursive: true, force: true })
    } catch (error) {
      throw MillraceError.is(error) ? error : failedWrite(this.#folder, error)
    }
  }

  /** The folders of earlier starts, the latest first. */
  async #earlier(): Promise<readonly string[]> {
    const owners = join(this.#location, OWNERS)
    const epochs = epochsOf((await readdir(owners)).filter((name) => name.startsWith('.')))
    const earlier = epochs.filter((epoch) => epoch < this.epoch)
    return earlier.toSorted((a, b) => b - a).map((epoch) => join(owners, `.${epoch}`))
  }

  async #earlierFiles(name: string): Promise<readonly string[]> {
    const files: string[] = []
    for (const folder of await this.#earlier()) {
      for (const run of (await readdir(folder).catch(unlessMissing)) ?? []) files.push(join(folder, run, name))
    }
    return files
  }

  #removed(cause?: unknown): MillraceError {
    return new MillraceError('STREAMING_CHECKPOINT_REMOVED', { location: this.#location }, { cause })
  }
}

/** Makes the folder of the next epoch. */
async function nextEpoch(owners: string): Promise<number> {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const epoch = latestOf(await readdir(owners)) + 1
    const folder = join(owners, String(epoch))
    try {
      await mkdir(folder)
    } catch (error) {
      if (isCode(error, 'EEXIST')) continue
      throw error
    }
    // A later start may have taken this number and removed it again after it was looked for.
    if (latestOf(await readdir(owners)) === epoch) return epoch
    await rm(folder, { recursive: true, force: true })
  }
  throw concurrent(owners, 'owners')
}

const latestOf = (names: readonly string[]): number =>
  epochsOf(names).reduce((latest, epoch) => Math.max(latest, epoch), 0)

const epochsOf = (names: readonly string[]): readonly number[] =>
  names.flatMap((name) => OWNER.exec(name)?.[1] ?? []).map(Number)

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: unknown) => {
      if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return false
      throw failedWrite(path, error)
    },
  )

const concurrent = (path: string, entry: string, cause?: unknown): MillraceError =>
  new MillraceError('CONCURRENT_STREAM_LOG_UPDATE', { batchId: basename(entry), path }, { cause })
