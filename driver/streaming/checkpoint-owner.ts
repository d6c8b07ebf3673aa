import { randomUUID } from 'node:crypto'
import { basename, join } from 'node:path'
import type { CheckpointFiles, CheckpointPlace } from '../../common/checkpoint-files.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { hasCode, unlessMissing } from '../../common/system-errors.js'
import { failedRead, failedWrite } from './file-failures.js'

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
  readonly #files: CheckpointFiles
  readonly #location: string
  readonly #folder: string

  private constructor({ files, location }: CheckpointPlace, epoch: number, runId: string) {
    this.epoch = epoch
    this.runId = runId
    this.#files = files
    this.#location = location
    this.#folder = join(location, OWNERS, String(epoch), runId)
  }

  /** Whether any start took the checkpoint before. */
  static async isKnown({ files, location }: CheckpointPlace): Promise<boolean> {
    return epochsOf((await files.list(join(location, OWNERS)).catch(unlessMissing)) ?? []).length > 0
  }

  /** Takes the checkpoint, which is created when it is missing. @throws CONCURRENT_STREAM_LOG_UPDATE, FAILED_WRITE_FILE */
  static async claim(place: CheckpointPlace): Promise<CheckpointOwner> {
    const { files, location } = place
    const owners = join(location, OWNERS)
    try {
      await files.makeFolders(owners)
      const epoch = await nextEpoch(files, owners)
      const owner = new CheckpointOwner(place, epoch, randomUUID())
      await files.makeFolder(owner.#folder).catch((error: unknown) => {
        throw hasCode(error, 'ENOENT') ? concurrent(owners, String(epoch), error) : error
      })
      for (const name of await files.list(owners)) {
        if (!name.startsWith('.') && Number(name) < epoch) {
          await files.move(join(owners, name), join(owners, `.${name}`)).catch(unlessMissing)
        }
      }
      await files.syncFolder(owners)
      await files.syncFolder(location)
      return owner
    } catch (cause) {
      throw failedWrite(owners, cause)
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
      await this.#publish(next, text, path)
      await this.#files.move(next, join(this.#folder, HEAD))
    } catch (cause) {
      await this.#files.remove(next).catch(() => undefined)
      if (hasCode(cause, 'EEXIST')) throw concurrent(path, entry, cause)
      await this.assertOwned(entry)
      if (hasCode(cause, 'ENOENT')) throw this.#removed(cause)
      throw failedWrite(path, cause)
    }
  }

  async #publish(file: string, text: string, name: string): Promise<void> {
    const created = await this.#files.create(file)
    try {
      await created.append(Buffer.from(text))
      await created.publish(name)
    } finally {
      await created.close()
    }
  }

  /** @throws CONCURRENT_STREAM_LOG_UPDATE when a later start took the checkpoint, STREAMING_CHECKPOINT_REMOVED */
  async assertOwned(entry: string): Promise<void> {
    if ((await this.#namesIn(this.#folder)) !== undefined) return
    const names = (await this.#namesIn(join(this.#location, OWNERS))) ?? []
    if (epochsOf(names).some((epoch) => epoch > this.epoch)) throw concurrent(this.#location, entry)
    throw this.#removed()
  }

  /** The newest entries that earlier starts wrote, as they wrote them; each must still be in its log. */
  async earlierHeads(): Promise<readonly { readonly path: string; readonly text: string }[]> {
    const heads: { path: string; text: string }[] = []
    for (const path of await this.#earlierFiles(HEAD)) {
      const bytes = await this.#files.read(path).catch(unlessMissing)
      if (bytes !== undefined) heads.push({ path, text: Buffer.from(bytes).toString('utf8') })
    }
    return heads
  }

  /**
   * Removes what earlier starts left, half-written entries among it. What is known of the newest entry passes to this one.
   * @throws CONCURRENT_STREAM_LOG_UPDATE when a later start does so, too
   */
  async forgetEarlier(entry: string): Promise<void> {
    try {
      await this.#takeNewest(await this.#earlierFiles(HEAD))
      await this.assertOwned(entry)
      for (const folder of await this.#earlier()) await this.#files.removeFolder(folder)
    } catch (error) {
      throw failedWrite(this.#folder, error)
    }
  }

  async #takeNewest(heads: readonly string[]): Promise<void> {
    for (const head of heads) {
      const isThere = await this.#files.move(head, join(this.#folder, HEAD)).then(() => true, unlessMissing)
      if (isThere) return
    }
  }

  /** The folders of earlier starts, the latest first. */
  async #earlier(): Promise<readonly string[]> {
    const owners = join(this.#location, OWNERS)
    const epochs = epochsOf((await this.#files.list(owners)).filter((name) => name.startsWith('.')))
    const earlier = epochs.filter((epoch) => epoch < this.epoch)
    return earlier.toSorted((a, b) => b - a).map((epoch) => join(owners, `.${epoch}`))
  }

  async #earlierFiles(name: string): Promise<readonly string[]> {
    const files: string[] = []
    for (const folder of await this.#earlier()) {
      for (const run of (await this.#files.list(folder).catch(unlessMissing)) ?? []) files.push(join(folder, run, name))
    }
    return files
  }

  /** Undefined of a folder that is not there. */
  #namesIn(folder: string): Promise<readonly string[] | undefined> {
    return this.#files.list(folder).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined
      throw failedRead(folder, error)
    })
  }

  #removed(cause?: unknown): MillraceError {
    return new MillraceError('STREAMING_CHECKPOINT_REMOVED', { location: this.#location }, { cause })
  }
}

/** Makes the folder of the next epoch. */
async function nextEpoch(files: CheckpointFiles, owners: string): Promise<number> {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const epoch = latestOf(await files.list(owners)) + 1
    const folder = join(owners, String(epoch))
    if (!(await files.makeFolder(folder))) continue
    // A later start may have taken this number and removed it again after it was looked for.
    if (latestOf(await files.list(owners)) === epoch) return epoch
    await files.removeFolder(folder)
  }
  throw concurrent(owners, 'owners')
}

const latestOf = (names: readonly string[]): number =>
  epochsOf(names).reduce((latest, epoch) => Math.max(latest, epoch), 0)

const epochsOf = (names: readonly string[]): readonly number[] =>
  names.flatMap((name) => OWNER.exec(name)?.[1] ?? []).map(Number)

const concurrent = (path: string, entry: string, cause?: unknown): MillraceError =>
  new MillraceError('CONCURRENT_STREAM_LOG_UPDATE', { batchId: basename(entry), path }, { cause })
